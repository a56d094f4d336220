// Which tensors a calibration run observes, and under which names.
// Apart because insertion of observers, calibration and quantization must agree on it.

#ifndef NNQ_TRANSFORMS_OBSERVATIONNAMES_H
#define NNQ_TRANSFORMS_OBSERVATIONNAMES_H

#include "nnq/Dialect/NNQ/IR/NNQDialect.h"

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"
#include <string>

namespace mlir::func {
class FuncOp;
}

namespace nnq {

/// Attribute of an operation (two numbers for each result) or an argument: the range of its values,
/// array<f32: lo, hi>.
inline constexpr llvm::StringLiteral rangeAttrName = "nnq.range";
/// Attribute of an operation or an argument: the name under which the float network's tensor of the
/// same meaning was observed. It moves to the operation in front where a clamp is fused into that.
inline constexpr llvm::StringLiteral observationAttrName = "nnq.observation";
/// Attribute of an operation of a recurrent layer that was unrolled: what it computes in each step.
/// Values of one kind of operation with one such name have one range.
inline constexpr llvm::StringLiteral stepAttrName = "nnq.step";
/// Attribute of an argument: its name in the model.
inline constexpr llvm::StringLiteral nameAttrName = "nnq.name";
/// Attribute of a layer that accumulates: its width, as `LayerWidth` prints it.
inline constexpr llvm::StringLiteral bitWidthAttrName = "nnq.bit_width";
/// Attribute of an operation or an argument: its values are to have more than 8 bits.
inline constexpr llvm::StringLiteral wideAttrName = "nnq.wide";
/// Attribute of an argument of `--nnq-simulate-rounding`: for each switch, the names of the tensors
/// that it rounds.
inline constexpr llvm::StringLiteral switchesAttrName = "nnq.switches";
/// Attribute of an operation that stays in float, with the reason.
inline constexpr llvm::StringLiteral islandAttrName = "nnq.float_island";
/// Attribute of the module: all of these, {name, op, reason}.
inline constexpr llvm::StringLiteral islandsAttrName = "nnq.float_islands";

/// Gives the observation of `op`, which is about to go, to the operation that computes `value`,
/// which takes its place.
void passObservationOn(mlir::Operation *op, mlir::Value value);

struct Observation {
  mlir::Value value;
  std::string name;
};

/// The tensors to observe, in the order of the function, with unique names.
llvm::SmallVector<Observation> collectObservations(mlir::func::FuncOp func);

/// What the function's observers say; where it has none, what they would say.
llvm::SmallVector<Observation> findObservations(mlir::func::FuncOp func);

/// The tensor that is observed in the place of `value`: itself, or the result of the clamp that
/// alone uses it.
mlir::Value getObservedTensor(mlir::Value value);

} // namespace nnq

#endif // NNQ_TRANSFORMS_OBSERVATIONNAMES_H
