// How names find targets and rows.

#include "nnq/Target/TargetFamily.h"
#include "nnq/Target/TargetRegistry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace nnq;

TargetFamily::~TargetFamily() = default;

const ProductRow *TargetDescription::findRow(llvm::StringRef activation,
                                             llvm::StringRef encoding) const {
  auto found = llvm::find_if(rows, [&](const ProductRow &row) {
    return row.activation == activation && row.encoding == encoding;
  });
  return found == rows.end() ? nullptr : &*found;
}

const DotProduct *TargetDescription::dotOf(unsigned activationBits) const {
  auto found = llvm::find_if(
      rows, [&](const ProductRow &row) { return row.dot.activationBits == activationBits; });
  return found == rows.end() ? nullptr : &found->dot;
}

const std::deque<TargetDescription> &nnq::allTargets() { return TargetRegistry::get().targets(); }

/// Whether this process could run the target's code.
static bool hostMeets(const TargetDescription &target, const llvm::Triple &host,
                      const llvm::StringMap<bool> &features) {
  llvm::SmallVector<llvm::StringRef> needs;
  target.needs.split(needs, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  return llvm::Triple(target.triple).getArch() == host.getArch() &&
         llvm::all_of(needs, [&](llvm::StringRef need) { return features.lookup(need); });
}

static llvm::Expected<const TargetDescription *> lookupNative() {
  llvm::Triple host(llvm::sys::getProcessTriple());
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  for (const TargetDescription &target : allTargets())
    if (hostMeets(target, host, features))
      return &target;
  return llvm::createStringError(llvm::formatv("no target of nnq fits this host ({0}, {1})",
                                               host.getArchName(), llvm::sys::getHostCPUName()));
}

llvm::Expected<const TargetDescription *> nnq::lookupTarget(llvm::StringRef name) {
  return name == "native" ? lookupNative() : TargetRegistry::get().lookup(name);
}
