// --nnq-fold-calibration: from a calibration file to the attributes nnq.range and nnq.observation.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Quantization/CalibrationFile.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {
#define GEN_PASS_DEF_FOLDCALIBRATION
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

void annotate(func::FuncOp func, const Observation &observation, const Range &range) {
  Builder builder(func.getContext());
  auto lo = static_cast<float>(range.lo), hi = static_cast<float>(range.hi);
  StringAttr name = builder.getStringAttr(observation.name);
  if (auto argument = dyn_cast<BlockArgument>(observation.value)) {
    func.setArgAttr(argument.getArgNumber(), rangeAttrName, builder.getDenseF32ArrayAttr({lo, hi}));
    func.setArgAttr(argument.getArgNumber(), observationAttrName, name);
    return;
  }
  Operation *op = observation.value.getDefiningOp();
  if (op->getNumResults() == 1)
    op->setAttr(observationAttrName, name);
  SmallVector<float> ranges(2 * op->getNumResults(), 0);
  if (auto old = op->getAttrOfType<DenseF32ArrayAttr>(rangeAttrName);
      old && old.size() == static_cast<int64_t>(ranges.size()))
    ranges.assign(old.asArrayRef().begin(), old.asArrayRef().end());
  unsigned index = cast<OpResult>(observation.value).getResultNumber();
  ranges[2 * index] = lo;
  ranges[2 * index + 1] = hi;
  op->setAttr(rangeAttrName, builder.getDenseF32ArrayAttr(ranges));
}

/// Gives values that are the same in all steps of a recurrent layer one range, so that steps have
/// one scale, and thus one kernel.
void uniteSteps(MutableArrayRef<std::pair<Observation, Range>> ranges) {
  auto find = [](Value value) -> std::pair<Attribute, Operation *> {
    Operation *op = value.getDefiningOp();
    return {op ? op->getAttr(stepAttrName) : Attribute(), op};
  };
  DenseMap<std::pair<Attribute, OperationName>, Range> united;
  for (int pass = 0; pass < 2; ++pass)
    for (auto &[observation, range] : ranges)
      if (auto [step, op] = find(observation.value); step) {
        Range &all = united.try_emplace({step, op->getName()}, range).first->second;
        all = {std::min(all.lo, range.lo), std::max(all.hi, range.hi)};
        range = all;
      }
}

struct FoldCalibration : nnq::impl::FoldCalibrationBase<FoldCalibration> {
  using FoldCalibrationBase::FoldCalibrationBase;

  void runOnOperation() override {
    if (file.empty()) {
      getOperation().emitError() << "--nnq-fold-calibration needs file=PATH of a calibration file";
      return signalPassFailure();
    }
    llvm::Expected<CalibrationFile> statistics = CalibrationFile::read(file);
    if (!statistics) {
      getOperation().emitError() << llvm::toString(statistics.takeError());
      return signalPassFailure();
    }
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(foldInto(func, *statistics)))
        return signalPassFailure();
  }

private:
  LogicalResult foldInto(func::FuncOp func, const CalibrationFile &statistics) {
    RangeOptions options;
    options.bits = bits;
    options.symmetric = symmetric;
    options.percentile = percentile;
    options.averagingConstant = averagingConstant;
    SmallVector<std::pair<Observation, Range>> ranges;
    for (const Observation &observation : findObservations(func)) {
      auto found = statistics.tensors.find(observation.name);
      if (found == statistics.tensors.end()) {
        auto diag = emitError(observation.value.getLoc())
                    << "tensor '" << observation.name << "' has no statistics in " << file
                    << ", which has " << statistics.tensors.size() << " tensors";
        diag.attachNote() << "run the calibration on this network again, with the observers of "
                             "--nnq-insert-observers";
        return failure();
      }
      llvm::Expected<Range> range = estimateRange(found->second, rangeMethod, options);
      if (!range)
        return emitError(observation.value.getLoc())
               << "tensor '" << observation.name << "': " << llvm::toString(range.takeError());
      ranges.emplace_back(observation, *range);
    }
    uniteSteps(ranges);
    for (const auto &[observation, range] : ranges)
      annotate(func, observation, range);
    func.walk([](ObserveOp op) { op.erase(); });
    return success();
  }
};

} // namespace
