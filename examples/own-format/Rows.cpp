// How targets multiply by permuted bytes: in tiles that leave a register for the order.

#include "Own.h"

#include "nnq/Target/TargetRegistry.h"

#include "llvm/ADT/STLExtras.h"

void own::registerRows() {
  struct {
    const char *target;
    int64_t channels; // output channels of a column
    std::vector<nnq::TileShape> tiles;
  } rows[] = {
      {"x86-avx512vnni", 16, {{6, 4}, {8, 3}, {8, 2}, {14, 1}}},
      {"x86-avx2", 8, {{4, 2}, {2, 3}, {6, 1}}},
      {"aarch64-neon-dotprod", 8, {{4, 2}, {2, 2}, {7, 1}}},
  };
  auto &registry = nnq::TargetRegistry::get();
  for (auto &[target, channels, tiles] : rows) {
    const nnq::TargetDescription &description = *cantFail(registry.lookup(target));
    cantFail(
        registry.addRow(target, {"i8", "permuted_bytes", *description.dotOf(8), channels, tiles}));
    cantFail(registry.addRow(target,
                             {"i16", "permuted_bytes", *description.dotOf(16), channels, tiles}));
  }

  // A machine that multiplies by nothing else.
  nnq::TargetDescription own = *cantFail(registry.lookup("x86-avx2"));
  own.name = "own-avx2";
  llvm::erase_if(own.rows, [](const auto &row) { return row.encoding != "permuted_bytes"; });
  cantFail(registry.addTarget(own));
}
