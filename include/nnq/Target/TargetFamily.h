// What the machines of one architecture share beside their rows.

#ifndef NNQ_TARGET_TARGETFAMILY_H
#define NNQ_TARGET_TARGETFAMILY_H

#include "nnq/Target/Target.h"

namespace llvm {
class Function;
class Triple;
} // namespace llvm

namespace mlir {
class DialectRegistry;
class RewritePatternSet;
} // namespace mlir

namespace nnq {

/// One per architecture, alive as long as the program; targets point to it.
class TargetFamily {
public:
  virtual ~TargetFamily();

  /// As errors name it: "x86".
  virtual llvm::StringRef getName() const = 0;

  /// Whether a target of that triple can be of this family.
  virtual bool hasTriple(const llvm::Triple &triple) const = 0;

  /// The dialects of what dot products and patterns write.
  virtual void getDependentDialects(mlir::DialectRegistry &registry) const = 0;

  /// What becomes an instruction of its own beside dot products, such as rounding to integers.
  virtual void populatePatterns(mlir::RewritePatternSet &patterns) const = 0;

  /// LLVM's intrinsic for a counter of time that a program may read without asking the system.
  virtual llvm::StringRef getCounter() const = 0;

  /// Attributes that LLVM needs on each function, beside processor and features.
  virtual void describeFunction(llvm::Function &function, const TargetDescription &target) const {}
};

} // namespace nnq

#endif // NNQ_TARGET_TARGETFAMILY_H
