// The x86 family.

#include "../Families.h"

using namespace nnq;

void nnq::registerX86Targets(TargetRegistry &registry) {
#define NNQ_DOT(id, instruction, ...) const DotProduct id{DotInstruction::instruction, __VA_ARGS__};
#define NNQ_TARGET(...) llvm::cantFail(registry.addTarget({__VA_ARGS__}));
#define NNQ_ROW(target, activation, encoding, dot, block, tiles)                                   \
  llvm::cantFail(registry.addRow(target, {#activation, #encoding, dot, block, {tiles}}));
#define TILE(rows, columns) TileShape{rows, columns},
#include "Targets.def"
}
