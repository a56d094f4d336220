// Places that are computed, in the reference interpreter.

#include "ReferenceTest.h"

#include <cmath>

using namespace nnq::reference;

namespace {

class IndexTest : public ReferenceTest {};

TEST_F(IndexTest, gather_counts_from_the_end_and_stops_at_the_ends) {
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<3x2xf32>, %i: tensor<4xi64>) -> tensor<4x2xf32> {
      %y = nnq.gather %x, %i axis = 0 : tensor<3x2xf32>, tensor<4xi64> -> tensor<4x2xf32>
      return %y : tensor<4x2xf32>
    })mlir",
                   {Floats{0, 1, 10, 11, 20, 21}, Integers{-1, 0, 7, -9}}),
            (Floats{20, 21, 0, 1, 20, 21, 0, 1}));
}

TEST_F(IndexTest, gather_along_an_inner_axis) {
  EXPECT_EQ(codes(R"mlir(
    !x = tensor<2x3x!quant.uniform<u8:f32, 0.5>>
    !y = tensor<2x1x2x!quant.uniform<u8:f32, 0.5>>
    func.func @f(%x: !x, %i: tensor<1x2xi32>) -> !y {
      %y = nnq.gather %x, %i axis = 1 : !x, tensor<1x2xi32> -> !y
      return %y : !y
    })mlir",
                  {Codes{0, 1, 2, 10, 11, 12}, Integers{2, 0}}),
            (Codes{2, 0, 12, 10}));
}

TEST_F(IndexTest, gather_elements) {
  EXPECT_EQ(integers(R"mlir(
    func.func @f(%x: tensor<2x3xi64>, %i: tensor<2x2xi64>) -> tensor<2x2xi64> {
      %y = nnq.gather_elements %x, %i axis = 1 : tensor<2x3xi64>, tensor<2x2xi64> -> tensor<2x2xi64>
      return %y : tensor<2x2xi64>
    })mlir",
                     {Integers{0, 1, 2, 10, 11, 12}, Integers{2, 0, -1, 1}}),
            (Integers{2, 0, 12, 11}));
}

TEST_F(IndexTest, gather_nd_in_batches) {
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<2x2x2xf32>, %i: tensor<2x1xi64>) -> tensor<2x2xf32> {
      %y = nnq.gather_nd %x, %i batch_dims = 1 : tensor<2x2x2xf32>, tensor<2x1xi64> -> tensor<2x2xf32>
      return %y : tensor<2x2xf32>
    })mlir",
                   {Floats{0, 1, 2, 3, 4, 5, 6, 7}, Integers{1, 0}}),
            (Floats{2, 3, 4, 5}));
}

TEST_F(IndexTest, the_last_update_of_a_place_counts) {
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<3x2xf32>, %i: tensor<3x1xi64>, %u: tensor<3x2xf32>) -> tensor<3x2xf32> {
      %y = nnq.scatter_nd %x, %i, %u : tensor<3x2xf32>, tensor<3x1xi64>, tensor<3x2xf32> -> tensor<3x2xf32>
      return %y : tensor<3x2xf32>
    })mlir",
                   {Floats{0, 1, 2, 3, 4, 5}, Integers{1, -1, 1}, Floats{10, 11, 12, 13, 14, 15}}),
            (Floats{0, 1, 14, 15, 12, 13}));
}

TEST_F(IndexTest, the_first_of_equal_extremes_counts_or_the_last_and_NaN_before_all) {
  auto argMax = [&](llvm::StringRef last) {
    return integers(("func.func @f(%x: tensor<2x4xf32>) -> tensor<2x1xi64> { %y = nnq.arg_reduce "
                     "max %x axis = 1 " +
                     last + " : tensor<2x4xf32> -> tensor<2x1xi64> return %y : tensor<2x1xi64> }")
                        .str(),
                    {Floats{1, 3, 3, 2, 5, std::nanf(""), 1, 7}});
  };
  EXPECT_EQ(argMax(""), (Integers{1, 1}));
  EXPECT_EQ(argMax("last"), (Integers{2, 1}));
}

TEST_F(IndexTest, top_k_in_order) {
  auto topK = [&](llvm::StringRef order) {
    return integers(("func.func @f(%x: tensor<6xf32>) -> tensor<4xi64> { %y = nnq.top_k %x k = 4 "
                     "axis = 0 " +
                     order + " : tensor<6xf32> -> tensor<4xi64> return %y : tensor<4xi64> }")
                        .str(),
                    {Floats{1, 3, std::nanf(""), 3, -1, 2}});
  };
  EXPECT_EQ(topK(""), (Integers{2, 1, 3, 5}));
  EXPECT_EQ(topK("smallest"), (Integers{4, 0, 5, 1}));
}

} // namespace
