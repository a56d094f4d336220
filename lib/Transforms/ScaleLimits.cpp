// What no scale holds.

#include "ScaleLimits.h"

#include "Interval.h"

#include "nnq/Quantization/QuantParams.h"
#include "nnq/Transforms/ConstantValues.h"
#include "nnq/Transforms/ObservationNames.h"

#include "llvm/Support/Format.h"

#include <cmath>

using namespace mlir;

namespace nnq {

static bool hasFiniteBounds(QuantizableOp op) {
  auto bounds = op.getClampBounds();
  return op.getFixedResultRange() ||
         (bounds && std::isfinite(bounds->first) && std::isfinite(bounds->second));
}

llvm::DenseSet<Value> findNonFiniteValues(func::FuncOp func) {
  llvm::DenseSet<Value> found;
  auto isFound = [&](Value value) { return found.contains(value); };
  func.walk([&](Operation *op) {
    if (auto constant = dyn_cast<ConstantOp>(op)) {
      std::optional<ConstantValues<float>> values = readConstant<float>(constant);
      if (values && !llvm::all_of(values->get(), [](float v) { return std::isfinite(v); }))
        found.insert(constant);
      return;
    }
    auto quantizable = dyn_cast<QuantizableOp>(op);
    if (quantizable && (isa<ElementwiseOp>(op) || quantizable.sharesScale()) &&
        llvm::any_of(op->getOperands(), isFound) && !hasFiniteBounds(quantizable))
      found.insert(op->result_begin(), op->result_end());
  });
  return found;
}

/// The largest magnitude of `value`, or of the tensor that it is moved from, if its range is known.
static std::optional<double> magnitudeOf(Value value) {
  while (true) {
    if (auto range = annotatedRange(value))
      return std::max(std::abs(range->first), std::abs(range->second));
    auto move = value.getDefiningOp<QuantizableOp>();
    if (!move || !move.movesOneTensor())
      return std::nullopt;
    value = move->getOperand(0);
  }
}

/// The complaint about values of this magnitude; empty if there is none.
static std::string complaint(StringRef what, std::optional<double> magnitude) {
  constexpr double least = minimumScale * 127, greatest = 1 / minimumScale;
  if (!magnitude || *magnitude == 0 || (*magnitude >= least && *magnitude <= greatest))
    return "";
  std::string text;
  llvm::raw_string_ostream(text) << what << " at most " << llvm::format("%.2g", *magnitude)
                                 << ", too " << (*magnitude < least ? "small" : "large")
                                 << " for scales, which hold magnitudes from "
                                 << llvm::format("%.2g to %.2g", least, greatest);
  return text;
}

std::string reasonByMagnitude(QuantizableOp op) {
  if (auto layer = dyn_cast<AccumulatingOp>(*op))
    if (auto weights = readConstant<float>(layer.getWeightOperand().get())) {
      double largest = 0;
      for (float w : weights->get())
        largest = std::max<double>(largest, std::abs(w));
      // A layer of small weights whose result is not small is its bias.
      if (layer.getBiasOperand() && largest < 1)
        largest = 0;
      if (std::string text = complaint("its weights are", largest); !text.empty())
        return text;
    }
  for (Value operand : op->getOperands())
    if (std::string text = complaint("what it reads is", magnitudeOf(operand)); !text.empty())
      return text;
  for (Value result : op->getResults())
    if (std::string text = complaint("its result is", magnitudeOf(getObservedTensor(result)));
        !text.empty())
      return text;
  return "";
}

} // namespace nnq
