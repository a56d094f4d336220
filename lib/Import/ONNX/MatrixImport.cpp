// Products of matrices.

#include "NodeImporter.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// MatMul
//===----------------------------------------------------------------------===//

/// `x` with its leading dimensions of size 1 removed until rank 2.
static Operand dropUnitBatch(NodeImporter &n, const Operand &x) {
  ArrayRef<int64_t> shape = x.getShape();
  if (shape.size() <= 2 || llvm::any_of(shape.drop_back(2), [](int64_t size) { return size != 1; }))
    return x;
  return n.reshape(x, Shape(shape.take_back(2)));
}

static LogicalResult importMatMul(NodeImporter &n) {
  Operand lhs = n.input(0), rhs = n.input(1);
  if (!lhs || !rhs)
    return failure();
  if (lhs.getRank() == 0 || rhs.getRank() == 0)
    return n.error() << "multiplies " << shapeText(lhs.getShape()) << " by "
                     << shapeText(rhs.getShape()) << "; it needs matrices";
  // A vector is a row on the left and a column on the right; its dimension is not in the result.
  bool rowVector = lhs.getRank() == 1, columnVector = rhs.getRank() == 1;
  Shape shape;
  if (rowVector)
    lhs = n.reshape(lhs, {1, lhs.getShape()[0]});
  if (columnVector)
    rhs = n.reshape(rhs, {rhs.getShape()[0], 1});
  Operand matrix = rhs.isConstant() && lhs.getRank() >= rhs.getRank() ? dropUnitBatch(n, rhs) : rhs;
  Operand product;
  if (matrix.isConstant() && matrix.getRank() == 2)
    product = n.fullyConnected(lhs, n.transpose(matrix, {1, 0}), std::nullopt);
  else
    product = n.create<MatMulOp>(n.getValue(lhs), n.getValue(rhs), /*transpose_rhs=*/false);
  if (!product)
    return failure();
  shape = Shape(product.getShape());
  if (columnVector)
    shape.pop_back();
  if (rowVector)
    shape.erase(shape.end() - (columnVector ? 1 : 2));
  return n.setOutput(0, n.reshape(product, shape));
}

//===----------------------------------------------------------------------===//
// Gemm
//===----------------------------------------------------------------------===//

static Operand scale(NodeImporter &n, const Operand &x, float factor) {
  return factor == 1 ? x : n.binary(BinaryKind::Mul, x, n.scalar(factor));
}

/// Whether `c`, added to M x N, is a bias: codes, or a vector. What else is added to the product is
/// not rounded to its units.
static bool isBias(const Operand &c, int64_t columns) {
  std::optional<int64_t> count = countElements(c.getShape());
  return c.isConstant() && (c.isDequantized() || c.getRank() == 1) &&
         (*count == 1 || (*count == columns && c.getShape().back() == columns));
}

/// alpha * A' * B' + beta * C, primes being the transposes that transA and transB ask for.
static LogicalResult importGemm(NodeImporter &n) {
  Operand a = n.input(0), b = n.input(1);
  float alpha = n.getFloat("alpha", 1), beta = n.getFloat("beta", 1);
  bool transposeA = n.getInt("transA", 0) != 0, transposeB = n.getInt("transB", 0) != 0;
  if (!a || !b)
    return failure();
  if (a.getRank() != 2 || b.getRank() != 2)
    return n.error() << "multiplies " << shapeText(a.getShape()) << " by "
                     << shapeText(b.getShape()) << "; it needs matrices";
  if (transposeA)
    a = n.transpose(a, {1, 0});
  std::optional<Operand> c;
  if (n.hasInput(2) && beta != 0) {
    c = scale(n, n.input(2), beta);
    if (!*c)
      return failure();
  }
  int64_t columns = b.getShape()[transposeB ? 0 : 1];
  Operand product;
  if (b.isConstant()) {
    Operand filter = scale(n, transposeB ? b : n.transpose(b, {1, 0}), alpha);
    std::optional<Operand> bias;
    if (c && isBias(*c, columns)) {
      bias = n.broadcast(n.reshape(*c, {*countElements(c->getShape())}), {columns});
      c = std::nullopt;
    }
    product = n.fullyConnected(a, filter, bias);
  } else {
    product = scale(n, n.create<MatMulOp>(n.getValue(a), n.getValue(b), transposeB), alpha);
  }
  if (!product || !c)
    return n.setOutput(0, product);
  Operand sum = n.binary(BinaryKind::Add, product, *c);
  if (sum && sum.getShape() != product.getShape())
    return n.error() << "can't broadcast C of shape " << shapeText(c->getShape()) << " to "
                     << shapeText(product.getShape());
  return n.setOutput(0, sum);
}

void nnq::onnximport::registerMatrixOps(HandlerTable &table) {
  table.add("MatMul", {importMatMul, 2, 2});
  table.add("Gemm", {importGemm, 2, 3});
}
