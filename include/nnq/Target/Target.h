// What code generation knows of a machine: a description per target, and how it multiplies, a row
// for each kind of activations and each encoding of weights.

#ifndef NNQ_TARGET_TARGET_H
#define NNQ_TARGET_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <deque>
#include <tuple>
#include <vector>

namespace mlir {
class Location;
class OpBuilder;
class Value;
} // namespace mlir

namespace nnq {

/// Where the arena, its buffers and constants that fill it start: at multiples of these bytes, a
/// cache line and the widest vector of any target. Callers of compiled code rely on it.
constexpr uint64_t memoryAlignment = 64;

/// A register tile: `rows` of the activation matrix by `columns` of output channels, whose
/// accumulators stay in registers while the reduction runs. The remainder of a loop may use fewer
/// rows of the same tile.
struct TileShape {
  int64_t rows;
  int64_t columns;
};

class TargetFamily;

/// One dot product: `rows` x `lanes` sums, each of `depth` products of an activation and a weight.
/// Of integers, weights are signed bytes and sums i32, and every one is exact: no intermediate sum
/// saturates or wraps before 32 bits. Of floats, both are f32, and a step is one fused
/// multiply-add.
struct DotProduct {
  /// Writes one on flat vectors, row-major: `acc` is (rows, lanes), `activations` (rows, depth),
  /// `weights` (lanes, depth).
  using Emitter = mlir::Value(mlir::OpBuilder &builder, mlir::Location loc, const DotProduct &dot,
                              mlir::Value acc, mlir::Value activations, mlir::Value weights);

  llvm::StringRef instruction; ///< Its name, or those of the shortest exact sequence: "vpdpbusd".
  int64_t instructions;        ///< Machine instructions of one, once its operands are in registers.
  int64_t lanes;
  int64_t depth;
  int64_t rows;
  unsigned activationBits; ///< 8, 16, or 32 for f32
  bool unsignedActivations;
  Emitter *emit; ///< Null of floats: code generation writes `math.fma`, which LLVM knows.

  bool operator==(const DotProduct &other) const {
    auto members = [](const DotProduct &d) {
      return std::tie(d.instruction, d.instructions, d.lanes, d.depth, d.rows, d.activationBits,
                      d.unsignedActivations, d.emit);
    };
    return members(*this) == members(other);
  }
};

/// How a target multiplies one kind of activations by weights of one encoding. Strings are
/// literals: they live as long as the program.
struct ProductRow {
  llvm::StringRef activation; ///< "i8", "i16" or "f32"
  llvm::StringRef encoding;   ///< of the weights: "bytes", "nibbles", "floats", ...
  DotProduct dot;
  int64_t channels;             ///< Output channels of a column: the lanes of its accumulators.
  std::vector<TileShape> tiles; ///< Best first.
};

/// A machine. Strings are literals: they live as long as the program.
struct TargetDescription {
  const TargetFamily *family; ///< Lives as long as the program, too.
  llvm::StringRef name;
  llvm::StringRef triple;
  llvm::StringRef cpu;
  llvm::StringRef features; ///< In LLVM's notation, "+a,+b"; on top of those of `cpu`.
  llvm::StringRef needs;    ///< What a host must have for "native" to choose this target: "a,b".
  unsigned vectorBits;
  unsigned vectorRegisters = 0; ///< 0: not said, and no tile is too large
  std::deque<ProductRow> rows = {}; ///< TargetRegistry::addRow adds them; none moves.

  int64_t floatLanes() const { return vectorBits / 32; }
  /// How it multiplies activations by weights of that encoding; null if it has no row for them.
  const ProductRow *findRow(llvm::StringRef activation, llvm::StringRef encoding) const;
  /// The dot product of activations of 8, 16 or 32 (f32) bits by whatever weights; null if it has
  /// none. All rows of an activation want it of the same sign.
  const DotProduct *dotOf(unsigned activationBits) const;
};

/// All targets, best first within a family; those of programs behind those of nnq.
const std::deque<TargetDescription> &allTargets();

/// The target of that name; "native" is the first one whose needs the host meets.
llvm::Expected<const TargetDescription *> lookupTarget(llvm::StringRef name);

} // namespace nnq

#endif // NNQ_TARGET_TARGET_H
