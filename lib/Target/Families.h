// The families that nnq brings, each in a folder of its name.

#ifndef NNQ_LIB_TARGET_FAMILIES_H
#define NNQ_LIB_TARGET_FAMILIES_H

#include "nnq/Target/TargetRegistry.h"

namespace nnq {

/// The targets of lib/Target/X86/Targets.def.
void registerX86Targets(TargetRegistry &registry);

/// The targets of lib/Target/Arm/Targets.def.
void registerArmTargets(TargetRegistry &registry);

} // namespace nnq

#endif // NNQ_LIB_TARGET_FAMILIES_H
