//===- InputMoments.cpp - Second moments of a layer's inputs -------------===//

#include "nnq/Quantization/InputMoments.h"
#include "MatrixProduct.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"
#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <random>
#include <set>

using namespace llvm;

namespace nnq {

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

std::vector<int64_t> choosePositions(int64_t count, uint64_t sampleIndex, StringRef layer,
                                     int64_t most) {
  std::vector<int64_t> positions;
  if (count <= most) {
    for (int64_t i = 0; i < count; ++i)
      positions.push_back(i);
    return positions;
  }
  // Floyd's sampling without repetition, on a generator whose numbers the C++ standard fixes.
  std::mt19937_64 random(xxh3_64bits(layer) + sampleIndex);
  std::set<int64_t> chosen;
  for (int64_t i = count - most; i < count; ++i) {
    auto candidate = static_cast<int64_t>(random() % static_cast<uint64_t>(i + 1));
    if (!chosen.insert(candidate).second)
      chosen.insert(i);
  }
  positions.assign(chosen.begin(), chosen.end());
  return positions;
}

/// `gatherColumns` of any type, each element through `convert`; padding is 0.
template <typename Out, typename In, typename Convert>
static Expected<std::vector<Out>> gather(ArrayRef<In> tensor, const InputWindow &w,
                                         ArrayRef<int64_t> positions, Convert convert) {
  if (static_cast<int64_t>(tensor.size()) != w.batch * w.height * w.width * w.channels)
    return createStringError("%zu elements are no tensor of %" PRId64 "x%" PRId64 "x%" PRId64
                             "x%" PRId64,
                             tensor.size(), w.batch, w.height, w.width, w.channels);
  if (w.groups < 1 || w.channels % w.groups != 0)
    return createStringError("%" PRId64 " channels do not make %" PRId64 " groups", w.channels,
                             w.groups);
  int64_t groupChannels = w.channels / w.groups;
  std::vector<Out> columns(positions.size() * w.inputs(), Out(0));
  Out *column = columns.data();
  for (int64_t position : positions) {
    if (position < 0 || position >= w.positions())
      return createStringError("position %" PRId64 " is outside the %" PRId64 " of the output",
                               position, w.positions());
    int64_t x = position % w.outputWidth, y = position / w.outputWidth % w.outputHeight;
    const In *image = tensor.data() +
                      position / (w.outputWidth * w.outputHeight) * w.height * w.width * w.channels;
    for (int64_t g = 0; g < w.groups; ++g)
      for (int64_t ky = 0; ky < w.kernelHeight; ++ky)
        for (int64_t kx = 0; kx < w.kernelWidth; ++kx, column += groupChannels) {
          int64_t row = y * w.strideHeight + ky * w.dilationHeight - w.padTop;
          int64_t col = x * w.strideWidth + kx * w.dilationWidth - w.padLeft;
          if (row < 0 || row >= w.height || col < 0 || col >= w.width)
            continue;
          const In *pixel = image + (row * w.width + col) * w.channels + g * groupChannels;
          std::transform(pixel, pixel + groupChannels, column, convert);
        }
  }
  return columns;
}

Expected<std::vector<float>> gatherColumns(ArrayRef<float> tensor, const InputWindow &window,
                                           ArrayRef<int64_t> positions) {
  return gather<float>(tensor, window, positions, [](float value) { return value; });
}

Expected<std::vector<int16_t>> gatherColumns(ArrayRef<uint8_t> tensor, int32_t zeroPoint,
                                             const InputWindow &window,
                                             ArrayRef<int64_t> positions) {
  return gather<int16_t>(tensor, window, positions,
                         [=](uint8_t code) { return static_cast<int16_t>(code - zeroPoint); });
}

Expected<std::vector<int16_t>> gatherColumns(ArrayRef<int8_t> tensor, int32_t zeroPoint,
                                             const InputWindow &window,
                                             ArrayRef<int64_t> positions) {
  return gather<int16_t>(tensor, window, positions,
                         [=](int8_t code) { return static_cast<int16_t>(code - zeroPoint); });
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// The unit in which x is summed, per code.
static constexpr double fractions = 256;
/// The clamp of x, in codes: with codes up to 255 and `maxColumns`, sums stay below 2^53.
static constexpr double mostCodes = 32768;

/// x in 1/256 of a code.
static double toFractions(float x, double scale) {
  return std::nearbyint(std::clamp(x / scale, -mostCodes, mostCodes) * fractions);
}

InputMoments::InputMoments(int64_t inputs, int64_t sectionWidth, float scale)
    : widthOfSections(sectionWidth), realOfCode(scale), expectedSum(inputs), foundSum(inputs) {
  for (int64_t first = 0; first < inputs; first += sectionWidth) {
    int64_t width = std::min(sectionWidth, inputs - first);
    std::vector<double> none(width * width);
    sections.push_back({first, width, none, none});
  }
}

Error InputMoments::add(ArrayRef<float> expected, ArrayRef<int16_t> found) {
  if (expected.size() != found.size() || inputs() == 0 || found.size() % inputs() != 0)
    return createStringError("%zu expected and %zu found inputs are no columns of %" PRId64,
                             expected.size(), found.size(), inputs());
  int64_t added = static_cast<int64_t>(found.size()) / inputs();
  if (added > maxColumns - count)
    return createStringError("%" PRId64 " and %" PRId64 " columns are more than %" PRId64, count,
                             added, maxColumns);
  for (auto [i, x, code] : enumerate(expected, found)) {
    if (!std::isfinite(x))
      return createStringError("input %zu of the float network is %.9g, not a finite number", i,
                               double(x));
    if (std::abs(code) > 255)
      return createStringError("code %zu less its zero point is %d, outside [-255, 255]", i,
                               int(code));
  }
  count += added;

  // So many columns at a time that their copies stay small beside the moments.
  constexpr int64_t columnsAtATime = 256;
  for (Section &section : sections) {
    int64_t width = section.width;
    std::vector<double> codes(columnsAtATime * width), errors(columnsAtATime * width);
    for (int64_t column = 0; column < added; column += columnsAtATime) {
      int64_t depth = std::min(columnsAtATime, added - column);
      for (int64_t p = 0; p < depth; ++p)
        for (int64_t j = 0; j < width; ++j) {
          int64_t from = (column + p) * inputs() + section.first + j;
          double code = found[from], x = toFractions(expected[from], realOfCode);
          codes[p * width + j] = code;
          errors[p * width + j] = x - fractions * code;
          foundSum[section.first + j] += code;
          expectedSum[section.first + j] += x;
        }
      addProduct<double>(width, width, depth, {codes.data(), 1, width}, codes.data(), width,
                         section.second.data(), width, Sign::Plus, /*upperOnly=*/true);
      addProduct<double>(width, width, depth, {errors.data(), 1, width}, codes.data(), width,
                         section.cross.data(), width);
    }
  }
  return Error::success();
}

template <typename Self, typename Visitor>
void InputMoments::forEachRun(Self &moments, Visitor visit) {
  auto visitRange = [&](auto *first, int64_t size) { visit(first, size); };
  visitRange(moments.expectedSum.data(), moments.inputs());
  visitRange(moments.foundSum.data(), moments.inputs());
  for (auto &section : moments.sections) {
    for (int64_t i = 0; i < section.width; ++i)
      visitRange(section.second.data() + i * section.width + i, section.width - i);
    visitRange(section.cross.data(), section.width * section.width);
  }
}

Error InputMoments::merge(const InputMoments &other) {
  if (other.inputs() != inputs() || other.widthOfSections != widthOfSections ||
      other.realOfCode != realOfCode)
    return createStringError("moments of %" PRId64 " inputs in sections of %" PRId64
                             " with scale %.9g do not add to those of %" PRId64 ", %" PRId64
                             " and %.9g",
                             other.inputs(), other.widthOfSections, double(other.realOfCode),
                             inputs(), widthOfSections, double(realOfCode));
  if (other.count > maxColumns - count)
    return createStringError("%" PRId64 " and %" PRId64 " columns are more than %" PRId64, count,
                             other.count, maxColumns);
  count += other.count;
  auto addAll = [](std::vector<double> &to, const std::vector<double> &from) {
    for (auto [sum, value] : zip_equal(to, from))
      sum += value;
  };
  addAll(expectedSum, other.expectedSum);
  addAll(foundSum, other.foundSum);
  for (auto [section, otherSection] : zip_equal(sections, other.sections)) {
    addAll(section.second, otherSection.second);
    addAll(section.cross, otherSection.cross);
  }
  return Error::success();
}

Expected<int64_t> InputMoments::groupsOf(size_t weights, int64_t rows) const {
  if (rows < 1 || weights == 0 || weights % rows != 0)
    return createStringError("%zu weights are not %" PRId64 " rows", weights, rows);
  int64_t rowSize = static_cast<int64_t>(weights) / rows;
  int64_t groups = rowSize == inputs() ? 1 : sectionCount();
  if (rowSize * groups != inputs() || rows % groups != 0)
    return createStringError("%" PRId64 " rows of %" PRId64 " weights do not read %" PRId64
                             " inputs in sections of %" PRId64,
                             rows, rowSize, inputs(), sectionWidth());
  if (columns() == 0)
    return createStringError("no inputs were seen; add columns to the moments");
  return groups;
}

CentredMoments InputMoments::centred(int64_t firstSection, int64_t number) const {
  CentredMoments result;
  result.columns = count;
  double n = static_cast<double>(count);
  int64_t start = sections[firstSection].first;
  for (const Section &section : ArrayRef<Section>(sections).slice(firstSection, number)) {
    int64_t width = section.width;
    const double *codes = foundSum.data() + section.first,
                 *reals = expectedSum.data() + section.first;
    CentredMoments::Section centred{section.first - start, width, std::vector<float>(width * width),
                                    std::vector<float>(width * width)};
    for (int64_t i = 0; i < width; ++i) {
      for (int64_t j = i; j < width; ++j) {
        // In integers, below 2^59, because constant inputs must have a variance of exactly 0.
        auto covariance = count * static_cast<int64_t>(section.second[i * width + j]) -
                          static_cast<int64_t>(codes[i]) * static_cast<int64_t>(codes[j]);
        centred.covariance[i * width + j] = centred.covariance[j * width + i] =
            static_cast<float>(static_cast<double>(covariance) / (n * n));
      }
      double meanError = (reals[i] - fractions * codes[i]) / n;
      for (int64_t j = 0; j < width; ++j)
        centred.cross[i * width + j] = static_cast<float>(
            (section.cross[i * width + j] - meanError * codes[j]) / (n * fractions));
    }
    for (int64_t i = 0; i < width; ++i) {
      result.expectedMean.push_back(reals[i] / (n * fractions) * realOfCode);
      result.foundMean.push_back(codes[i] / n * realOfCode);
    }
    result.sections.push_back(std::move(centred));
  }
  return result;
}

bool operator==(const InputMoments &a, const InputMoments &b) {
  if (a.inputs() != b.inputs() || a.widthOfSections != b.widthOfSections ||
      a.realOfCode != b.realOfCode || a.count != b.count)
    return false;
  std::vector<ArrayRef<double>> runs;
  InputMoments::forEachRun(
      a, [&](const double *first, int64_t size) { runs.emplace_back(first, size); });
  auto next = runs.begin();
  bool equal = true;
  InputMoments::forEachRun(b, [&](const double *first, int64_t size) {
    equal &= *next++ == ArrayRef<double>(first, size);
  });
  return equal;
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

/// The number of sums that are written.
static int64_t sumsOf(int64_t inputs, int64_t sectionWidth) {
  auto inSection = [](int64_t width) { return width * (width + 1) / 2 + width * width; };
  return 2 * inputs + inputs / sectionWidth * inSection(sectionWidth) +
         inSection(inputs % sectionWidth);
}

void InputMoments::write(raw_ostream &os) const {
  os << json::Value(json::Object{{"inputs", inputs()},
                                 {"sectionWidth", widthOfSections},
                                 {"scale", realOfCode},
                                 {"columns", count}})
     << '\n';
  std::vector<char> bytes;
  forEachRun(*this, [&](const double *first, int64_t values) {
    bytes.resize(values * sizeof(double));
    char *to = bytes.data();
    for (double value : ArrayRef<double>(first, values))
      support::endian::writeNext<uint64_t, endianness::little>(to, bit_cast<uint64_t>(value + 0.0));
    os.write(bytes.data(), bytes.size());
  });
}

Expected<InputMoments::Header> InputMoments::takeHeader(StringRef &bytes) {
  auto [line, rest] = bytes.split('\n');
  Expected<json::Value> text = json::parse(line);
  if (!text)
    return createStringError("has no header: " + toString(text.takeError()));
  const json::Object *root = text->getAsObject();
  if (!root)
    return createStringError("has a header that is no object");
  // Above these, the sizes would overflow: no layer comes near.
  constexpr int64_t mostInputs = int64_t(1) << 24;
  auto number = [&](StringRef key, int64_t least, int64_t most) -> Expected<int64_t> {
    std::optional<int64_t> value = root->getInteger(key);
    if (!value || *value < least || *value > most)
      return createStringError("needs \"" + key + "\", an integer from " + Twine(least) + " to " +
                               Twine(most));
    return *value;
  };
  Expected<int64_t> inputs = number("inputs", 1, mostInputs);
  if (!inputs)
    return inputs.takeError();
  Expected<int64_t> sectionWidth = number("sectionWidth", 1, mostInputs);
  if (!sectionWidth)
    return sectionWidth.takeError();
  Expected<int64_t> columns = number("columns", 0, maxColumns);
  if (!columns)
    return columns.takeError();
  auto scale = static_cast<float>(root->getNumber("scale").value_or(0));
  if (!std::isfinite(scale) || scale <= 0)
    return createStringError("needs \"scale\", a positive f32");
  uint64_t size = sizeof(double) * static_cast<uint64_t>(sumsOf(*inputs, *sectionWidth));
  if (rest.size() < size)
    return createStringError("has " + Twine(rest.size()) + " bytes of sums instead of " +
                             Twine(size));
  bytes = rest.drop_front(size);
  return Header{*inputs, *sectionWidth, *columns, scale, rest.take_front(size)};
}

Error InputMoments::skip(StringRef &bytes) { return takeHeader(bytes).takeError(); }

Expected<InputMoments> InputMoments::read(StringRef &bytes) {
  Expected<Header> header = takeHeader(bytes);
  if (!header)
    return header.takeError();
  InputMoments moments(header->inputs, header->sectionWidth, header->scale);
  moments.count = header->columns;
  const char *from = header->sums.data();
  bool valid = true;
  forEachRun(moments, [&](double *first, int64_t values) {
    for (double &value : MutableArrayRef<double>(first, values)) {
      value = bit_cast<double>(support::endian::readNext<uint64_t, endianness::little>(from));
      valid &= std::fabs(value) <= 0x1p53 && value == std::nearbyint(value);
    }
  });
  if (!valid)
    return createStringError("holds a sum that is no integer below 2^53");
  return moments;
}

} // namespace nnq
