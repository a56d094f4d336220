// Which profile holds for an operation, what passes ask it, and what `onnx` answers.

#include "HalfAway.h"

#include "nnq/Compiler/Compile.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Reference/Interpreter.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace nnq;

struct NumericsTest : testing::Test {
  NumericsTest()
      : context(registry()), diagnostics(&context, [this](Diagnostic &diagnostic) {
          errors += diagnostic.str() + "\n";
        }) {
    context.loadAllAvailableDialects();
  }

  static DialectRegistry registry() {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    test::registerTestDialect(registry);
    return registry;
  }

  OwningOpRef<ModuleOp> parse(const std::string &text) {
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << errors;
    return module;
  }

  /// The module behind some passes of a function.
  OwningOpRef<ModuleOp> transform(const std::string &text,
                                  std::initializer_list<std::unique_ptr<Pass> (*)()> passes) {
    auto module = parse(text);
    PassManager pm(&context);
    for (auto *create : passes)
      pm.addNestedPass<func::FuncOp>(create());
    EXPECT_TRUE(succeeded(pm.run(*module))) << errors;
    return module;
  }

  template <typename OpTy> static SmallVector<OpTy> all(ModuleOp module) {
    SmallVector<OpTy> found;
    module.walk([&](OpTy op) { found.push_back(op); });
    return found;
  }

  static std::string nameOf(Operation *op) { return getNumerics(op).getName().str(); }

  MLIRContext context;
  std::string errors;
  ScopedDiagnosticHandler diagnostics;
};

TEST_F(NumericsTest, TheInnermostProfileHolds) {
  auto module = parse(R"mlir(
    module attributes {nnq.profile = #test.half_away} {
      func.func @inherits(%x: tensor<4xf32>) -> tensor<4xf32> {
        %0 = nnq.add %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
        return %0 : tensor<4xf32>
      }
      func.func @of_the_function(%x: tensor<4xf32>) -> tensor<4xf32> attributes {nnq.profile = #nnq.onnx} {
        %0 = nnq.add %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
        %1 = nnq.add %0, %x {nnq.profile = #test.half_away} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
        return %1 : tensor<4xf32>
      }
    })mlir");
  SmallVector<AddOp> sums = all<AddOp>(*module);
  EXPECT_EQ(nameOf(sums[0]), "half_away");
  EXPECT_EQ(nameOf(sums[1]), "onnx");
  EXPECT_EQ(nameOf(sums[2]), "half_away");
}

TEST_F(NumericsTest, OnnxHoldsWhereNoneIsNamed) { EXPECT_EQ(nameOf(*parse("module {}")), "onnx"); }

TEST_F(NumericsTest, ProfilesOfOtherDialectsAreKnownByName) {
  auto *dialect = context.getLoadedDialect<NNQDialect>();
  EXPECT_EQ(dialect->lookupNumericsProfile("half_away"), test::HalfAwayAttr::get(&context));
  EXPECT_EQ(dialect->lookupNumericsProfile("onnx"), OnnxProfileAttr::get(&context));
  EXPECT_FALSE(dialect->lookupNumericsProfile("tflite"));
}

TEST_F(NumericsTest, WhatIsNoProfileIsRefusedWithThoseThereAre) {
  EXPECT_FALSE(
      parseSourceString<ModuleOp>("module attributes {nnq.profile = 1 : i32} {}", &context));
  EXPECT_NE(errors.find("which is no numerics profile; there are: #nnq.onnx, #test.half_away"),
            std::string::npos)
      << errors;
}

TEST_F(NumericsTest, SetProfileFindsProfilesOfOtherDialects) {
  auto module = parse("module {}");
  SetProfileOptions options;
  options.profile = "half_away";
  PassManager pm(&context);
  pm.addPass(createSetProfile(options));
  ASSERT_TRUE(succeeded(pm.run(*module))) << errors;
  EXPECT_EQ(nameOf(*module), "half_away");
}

TEST_F(NumericsTest, TiesGoToTheProfilesSide) {
  auto onnx = getNumerics(*parse("module {}"));
  auto halfAway = cast<NumericsProfile>(Attribute(test::HalfAwayAttr::get(&context)));
  QuantParams params{/*scale=*/2.0f, /*zeroPoint=*/10, /*storageMin=*/0, /*storageMax=*/255};
  EXPECT_EQ(onnx.quantize(5.0f, params), 12);
  EXPECT_EQ(halfAway.quantize(5.0f, params), 13);
  EXPECT_EQ(onnx.quantize(-5.0f, params), 8);
  EXPECT_EQ(halfAway.quantize(-5.0f, params), 7);
  EXPECT_EQ(halfAway.quantize(1e30f, params), 255);
  EXPECT_EQ(halfAway.quantize(std::nanf(""), params), 0);
}

// 0.1f * 0.3f is no f32; each step of `onnx` is rounded to one.
TEST_F(NumericsTest, FactorsHaveTheProfilesPrecision) {
  auto onnx = getNumerics(*parse("module {}"));
  auto halfAway = cast<NumericsProfile>(Attribute(test::HalfAwayAttr::get(&context)));
  float x = 0.1f, w = 0.3f, y = 0.7f, product = x * w, quotient = product / y;
  EXPECT_EQ(onnx.getFactor({x, w}, {}), product);
  EXPECT_EQ(onnx.getFactor({x, w}, y), quotient);
  EXPECT_EQ(onnx.getFactor(product, y), quotient);
  EXPECT_EQ(halfAway.getFactor({x, w}, y), static_cast<double>(x) * w / y);
  EXPECT_NE(halfAway.getFactor({x, w}, y), quotient);
}

//===----------------------------------------------------------------------===//
// Fusion
//===----------------------------------------------------------------------===//

static std::string layerBetween(StringRef layer, StringRef quantize) {
  return (R"mlir(
    !x = !quant.uniform<u8:f32, 5.0e-01:128>
    !w = !quant.uniform<i8:f32, 2.5e-01>
    !y = !quant.uniform<u8:f32, 2.0:10>
    func.func @main(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
      %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!w>
      %0 = nnq.fully_connected %x, %w )mlir" +
          layer + R"mlir( : tensor<1x2x!x>, tensor<2x2x!w> -> tensor<1x2xf32>
      %1 = nnq.requantize %0 )mlir" +
          quantize + R"mlir( : tensor<1x2xf32> -> tensor<1x2x!y>
      return %1 : tensor<1x2x!y>
    })mlir")
      .str();
}

TEST_F(NumericsTest, AQuantizationOfAnotherProfileStaysBehindTheLayer) {
  StringRef halfAway = "{nnq.profile = #test.half_away}";
  auto fused = transform(layerBetween(halfAway, halfAway), {createFuseRequantize});
  EXPECT_TRUE(all<RequantizeOp>(*fused).empty());
  EXPECT_EQ(nameOf(all<FullyConnectedOp>(*fused).front()), "half_away");
  auto apart = transform(layerBetween("", halfAway), {createFuseRequantize});
  ASSERT_EQ(all<RequantizeOp>(*apart).size(), 1u);
  EXPECT_EQ(nameOf(all<RequantizeOp>(*apart).front()), "half_away");
}

static std::string quantizedBorder(StringRef quantize) {
  return ("func.func @main(%x: tensor<1xf32>) -> tensor<2x!quant.uniform<u8:f32, 2.0>> {\n"
          "%0 = nnq.pad %x low = [0] high = [1] value = 5.0 : tensor<1xf32> -> tensor<2xf32>\n"
          "%1 = nnq.requantize %0 " +
          quantize +
          " : tensor<2xf32> -> tensor<2x!quant.uniform<u8:f32, 2.0>>\n"
          "return %1 : tensor<2x!quant.uniform<u8:f32, 2.0>>\n}")
      .str();
}

TEST_F(NumericsTest, AQuantizationOfAnotherProfileStaysBehindABorder) {
  auto hoisted = transform(quantizedBorder(""), {createFuseRequantize});
  EXPECT_FALSE(all<PadOp>(*hoisted).front().getType().getElementType().isF32());
  auto behind =
      transform(quantizedBorder("{nnq.profile = #test.half_away}"), {createFuseRequantize});
  EXPECT_TRUE(all<PadOp>(*behind).front().getType().getElementType().isF32());
}

static std::string softmaxOfBytes(StringRef profile) {
  return ("module attributes {nnq.profile = " + profile + R"mlir(} {
    func.func @main(%x: tensor<1x8x!quant.uniform<u8:f32, 5.0e-01>>)
        -> tensor<1x8x!quant.uniform<u8:f32, 3.90625e-03>> {
      %0 = nnq.requantize %x : tensor<1x8x!quant.uniform<u8:f32, 5.0e-01>> -> tensor<1x8xf32>
      %1 = nnq.softmax %0 axis = 1 : tensor<1x8xf32> -> tensor<1x8xf32>
      %2 = nnq.requantize %1 : tensor<1x8xf32> -> tensor<1x8x!quant.uniform<u8:f32, 3.90625e-03>>
      return %2 : tensor<1x8x!quant.uniform<u8:f32, 3.90625e-03>>
    }})mlir")
      .str();
}

TEST_F(NumericsTest, BytesAroundASoftmaxMeanWhatTheProfileSays) {
  auto onnx = transform(softmaxOfBytes("#nnq.onnx"), {createFuseRequantize});
  EXPECT_TRUE(all<RequantizeOp>(*onnx).empty());
  auto halfAway = transform(softmaxOfBytes("#test.half_away"), {createFuseRequantize});
  EXPECT_EQ(all<RequantizeOp>(*halfAway).size(), 2u);
}

// The result is an output in f32: ONNX Runtime adds the bias there, `half_away` rounds it (2.5 to
// 3).
static std::string floatBias(StringRef profile) {
  return ("module attributes {nnq.profile = " + profile + R"mlir(} {
    func.func @main(%x: tensor<1x1x!quant.uniform<u8:f32, 5.0e-01>>) -> tensor<1x1xf32> {
      %w = nnq.constant dense<1> : tensor<1x1xi8> -> tensor<1x1x!quant.uniform<i8:f32, 1.0>>
      %b = nnq.constant dense<1.25> : tensor<1xf32> -> tensor<1xf32>
      %0 = nnq.requantize %x : tensor<1x1x!quant.uniform<u8:f32, 5.0e-01>> -> tensor<1x1xf32>
      %1 = nnq.requantize %w : tensor<1x1x!quant.uniform<i8:f32, 1.0>> -> tensor<1x1xf32>
      %2 = nnq.fully_connected %0, %1, %b : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32> -> tensor<1x1xf32>
      return %2 : tensor<1x1xf32>
    }})mlir")
      .str();
}

TEST_F(NumericsTest, AFloatBiasTakesPartAsTheProfileSays) {
  auto onnx = transform(floatBias("#nnq.onnx"), {createFoldQDQ});
  EXPECT_EQ(all<AddOp>(*onnx).size(), 1u);
  auto halfAway = transform(floatBias("#test.half_away"), {createFoldQDQ});
  EXPECT_TRUE(all<AddOp>(*halfAway).empty());
  FullyConnectedOp layer = all<FullyConnectedOp>(*halfAway).front();
  auto bias = cast<ConstantOp>(layer.getBias().getDefiningOp());
  EXPECT_EQ(cast<DenseElementsAttr>(bias.getValue()).getSplatValue<int32_t>(), 3);
}

//===----------------------------------------------------------------------===//
// The reference
//===----------------------------------------------------------------------===//

TEST_F(NumericsTest, TheReferenceRefusesAProfileThatItDoesNotKnow) {
  auto module = parse(R"mlir(
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = nnq.add %x, %x {nnq.profile = #test.unknown} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
      return %0 : tensor<4xf32>
    })mlir");
  auto function = *module->getOps<func::FuncOp>().begin();
  reference::HostTensor x({4}, Float32Type::get(&context), std::vector<float>(4));
  EXPECT_TRUE(failed(reference::interpret(function, x)));
  EXPECT_NE(errors.find(
                "is computed by the numerics profile 'unknown', which the reference does not know"),
            std::string::npos)
      << errors;
}
