//===- PruningPattern.cpp - Patterns of zeros that kernels skip ----------===//

#include "nnq/Quantization/Pruning.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cassert>
#include <cinttypes>
#include <cmath>
#include <numeric>

using namespace llvm;

namespace nnq {

using Kind = PruningPattern::Kind;
using Window = PruningPattern::Window;

/// Inputs of a window of 1x32: what one permutation of bytes reads.
static constexpr int64_t windowInputs = 64;
/// Kept inputs that one step of a kernel for 1x32 takes.
static constexpr int64_t stepInputs = 4;
static constexpr int64_t channelUnits = 10000;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

namespace {
/// A pattern whose name says its share.
struct SharedName {
  StringLiteral name;
  Kind kind;
  /// `kept` is a multiple of `step` of `of`.
  int64_t of, step;
};
} // namespace

static constexpr SharedName sharedNames[] = {
    {"1x32", Kind::Inputs1x32, windowInputs, stepInputs},
    {"4x16", Kind::Blocks4x16, 16, 1},
    {"channels", Kind::Channels, channelUnits, 1},
};

static constexpr PruningPattern groupPatterns[] = {
    {Kind::NOfM, 2, 4}, {Kind::NOfM, 4, 8}, {Kind::NOfM, 4, 16}, {Kind::NOfM, 4, 32}};

static std::string percent(double share) {
  std::string text;
  raw_string_ostream(text) << format("%g%%", 100 * share);
  return text;
}

Expected<PruningPattern> PruningPattern::parse(StringRef text) {
  for (const PruningPattern &pattern : groupPatterns) {
    if (text == pattern.str())
      return pattern;
    if (text.starts_with(pattern.str() + "="))
      return createStringError("pruning pattern '" + text + "' says a share, but that of " +
                               pattern.str() + " is in its name; write " + pattern.str());
  }
  auto [name, share] = text.split('=');
  const auto *shared = llvm::find_if(sharedNames, [&, name = name](const SharedName &candidate) {
    return candidate.name == name;
  });
  if (shared == std::end(sharedNames))
    return createStringError("pruning pattern '" + text +
                             "' is none of 1x32, 4x16 and channels with a share, such as 1x32=50%, "
                             "and of 2:4, 4:8, 4:16 and 4:32");
  double removed = 0;
  if (!share.consume_back("%") || share.getAsDouble(removed))
    return createStringError("pruning pattern '" + text +
                             "' does not say the share of weights that it removes; write " + name +
                             "=50%");
  auto steps = static_cast<double>(shared->of) / static_cast<double>(shared->step);
  double removedSteps = removed / 100 * steps;
  // A sum of powers of ten need not be exact in binary.
  double nearest = std::nearbyint(removedSteps);
  if (!(nearest >= 1 && nearest < steps) || std::fabs(removedSteps - nearest) > 1e-6)
    return createStringError("pruning pattern '" + text + "': " + name + " removes " +
                             percent(1 / steps) + " to " + percent(1 - 1 / steps) +
                             " in steps of " + percent(1 / steps));
  return PruningPattern{shared->kind, shared->of - static_cast<int64_t>(nearest) * shared->step,
                        shared->of};
}

std::string PruningPattern::str() const {
  for (const SharedName &shared : sharedNames)
    if (shared.kind == kind)
      // In integers, since 1 - share need not be exact.
      return (shared.name + "=").str() +
             percent(static_cast<double>(of - kept) / static_cast<double>(of));
  return std::to_string(kept) + ":" + std::to_string(of);
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

int64_t PruningPattern::maskRows() const {
  switch (kind) {
  case Kind::Inputs1x32:
    return 32;
  case Kind::Blocks4x16:
    return 16;
  case Kind::NOfM:
  case Kind::Channels:
    return 1;
  }
  llvm_unreachable("all kinds are covered");
}

std::vector<Window> PruningPattern::windows(const WeightShape &shape) const {
  std::vector<Window> result;
  if (kind == Kind::Blocks4x16)
    result.push_back({0, shape.inputs(), divideCeilSigned(shape.inputs() / unit() * kept, of)});
  if (kind == Kind::Blocks4x16 || kind == Kind::Channels)
    return result;
  for (int64_t tap = 0; tap < shape.taps; ++tap)
    for (int64_t channel = 0; channel < shape.channels; channel += of) {
      int64_t width = std::min(of, shape.channels - channel);
      int64_t most =
          width == of ? kept : divideCeilSigned(kept * width, of * stepInputs) * stepInputs;
      int64_t first = tap * shape.channels + channel;
      result.push_back({first, first + width, std::min(most, width)});
    }
  return result;
}

int64_t PruningPattern::removedRows(const WeightShape &shape) const {
  // Half up, in integers.
  return (2 * shape.groupRows() * (of - kept) + of) / (2 * of);
}

double PruningPattern::keptShare(const WeightShape &shape) const {
  if (kind == Kind::Channels)
    return 1 - static_cast<double>(removedRows(shape)) / static_cast<double>(shape.groupRows());
  int64_t kept = 0;
  for (const Window &window : windows(shape))
    kept += window.kept * unit();
  return static_cast<double>(kept) / static_cast<double>(shape.inputs());
}

static Error checkShape(const WeightShape &shape) {
  // Above this, products of extents would overflow: no layer comes near.
  constexpr int64_t most = int64_t(1) << 20;
  for (int64_t extent : {shape.rows, shape.taps, shape.channels, shape.groups})
    if (extent < 1 || extent > most)
      return createStringError("%" PRId64 " rows of %" PRId64 " channels at %" PRId64
                               " taps in %" PRId64 " groups; each is 1 to %" PRId64,
                               shape.rows, shape.channels, shape.taps, shape.groups, most);
  if (shape.rows % shape.groups != 0)
    return createStringError("%" PRId64 " rows do not make %" PRId64 " groups", shape.rows,
                             shape.groups);
  return Error::success();
}

Error PruningPattern::checkSuits(const WeightShape &shape) const {
  if (Error error = checkShape(shape))
    return error;
  if (kind == Kind::Channels) {
    int64_t removed = removedRows(shape);
    if (removed < 1 || removed >= shape.groupRows())
      return createStringError("%s removes %" PRId64 " of the %" PRId64
                               " rows that read the same inputs; some must go and some must stay",
                               str().c_str(), removed, shape.groupRows());
    return Error::success();
  }
  int64_t divisor = kind == Kind::NOfM ? of : unit();
  if (shape.channels % divisor != 0)
    return createStringError("%s needs a multiple of %" PRId64
                             " channels at each tap, but there are %" PRId64,
                             str().c_str(), divisor, shape.channels);
  if (keptShare(shape) >= 1)
    return createStringError("%s removes nothing from rows of %" PRId64 " channels at %" PRId64
                             " taps: too few",
                             str().c_str(), shape.channels, shape.taps);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

template <typename T>
static Expected<WeightMask> maskOf(ArrayRef<T> weights, const WeightShape &shape) {
  if (Error error = checkShape(shape))
    return std::move(error);
  if (static_cast<int64_t>(weights.size()) != shape.rows * shape.inputs())
    return createStringError("%zu weights are not %" PRId64 " rows of %" PRId64
                             " channels at %" PRId64 " taps",
                             weights.size(), shape.rows, shape.channels, shape.taps);
  WeightMask mask{shape, {}};
  for (T weight : weights)
    mask.kept.push_back(weight != 0);
  return mask;
}

Expected<WeightMask> WeightMask::of(ArrayRef<float> weights, const WeightShape &shape) {
  return maskOf(weights, shape);
}

Expected<WeightMask> WeightMask::of(ArrayRef<int8_t> codes, const WeightShape &shape) {
  return maskOf(codes, shape);
}

WeightMask WeightMask::reordered(ArrayRef<int64_t> order) const {
  WeightMask result{shape, {}};
  for (int64_t row : order)
    llvm::append_range(result.kept,
                       ArrayRef<uint8_t>(kept).slice(row * shape.inputs(), shape.inputs()));
  return result;
}

double WeightMask::zeroShare() const {
  return static_cast<double>(llvm::count(kept, 0)) / static_cast<double>(kept.size());
}

namespace {
/// Where a mask does not fit a pattern.
struct Misfit {
  /// Rows [first, end).
  int64_t first, end;
  /// For channels, of no inputs.
  Window window;
  /// Kept units; for channels, zero rows.
  int64_t found;
};
} // namespace

static bool isZeroRow(const WeightMask &mask, int64_t row) {
  int64_t inputs = mask.shape.inputs();
  return llvm::all_of(ArrayRef<uint8_t>(mask.kept).slice(row * inputs, inputs),
                      [](uint8_t kept) { return kept == 0; });
}

static int64_t zeroRowsOf(const WeightMask &mask, int64_t group) {
  int64_t first = group * mask.shape.groupRows();
  return llvm::count_if(llvm::seq(first, first + mask.shape.groupRows()),
                        [&](int64_t row) { return isZeroRow(mask, row); });
}

/// The first one, if there is any; the pattern suits the shape.
static std::optional<Misfit> findMisfit(const WeightMask &mask, const PruningPattern &pattern) {
  const WeightShape &shape = mask.shape;
  int64_t inputs = shape.inputs(), unit = pattern.unit();
  std::vector<Window> windows = pattern.windows(shape);
  std::vector<uint8_t> isKept;
  for (int64_t group = 0; group < shape.groups; ++group) {
    int64_t groupFirst = group * shape.groupRows(), groupEnd = groupFirst + shape.groupRows();
    if (pattern.kind == Kind::Channels) {
      int64_t found = zeroRowsOf(mask, group);
      if (found < pattern.removedRows(shape))
        return Misfit{groupFirst, groupEnd, {0, 0, 0}, found};
      continue;
    }
    for (int64_t first = groupFirst; first < groupEnd; first += pattern.maskRows()) {
      int64_t end = std::min(first + pattern.maskRows(), groupEnd);
      isKept.assign(inputs / unit, 0);
      for (int64_t row = first; row < end; ++row)
        for (int64_t i = 0; i < inputs; ++i)
          isKept[i / unit] |= mask.kept[row * inputs + i];
      for (const Window &window : windows) {
        int64_t found = std::accumulate(isKept.begin() + window.first / unit,
                                        isKept.begin() + window.end / unit, int64_t(0));
        if (found > window.kept)
          return Misfit{first, end, window, found};
      }
    }
  }
  return std::nullopt;
}

Error verifyPattern(const WeightMask &mask, const PruningPattern &pattern) {
  assert(static_cast<int64_t>(mask.kept.size()) == mask.shape.rows * mask.shape.inputs());
  if (Error error = pattern.checkSuits(mask.shape))
    return error;
  std::optional<Misfit> misfit = findMisfit(mask, pattern);
  if (!misfit)
    return Error::success();
  std::string rows =
      misfit->end == misfit->first + 1
          ? "row " + std::to_string(misfit->first)
          : "rows " + std::to_string(misfit->first) + " to " + std::to_string(misfit->end - 1);
  if (pattern.kind == Kind::Channels)
    return createStringError("%s: %" PRId64 " are zero, but %s needs %" PRId64, rows.c_str(),
                             misfit->found, pattern.str().c_str(), pattern.removedRows(mask.shape));
  return createStringError("%s, inputs %" PRId64 " to %" PRId64 ": %" PRId64
                           " %s are not zero, but %s keeps %" PRId64,
                           rows.c_str(), misfit->window.first, misfit->window.end - 1,
                           misfit->found, pattern.unit() == 1 ? "inputs" : "blocks of 4 inputs",
                           pattern.str().c_str(), misfit->window.kept);
}

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

/// The pattern of `kind` that fits and removes the most.
static std::optional<PruningPattern> findShare(const WeightMask &mask, const SharedName &shared) {
  for (int64_t kept = shared.step; kept < shared.of; kept += shared.step) {
    PruningPattern pattern{shared.kind, kept, shared.of};
    if (!errorToBool(pattern.checkSuits(mask.shape)) && !findMisfit(mask, pattern))
      return pattern;
  }
  return std::nullopt;
}

static std::optional<PruningPattern> findChannels(const WeightMask &mask) {
  int64_t rows = mask.shape.groupRows(), zeroRows = rows - 1;
  for (int64_t group = 0; group < mask.shape.groups; ++group)
    zeroRows = std::min(zeroRows, zeroRowsOf(mask, group));
  int64_t removed = (2 * zeroRows * channelUnits + rows) / (2 * rows);
  PruningPattern pattern{Kind::Channels, channelUnits - removed, channelUnits};
  // Of many rows, a ten-thousandth is more than one.
  while (pattern.removedRows(mask.shape) < zeroRows && pattern.kept > 1)
    --pattern.kept;
  while (pattern.removedRows(mask.shape) > zeroRows)
    ++pattern.kept;
  if (errorToBool(pattern.checkSuits(mask.shape)))
    return std::nullopt;
  return pattern;
}

std::optional<PruningPattern> findPattern(const WeightMask &mask) {
  std::optional<PruningPattern> best = findChannels(mask);
  auto offer = [&](const std::optional<PruningPattern> &pattern) {
    if (pattern && (!best || pattern->share() > best->share()))
      best = pattern;
  };
  for (const SharedName &shared : sharedNames)
    if (shared.kind != Kind::Channels)
      offer(findShare(mask, shared));
  for (const PruningPattern &pattern : groupPatterns)
    if (!errorToBool(pattern.checkSuits(mask.shape)) && !findMisfit(mask, pattern))
      offer(pattern);
  return best;
}

namespace {
/// Sets of inputs.
struct RowSets {
  explicit RowSets(const WeightMask &mask) : words(divideCeilSigned(mask.shape.inputs(), 64)) {
    int64_t inputs = mask.shape.inputs();
    bits.resize(mask.shape.rows * words);
    for (int64_t row = 0; row < mask.shape.rows; ++row)
      for (int64_t i = 0; i < inputs; ++i)
        bits[row * words + i / 64] |= uint64_t(mask.kept[row * inputs + i]) << i % 64;
  }
  ArrayRef<uint64_t> of(int64_t row) const {
    return ArrayRef<uint64_t>(bits).slice(row * words, words);
  }
  int64_t words;
  std::vector<uint64_t> bits;
};
} // namespace

std::vector<int64_t> findRowOrder(const WeightMask &mask) {
  constexpr int64_t maskRows = 32;
  const WeightShape &shape = mask.shape;
  RowSets sets(mask);
  std::vector<int64_t> order;
  std::vector<uint64_t> common;
  auto added = [&](int64_t row) {
    int64_t count = 0;
    for (auto [set, word] : zip_equal(common, sets.of(row)))
      count += popcount(word & ~set);
    return count;
  };
  for (int64_t group = 0; group < shape.groups; ++group) {
    std::vector<int64_t> left;
    llvm::append_range(left, llvm::seq(group * shape.groupRows(), (group + 1) * shape.groupRows()));
    for (int64_t place = 0; !left.empty(); ++place) {
      bool isFirst = place % maskRows == 0;
      if (isFirst)
        common.assign(sets.words, 0);
      size_t best = 0;
      for (size_t i = 1; i < left.size(); ++i)
        if (isFirst ? added(left[i]) > added(left[best]) : added(left[i]) < added(left[best]))
          best = i;
      for (auto [set, word] : zip_equal(common, sets.of(left[best])))
        set |= word;
      order.push_back(left[best]);
      left.erase(left.begin() + static_cast<ptrdiff_t>(best));
    }
  }
  const SharedName &rows32 = sharedNames[0];
  std::optional<PruningPattern> before = findShare(mask, rows32),
                                after = findShare(mask.reordered(order), rows32);
  if (!after || (before && before->share() >= after->share()))
    llvm::sort(order);
  return order;
}

} // namespace nnq
