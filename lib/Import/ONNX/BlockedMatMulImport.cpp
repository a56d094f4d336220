// com.microsoft.MatMulNBits: a product with weights of 2, 4 or 8 bits in blocks.

#include "QuantizationImport.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

namespace {
/// The attributes: weights of N rows and K columns, `block` columns to a scale.
struct Blocks {
  int64_t rows, columns, bits, block;
  int64_t count() const { return llvm::divideCeil(columns, block); }
  int64_t paddedColumns() const { return count() * block; }
};
} // namespace

static std::optional<Blocks> readBlocks(const NodeImporter &n) {
  Blocks blocks{n.getInt("N", 0), n.getInt("K", 0), n.getInt("bits", 4), n.getInt("block_size", 0)};
  constexpr int64_t largest = int64_t{1} << 30;
  if (!llvm::is_contained({2, 4, 8}, blocks.bits)) {
    n.error() << "has weights of " << blocks.bits << " bits; supported are 2, 4 and 8";
    return std::nullopt;
  }
  for (auto [name, value] :
       {std::pair("N", blocks.rows), {"K", blocks.columns}, {"block_size", blocks.block}})
    if (value < 1 || value > largest) {
      n.error() << "has " << name << " = " << value << "; it is at least 1";
      return std::nullopt;
    }
  return blocks;
}

/// Codes of `bits` bits from bytes, the first in the low bits; each row of codes begins a byte.
static std::optional<std::vector<int64_t>>
unpackRows(const NodeImporter &n, unsigned input, int64_t rows, int64_t codesPerRow, int64_t bits) {
  std::optional<Shape> bytes = n.getConstantInts(input);
  if (!bytes)
    return std::nullopt;
  int64_t bytesPerRow = llvm::divideCeil(codesPerRow * bits, 8), perByte = 8 / bits;
  if (static_cast<int64_t>(bytes->size()) != rows * bytesPerRow) {
    n.error() << "input " << input << " has " << bytes->size() << " bytes; N, K, bits and "
              << "block_size give " << rows * bytesPerRow;
    return std::nullopt;
  }
  std::vector<int64_t> codes(rows * codesPerRow);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t i = 0; i < codesPerRow; ++i)
      codes[row * codesPerRow + i] =
          (*bytes)[row * bytesPerRow + i / perByte] >> (i % perByte * bits) & ((1 << bits) - 1);
  return codes;
}

/// The weights, N x padded K, as a constant with a scale for each block.
static Operand readWeights(const NodeImporter &n, const Blocks &blocks) {
  std::optional<std::vector<float>> scales = n.getConstantFloats(2);
  if (!scales || !n.reserve({blocks.rows, blocks.paddedColumns()}))
    return {};
  int64_t scaleCount = blocks.rows * blocks.count();
  if (static_cast<int64_t>(scales->size()) != scaleCount) {
    n.error() << "has " << scales->size() << " scales for " << scaleCount << " blocks";
    return {};
  }
  Quantization q;
  q.type = blocks.bits == 2   ? DataType::UInt2
           : blocks.bits == 4 ? DataType::UInt4
                              : DataType::UInt8;
  q.granularity = Quantization::Granularity::Block;
  q.axis = 1;
  q.blockSize = blocks.block;
  q.scaleShape = {blocks.rows, blocks.count()};
  if (!llvm::all_of(*scales, [](float scale) { return std::isfinite(scale); })) {
    n.error() << "has a scale that is not finite";
    return {};
  }
  q.scales = std::move(*scales);
  q.zeroPoints.assign(scaleCount, int64_t{1} << (blocks.bits - 1));
  if (n.hasInput(3)) {
    auto zeroPoints = unpackRows(n, 3, blocks.rows, blocks.count(), blocks.bits);
    if (!zeroPoints)
      return {};
    q.zeroPoints = std::move(*zeroPoints);
  }
  auto codes = unpackRows(n, 1, blocks.rows * blocks.count(), blocks.block, blocks.bits);
  if (!codes)
    return {};
  auto tensor =
      HostTensor::ofInts({blocks.rows, blocks.paddedColumns()}, std::move(*codes), q.type);
  makeScalesPositive(tensor, q);
  return Operand(std::move(tensor), std::move(q), n.node.inputs[1]);
}

/// Each block of the last dimension rounded to 8 bits by its largest magnitude, as accuracy_level 4
/// computes: rint(x * (127 / m)) * (m / 127).
static Operand roundBlocksTo8Bits(NodeImporter &n, const Operand &x, int64_t block) {
  Shape shape(x.getShape()), split(shape);
  split.back() /= block;
  split.push_back(block);
  Operand blocks = n.reshape(x, split);
  Operand magnitude = n.reduce(Reduction::Max, n.unary(UnaryKind::Abs, blocks),
                               {static_cast<int64_t>(split.size()) - 1});
  // A block of zeros stays one, whatever it is multiplied by.
  Operand divisor = n.binary(BinaryKind::Max, magnitude, n.scalar(0x1p-100f));
  Operand codes =
      n.unary(UnaryKind::Round,
              n.binary(BinaryKind::Mul, blocks, n.binary(BinaryKind::Div, n.scalar(127), divisor)));
  Operand scale = n.binary(BinaryKind::Div, magnitude, n.scalar(127));
  return n.reshape(n.binary(BinaryKind::Mul, codes, scale), shape);
}

/// A, B, scales, zero_points, g_idx, bias
static LogicalResult importMatMulNBits(NodeImporter &n) {
  Operand x = n.input(0);
  std::optional<Blocks> blocks = readBlocks(n);
  if (!x || !blocks)
    return failure();
  if (n.hasInput(4))
    return n.error() << "g_idx is not supported";
  if (x.getRank() < 1 || x.getShape().back() != blocks->columns)
    return n.error() << "multiplies " << shapeText(x.getShape())
                     << " by weights of K = " << blocks->columns;
  Operand weights = readWeights(n, *blocks);
  if (!weights)
    return failure();
  if (int64_t missing = blocks->paddedColumns() - blocks->columns) {
    Shape low(x.getRank(), 0), high(x.getRank(), 0);
    high.back() = missing;
    x = n.create<PadOp>(n.getValue(x), low, high, APFloat(0.0f));
  }
  // ONNX Runtime's kernel for 2 bits wants blocks of 32 or more for it.
  if (x && n.getInt("accuracy_level", 0) == 4 && (blocks->bits > 2 || blocks->block >= 32))
    x = roundBlocksTo8Bits(n, x, blocks->block);
  Value input = n.getValue(x), filter = n.getValue(weights),
        bias = n.hasInput(5) ? n.getValue(n.input(5)) : Value();
  if (!input || !filter || (n.hasInput(5) && !bias))
    return failure();
  auto product = createInferred<FullyConnectedOp>(n.builder, n.loc, n.builder.getF32Type(), input,
                                                  filter, bias);
  return product ? n.setOutput(0, product.getResult()) : failure();
}

void nnq::onnximport::registerBlockedMatMulOps(HandlerTable &table) {
  table.add("com.microsoft.MatMulNBits", {importMatMulNBits, 3, 6});
}
