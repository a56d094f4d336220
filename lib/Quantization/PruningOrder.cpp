//===- PruningOrder.cpp - Which rows share masks -------------------------===//

#include "MatrixProduct.h"
#include "PruningSteps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace llvm;

namespace nnq {

namespace {
/// Rows in groups that share masks. The value of a unit in a row is the sum of H_ii w_i^2 over its
/// inputs, and that of a choice of groups and masks the sum over what is kept.
class MaskGroups {
public:
  MaskGroups(const PrunedLayer &layer, const PruningPattern &pattern,
             ArrayRef<PruningPattern::Window> windows)
      : rows(layer.rows), unit(pattern.unit()), units(layer.inputs / unit),
        groups(divideCeilSigned(rows, pattern.maskRows())), windows(windows), values(units * rows),
        group(rows), masks(groups * units), kept(groups * rows) {
    for (const CentredMoments::Section &section : layer.moments.sections)
      for (int64_t i = 0; i < section.width; ++i)
        for (int64_t r = 0; r < rows; ++r) {
          float w = layer.wanted[(section.first + i) * rows + r];
          values[(section.first + i) / unit * rows + r] +=
              section.covariance[i * section.width + i] * w * w;
        }
    for (int64_t r = 0; r < rows; ++r)
      group[r] = r / pattern.maskRows();
  }

  /// For the groups as they are, chooses the masks that keep most.
  void chooseMasks() {
    llvm::fill(masks, 0.0f);
    std::vector<double> sums(units);
    for (int64_t g = 0; g < groups; ++g) {
      for (int64_t u = 0; u < units; ++u) {
        sums[u] = 0;
        for (int64_t r = 0; r < rows; ++r)
          sums[u] += group[r] == g ? values[u * rows + r] : 0;
      }
      for (const PruningPattern::Window &window : windows) {
        SmallVector<int64_t> best =
            llvm::to_vector(llvm::seq(window.first / unit, window.end / unit));
        llvm::sort(best, [&](int64_t a, int64_t b) {
          return std::make_pair(-sums[a], a) < std::make_pair(-sums[b], b);
        });
        for (int64_t u : ArrayRef<int64_t>(best).take_front(window.kept))
          masks[g * units + u] = 1;
      }
    }
    llvm::fill(kept, 0.0f);
    addProduct<float>(groups, rows, units, {masks.data(), units, 1}, values.data(), rows,
                      kept.data(), rows);
  }

  /// For the masks as they are, swaps rows of two groups as long as that keeps more. False if no
  /// swap did.
  bool swapRows() {
    // Less may be the rounding of sums in f32, by which swaps need not end.
    constexpr float leastShare = 1e-5f;
    bool swapped = false;
    for (int64_t a = 0; a < rows; ++a)
      for (int64_t b = a + 1; b < rows; ++b) {
        float now = keptBy(a, group[a]) + keptBy(b, group[b]);
        float then = keptBy(a, group[b]) + keptBy(b, group[a]);
        if (then - now > leastShare * now) {
          std::swap(group[a], group[b]);
          swapped = true;
        }
      }
    return swapped;
  }

  std::vector<int64_t> order() const {
    std::vector<int64_t> result;
    for (int64_t g = 0; g < groups; ++g)
      for (int64_t r = 0; r < rows; ++r)
        if (group[r] == g)
          result.push_back(r);
    return result;
  }

private:
  /// What row r keeps under the mask of group g.
  float keptBy(int64_t r, int64_t g) const { return kept[g * rows + r]; }

  int64_t rows, unit, units, groups;
  ArrayRef<PruningPattern::Window> windows;
  /// Units x rows.
  std::vector<float> values;
  std::vector<int64_t> group;
  /// Groups x units and groups x rows.
  std::vector<float> masks, kept;
};
} // namespace

std::vector<int64_t> orderRows(const PrunedLayer &layer, const PruningPattern &pattern,
                               ArrayRef<PruningPattern::Window> windows) {
  constexpr int mostRounds = 20;
  MaskGroups groups(layer, pattern, windows);
  groups.chooseMasks();
  for (int round = 0; round < mostRounds && groups.swapRows(); ++round)
    groups.chooseMasks();
  return groups.order();
}

} // namespace nnq
