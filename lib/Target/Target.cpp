// The rows of Targets.def as objects, and how a name finds one.

#include "nnq/Target/Target.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace nnq;

#define TILE(rows, columns) TileShape{rows, columns},
#define NNQ_TARGET(id, name, triple, cpu, features, needs, bits, dot, wordDot, block, steps,       \
                   tiles, nibbleTiles, wordTiles, floatTiles)                                      \
  static constexpr TileShape tilesOf##id[] = {tiles};                                              \
  static constexpr TileShape nibbleTilesOf##id[] = {nibbleTiles};                                  \
  static constexpr TileShape wordTilesOf##id[] = {wordTiles};                                      \
  static constexpr TileShape floatTilesOf##id[] = {floatTiles};
#include "nnq/Target/Targets.def"

static const TargetDescription table[] = {
#define DOT(instruction, lanes, depth, rows, bits, unsignedActivations)                            \
  DotProduct { lanes, depth, rows, bits, unsignedActivations, DotInstruction::instruction }
#define NNQ_TARGET(id, name, triple, cpu, features, needs, bits, dot, wordDot, block, steps,       \
                   tiles, nibbleTiles, wordTiles, floatTiles)                                      \
  {name,                                                                                           \
   triple,                                                                                         \
   cpu,                                                                                            \
   features,                                                                                       \
   needs,                                                                                          \
   bits,                                                                                           \
   dot,                                                                                            \
   wordDot,                                                                                        \
   block,                                                                                          \
   steps,                                                                                          \
   tilesOf##id,                                                                                    \
   nibbleTilesOf##id,                                                                              \
   wordTilesOf##id,                                                                                \
   floatTilesOf##id},
#include "nnq/Target/Targets.def"
};

llvm::ArrayRef<TargetDescription> nnq::allTargets() { return table; }

int64_t nnq::countInstructions(DotInstruction instruction) {
  switch (instruction) {
  case DotInstruction::Vpdpbusd:
  case DotInstruction::Vpdpwssd:
  case DotInstruction::Sdot:
  case DotInstruction::Usmmla:
    return 1;
  case DotInstruction::Vpmaddwd:    // and vpaddd
  case DotInstruction::SmullSadalp: // as it says
  case DotInstruction::Smlal:       // and smlal2
    return 2;
  }
  llvm_unreachable("every dot product has a count");
}

/// Whether this process could run the target's code.
static bool hostMeets(const TargetDescription &target, const llvm::Triple &host,
                      const llvm::StringMap<bool> &features) {
  llvm::SmallVector<llvm::StringRef> needs;
  target.needs.split(needs, ',');
  return llvm::Triple(target.triple).getArch() == host.getArch() &&
         llvm::all_of(needs, [&](llvm::StringRef need) { return features.lookup(need); });
}

static llvm::Expected<const TargetDescription *> lookupNative() {
  llvm::Triple host(llvm::sys::getProcessTriple());
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  for (const TargetDescription &target : table)
    if (hostMeets(target, host, features))
      return &target;
  return llvm::createStringError(llvm::formatv("no target of nnq fits this host ({0}, {1})",
                                               host.getArchName(), llvm::sys::getHostCPUName()));
}

llvm::Expected<const TargetDescription *> nnq::lookupTarget(llvm::StringRef name) {
  if (name == "native")
    return lookupNative();
  for (const TargetDescription &target : table)
    if (target.name == name)
      return &target;
  auto names = llvm::map_range(table, [](const TargetDescription &target) { return target.name; });
  return llvm::createStringError(
      llvm::formatv("unknown target '{0}'; there are native, {1}", name, llvm::join(names, ", ")));
}
