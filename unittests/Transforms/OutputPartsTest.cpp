// Which layers compute which slices of an output.

#include "nnq/Transforms/OutputParts.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace nnq;

namespace {

/// Name, axis, start and size.
using Slice = std::tuple<std::string, int64_t, int64_t, int64_t>;

class OutputPartsTest : public testing::Test {
protected:
  OutputPartsTest() {
    context.loadDialect<mlir::func::FuncDialect, mlir::quant::QuantDialect, NNQDialect>();
  }

  std::vector<std::vector<OutputPart>> partsOf(const std::string &text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      return {};
    return findOutputParts(*module->getOps<mlir::func::FuncOp>().begin());
  }

  /// Of the first output of a function that computes `a`, 1x2x3, and `b`, 1x4x3, of %x, 1x2x3.
  std::vector<Slice> slicesOf(const std::string &body, const std::string &result,
                              const std::string &type) {
    auto outputs =
        partsOf("func.func @main(%x: tensor<1x2x3xf32>, %y: tensor<1x4x3xf32>) -> " + type + R"( {
      %a = nnq.unary neg %x : tensor<1x2x3xf32> -> tensor<1x2x3xf32> loc("a")
      %b = nnq.unary sigmoid %y : tensor<1x4x3xf32> -> tensor<1x4x3xf32> loc("b")
      )" + body +
                "\n return " + result + " : " + type + "\n}");
    if (outputs.size() != 1) {
      ADD_FAILURE() << body;
      return {};
    }
    std::vector<Slice> slices;
    for (const OutputPart &part : outputs.front())
      slices.emplace_back(part.name, part.axis, part.start, part.size);
    return slices;
  }

  const std::string concat = "%c = nnq.concat %a, %b axis = 1 : tensor<1x2x3xf32>, "
                             "tensor<1x4x3xf32> -> tensor<1x6x3xf32>\n";

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

using testing::ElementsAre;

TEST_F(OutputPartsTest, AConcatenationHasASliceForEachOperand) {
  EXPECT_THAT(slicesOf(concat, "%c", "tensor<1x6x3xf32>"),
              ElementsAre(Slice("a", 1, 0, 2), Slice("b", 1, 2, 4)));
}

TEST_F(OutputPartsTest, OthersAreOnePart) {
  EXPECT_THAT(slicesOf("", "%a", "tensor<1x2x3xf32>"), ElementsAre(Slice("a", -1, 0, 0)));
  EXPECT_THAT(slicesOf("", "%x", "tensor<1x2x3xf32>"), ElementsAre(Slice("input", -1, 0, 0)));
}

TEST_F(OutputPartsTest, SlicesFollowTheirAxisThroughTransposesAndReshapes) {
  EXPECT_THAT(slicesOf(concat + "%t = nnq.transpose %c permutation = [2, 0, 1] : "
                                "tensor<1x6x3xf32> -> tensor<3x1x6xf32>",
                       "%t", "tensor<3x1x6xf32>"),
              ElementsAre(Slice("a", 2, 0, 2), Slice("b", 2, 2, 4)));
  EXPECT_THAT(slicesOf(concat + "%r = nnq.reshape %c : tensor<1x6x3xf32> -> tensor<6x3xf32>", "%r",
                       "tensor<6x3xf32>"),
              ElementsAre(Slice("a", 0, 0, 2), Slice("b", 0, 2, 4)));
}

TEST_F(OutputPartsTest, SlicesThatAReshapeFlattensAreOnePart) {
  EXPECT_EQ(slicesOf(concat + "%r = nnq.reshape %c : tensor<1x6x3xf32> -> tensor<18xf32>", "%r",
                     "tensor<18xf32>")
                .size(),
            1u);
}

TEST_F(OutputPartsTest, NamesAreThoseOfLayersInFrontOfMoves) {
  EXPECT_THAT(
      slicesOf("%r = nnq.reshape %a : tensor<1x2x3xf32> -> tensor<6xf32>", "%r", "tensor<6xf32>"),
      ElementsAre(Slice("a", -1, 0, 0)));
}

TEST_F(OutputPartsTest, RangesAreThoseByDefinition) {
  auto outputs = partsOf(R"(
    func.func @main(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
      %a = nnq.unary neg %x : tensor<2xf32> -> tensor<2xf32>
      %b = nnq.unary sigmoid %x : tensor<2xf32> -> tensor<2xf32>
      return %a, %b : tensor<2xf32>, tensor<2xf32>
    })");
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_EQ(outputs[0].front().range, std::nullopt);
  EXPECT_EQ(outputs[1].front().range, std::pair(0.0, 1.0));
}

TEST_F(OutputPartsTest, ADeclarationHasNoOutputs) {
  EXPECT_TRUE(partsOf("func.func private @main(tensor<2xf32>) -> tensor<2xf32>").empty());
}

} // namespace
