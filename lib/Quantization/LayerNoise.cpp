//===- LayerNoise.cpp - What rounding does to a layer's output ------------===//

#include "nnq/Quantization/LayerNoise.h"
#include "MatrixProduct.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cassert>

using namespace llvm;

namespace nnq {

Expected<LayerNoise> LayerNoise::create(ArrayRef<float> weights, int64_t rows,
                                        const InputMoments &moments) {
  Expected<int64_t> groups = moments.groupsOf(weights.size(), rows);
  if (!groups)
    return groups.takeError();
  return LayerNoise(weights, *groups, rows / *groups, moments);
}

LayerNoise::LayerNoise(ArrayRef<float> weights, int64_t groups, int64_t groupRows,
                       const InputMoments &moments)
    : weights(weights), groups(groups), groupRows(groupRows), rowSize(moments.inputs() / groups),
      moments(moments.centred()), momentsScale(moments.scale()), outputEnergy(energy(weights)) {}

template <typename Visitor> void LayerNoise::forEachSection(Visitor visit) const {
  for (auto [g, section] : enumerate(moments.sections))
    visit(section, groups == 1 ? section.first : static_cast<int64_t>(g) * groupRows * rowSize);
}

double LayerNoise::energy(ArrayRef<float> x) const {
  std::vector<float> product(x.size());
  forEachSection([&](const CentredMoments::Section &section, int64_t offset) {
    addProduct<float>(groupRows, section.width, section.width, {x.data() + offset, rowSize, 1},
                      section.covariance.data(), section.width, product.data() + offset, rowSize);
  });
  double sum = 0;
  for (auto [value, other] : zip_equal(x, product))
    sum += double(value) * other;
  return std::max(sum, 0.0); // H is positive semidefinite but for rounding.
}

double LayerNoise::ofWeights(ArrayRef<float> rounded) const {
  assert(rounded.size() == weights.size());
  if (outputEnergy == 0)
    return 0;
  std::vector<float> error(rounded);
  for (auto [value, weight] : zip_equal(error, weights))
    value -= weight;
  return energy(error) / outputEnergy;
}

double LayerNoise::ofInput(double scale) const {
  if (outputEnergy == 0)
    return 0;
  double squares = 0;
  forEachSection([&](const CentredMoments::Section &section, int64_t offset) {
    for (int64_t row = 0; row < groupRows; ++row)
      for (int64_t j = 0; j < section.width; ++j)
        if (section.covariance[j * section.width + j] > 0) {
          double weight = weights[offset + row * rowSize + j];
          squares += weight * weight;
        }
  });
  double codes = scale / momentsScale; // The unit of H is the square of a code.
  return codes * codes / 12 * squares / outputEnergy;
}

} // namespace nnq
