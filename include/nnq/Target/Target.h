// What code generation knows of a machine: a description per target, and how it multiplies, a row
// for each kind of activations and each encoding of weights.

#ifndef NNQ_TARGET_TARGET_H
#define NNQ_TARGET_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace nnq {

/// Where the arena, its buffers and constants that fill it start: at multiples of these bytes, a
/// cache line and the widest vector of any target. Callers of compiled code rely on it.
constexpr uint64_t memoryAlignment = 64;

/// A register tile: `rows` of the activation matrix by `columns` blocks of output channels, whose
/// accumulators stay in registers while the reduction runs. The remainder of a loop may use fewer
/// rows of the same tile.
struct TileShape {
  int64_t rows;
  int64_t columns;
};

/// How a target multiplies activations by bytes and sums products, as an instruction or the
/// shortest exact sequence.
enum class DotInstruction {
  Vpdpbusd,    ///< x86: four products per lane.
  Vpdpwssd,    ///< x86: weights widened to 16 bits, two products per lane.
  Vpmaddwd,    ///< x86: operands widened to 16 bits, pairs of products, vpaddd.
  Vfmadd,      ///< x86: one product per lane, in f32.
  SmullSadalp, ///< Arm: products in 16 bits, then pairs added into 32.
  Sdot,        ///< Arm: four products per lane.
  Usmmla,      ///< Arm: a 2 x 8 by 8 x 2 matrix product.
  Smlal,       ///< Arm: weights widened to 16 bits, one product per lane of either half.
  Fmla,        ///< Arm: one product per lane, in f32.
};

/// One dot product: `rows` x `lanes` sums, each of `depth` products of an activation and a weight.
/// Of integers, weights are signed bytes and sums i32, and every one is exact: no intermediate sum
/// saturates or wraps before 32 bits. Of floats, both are f32, and a step is one fused
/// multiply-add.
struct DotProduct {
  DotInstruction instruction;
  int64_t instructions; ///< Machine instructions of one, once its operands are in registers.
  int64_t lanes;
  int64_t depth;
  int64_t rows;
  unsigned activationBits; ///< 8, 16, or 32 for f32
  bool unsignedActivations;
};

/// How a target multiplies one kind of activations by weights of one encoding. Strings are
/// literals: they live as long as the program.
struct ProductRow {
  llvm::StringRef activation; ///< "i8", "i16" or "f32"
  llvm::StringRef encoding;   ///< of the weights: "bytes", "nibbles", "floats", ...
  DotProduct dot;
  int64_t block; ///< Output channels of a packed weight block, the width of an accumulator.
  std::vector<TileShape> tiles; ///< Best first; a column is `block` channels.
};

/// A machine. Strings are literals: they live as long as the program.
struct TargetDescription {
  llvm::StringRef name;
  llvm::StringRef triple;
  llvm::StringRef cpu;
  llvm::StringRef features; ///< In LLVM's notation, "+a,+b"; on top of those of `cpu`.
  llvm::StringRef needs;    ///< What a host must have for "native" to choose this target: "a,b".
  unsigned vectorBits;
  std::deque<ProductRow> rows = {}; ///< TargetRegistry::addRow adds them; none moves.

  int64_t floatLanes() const { return vectorBits / 32; }
  bool isX86() const { return triple.starts_with("x86_64"); }
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
