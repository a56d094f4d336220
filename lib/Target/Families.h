// The families that nnq brings, each in a folder of its name, and how a family's Targets.def is
// registered.

#ifndef NNQ_LIB_TARGET_FAMILIES_H
#define NNQ_LIB_TARGET_FAMILIES_H

#include "nnq/Target/TargetFamily.h"
#include "nnq/Target/TargetRegistry.h"

namespace nnq {

void registerX86Targets(TargetRegistry &registry);
void registerArmTargets(TargetRegistry &registry);

} // namespace nnq

// Included once, in a function with a `family` and a `registry`, a table adds its lines to them.
#define NNQ_DOT(id, emitter, ...) const DotProduct id{#emitter, __VA_ARGS__, emitter};
#define NNQ_TARGET(...) llvm::cantFail(registry.addTarget({&family, __VA_ARGS__}));
#define NNQ_ROW(target, activation, encoding, dot, channels, tiles)                                \
  llvm::cantFail(registry.addRow(target, {#activation, #encoding, dot, channels, {tiles}}));
#define TILE(rows, columns) TileShape{rows, columns},

#endif // NNQ_LIB_TARGET_FAMILIES_H
