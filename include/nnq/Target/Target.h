// What code generation knows of a machine: one description per target, all rows of Targets.def.

#ifndef NNQ_TARGET_TARGET_H
#define NNQ_TARGET_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace nnq {

/// A register tile: `rows` of the activation matrix by `columns` vectors of output channels, whose
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
  SmullSadalp, ///< Arm: products in 16 bits, then pairs added into 32.
  Sdot,        ///< Arm: four products per lane.
  Usmmla,      ///< Arm: a 2 x 8 by 8 x 2 matrix product.
  Smlal,       ///< Arm: weights widened to 16 bits, one product per lane of either half.
};

/// Machine instructions of one, once its operands are in registers.
int64_t countInstructions(DotInstruction instruction);

/// One dot product: `rows` x `lanes` sums in i32, each of `depth` products of an activation and a
/// signed weight of 8 bits. Every one is exact: no intermediate sum saturates or wraps before 32
/// bits.
struct DotProduct {
  int64_t lanes;
  int64_t depth;
  int64_t rows;
  unsigned activationBits; ///< 8 or 16
  bool unsignedActivations;
  DotInstruction instruction;
};

struct TargetDescription {
  llvm::StringRef name;
  llvm::StringRef triple;
  llvm::StringRef cpu;
  llvm::StringRef features; ///< In LLVM's notation, "+a,+b"; on top of those of `cpu`.
  llvm::StringRef needs;    ///< What a host must have for "native" to choose this target: "a,b".
  unsigned vectorBits;
  DotProduct dot;     ///< Of activations of 8 bits.
  DotProduct wordDot; ///< Of activations of 16 bits.
  int64_t
      outputBlock; ///< Output channels of a packed weight block, the width of an i32 accumulator.
  int64_t stepsPerLoad;            ///< One load of a row of activations should read this many times
                                   ///< `dot.depth` bytes.
  llvm::ArrayRef<TileShape> tiles; ///< For 8 bits, best first; a column is `outputBlock` channels.
  llvm::ArrayRef<TileShape> nibbleTiles; ///< The same for weights of 4 bits.
  llvm::ArrayRef<TileShape> wordTiles;   ///< The same for activations of 16 bits.
  llvm::ArrayRef<TileShape>
      floatTiles; ///< For f32, best first; a column is `floatLanes()` channels.

  int64_t floatLanes() const { return vectorBits / 32; }
  bool isX86() const { return triple.starts_with("x86_64"); }
  /// The dot product of activations of 8 or 16 bits.
  const DotProduct &dotOf(unsigned activationBits) const {
    return activationBits == wordDot.activationBits ? wordDot : dot;
  }
};

/// The table, best first within an architecture.
llvm::ArrayRef<TargetDescription> allTargets();

/// The target of that name; "native" is the first one whose needs the host meets.
llvm::Expected<const TargetDescription *> lookupTarget(llvm::StringRef name);

} // namespace nnq

#endif // NNQ_TARGET_TARGET_H
