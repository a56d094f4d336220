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
    llvm::cantFail(registry.addRow("plain", {"i8", "bytes", dot, 12, {{3, 2}, {2, 1}}}));
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

/// The same product, of weights that are an input.
constexpr StringRef product = R"mlir(
  !x = !quant.uniform<i8:f32, 0.5>
  !w = !quant.uniform<i8:f32, 1.0>
  !y = !quant.uniform<i32:f32, 0.5>
  func.func @main(%x: tensor<7x6x!x>, %w: tensor<5x6x!w>) -> tensor<7x5x!y> {
    %y = nnq.matmul %x, %w {transpose_rhs} : tensor<7x6x!x>, tensor<5x6x!w> -> tensor<7x5x!y>
    return %y : tensor<7x5x!y>
  })mlir";

constexpr int8_t weights[5][6] = {{1, 2, 3, 4, 5, 6},
                                  {-1, -2, -3, -4, -5, -6},
                                  {127, 127, 127, 127, 127, 127},
                                  {-128, -128, -128, -128, -128, -128},
                                  {0, 1, 0, -1, 0, 7}};

/// A model in this process, for as long as this lives.
class LoadedModel {
public:
  explicit LoadedModel(const CompiledModel &model) {
    int descriptor;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("nnq-test", "o", descriptor, object));
    llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true)
        << StringRef(model.code.data(), model.code.size());
    library = (object + ".so").str();
    llvm::Error error = linkSharedLibrary(object, library, plainTarget());
    EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
    handle = dlopen(library.c_str(), RTLD_NOW);
    EXPECT_TRUE(handle) << dlerror();
    symbol = handle ? dlsym(handle, model.symbol.c_str()) : nullptr;
    EXPECT_TRUE(symbol);
    EXPECT_LE(model.arenaBytes, int64_t(sizeof(arena)));
  }
  ~LoadedModel() {
    if (handle)
      dlclose(handle);
    llvm::sys::fs::remove(object);
    llvm::sys::fs::remove(library);
  }

  template <typename... Arrays> void run(const Arrays &...arrays) {
    auto *function = reinterpret_cast<void (*)(const Arrays *..., void *)>(symbol);
    function(&arrays..., arena);
  }

private:
  llvm::SmallString<128> object;
  std::string library;
  void *handle = nullptr, *symbol = nullptr;
  alignas(memoryAlignment) char arena[4096];
};

/// Inputs that reach both ends of a byte.
struct Rows {
  Rows() {
    for (int row = 0; row < 7; ++row)
      for (int k = 0; k < 6; ++k)
        x[row][k] = row == 0 ? -128 : row == 1 ? 127 : 31 * row - 17 * k;
  }

  void expectProducts(const int32_t (&y)[7][5]) const {
    for (int row = 0; row < 7; ++row)
      for (int channel = 0; channel < 5; ++channel) {
        int32_t sum = 0;
        for (int k = 0; k < 6; ++k)
          sum += x[row][k] * weights[channel][k];
        EXPECT_EQ(y[row][channel], sum) << row << ", " << channel;
      }
  }

  int8_t x[7][6];
};

struct OwnTargetTest : testing::Test {
  static void SetUpTestSuite() { registerAllPassesAndPipelines(); }

  OwnTargetTest() {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    plainTarget();
  }

  CompiledModel compileLayer(CompileOptions options, StringRef text = layer) {
    options.target = "plain";
    remarks.clear();
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      remarks += diagnostic.str() + "\n";
      return success();
    });
    auto module = parseSourceString<ModuleOp>(text, &context);
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
  std::string remarks; ///< of the last compilation
};

TEST_F(OwnTargetTest, ALayerHasTheIntegersOfItsDefinition) {
  CompiledModel model = compileLayer({});
  EXPECT_EQ(model.target, "plain");
  LoadedModel loaded(model);
  Rows rows;
  int32_t y[7][5];
  loaded.run(rows.x, y);
  rows.expectProducts(y);
}

// A column of twelve channels, of which five are there.
TEST_F(OwnTargetTest, ComputedWeightsArePackedForItsColumns) {
  LoadedModel loaded(compileLayer({}, product));
  EXPECT_EQ(remarks, "");
  Rows rows;
  int32_t y[7][5];
  loaded.run(rows.x, weights, y);
  rows.expectProducts(y);
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
  compileLayer({}, words);
  EXPECT_NE(remarks.find("runs without dot products: the target does not multiply i16 by bytes"),
            std::string::npos)
      << remarks;
}

} // namespace
