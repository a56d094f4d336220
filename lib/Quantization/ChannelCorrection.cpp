//===- ChannelCorrection.cpp - Gain and offset of each channel -----------===//

#include "nnq/Quantization/ChannelCorrection.h"

#include "JsonFile.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <cmath>

using namespace llvm;

namespace nnq {

//===----------------------------------------------------------------------===//
// ChannelMoments
//===----------------------------------------------------------------------===//

Error ChannelMoments::add(ArrayRef<float> expected, ArrayRef<float> found, int64_t count, float lo,
                          float hi) {
  if (expected.size() != found.size() || count < 1 || found.size() % count != 0 ||
      (!channels.empty() && channels.size() != static_cast<size_t>(count)))
    return createStringError("%zu expected and %zu found elements do not make %d channels",
                             expected.size(), found.size(), static_cast<int>(count));
  channels.resize(count);
  for (size_t first = 0; first < found.size(); first += count)
    for (int64_t c = 0; c < count; ++c) {
      double x = found[first + c], y = expected[first + c];
      if (x <= lo || x >= hi)
        continue;
      Sums &sums = channels[c];
      ++sums.count;
      sums.expected += y;
      sums.found += x;
      sums.foundSquared += x * x;
      sums.expectedSquared += y * y;
      sums.product += x * y;
    }
  return Error::success();
}

double ChannelMoments::Sums::noise(double gain, double offset) const {
  double n = static_cast<double>(count);
  return (expectedSquared + gain * gain * foundSquared + 2 * gain * offset * found -
          2 * gain * product - 2 * offset * expected) /
             n +
         offset * offset;
}

ChannelMoments::Sums ChannelMoments::Sums::operator+(const Sums &other) const {
  return {count + other.count,     expected + other.expected,
          found + other.found,     foundSquared + other.foundSquared,
          product + other.product, expectedSquared + other.expectedSquared};
}

std::pair<double, double> ChannelMoments::Sums::fit(bool fitsGain) const {
  double n = static_cast<double>(count), meanFound = found / n, meanExpected = expected / n;
  double variance = foundSquared / n - meanFound * meanFound;
  double covariance = product / n - meanFound * meanExpected;
  bool varies = variance > 1e-12 * (meanFound * meanFound);
  double gain = fitsGain && varies ? std::clamp(covariance / variance, 0.8, 1.25) : 1;
  return {gain, meanExpected - gain * meanFound};
}

Expected<ChannelCorrection> ChannelMoments::fit(const ChannelMoments &heldOut,
                                                CorrectionKind kind) const {
  constexpr uint64_t fewest = 64, fewestHeldOut = 16;
  if (heldOut.channels.size() != channels.size())
    return createStringError("moments of %zu channels are judged by those of %zu", channels.size(),
                             heldOut.channels.size());
  ChannelCorrection correction;
  for (auto [sums, judge] : zip(channels, heldOut.channels)) {
    double gain = 1, offset = 0;
    if (sums.count >= fewest && judge.count >= fewestHeldOut) {
      auto [bias, affine] = std::pair(sums.fit(/*fitsGain=*/false), sums.fit(/*fitsGain=*/true));
      double nothing = judge.noise(1, 0), byBias = judge.noise(bias.first, bias.second),
             byAffine = judge.noise(affine.first, affine.second);
      bool mayBias = kind != CorrectionKind::Affine && byBias < nothing,
           mayAffine = kind != CorrectionKind::Bias && byAffine < (mayBias ? byBias : nothing);
      if (mayBias || mayAffine)
        std::tie(gain, offset) = (sums + judge).fit(mayAffine);
    }
    correction.gain.push_back(static_cast<float>(gain));
    correction.offset.push_back(static_cast<float>(offset));
  }
  return correction;
}

//===----------------------------------------------------------------------===//
// CorrectionFile
//===----------------------------------------------------------------------===//

static std::optional<std::vector<float>> readFloats(const json::Object &object, StringRef key) {
  const json::Array *array = object.getArray(key);
  if (!array)
    return std::nullopt;
  std::vector<float> values;
  for (const json::Value &value : *array) {
    std::optional<double> number = value.getAsNumber();
    if (!number || !std::isfinite(*number))
      return std::nullopt;
    values.push_back(static_cast<float>(*number));
  }
  return values;
}

Expected<CorrectionFile> CorrectionFile::read(StringRef path) {
  auto fail = [&](const Twine &message) { return createStringError(path + ": " + message); };
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return fail("can't be read: " + buffer.getError().message());
  Expected<json::Value> text = json::parse((*buffer)->getBuffer());
  if (!text)
    return fail(toString(text.takeError()));
  const json::Object *root = text->getAsObject();
  const json::Object *layers = root ? root->getObject("layers") : nullptr;
  if (!layers || root->getInteger("nnq-correction") != 1)
    return fail("is no correction file of version 1");
  CorrectionFile file;
  for (const auto &[name, value] : *layers) {
    const json::Object *layer = value.getAsObject();
    std::optional<std::vector<float>> gain, offset;
    if (layer) {
      gain = readFloats(*layer, "gain");
      offset = readFloats(*layer, "offset");
    }
    if (!gain || !offset || gain->size() != offset->size())
      return fail("layer '" + name.str() + "' needs as many finite gains as offsets");
    file.layers[name.str()] = {std::move(*gain), std::move(*offset)};
  }
  return file;
}

Error CorrectionFile::write(StringRef path) const {
  json::Object object;
  for (const auto &[name, correction] : layers)
    object[name] = json::Object{{"gain", json::Array(correction.gain)},
                                {"offset", json::Array(correction.offset)}};
  return writeText(path, [&](raw_ostream &os) {
    os << json::Value(json::Object{{"nnq-correction", 1}, {"layers", std::move(object)}}) << '\n';
  });
}

} // namespace nnq
