// What --nnq-quantize decides before it changes anything: which operations compute on integers,
// which values stay f32, and the type of every value that does not. Read-only on the IR.

#ifndef NNQ_LIB_TRANSFORMS_QUANTIZATIONPLAN_H
#define NNQ_LIB_TRANSFORMS_QUANTIZATIONPLAN_H

#include "Interval.h"
#include "QuantizationRules.h"

#include "nnq/Dialect/NNQ/IR/KernelBodies.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::func {
class FuncOp;
}

namespace nnq {

/// The plan for one function. Built to a fixed point: that an operation stays in float may leave
/// another without a range, or between operations in float, and so on; each round only takes
/// operations away, so it ends.
class QuantizationPlan {
public:
  /// Fails with an error where the function is no network of one block, an `nnq.bit_width` no
  /// width, or a range no range.
  static mlir::FailureOr<QuantizationPlan> create(mlir::func::FuncOp func,
                                                  QuantizationRules &rules);

  bool isInteger(mlir::Operation *op) const {
    return schemes.contains(op) && !islands.contains(op);
  }
  const OpScheme &schemeOf(mlir::Operation *op) const { return schemes.find(op)->second; }
  /// True if `value` is f32 in the quantized function too.
  bool staysFloat(mlir::Value value) const { return floats.contains(value); }
  /// Tensors with one type have one representative.
  mlir::Value getCluster(mlir::Value value) const { return find(value); }
  /// True if `value` is rounded where the clamp behind it is.
  bool isRoundedBehind(mlir::Value value) const { return behindClamp.contains(value); }
  /// True if the operation of `use` needs codes of the value, whether that stays f32 or not.
  bool readsCodes(mlir::OpOperand &use) const;
  /// The type of `value` where it is quantized, or is to be for a user that needs it; null if no
  /// range is known.
  mlir::quant::UniformQuantizedType getType(mlir::Value value) const;

  /// The operations that take part, in order.
  llvm::ArrayRef<mlir::Operation *> operations() const { return ops; }
  /// Operations that stay in float, with the reason.
  const llvm::MapVector<mlir::Operation *, std::string> &floatIslands() const { return islands; }
  /// Values that are wider than 8 bits without having been asked for, with the reason.
  const llvm::MapVector<mlir::Value, std::string> &widened() const { return widenedValues; }

private:
  explicit QuantizationPlan(mlir::Block &network) : kernels(network) {}

  struct Cluster {
    Interval entering; ///< of what enters the cluster
    Interval moved;    ///< of results of its own moves: only where nothing that enters has one
    bool symmetric = false;
    bool isWide = false; ///< 16 bits
    /// The greatest code that the accumulators of all readers have room for, if it is wide.
    int64_t wideLimit = 32767;
    mlir::quant::UniformQuantizedType type;
  };

  void collect(mlir::func::FuncOp func, QuantizationRules &rules);
  void collectRanges(mlir::func::FuncOp func);
  Interval rangeByItself(mlir::Value result) const;
  /// What a pole behind them asks of layers with weights.
  enum class LayersInFront { AsTheyAre, ReadWide, InFloat };
  void markCoarse(mlir::Value value, const TooCoarse &coarse, LayersInFront layers);
  void findCoarseOperands();
  void decideFloats(mlir::func::FuncOp func);
  bool movesFloat(mlir::Operation *op) const;
  bool isReadByLoopsOnly(mlir::Value value) const;
  void keepFloat(mlir::Value value);
  bool entersLoops(mlir::Value value) const;
  void keepFloatThroughMoves(mlir::Value value);
  bool touchesCodes(mlir::Operation *op) const;
  bool wantsFloat(mlir::Value value) const;
  bool comesOutOfLoop(mlir::Value value) const;
  void decideFusedOperand(mlir::Operation *op);
  void decideClusters();
  void uniteMoved(mlir::Operation *op);
  bool takesTypeOf(mlir::Value operand, const Interval &range) const;
  mlir::LogicalResult decideTypes(mlir::func::FuncOp func);
  void addMember(mlir::Value value);
  void addParts(mlir::Operation *op);
  bool takeAway();
  std::string reasonAgainst(mlir::Operation *op) const;

  mlir::Value find(mlir::Value value) const;
  void unite(mlir::Value a, mlir::Value b);
  /// The range of `value` by itself, or of its cluster as far as that is united.
  Interval getRange(mlir::Value value) const { return clusterRanges.lookup(find(value)); }

  KernelBodies kernels;
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Operation *, OpScheme> schemes;
  llvm::MapVector<mlir::Operation *, std::string> islands;
  llvm::DenseMap<mlir::Value, Interval> ranges; ///< of each value by itself
  llvm::DenseMap<mlir::Value, Interval> clusterRanges;
  llvm::DenseSet<mlir::Value> askedWide;                    ///< are to have more than 8 bits
  llvm::MapVector<mlir::Value, std::string> coarseOperands; ///< that are not to be rounded
  llvm::MapVector<mlir::Value, std::string> wideInputs;     ///< of layers in front of a pole
  llvm::MapVector<mlir::Value, std::string> widenedValues;
  llvm::DenseSet<mlir::Value> floats, fusedOperands, notFloat;
  llvm::DenseSet<mlir::Value> behindClamp; ///< inputs of a clamp whose type they take
  mutable llvm::DenseMap<mlir::Value, mlir::Value> leader;
  llvm::MapVector<mlir::Value, Cluster> clusters;
};

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_QUANTIZATIONPLAN_H
