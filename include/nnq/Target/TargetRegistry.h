// Where targets and their rows are added, by nnq and by programs that use it.

#ifndef NNQ_TARGET_TARGETREGISTRY_H
#define NNQ_TARGET_TARGETREGISTRY_H

#include "nnq/Target/Target.h"

namespace nnq {

/// All targets of the process. A program adds its own before it compiles, from one thread; from
/// then on any number of threads may read. What is added stays, and does not move.
///
///     auto &registry = TargetRegistry::get();
///     cantFail(registry.addRow("x86-avx2", {"i8", "my-bytes", dot, 8, {{6, 2}, {4, 1}}}));
class TargetRegistry {
public:
  /// The registry; nnq's own targets are in it.
  static TargetRegistry &get();

  /// Error: its name is taken, its vectors are no vectors of f32, its triple is none of its family,
  /// or one of its rows is wrong.
  llvm::Error addTarget(TargetDescription target);

  /// Error: there is no such target, it has that row, or the row fits neither its dot product nor
  /// the target's other rows.
  llvm::Error addRow(llvm::StringRef target, ProductRow row);

  const std::deque<TargetDescription> &targets() const { return all; }

  /// Error: no such target, with the names of all.
  llvm::Expected<const TargetDescription *> lookup(llvm::StringRef name) const;

private:
  TargetRegistry();

  std::deque<TargetDescription> all;
};

} // namespace nnq

#endif // NNQ_TARGET_TARGETREGISTRY_H
