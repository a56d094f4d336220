// Normalizations and softmax.

#include "NodeImporter.h"

#include "nnq/Dialect/NNQ/IR/LogarithmOps.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

/// x * k + b with k = scale / sqrt(variance + epsilon), b = bias - mean * k, for parameters that
/// are computed.
static Operand normalizeByComputed(NodeImporter &n, const Operand &x) {
  Operand epsilon = n.scalar(n.getFloat("epsilon", 1e-5f));
  Operand deviation = n.unary(UnaryKind::Sqrt, n.binary(BinaryKind::Add, n.input(4), epsilon));
  Operand factor = n.binary(BinaryKind::Div, n.input(1), deviation),
          offset =
              n.binary(BinaryKind::Sub, n.input(2), n.binary(BinaryKind::Mul, n.input(3), factor));
  Shape perChannel(x.getRank() - 1, 1);
  perChannel[0] = x.getShape()[1];
  return n.binary(BinaryKind::Add, n.binary(BinaryKind::Mul, x, n.reshape(factor, perChannel)),
                  n.reshape(offset, perChannel));
}

static LogicalResult importBatchNormalization(NodeImporter &n) {
  if (!n.isInference())
    return failure();
  if (n.getInt("spatial", 1) != 1)
    return n.error() << "spatial = 0 is not supported";
  Operand x = n.input(0);
  if (!x)
    return failure();
  int64_t rank = x.getRank();
  if (rank < 2)
    return n.error() << "has an input of shape " << shapeText(x.getShape())
                     << "; it needs batch and channels";
  for (unsigned i = 1; i < 5; ++i)
    if (Operand parameter = n.input(i); parameter && !parameter.isConstant())
      return n.setOutput(0, normalizeByComputed(n, x));
  // Channels go last, and back. For rank 2 the permutations are the identity.
  Shape toLast{0}, toFirst{0, rank - 1};
  for (int64_t d = 2; d < rank; ++d) {
    toLast.push_back(d);
    toFirst.push_back(d - 1);
  }
  toLast.push_back(1);
  Value normalized = n.create<BatchNormOp>(
      n.getValue(n.transpose(x, toLast)), n.getValue(n.input(1)), n.getValue(n.input(2)),
      n.getValue(n.input(3)), n.getValue(n.input(4)), APFloat(n.getFloat("epsilon", 1e-5f)));
  return n.setOutput(0, n.transpose(normalized, toFirst));
}

/// The dimensions from `axis` on as one; `{d0, ..., d(axis - 1), product of the rest}`.
static Shape flattenFrom(ArrayRef<int64_t> shape, int64_t axis) {
  Shape flat(shape.take_front(axis));
  flat.push_back(1);
  for (int64_t size : shape.drop_front(axis))
    flat.back() *= size;
  return flat;
}

static LogicalResult importLayerNormalization(NodeImporter &n) {
  Operand x = n.input(0), scale = n.input(1);
  if (!x || !scale)
    return failure();
  std::optional<int64_t> axis = n.resolveAxis(n.getInt("axis", -1), x.getRank());
  if (!axis)
    return failure();
  Shape flat = flattenFrom(x.getShape(), *axis);
  if (!n.hasInput(2) && !n.reserve({flat.back()}))
    return failure();
  Operand bias = n.hasInput(2)
                     ? n.input(2)
                     : n.constantFloats({flat.back()}, std::vector<float>(flat.back(), 0));
  if (n.isOutputUsed(1) || n.isOutputUsed(2))
    return n.error() << "the outputs of mean and deviation are not supported";
  Shape parameters{flat.back()};
  Value normalized = n.create<LayerNormOp>(
      n.getValue(n.reshape(x, flat)), n.getValue(n.reshape(scale, parameters)),
      n.getValue(n.reshape(bias, parameters)), APFloat(n.getFloat("epsilon", 1e-5f)));
  return n.setOutput(0, n.reshape(normalized, Shape(x.getShape())));
}

/// A softmax or its logarithm as the node's opset means it: along one axis since 13, over all
/// dimensions from `axis` on before.
template <typename OpTy> static LogicalResult importSoftmax(NodeImporter &n) {
  Operand x = n.input(0);
  if (!x)
    return failure();
  std::optional<int64_t> axis = n.resolveAxis(n.getInt("axis", n.opset < 13 ? 1 : -1), x.getRank());
  if (!axis)
    return failure();
  Shape shape(x.getShape());
  bool onlyAxis = llvm::all_of(ArrayRef<int64_t>(shape).drop_front(*axis + 1),
                               [](int64_t size) { return size == 1; });
  if (n.opset >= 13 || onlyAxis)
    return n.setOutput(0, n.create<OpTy>(n.getValue(x), *axis));
  Value result = n.create<OpTy>(n.getValue(n.reshape(x, flattenFrom(shape, *axis))), *axis);
  return n.setOutput(0, n.reshape(result, shape));
}

void nnq::onnximport::registerNormalizationOps(HandlerTable &table) {
  table.add("BatchNormalization", {importBatchNormalization, 5, 5});
  table.add("LayerNormalization", {importLayerNormalization, 2, 3});
  table.add("Softmax", {importSoftmax<SoftmaxOp>, 1, 1});
  table.add("LogSoftmax", {importSoftmax<LogSoftmaxOp>, 1, 1});
}
