// What is read of a network's layers, in float and quantized.

#include "nnq/Transforms/LayerWidths.h"
#include "nnq/Transforms/QuantizedLayers.h"
#include "nnq/Transforms/RoundingSwitches.h"
#include "nnq/Transforms/Stages.h"
#include "nnq/Transforms/WeightedLayers.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <limits>

using namespace nnq;
using testing::ElementsAre;
using testing::Pair;

namespace {

class NetworkLayersTest : public testing::Test {
protected:
  NetworkLayersTest() {
    context.loadDialect<mlir::func::FuncDialect, mlir::quant::QuantDialect, NNQDialect>();
  }

  mlir::ModuleOp parse(const std::string &text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    return *module;
  }

  /// Of a layer that reads what `body` makes of the input %x.
  bool readsInput(const std::string &body) {
    std::vector<WeightedLayer> layers =
        findWeightedLayers(parse(R"(func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %w = nnq.constant dense<1.0> : tensor<2x2xf32> -> tensor<2x2xf32>
      %c = nnq.constant dense<2.0> : tensor<2xf32> -> tensor<2xf32>
      )" + body + R"(
      %y = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    })"));
    return !layers.empty() && layers.back().readsInput;
  }

  /// Of one layer with weights of that type, which reads and gives `%x`'s.
  QuantizedLayer layerOf(const std::string &attributes, const std::string &weights,
                         const std::string &element = "!quant.uniform<u8:f32, 0.5:10>") {
    std::string tensor = "tensor<1x2x" + element + ">", matrix = "tensor<2x2x" + weights + ">";
    std::vector<QuantizedLayer> layers = findQuantizedLayers(
        parse("func.func @main(%x: " + tensor + ", %w: " + matrix + ") -> " + tensor + " {\n" +
              "  %y = nnq.fully_connected %x, %w " + attributes + " : " + tensor + ", " + matrix +
              " -> " + tensor + " loc(\"dense\")\n  return %y : " + tensor + "\n}"));
    EXPECT_EQ(layers.size(), 1u);
    return layers.empty() ? QuantizedLayer() : layers.front();
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

//===----------------------------------------------------------------------===//
// Layers in float
//===----------------------------------------------------------------------===//

TEST_F(NetworkLayersTest, ALayerReadsTheInputThroughMovesAndElementwiseConstants) {
  EXPECT_TRUE(
      readsInput("%0 = nnq.mul %x, %c : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>"));
  EXPECT_TRUE(readsInput("%1 = nnq.reshape %x : tensor<1x2xf32> -> tensor<2x1xf32>\n"
                         "%0 = nnq.reshape %1 : tensor<2x1xf32> -> tensor<1x2xf32>"));
  EXPECT_FALSE(
      readsInput("%0 = nnq.add %x, %x : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>"));
  EXPECT_FALSE(readsInput("%0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> "
                          "tensor<1x2xf32>"));
}

TEST_F(NetworkLayersTest, ADepthwiseLayerHasOneInputChannelPerGroup) {
  std::vector<WeightedLayer> layers =
      findWeightedLayers(parse(R"(func.func @main(%x: tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> {
      %w = nnq.constant dense<1.0> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
      %v = nnq.constant dense<1.0> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>
      %0 = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 2
        : tensor<1x3x3x2xf32>, tensor<2x1x1x1xf32> -> tensor<1x3x3x2xf32>
      %1 = nnq.conv2d %0, %v strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
        : tensor<1x3x3x2xf32>, tensor<2x1x1x2xf32> -> tensor<1x3x3x2xf32>
      return %1 : tensor<1x3x3x2xf32>
    })"));
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_TRUE(layers[0].isDepthwise());
  EXPECT_FALSE(layers[1].isDepthwise());
  EXPECT_EQ(layers[0].multiplications(), 9 * 2);
  EXPECT_EQ(layers[1].multiplications(), 9 * 4);
  // Moments of a group's inputs among themselves.
  EXPECT_EQ(layers[0].makeMoments(0.5f).sectionWidth(), 1);
  EXPECT_EQ(layers[1].makeMoments(0.5f).sectionWidth(), 2);
}

TEST_F(NetworkLayersTest, WidthsAreThoseOfAttributesAndNamesComeOnce) {
  const std::string layers = R"(func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %w = nnq.constant dense<1.0> : tensor<2x2xf32> -> tensor<2x2xf32>
      %0 = nnq.fully_connected %x, %w {nnq.bit_width = "w8a16"} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("b")
      %1 = nnq.fully_connected %0, %w {nnq.bit_width = "WIDTH"} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("a")
      %2 = nnq.fully_connected %1, %w {nnq.bit_width = "w8a16"} : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("b")
      %3 = nnq.fully_connected %2, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("c")
      return %3 : tensor<1x2xf32>
    })";
  auto withWidth = [&](const std::string &width) {
    std::string text = layers;
    return getLayerWidths(parse(text.replace(text.find("WIDTH"), 5, width)));
  };
  auto widths = withWidth("float");
  ASSERT_TRUE(static_cast<bool>(widths)) << llvm::toString(widths.takeError());
  ASSERT_EQ(widths->size(), 2u);
  EXPECT_EQ((*widths)[0].first, "b");
  EXPECT_EQ((*widths)[0].second.str(), "w8a16");
  EXPECT_EQ((*widths)[1].first, "a");
  EXPECT_EQ((*widths)[1].second.str(), "float");

  auto none = withWidth("int4");
  ASSERT_FALSE(static_cast<bool>(none));
  EXPECT_THAT(llvm::toString(none.takeError()),
              testing::HasSubstr("nnq.bit_width of 'a': width 'int4' is neither"));
}

//===----------------------------------------------------------------------===//
// Quantized layers
//===----------------------------------------------------------------------===//

TEST_F(NetworkLayersTest, LayersSaturateAtTheEndsOfTheirCodes) {
  QuantizedLayer layer =
      layerOf("{nnq.observation = \"relu\"}", "!quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>");
  EXPECT_EQ(layer.name, "dense");
  EXPECT_EQ(layer.observation, "relu");
  EXPECT_EQ(layer.inputScale, 0.5f);
  EXPECT_EQ(layer.weightBits, 8u);
  EXPECT_EQ(layer.weightBlock, 0);
  EXPECT_THAT(layer.bounds, Pair(-5.0f, 122.5f));
  EXPECT_TRUE(layer.isCorrectable());
}

TEST_F(NetworkLayersTest, ScalesOfChannelsAreWhatCorrectionsFoldInto) {
  QuantizedLayer layer =
      layerOf("{nnq.observation = \"relu\"}", "!quant.uniform<i8<-127:127>:f32, 0.25>");
  EXPECT_EQ(layer.weightBits, std::nullopt);
  EXPECT_FALSE(layer.isCorrectable());
  EXPECT_FALSE(layerOf("", "!quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>").isCorrectable());
}

TEST_F(NetworkLayersTest, ALayerInFloatHasNoBounds) {
  QuantizedLayer layer = layerOf("{nnq.observation = \"relu\"}", "f32", "f32");
  EXPECT_EQ(layer.inputScale, std::nullopt);
  EXPECT_FALSE(layer.isCorrectable());
  constexpr float infinity = std::numeric_limits<float>::infinity();
  EXPECT_THAT(layer.bounds, Pair(-infinity, infinity));
}

TEST_F(NetworkLayersTest, CodesThatAreComputedMakeANetworkQuantized) {
  EXPECT_FALSE(isQuantized(parse("func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
                                 "  return %x : tensor<4xf32>\n}")));
  EXPECT_TRUE(isQuantized(parse(R"(func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = nnq.requantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<u8:f32, 0.5>>
      %1 = nnq.requantize %0 : tensor<4x!quant.uniform<u8:f32, 0.5>> -> tensor<4xf32>
      return %1 : tensor<4xf32>
    })")));
  EXPECT_TRUE(isQuantized(
      parse("func.func @main(%x: tensor<4x!quant.uniform<u8:f32, 0.5>>) {\n  return\n}")));
  EXPECT_FALSE(isQuantized(
      parse("func.func @other(%x: tensor<4x!quant.uniform<u8:f32, 0.5>>) {\n  return\n}")));
}

TEST_F(NetworkLayersTest, IslandsOfOthersAreLeftOut) {
  std::vector<FloatIsland> islands = getFloatIslands(parse(R"(
    module attributes {nnq.float_islands = [{name = "softmax", op = "nnq.softmax", reason = "a rule"},
                                            {name = "half"}, "text"]} {})"));
  ASSERT_EQ(islands.size(), 1u);
  EXPECT_EQ(islands[0].name, "softmax");
  EXPECT_EQ(islands[0].op, "nnq.softmax");
  EXPECT_EQ(islands[0].reason, "a rule");
  EXPECT_TRUE(getFloatIslands(parse("module {}")).empty());
}

//===----------------------------------------------------------------------===//
// Stages and switches
//===----------------------------------------------------------------------===//

TEST_F(NetworkLayersTest, AStageIsTheMainOfAModuleOfItsOwn) {
  mlir::ModuleOp whole = parse(R"(module attributes {nnq.float_islands = []} {
    func.func @main.0(%x: tensor<4xf32>) -> tensor<4xf32> { return %x : tensor<4xf32> }
    func.func @main.1(%x: tensor<2xf32>) -> tensor<2xf32> { return %x : tensor<2xf32> }
  })");
  mlir::OwningOpRef<mlir::ModuleOp> alone =
      extractStage(whole.lookupSymbol<mlir::func::FuncOp>("main.1"));
  auto functions = llvm::to_vector(alone->getOps<mlir::func::FuncOp>());
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].getName(), "main");
  EXPECT_EQ(functions[0].getArgument(0).getType(),
            mlir::RankedTensorType::get({2}, mlir::Float32Type::get(&context)));
  EXPECT_TRUE((*alone)->hasAttr("nnq.float_islands"));
  EXPECT_TRUE(whole.lookupSymbol("main.1"));
}

TEST_F(NetworkLayersTest, ASwitchHasTheNamesOfWhatItRounds) {
  mlir::ModuleOp network = parse(R"(func.func @main(%x: tensor<4xf32>,
      %s: tensor<2xf32> {nnq.switches = [["x", "y"], ["z"]]}) { return })");
  EXPECT_THAT(getRoundingSwitches(*network.getOps<mlir::func::FuncOp>().begin()),
              ElementsAre(ElementsAre("x", "y"), ElementsAre("z")));
}

} // namespace
