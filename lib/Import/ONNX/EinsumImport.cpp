// Einsum: sums, transposes, and one product of matrices.

#include "NodeImporter.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

namespace {
/// A tensor whose dimensions have names, a letter each.
struct Labelled {
  Operand tensor;
  std::string labels;

  bool has(char label) const { return labels.find(label) != std::string::npos; }
};
} // namespace

/// `x` with its dimensions in the order of `labels`.
static Operand arrange(NodeImporter &n, const Labelled &x, StringRef labels) {
  Shape permutation;
  for (char label : labels)
    permutation.push_back(static_cast<int64_t>(x.labels.find(label)));
  return n.transpose(x.tensor, permutation);
}

/// The size of the dimensions `labels` together.
static int64_t sizeOf(const Labelled &x, StringRef labels) {
  int64_t size = 1;
  for (char label : labels)
    size *= x.tensor.getShape()[x.labels.find(label)];
  return size;
}

/// Adds up the dimensions whose labels are not in `kept`.
static void sumOut(NodeImporter &n, Labelled &x, StringRef kept) {
  Shape axes, shape;
  std::string labels;
  for (auto [d, label] : llvm::enumerate(x.labels)) {
    if (!kept.contains(label)) {
      axes.push_back(static_cast<int64_t>(d));
      continue;
    }
    labels += label;
    shape.push_back(x.tensor.getShape()[d]);
  }
  if (axes.empty())
    return;
  x.tensor = n.reshape(n.reduce(Reduction::Sum, x.tensor, axes), shape);
  x.labels = labels;
}

/// The product of two operands: a matrix product for each index of what both and the result have.
static Labelled multiply(NodeImporter &n, const Labelled &a, const Labelled &b, StringRef result) {
  std::string batch, rows, columns, inner;
  for (char label : a.labels)
    (!b.has(label) ? rows : result.contains(label) ? batch : inner) += label;
  for (char label : b.labels)
    if (!a.has(label))
      columns += label;
  Shape batchShape;
  for (char label : batch)
    batchShape.push_back(sizeOf(a, StringRef(&label, 1)));
  auto asMatrices = [&](const Labelled &x, StringRef first, StringRef second) {
    Shape shape(batchShape);
    shape.append({sizeOf(x, first), sizeOf(x, second)});
    return n.reshape(arrange(n, x, batch + first.str() + second.str()), shape);
  };
  Operand product =
      n.importAs("MatMul", {asMatrices(a, rows, inner), asMatrices(b, inner, columns)});
  Labelled labelled{{}, batch + rows + columns};
  Shape shape;
  for (char label : labelled.labels)
    shape.push_back(sizeOf(a.has(label) ? a : b, StringRef(&label, 1)));
  labelled.tensor = n.reshape(product, shape);
  return labelled;
}

/// The labels of a result that the equation leaves out: those named once, in order.
static std::string impliedResult(StringRef operands) {
  std::string labels;
  for (char label = 'A'; label <= 'z'; ++label)
    if (llvm::isAlpha(label) && operands.count(label) == 1)
      labels += label;
  return labels;
}

static LogicalResult importEinsum(NodeImporter &n) {
  std::string equation = n.getString("equation", "").str();
  llvm::erase(equation, ' ');
  auto refuse = [&](const Twine &reason) {
    return n.error() << "the equation '" << equation << "' " << reason;
  };
  auto [left, right] = StringRef(equation).split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (equation.find('.') != std::string::npos)
    return refuse("has an ellipsis, which is not supported; name the dimensions");
  if (terms.size() != n.getNumInputs() || terms.size() > 2)
    return refuse("has " + Twine(terms.size()) + " operands for " + Twine(n.getNumInputs()) +
                  " inputs; supported are one and two");
  std::string result = StringRef(equation).contains("->") ? right.str() : impliedResult(left);
  SmallVector<Labelled> operands;
  for (auto [i, term] : llvm::enumerate(terms)) {
    Operand x = n.input(i);
    if (!x)
      return failure();
    if (static_cast<int64_t>(term.size()) != x.getRank())
      return refuse("names " + Twine(term.size()) + " dimensions of an input of shape " +
                    shapeText(x.getShape()));
    for (char label : term)
      if (!llvm::isAlpha(label) || term.count(label) > 1)
        return refuse("names dimension '" + Twine(label) +
                      "' twice in one operand, or by no letter; that is not supported");
    operands.push_back({x, term.str()});
  }
  for (char label : result)
    if (!left.contains(label) || llvm::count(result, label) > 1)
      return refuse("has '" + Twine(label) + "' in its result, which no operand has, or twice");
  if (operands.size() == 2)
    for (char label : operands[0].labels)
      if (operands[1].has(label) &&
          sizeOf(operands[0], StringRef(&label, 1)) != sizeOf(operands[1], StringRef(&label, 1)))
        return refuse("gives '" + Twine(label) + "' two sizes");
  Labelled value = operands[0];
  if (operands.size() == 1) {
    sumOut(n, value, result);
  } else {
    sumOut(n, operands[0], result + operands[1].labels);
    sumOut(n, operands[1], result + operands[0].labels);
    value = multiply(n, operands[0], operands[1], result);
  }
  return value.tensor ? n.setOutput(0, arrange(n, value, result)) : failure();
}

void nnq::onnximport::registerEinsumOps(HandlerTable &table) {
  table.add("Einsum", {importEinsum, 1, anyNumber});
}
