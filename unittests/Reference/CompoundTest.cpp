// Activations and normalizations that exporters spell out.

#include "ReferenceTest.h"

#include <limits>

using namespace nnq::reference;

namespace {
class CompoundTest : public ReferenceTest {
protected:
  float activation(llvm::StringRef op, float x) {
    return floats(("func.func @f(%x: tensor<1xf32>) -> tensor<1xf32> { %y = nnq." + op +
                   " : tensor<1xf32> -> tensor<1xf32> return %y : tensor<1xf32> }")
                      .str(),
                  {Floats{x}})
        .at(0);
  }
  /// Normalizes [[1, 5], [2, 10]].
  Floats normalize(llvm::StringRef text) {
    return floats(("func.func @f(%x: tensor<2x2xf32>, %s: tensor<1x2xf32>, %b: tensor<2x1xf32>) "
                   "-> tensor<2x2xf32> { %y = nnq.normalize " +
                   text + " : tensor<2x2xf32> -> tensor<2x2xf32> return %y : tensor<2x2xf32> }")
                      .str(),
                  {Floats{1, 5, 2, 10}, Floats{10, 20}, Floats{1, 2}});
  }
};

// Values by mpmath.
TEST_F(CompoundTest, activations) {
  EXPECT_FLOAT_EQ(activation("swish %x beta = 1.702", 1), 0.84579577f);
  EXPECT_FLOAT_EQ(activation("swish %x beta = 1.0", -1), -0.26894142f);
  EXPECT_FLOAT_EQ(activation("celu %x alpha = 2.0", -1), -0.78693868f);
  EXPECT_FLOAT_EQ(activation("celu %x alpha = 2.0", 3), 3);
  EXPECT_FLOAT_EQ(activation("log_sigmoid %x", 0), -0.69314718f);
  EXPECT_FLOAT_EQ(activation("log_sigmoid %x", 10), -4.5398899e-5f);
  EXPECT_FLOAT_EQ(activation("softsign %x", -3), -0.75f);
  EXPECT_FLOAT_EQ(activation("tanh_shrink %x", 1), 0.23840584f);
  EXPECT_FLOAT_EQ(activation("cube %x", -1.5f), -3.375f);
}

TEST_F(CompoundTest, activations_far_out) {
  EXPECT_EQ(activation("log_sigmoid %x", -1000), -1000);
  EXPECT_EQ(activation("swish %x beta = 1.702", -std::numeric_limits<float>::infinity()), 0);
  EXPECT_EQ(activation("celu %x alpha = 2.0", -1e30f), -2);
}

TEST_F(CompoundTest, standard_normalization_subtracts_the_mean) {
  // Rows: means 3 and 6, deviations 2 and 4. Columns: 1.5 and 7.5, 0.5 and 2.5.
  EXPECT_EQ(normalize("standard %x axes = [1] epsilon = 0.0 inside"), (Floats{-1, 1, -1, 1}));
  EXPECT_EQ(normalize("standard %x axes = [0] epsilon = 0.0 inside"), (Floats{-1, -1, 1, 1}));
  EXPECT_EQ(normalize("standard %x scale %s : tensor<1x2xf32> bias %b : tensor<2x1xf32> axes = [1] "
                      "epsilon = 0.0 inside"),
            (Floats{-9, 21, -8, 22}));
  EXPECT_EQ(normalize("standard %x bias %b : tensor<2x1xf32> axes = [1] epsilon = 0.0 inside"),
            (Floats{0, 2, 1, 3}));
}

TEST_F(CompoundTest, root_mean_square_and_where_epsilon_goes) {
  // Rows: mean squares 13 and 52.
  EXPECT_EQ(normalize("rms %x axes = [1] epsilon = 3.0 inside").at(1), 1.25f);
  EXPECT_EQ(normalize("rms %x axes = [0, 1] epsilon = 3.5 inside").at(3), 10 / 6.0f);
  EXPECT_FLOAT_EQ(normalize("rms %x axes = [1] epsilon = 1.0 outside").at(0), 0.21712928f);
  EXPECT_EQ(normalize("rms %x axes = [1] epsilon = 4.0 at_least"),
            (Floats{0.25f, 1.25f, 2 / 7.2111025f, 10 / 7.2111025f}));
}
} // namespace
