//===- Profile.h - Numerics profiles of the reference -----------*- C++ -*-===//
//
// The arithmetic of a numerics profile as the reference computes it: written once more, so that a
// comparison with compiled code judges the profile too.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_REFERENCE_PROFILE_H
#define NNQ_REFERENCE_PROFILE_H

#include "nnq/Reference/HostTensor.h"

#include "mlir/IR/Operation.h"

#include <memory>

namespace nnq::reference {

/// What docs/Semantics.md leaves to the profile. Where a method has a default, that is f32 with the
/// profile's own `round`.
class Profile {
public:
  virtual ~Profile() = default;

  /// The whole number that stands for a real. Infinities stay.
  virtual double round(double real) const = 0;

  /// The product of `numerators` over that of `denominators`: each from the left, then the
  /// quotient, in f32.
  virtual double getFactor(llvm::ArrayRef<double> numerators,
                           llvm::ArrayRef<double> denominators) const;

  /// How many codes lie between the zero point and an accumulator times a factor:
  /// round(f32(accumulator) * factor).
  virtual double scale(int64_t accumulator, double factor) const;

  /// Computes `result` where the profile has a formula of its own for `op` on bytes; false where it
  /// has none, and codes are dequantized, and the result quantized.
  virtual bool evaluateOnBytes(mlir::Operation *op, llvm::ArrayRef<const HostTensor *> operands,
                               HostTensor &result) const {
    return false;
  }
};

/// Makes the arithmetic of a profile known by the name that its attribute has
/// (`NumericsProfile::getName`). `onnx` is known.
void registerProfile(llvm::StringRef name, std::unique_ptr<const Profile> profile);

/// The arithmetic of the profile that holds for `op`; null if none is registered for it.
const Profile *lookupProfile(mlir::Operation *op);

} // namespace nnq::reference

#endif // NNQ_REFERENCE_PROFILE_H
