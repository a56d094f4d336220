//===- ChannelEqualization.cpp - Scales between layers --------------------===//

#include "nnq/Quantization/ChannelEqualization.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace nnq {

namespace {

/// The greatest |w| over the taps, and the scales that the layer has by now.
class ScaledLayer {
public:
  explicit ScaledLayer(const LayerWeights &w)
      : inputsOfGroup(w.inputsOfGroup()), outputsOfGroup(w.outputs / w.groups),
        greatest(w.outputs * inputsOfGroup), outputScale(w.outputs, 1), inputScale(1, 1) {
    for (auto [i, value] : enumerate(w.values)) {
      float &most = greatest[i / (w.taps * inputsOfGroup) * inputsOfGroup + i % inputsOfGroup];
      most = std::max(most, std::fabs(value));
    }
  }

  /// The range of each row.
  std::vector<double> outputRanges() const {
    std::vector<double> ranges(outputScale.size());
    forEach([&](size_t output, size_t, double value) {
      ranges[output] = std::max(ranges[output], value);
    });
    return ranges;
  }
  /// The range of each input channel.
  std::vector<double> inputRanges() const {
    std::vector<double> ranges(inputScale.size());
    forEach([&](size_t, size_t input, double value) {
      ranges[input] = std::max(ranges[input], value);
    });
    return ranges;
  }

  int64_t inputsOfGroup, outputsOfGroup;
  std::vector<float> greatest;
  /// What rows are divided and input channels multiplied by.
  std::vector<double> outputScale, inputScale;

private:
  template <typename Visitor> void forEach(Visitor visit) const {
    for (size_t output = 0; output < outputScale.size(); ++output) {
      int64_t first = static_cast<int64_t>(output) / outputsOfGroup * inputsOfGroup;
      for (int64_t i = 0; i < inputsOfGroup; ++i) {
        size_t input = (first + i) % inputScale.size();
        visit(output, input,
              greatest[output * inputsOfGroup + i] * inputScale[input] / outputScale[output]);
      }
    }
  }
};

} // namespace

std::vector<std::vector<int>> equalizeChannels(ArrayRef<LayerWeights> layers,
                                               ArrayRef<LayerLink> links) {
  std::vector<ScaledLayer> scaled(layers.begin(), layers.end());
  // Which rows live, and what ranges of columns count as at least.
  std::vector<std::vector<bool>> isAlive;
  std::vector<double> leastBehind;
  for (LayerLink link : links) {
    scaled[link.second].inputScale.assign(layers[link.first].outputs, 1);
    std::vector<double> front = scaled[link.first].outputRanges(),
                        back = scaled[link.second].inputRanges();
    double leastInFront = std::ldexp(*max_element(front), -deadChannelExponent);
    leastBehind.push_back(std::ldexp(*max_element(back), -2 * maxEqualizationExponent));
    std::vector<bool> &alive = isAlive.emplace_back();
    for (double range : front)
      alive.push_back(range > leastInFront && leastBehind.back() > 0);
  }

  // Each round halves what is left of a chain's differences, about; to a few percent is enough for
  // exponents.
  constexpr int mostRounds = 60;
  constexpr double converged = 0.02;
  double greatestStep = 1;
  for (int round = 0; round < mostRounds && greatestStep > converged; ++round) {
    greatestStep = 0;
    for (auto [link, alive, least] : zip_equal(links, isAlive, leastBehind)) {
      ScaledLayer &first = scaled[link.first], &second = scaled[link.second];
      std::vector<double> front = first.outputRanges(), back = second.inputRanges();
      for (size_t c = 0; c < front.size(); ++c) {
        if (!alive[c])
          continue;
        double step = std::sqrt(front[c] / std::max(back[c], least));
        first.outputScale[c] *= step;
        second.inputScale[c] *= step;
        greatestStep = std::max(greatestStep, std::fabs(std::log2(step)));
      }
    }
  }

  std::vector<std::vector<int>> exponents;
  for (LayerLink link : links) {
    std::vector<int> &ofLink = exponents.emplace_back();
    for (double scale : scaled[link.first].outputScale)
      ofLink.push_back(std::clamp(static_cast<int>(std::nearbyint(std::log2(scale))),
                                  -maxEqualizationExponent, maxEqualizationExponent));
  }
  return exponents;
}

std::vector<float> scaleChannels(const LayerWeights &w, ArrayRef<int> divide,
                                 ArrayRef<int> multiply) {
  std::vector<float> result(w.values);
  int64_t inputsOfGroup = w.inputsOfGroup(), rowSize = w.taps * inputsOfGroup;
  for (auto [i, value] : enumerate(result)) {
    int64_t output = static_cast<int64_t>(i) / rowSize;
    int64_t input = output / (w.outputs / w.groups) * inputsOfGroup + i % inputsOfGroup;
    int exponent = (multiply.empty() ? 0 : multiply[input % multiply.size()]) -
                   (divide.empty() ? 0 : divide[output]);
    value = std::ldexp(value, exponent);
  }
  return result;
}

} // namespace nnq
