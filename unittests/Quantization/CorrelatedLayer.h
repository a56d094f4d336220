// What the tests of rounding round.

#ifndef NNQ_UNITTESTS_QUANTIZATION_CORRELATEDLAYER_H
#define NNQ_UNITTESTS_QUANTIZATION_CORRELATEDLAYER_H

#include "ExpectedMatchers.h"
#include "nnq/Quantization/Rounding.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <random>

namespace nnq::test {

inline RoundingGrid gridOf(int bits) { return llvm::cantFail(RoundingGrid::uniform(bits)); }

/// A layer with inputs that are correlated and, in the quantized network, off by some codes.
struct CorrelatedLayer {
  CorrelatedLayer(int64_t rows, int64_t inputs, int64_t columns, int64_t sectionWidth = 0)
      : rows(rows), inputs(inputs), moments(inputs, sectionWidth ? sectionWidth : inputs, 0.125f) {
    std::mt19937 random(static_cast<unsigned>(rows * 1000 + inputs));
    std::normal_distribution<float> normal;
    for (int64_t i = 0; i < rows * inputs; ++i)
      w.push_back(normal(random) * 0.1f);
    for (int64_t c = 0; c < columns; ++c) {
      float common = normal(random);
      for (int64_t j = 0; j < inputs; ++j) {
        float code = std::clamp(40 + 20 * (common + normal(random)), 0.0f, 255.0f);
        codes.push_back(static_cast<int16_t>(code));
        reals.push_back((1.1f * code + 3 * normal(random)) * 0.125f);
      }
    }
    EXPECT_EQ(errorOf(moments.add(reals, codes)), "");
  }

  /// The rounding before any step, damped as `roundWeights` does.
  LayerRounding start(const RoundingGrid &grid, int64_t blockSize = 0) const {
    LayerRounding rounding(w, rows, moments.centred(), grid,
                           ScaleBlocks{inputs, blockSize ? blockSize : inputs},
                           std::vector<float>(rows, 1e-6f));
    rounding.dampen(0.01);
    rounding.chooseScales();
    return rounding;
  }

  int64_t rows, inputs;
  InputMoments moments;
  std::vector<float> w, reals;
  std::vector<int16_t> codes;
};

} // namespace nnq::test

#endif // NNQ_UNITTESTS_QUANTIZATION_CORRELATEDLAYER_H
