// nnq_kernel.contract as upstream's tiling sees it.

#include "nnq/Dialect/Kernel/IR/KernelOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace nnq;

namespace {

/// A convolution of 6 positions, 3 taps of 4 channels, 8 output channels.
constexpr char convolution[] = R"(
  func.func @f(%x: tensor<8x4xi8>, %w: tensor<8x3x4xi8>, %s: tensor<6x8xi32>) -> tensor<6x8xi32> {
    %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<8x4xi8>, tensor<8x3x4xi8>) outs(%s : tensor<6x8xi32>)
        {indexing_maps = [affine_map<(m, n, t, k) -> (m + t, k)>, affine_map<(m, n, t, k) -> (n, t, k)>,
                          affine_map<(m, n, t, k) -> (m, n)>], unsigned_input}
    return %y : tensor<6x8xi32>
  })";

class ContractTilingTest : public testing::Test {
protected:
  ContractTilingTest() {
    context.loadDialect<affine::AffineDialect, func::FuncDialect, scf::SCFDialect, KernelDialect>();
    module = parseSourceString<ModuleOp>(convolution, &context);
  }

  ContractOp find() {
    ContractOp found;
    module->walk([&](ContractOp op) { found = op; });
    return found;
  }

  /// Tiles the product; a size of 0 leaves a loop alone.
  ContractOp tile(ArrayRef<int64_t> sizes) {
    IRRewriter rewriter(&context);
    ContractOp op = find();
    rewriter.setInsertionPoint(op);
    scf::SCFTilingOptions options;
    options.setTileSizes(getAsIndexOpFoldResult(&context, sizes));
    FailureOr<scf::SCFTilingResult> tiled =
        scf::tileUsingSCF(rewriter, cast<TilingInterface>(op.getOperation()), options);
    if (failed(tiled))
      return nullptr;
    rewriter.replaceOp(op, tiled->replacements);
    return find();
  }

  static ArrayRef<int64_t> shapeOf(Value value) {
    return cast<RankedTensorType>(value.getType()).getShape();
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

using Shape = SmallVector<int64_t>;

TEST_F(ContractTilingTest, TilesParallelLoops) {
  ContractOp tiled = tile({2, 4, 0, 0});
  ASSERT_TRUE(tiled);
  EXPECT_TRUE(succeeded(verify(*module)));
  // Two positions and three taps read four rows of the input.
  EXPECT_EQ(shapeOf(tiled.getInput()), ArrayRef(Shape{4, 4}));
  EXPECT_EQ(shapeOf(tiled.getWeights()), ArrayRef(Shape{4, 3, 4}));
  EXPECT_EQ(shapeOf(tiled.getStart()), ArrayRef(Shape{2, 4}));
  EXPECT_TRUE(tiled.getUnsignedInput());
}

TEST_F(ContractTilingTest, TilesReductionsThatGoOnFromTheStart) {
  ContractOp tiled = tile({0, 0, 1, 0});
  ASSERT_TRUE(tiled);
  EXPECT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(shapeOf(tiled.getInput()), ArrayRef(Shape{6, 4}));
  EXPECT_EQ(shapeOf(tiled.getWeights()), ArrayRef(Shape{8, 1, 4}));
  // Each tap adds to what the ones before it have left.
  EXPECT_TRUE(tiled->getParentOfType<scf::ForOp>());
  EXPECT_FALSE(isa<BlockArgument>(tiled.getStart()) &&
               isa<func::FuncOp>(tiled.getStart().getParentBlock()->getParentOp()));
}

} // namespace
