// Costs of layers: what is known of single layers, and how costs grow with them.

#include "nnq/Compiler/Compile.h"
#include "nnq/Compiler/Layers.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"

#include "gtest/gtest.h"

using namespace nnq;

namespace {

const TargetDescription &targetNamed(llvm::StringRef name) { return **lookupTarget(name); }

std::vector<LayerInfo> costsOf(const std::string &text, const TargetDescription &target) {
  mlir::DialectRegistry registry;
  registerCompilerDialects(registry);
  mlir::MLIRContext context(registry);
  context.loadAllAvailableDialects();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module) {
    ADD_FAILURE() << text;
    return {};
  }
  llvm::Expected<std::vector<LayerInfo>> layers = describeLayers(*module, target);
  if (!layers) {
    ADD_FAILURE() << llvm::toString(layers.takeError());
    return {};
  }
  return *layers;
}

/// A square convolution without padding, whose result is requantized.
struct Conv {
  int64_t size = 18, inputs = 64, outputs = 64, kernel = 3, groups = 1;
  unsigned bits = 8; ///< 32: float
  int64_t block = 0; ///< inputs that share a scale

  LayerInfo on(const TargetDescription &target) const {
    int64_t depth = inputs / groups, result = size - kernel + 1;
    std::string x = "f32", w = "f32", codes;
    if (bits != 32) {
      x = target.dotOf(8)->unsignedActivations ? "!quant.uniform<u8:f32, 0.5:3>"
                                               : "!quant.uniform<i8:f32, 0.5:3>";
      std::string scales(llvm::formatv("!quant.uniform<i{0}:f32", bits));
      std::string row = "2.0";
      for (int64_t b = 1; block && b < depth / block; ++b)
        row += ", 2.0";
      scales += block ? llvm::formatv(":{{0:1, 3:{0}}, {{", block).str() : ":0, {";
      for (int64_t c = 0; c < outputs; ++c)
        scales += (c ? ", " : "") + (block ? "{{{" + row + "}}}" : row);
      w = scales + "}>";
    }
    // Not all equal, which would take no memory.
    int64_t count = outputs * kernel * kernel * depth;
    std::string hex;
    for (int64_t i = 0; i < count; ++i)
      hex += bits == 32 ? (i % 3 ? "0000803F" : "0000003F") : (i % 3 ? "01" : "03");
    std::string text = llvm::formatv(
        "func.func @main(%x: tensor<1x{0}x{0}x{1}x{2}>) -> tensor<1x{3}x{3}x{4}x{2}> {{\n"
        "  %w = nnq.constant dense<\"0x{5}\"> : tensor<{4}x{6}x{6}x{7}x{8}> -> "
        "tensor<{4}x{6}x{6}x{7}x{9}>\n"
        "  %y = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = "
        "{10} : tensor<1x{0}x{0}x{1}x{2}>, tensor<{4}x{6}x{6}x{7}x{9}> -> "
        "tensor<1x{3}x{3}x{4}x{2}>\n"
        "  return %y : tensor<1x{3}x{3}x{4}x{2}>\n}",
        size, inputs, x, result, outputs, hex, kernel, depth,
        bits == 32 ? std::string("f32") : llvm::formatv("i{0}", bits).str(), w, groups);
    std::vector<LayerInfo> layers = costsOf(text, target);
    return layers.empty() ? LayerInfo() : layers.front();
  }
};

} // namespace

TEST(LayerCostTest, TwiceTheOutputsCostTwice) {
  for (const TargetDescription &target : allTargets()) {
    LayerInfo one = Conv{}.on(target), two = Conv{.outputs = 128}.on(target);
    EXPECT_EQ(two.constantBytes, 2 * one.constantBytes) << target.name.str();
    EXPECT_EQ(two.bops, 2 * one.bops);
    EXPECT_NEAR(two.cycles / one.cycles, 2, 0.2) << target.name.str();
  }
}

TEST(LayerCostTest, TwiceTheInputsCostTwiceTheProducts) {
  for (const TargetDescription &target : allTargets()) {
    LayerInfo one = Conv{}.on(target), two = Conv{.inputs = 128}.on(target);
    EXPECT_EQ(two.weightBytes, 2 * one.weightBytes);
    EXPECT_EQ(two.bops, 2 * one.bops);
    EXPECT_NEAR(two.cycles / one.cycles, 1.9, 0.2) << target.name.str();
  }
}

TEST(LayerCostTest, BitOperationsCountBothFactors) {
  const TargetDescription &target = targetNamed("x86-avx512vnni");
  int64_t products = int64_t(16) * 16 * 64 * 9 * 64;
  EXPECT_EQ(Conv{}.on(target).bops, products * 64);
  EXPECT_EQ(Conv{.bits = 4}.on(target).bops, products * 32);
  EXPECT_EQ(Conv{.bits = 32}.on(target).bops, products * 1024);
}

TEST(LayerCostTest, FourBitsTakeHalfOfTheWeightsBytes) {
  for (const TargetDescription &target : allTargets()) {
    LayerInfo eight = Conv{.size = 6}.on(target), four = Conv{.size = 6, .bits = 4}.on(target);
    // A kernel row of 3 x 64 inputs is an even number of steps of every dot product.
    EXPECT_EQ(eight.constantBytes - four.constantBytes, 64 * 9 * 64 / 2) << target.name.str();
  }
}

TEST(LayerCostTest, DepthwiseWeightsOfFourBitsAreUnpackedFirst) {
  for (const TargetDescription &target : allTargets()) {
    LayerInfo eight = Conv{.groups = 64}.on(target),
              four = Conv{.groups = 64, .bits = 4}.on(target);
    EXPECT_EQ(eight.constantBytes - four.constantBytes, 64 * 9 / 2) << target.name.str();
    EXPECT_GT(four.cycles, eight.cycles) << target.name.str();
    EXPECT_EQ(eight.bops, 2 * four.bops);
  }
}

TEST(LayerCostTest, ScalesOfBlocksTakeBytesAndTime) {
  for (const TargetDescription &target : allTargets()) {
    LayerInfo channels = Conv{.bits = 4}.on(target),
              blocks = Conv{.bits = 4, .block = 32}.on(target);
    EXPECT_GT(blocks.constantBytes, channels.constantBytes) << target.name.str();
    EXPECT_GT(blocks.cycles, channels.cycles) << target.name.str();
  }
}

TEST(LayerCostTest, APartOfAColumnCostsAWholeOne) {
  const TargetDescription &target = targetNamed("x86-avx512vnni");
  LayerInfo whole = Conv{.outputs = 80}.on(target), part = Conv{.outputs = 65}.on(target);
  EXPECT_GT(part.constantBytes, whole.constantBytes * 0.98);
  EXPECT_GT(part.cycles, whole.cycles * 0.95);
}

TEST(LayerCostTest, OnePixelWaitsForItsWeights) {
  const TargetDescription &target = targetNamed("x86-avx512vnni");
  Conv layer{.size = 1, .inputs = 1024, .outputs = 1024, .kernel = 1};
  LayerInfo eight = layer.on(target);
  layer.bits = 4;
  LayerInfo four = layer.on(target);
  layer.size = 2;
  LayerInfo pixels = layer.on(target);
  EXPECT_NEAR(eight.cycles / four.cycles, 2, 0.3);
  EXPECT_LT(pixels.cycles, 1.5 * four.cycles);
}

TEST(LayerCostTest, BytesAreFasterThanFloats) {
  for (llvm::StringRef name : {"x86-avx512vnni", "aarch64-neon-i8mm", "aarch64-neon-dotprod"}) {
    const TargetDescription &target = targetNamed(name);
    EXPECT_GT(Conv{.bits = 32}.on(target).cycles, 2 * Conv{}.on(target).cycles) << name.str();
    EXPECT_GT(Conv{.bits = 32}.on(target).constantBytes, 3.9 * Conv{}.on(target).constantBytes);
  }
}

TEST(LayerCostTest, DepthwiseCostsLessThanDenseAndMoreThanItsProducts) {
  for (const TargetDescription &target : allTargets()) {
    LayerInfo dense = Conv{}.on(target), depthwise = Conv{.groups = 64}.on(target);
    EXPECT_LT(depthwise.cycles, dense.cycles) << target.name.str();
    EXPECT_GT(depthwise.cycles, dense.cycles / 64) << target.name.str();
  }
}

TEST(LayerCostTest, ALayerInsideAnothersKernelHasNoCostOfItsOwn) {
  std::vector<LayerInfo> layers = costsOf(R"(
func.func @main(%x: tensor<4x64xf32>, %y: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %0 = nnq.add %x, %y : tensor<4x64xf32>, tensor<4x64xf32> -> tensor<4x64xf32>
  %1 = nnq.mul %0, %y : tensor<4x64xf32>, tensor<4x64xf32> -> tensor<4x64xf32>
  return %1 : tensor<4x64xf32>
})",
                                          targetNamed("x86-avx2"));
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_GT(layers[0].cycles, 0);
  EXPECT_EQ(layers[1].cycles, 0);
  EXPECT_EQ(layers[0].bops, 0);
}

TEST(LayerCostTest, WithoutMainThereIsAnError) {
  mlir::DialectRegistry registry;
  registerCompilerDialects(registry);
  mlir::MLIRContext context(registry);
  context.loadAllAvailableDialects();
  auto module = mlir::parseSourceString<mlir::ModuleOp>("module {}", &context);
  auto layers = describeLayers(*module, targetNamed("x86-avx2"));
  ASSERT_FALSE(bool(layers));
  EXPECT_NE(llvm::toString(layers.takeError()).find("no function 'main'"), std::string::npos);
}
