// Activation functions that are written in terms of others.

#include "NodeImporter.h"

#include <limits>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

static constexpr float infinity = std::numeric_limits<float>::infinity();

static Operand multiply(NodeImporter &n, const Operand &x, float factor) {
  return factor == 1 ? x : n.binary(BinaryKind::Mul, x, n.scalar(factor));
}

/// 1 where x is above `threshold`, else 0.
static Operand isAbove(NodeImporter &n, const Operand &x, float threshold) {
  return n.clamp(n.unary(UnaryKind::Sign, n.binary(BinaryKind::Sub, x, n.scalar(threshold))), 0,
                 infinity);
}

/// max(0, x) + min(0, alpha * (exp(x / alpha) - 1)): alpha times the elu of x / alpha.
static LogicalResult importCelu(NodeImporter &n) {
  float alpha = n.getFloat("alpha", 1);
  if (!(alpha > 0))
    return n.error() << "has alpha = " << alpha << "; it must be above 0";
  Operand inner = multiply(n, n.input(0), 1 / alpha);
  return n.setOutput(0, multiply(n, n.unary(UnaryKind::Elu, inner, 1), alpha));
}

/// x above alpha, else 0.
static LogicalResult importThresholdedRelu(NodeImporter &n) {
  Operand x = n.input(0);
  float alpha = n.getFloat("alpha", 1);
  if (alpha == 0)
    return n.setOutput(0, n.clamp(x, 0, infinity));
  return n.setOutput(0, n.binary(BinaryKind::Mul, x, isAbove(n, x, alpha)));
}

/// x moved by `bias` towards 0 where it is further from it than `lambd`, else 0.
static LogicalResult importShrink(NodeImporter &n) {
  Operand x = n.input(0);
  float bias = n.getFloat("bias", 0), lambd = n.getFloat("lambd", 0.5f);
  Operand outside = isAbove(n, n.unary(UnaryKind::Abs, x), lambd);
  Operand moved = n.binary(BinaryKind::Sub, x, multiply(n, n.unary(UnaryKind::Sign, x), bias));
  return n.setOutput(0, n.binary(BinaryKind::Mul, bias == 0 ? x : moved, outside));
}

/// x / (1 + |x|)
static LogicalResult importSoftsign(NodeImporter &n) {
  Operand x = n.input(0);
  Operand divisor = n.binary(BinaryKind::Add, n.unary(UnaryKind::Abs, x), n.scalar(1));
  return n.setOutput(0, n.binary(BinaryKind::Div, x, divisor));
}

/// x * sigmoid(alpha * x)
static LogicalResult importSwish(NodeImporter &n) {
  Operand x = n.input(0);
  float alpha = n.getFloat("alpha", 1);
  if (alpha == 1)
    return n.setOutput(0, n.unary(UnaryKind::Silu, x));
  Operand gate = n.unary(UnaryKind::Sigmoid, multiply(n, x, alpha));
  return n.setOutput(0, n.binary(BinaryKind::Mul, x, gate));
}

void nnq::onnximport::registerActivationOps(HandlerTable &table) {
  table.add("Celu", {importCelu, 1, 1});
  table.add("ThresholdedRelu", {importThresholdedRelu, 1, 1});
  table.add("Shrink", {importShrink, 1, 1});
  table.add("Softsign", {importSoftsign, 1, 1});
  table.add("Swish", {importSwish, 1, 1});
}
