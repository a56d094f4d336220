// One operation of a network with a profile of its own: its bits change and no other's, and
// compiled code computes what the reference does.

#include "HalfAway.h"

#include "nnq/Compiler/Compile.h"
#include "nnq/Compiler/ObjectEmitter.h"
#include "nnq/Reference/Interpreter.h"
#include "nnq/Target/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <dlfcn.h>

using namespace mlir;
using namespace nnq;

namespace {

constexpr int64_t elements = 64 * 8;

/// Eight operations on one input, each an output. Scales are powers of two, so that there are ties.
constexpr const char *types = R"mlir(
  !x = !quant.uniform<u8:f32, 5.0e-01:100>
  !w = !quant.uniform<i8:f32, 2.5e-01>
  !c = !quant.uniform<i8:f32:0, {2.5e-01, 5.0e-01, 1.0, 2.0, 2.5e-01, 1.0, 5.0e-01, 1.25e-01}>
  !b = !quant.uniform<i32:f32, 1.25e-01>
  !y = !quant.uniform<u8:f32, 1.0:120>
  !t = !quant.uniform<i8:f32, 1.0>
  !m = !quant.uniform<i8:f32, 2.0:4>
  !r = !quant.uniform<i8:f32, 2.5e-01>
)mlir";

constexpr const char *weights = R"mlir(dense<[
  [3, -1, 4, -1, 5, -9, 2, 6], [5, 3, -5, 8, 9, -7, 9, 3], [2, 3, 8, -4, 6, 2, 6, -4], [3, 3, 8, -3, 2, 7, -9, 5],
  [0, 2, 8, -8, 4, 1, 9, -7], [1, -6, 9, 3, -9, 9, 3, 7], [5, 1, 0, -5, 8, 2, 0, -9], [7, 4, -9, 4, 4, 5, 9, 2]
]>)mlir";

constexpr const char *operations[] = {
    R"(nnq.fully_connected %x, %w, %b ATTR
       : tensor<64x8x!x>, tensor<8x8x!w>, tensor<8x!b> -> tensor<64x8x!y>)",
    "nnq.fully_connected %x, %c ATTR : tensor<64x8x!x>, tensor<8x8x!c> -> tensor<64x8x!y>",
    "nnq.requantize %x ATTR : tensor<64x8x!x> -> tensor<64x8x!t>",
    "nnq.add %x, %x ATTR : tensor<64x8x!x>, tensor<64x8x!x> -> tensor<64x8x!m>",
    "nnq.mul %x, %x ATTR : tensor<64x8x!x>, tensor<64x8x!x> -> tensor<64x8x!m>",
    "nnq.unary silu %x ATTR : tensor<64x8x!x> -> tensor<64x8x!t>",
    "nnq.reduce mean %x axes = [1] ATTR : tensor<64x8x!x> -> tensor<64x1x!r>",
    "nnq.clamp %x min = 0.0 max = 20.0 ATTR : tensor<64x8x!x> -> tensor<64x8x!t>",
};
constexpr size_t numOperations = std::size(operations);

std::string resultType(StringRef operation) { return operation.rsplit("-> ").second.str(); }

/// The network, with `#test.half_away` on the operation `overridden`, if there is one of this
/// number.
std::string network(size_t overridden) {
  std::string text = types, results, returned;
  for (StringRef operation : operations)
    results += (results.empty() ? "" : ", ") + resultType(operation);
  text += "func.func @main(%x: tensor<64x8x!x>) -> (" + results + ") {\n";
  for (StringRef constant : {"w", "c"})
    text += ("%" + constant + " = nnq.constant " + weights + " : tensor<8x8xi8> -> tensor<8x8x!" +
             constant + ">\n")
                .str();
  text += "%b = nnq.constant dense<[1, -2, 3, -4, 5, -6, 7, -8]> : tensor<8xi32> -> tensor<8x!b>\n";
  for (auto [i, operation] : llvm::enumerate(operations)) {
    StringRef before = StringRef(operation).split("ATTR").first,
              after = StringRef(operation).split("ATTR").second;
    text += ("%" + Twine(i) + " = " + before +
             (i == overridden ? "{nnq.profile = #test.half_away}" : "") + after + "\n")
                .str();
    returned += (i == 0 ? "%" : ", %") + std::to_string(i);
  }
  return text + "return " + returned + " : " + results + "\n}\n";
}

/// Codes without a pattern.
std::vector<int32_t> inputCodes() {
  std::vector<int32_t> codes(elements);
  for (int64_t i = 0; i < elements; ++i)
    codes[i] = static_cast<int32_t>(i * 2654435761 / 65536 % 256);
  return codes;
}

using Results = std::vector<std::vector<int32_t>>;

struct OverrideTest : testing::Test {
  OverrideTest()
      : context(registry()), diagnostics(&context, [this](Diagnostic &diagnostic) {
          errors += diagnostic.str() + "\n";
        }) {
    context.loadAllAvailableDialects();
  }
  static void SetUpTestSuite() {
    registerAllPassesAndPipelines();
    test::registerHalfAwayReference();
  }
  static DialectRegistry registry() {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    test::registerTestDialect(registry);
    return registry;
  }

  Results interpret(ModuleOp module) {
    auto main = module.lookupSymbol<func::FuncOp>("main");
    auto type = cast<RankedTensorType>(main.getArgument(0).getType());
    reference::HostTensor x(type.getShape(), type.getElementType(), inputCodes());
    auto tensors = reference::interpret(main, x);
    Results results;
    EXPECT_TRUE(succeeded(tensors)) << errors;
    if (succeeded(tensors))
      for (const reference::HostTensor &tensor : *tensors)
        results.push_back(tensor.integers());
    return results;
  }

  /// Compiles for this machine, links, and calls void model_run(x, results..., arena).
  Results run(ModuleOp module) {
    auto model = compile(module, CompileOptions());
    if (!model) {
      ADD_FAILURE() << llvm::toString(model.takeError()) << "\n" << errors;
      return {};
    }
    SmallString<64> object, library;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("numerics", "o", object));
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("numerics", "so", library));
    llvm::FileRemover removeObject(object), removeLibrary(library);
    {
      std::error_code error;
      llvm::raw_fd_ostream(object, error) << StringRef(model->code.data(), model->code.size());
    }
    const TargetDescription &target = *llvm::cantFail(lookupTarget("native"));
    if (llvm::Error error = linkSharedLibrary(object, library, target)) {
      ADD_FAILURE() << llvm::toString(std::move(error));
      return {};
    }
    void *handle = dlopen(library.c_str(), RTLD_NOW);
    EXPECT_NE(handle, nullptr) << dlerror();
    return call(dlsym(handle, "model_run"), *model);
  }

private:
  static Results call(void *address, const CompiledModel &model) {
    std::vector<int32_t> codes = inputCodes();
    std::vector<uint8_t> x(codes.begin(), codes.end());
    std::vector<std::vector<uint8_t>> bytes;
    for (const TensorInfo &output : model.outputs)
      bytes.emplace_back(ShapedType::getNumElements(output.shape));
    std::vector<char> arena(model.arenaBytes + 64);
    void *aligned =
        reinterpret_cast<void *>(llvm::alignTo(reinterpret_cast<uintptr_t>(arena.data()), 64));
    auto *f = reinterpret_cast<void (*)(void *, void *, void *, void *, void *, void *, void *,
                                        void *, void *, void *)>(address);
    f(x.data(), bytes[0].data(), bytes[1].data(), bytes[2].data(), bytes[3].data(), bytes[4].data(),
      bytes[5].data(), bytes[6].data(), bytes[7].data(), aligned);
    Results results;
    for (auto [output, values] : llvm::zip(model.outputs, bytes)) {
      std::vector<int32_t> &numbers = results.emplace_back();
      for (uint8_t byte : values)
        numbers.push_back(output.elementType == "i8" ? static_cast<int8_t>(byte) : byte);
    }
    return results;
  }

protected:
  MLIRContext context;
  std::string errors;
  ScopedDiagnosticHandler diagnostics;
};

} // namespace

TEST_F(OverrideTest, ChangesItsOperationAndNoOther) {
  auto plain = parseSourceString<ModuleOp>(network(numOperations), &context);
  ASSERT_TRUE(plain) << errors;
  Results expected = interpret(*plain);
  ASSERT_EQ(expected.size(), numOperations);
  EXPECT_EQ(run(*plain), expected);
  for (size_t overridden = 0; overridden < numOperations; ++overridden) {
    SCOPED_TRACE(operations[overridden]);
    auto module = parseSourceString<ModuleOp>(network(overridden), &context);
    ASSERT_TRUE(module) << errors;
    Results results = interpret(*module);
    ASSERT_EQ(results.size(), numOperations);
    for (size_t i = 0; i < numOperations; ++i)
      EXPECT_EQ(results[i] != expected[i], i == overridden) << operations[i];
    EXPECT_EQ(run(*module), results);
  }
}

// The attribute of a function reaches the kernels that its layers become.
TEST_F(OverrideTest, AProfileOfAFunctionHoldsInItsKernels) {
  std::string text = network(numOperations);
  size_t body = text.find(") {\n");
  text.insert(body + 1, " attributes {nnq.profile = #test.half_away}");
  auto module = parseSourceString<ModuleOp>(text, &context);
  ASSERT_TRUE(module) << errors;
  Results results = interpret(*module);
  for (size_t overridden = 0; overridden < numOperations; ++overridden) {
    auto one = parseSourceString<ModuleOp>(network(overridden), &context);
    EXPECT_EQ(results[overridden], interpret(*one)[overridden]);
  }
  EXPECT_EQ(run(*module), results);
}
