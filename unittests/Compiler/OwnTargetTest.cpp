// A program's own family, target and rows: a layer is compiled for them, and runs.

#include "nnq/Compiler/Compile.h"
#include "nnq/Compiler/ObjectEmitter.h"
#include "nnq/Target/DotProducts.h"
#include "nnq/Target/TargetFamily.h"
#include "nnq/Target/TargetRegistry.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/IR/Function.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include "gtest/gtest.h"

#include <dlfcn.h>

using namespace mlir;
using namespace nnq;

namespace {

/// This machine as LLVM knows any machine: no instruction of its own.
struct PlainFamily : TargetFamily {
  StringRef getName() const override { return "plain"; }
  bool hasTriple(const llvm::Triple &triple) const override {
    return triple.getArch() == llvm::Triple(llvm::sys::getProcessTriple()).getArch();
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, vector::VectorDialect>();
  }
  void populatePatterns(RewritePatternSet &) const override {}
  StringRef getCounter() const override { return "llvm.readcyclecounter"; }
  void describeFunction(llvm::Function &function, const TargetDescription &) const override {
    function.addFnAttr("nnq-plain");
  }
};

/// Two products per lane, each in i32.
Value multiplyPairs(OpBuilder &b, Location loc, const DotProduct &dot, Value acc, Value activations,
                    Value weights) {
  Type sums = acc.getType();
  for (int64_t k = 0; k < dot.depth; ++k) {
    SmallVector<int64_t> lanes;
    for (int64_t lane = 0; lane < dot.lanes; ++lane)
      lanes.push_back(lane * dot.depth + k);
    Value x = vector::ExtractOp::create(b, loc, activations, k);
    x = arith::ExtSIOp::create(b, loc, b.getI32Type(), x);
    Value w = vector::ShuffleOp::create(b, loc, weights, weights, lanes);
    w = arith::ExtSIOp::create(b, loc, sums, w);
    Value product = arith::MulIOp::create(b, loc, vector::BroadcastOp::create(b, loc, sums, x), w);
    acc = arith::AddIOp::create(b, loc, acc, product);
  }
  return acc;
}

const TargetDescription &plainTarget() {
  static const TargetDescription *target = [] {
    static const PlainFamily family;
    // A triple of nnq's own targets, so that LLVM's back end is there.
    llvm::StringRef triple = (*lookupTarget("native"))->triple;
    DotProduct dot{"multiplyPairs", 6, 4, 2, 1, 8, false, multiplyPairs};
    TargetRegistry &registry = TargetRegistry::get();
    llvm::cantFail(registry.addTarget({&family, "plain", triple, "generic", "", "", 128}));
    llvm::cantFail(registry.addRow("plain", {"i8", "bytes", dot, 8, {{3, 2}, {2, 1}}}));
    return *lookupTarget("plain");
  }();
  return *target;
}

/// Seven rows by five channels, of six products each.
constexpr StringRef layer = R"mlir(
  !x = !quant.uniform<i8:f32, 0.5>
  !w = !quant.uniform<i8:f32, 1.0>
  !y = !quant.uniform<i32:f32, 0.5>
  func.func @main(%x: tensor<7x6x!x>) -> tensor<7x5x!y> {
    %w = nnq.constant dense<[[1, 2, 3, 4, 5, 6], [-1, -2, -3, -4, -5, -6], [127, 127, 127, 127, 127, 127],
                             [-128, -128, -128, -128, -128, -128], [0, 1, 0, -1, 0, 7]]> : tensor<5x6xi8> -> tensor<5x6x!w>
    %y = nnq.fully_connected %x, %w : tensor<7x6x!x>, tensor<5x6x!w> -> tensor<7x5x!y>
    return %y : tensor<7x5x!y>
  })mlir";

struct OwnTargetTest : testing::Test {
  static void SetUpTestSuite() { registerAllPassesAndPipelines(); }

  OwnTargetTest() {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    plainTarget();
  }

  CompiledModel compileLayer(CompileOptions options) {
    options.target = "plain";
    auto module = parseSourceString<ModuleOp>(layer, &context);
    llvm::Expected<CompiledModel> model = compile(*module, options);
    if (model)
      return std::move(*model);
    ADD_FAILURE() << llvm::toString(model.takeError());
    return {};
  }

  std::string textOf(CompileOptions options) {
    options.emitLLVMIR = true;
    CompiledModel model = compileLayer(options);
    return std::string(model.code.begin(), model.code.end());
  }

  MLIRContext context;
};

TEST_F(OwnTargetTest, ALayerHasTheIntegersOfItsDefinition) {
  CompiledModel model = compileLayer({});
  EXPECT_EQ(model.target, "plain");
  llvm::SmallString<128> object;
  int descriptor;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("nnq-test", "o", descriptor, object));
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true)
      << StringRef(model.code.data(), model.code.size());
  std::string library = (object + ".so").str();
  llvm::Error error = linkSharedLibrary(object, library, plainTarget());
  ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
  void *handle = dlopen(library.c_str(), RTLD_NOW);
  ASSERT_TRUE(handle) << dlerror();
  auto *run = reinterpret_cast<void (*)(const int8_t *, int32_t *, void *)>(
      dlsym(handle, model.symbol.c_str()));
  ASSERT_TRUE(run);

  const int8_t w[5][6] = {{1, 2, 3, 4, 5, 6},
                          {-1, -2, -3, -4, -5, -6},
                          {127, 127, 127, 127, 127, 127},
                          {-128, -128, -128, -128, -128, -128},
                          {0, 1, 0, -1, 0, 7}};
  int8_t x[7][6];
  for (int row = 0; row < 7; ++row)
    for (int k = 0; k < 6; ++k)
      x[row][k] = row == 0 ? -128 : row == 1 ? 127 : 31 * row - 17 * k;
  int32_t y[7][5];
  alignas(memoryAlignment) static char arena[4096];
  ASSERT_LE(model.arenaBytes, int64_t(sizeof(arena)));
  run(&x[0][0], &y[0][0], arena);
  for (int row = 0; row < 7; ++row)
    for (int channel = 0; channel < 5; ++channel) {
      int32_t sum = 0;
      for (int k = 0; k < 6; ++k)
        sum += x[row][k] * w[channel][k];
      EXPECT_EQ(y[row][channel], sum) << row << ", " << channel;
    }
  dlclose(handle);
  llvm::sys::fs::remove(object);
  llvm::sys::fs::remove(library);
}

TEST_F(OwnTargetTest, TheFamilyDescribesFunctionsAndNamesTheCounter) {
  CompileOptions options;
  EXPECT_EQ(textOf(options).find("readcyclecounter"), std::string::npos);
  options.timeKernels = true;
  std::string text = textOf(options);
  EXPECT_NE(text.find("\"nnq-plain\""), std::string::npos) << text;
  EXPECT_NE(text.find("call i64 @llvm.readcyclecounter"), std::string::npos) << text;
}

TEST_F(OwnTargetTest, WithoutARowOfItsActivationsALayerRunsWithoutDotProducts) {
  std::string words = layer.str();
  for (size_t at = 0; (at = words.find("!x = !quant.uniform<i8", at)) != std::string::npos;)
    words.replace(at, 22, "!x = !quant.uniform<i16");
  auto module = parseSourceString<ModuleOp>(words, &context);
  std::string remarks;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    remarks += diagnostic.str() + "\n";
    return success();
  });
  CompileOptions options;
  options.target = "plain";
  llvm::Expected<CompiledModel> model = compile(*module, options);
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  EXPECT_NE(remarks.find("runs without dot products: the target does not multiply i16 by bytes"),
            std::string::npos)
      << remarks;
}

} // namespace
