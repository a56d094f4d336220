// What goes in and out of a function: inputs, constants of every width, errors.

#include "ReferenceTest.h"

using namespace nnq::reference;

namespace {
class InterpreterTest : public ReferenceTest {};

TEST_F(InterpreterTest, constants_are_read_by_the_signedness_of_their_type) {
  EXPECT_EQ(floats(R"mlir(
    !u8 = tensor<2x!quant.uniform<u8:f32, 1.0>>
    func.func @f() -> tensor<2xf32> {
      %q = nnq.constant dense<[-56, 1]> : tensor<2xi8> -> !u8
      %y = nnq.requantize %q : !u8 -> tensor<2xf32>
      return %y : tensor<2xf32>
    })mlir",
                   {}),
            (Floats{200, 1}));
}

TEST_F(InterpreterTest, constants_below_a_byte_keep_their_sign) {
  EXPECT_EQ(codes(R"mlir(
    !i4 = tensor<3x!quant.uniform<i4:f32, 1.0>>
    func.func @f() -> !i4 {
      %q = nnq.constant dense<[-8, 7, -1]> : tensor<3xi4> -> !i4
      return %q : !i4
    })mlir",
                  {}),
            (Codes{-8, 7, -1}));
}

TEST_F(InterpreterTest, constants_may_be_resources) {
  constexpr const char *text = R"mlir(
    !q = tensor<4x!quant.uniform<u8:f32, 1.0>>
    func.func @f() -> (!q, tensor<1xf32>) {
      %q = nnq.constant dense_resource<codes> : tensor<4xi8> -> !q
      %x = nnq.constant dense_resource<real> : tensor<1xf32> -> tensor<1xf32>
      return %q, %x : !q, tensor<1xf32>
    }
    {-# dialect_resources: { builtin: { codes: "0x0100000001FF0280", real: "0x040000000000C03F" } } #-})mlir";
  auto results = run(text, {});
  ASSERT_TRUE(succeeded(results));
  EXPECT_EQ((*results)[0].integers(), (Codes{1, 255, 2, 128}));
  EXPECT_EQ((*results)[1].floats(), (Floats{1.5f}));
}

TEST_F(InterpreterTest, observers_change_nothing) {
  EXPECT_EQ(floats(R"mlir(
    func.func @f(%x: tensor<1xf32>) -> tensor<1xf32> {
      nnq.observe %x name = "x" : tensor<1xf32>
      return %x : tensor<1xf32>
    })mlir",
                   {Floats{4}}),
            (Floats{4}));
}

constexpr const char *identity = R"mlir(
    !q = tensor<2x!quant.uniform<u8<1:100>:f32, 1.0:1>>
    func.func @f(%x: !q) -> !q {
      return %x : !q
    })mlir";

TEST_F(InterpreterTest, missing_input_is_an_error) {
  expectError(identity, {}, "takes 1 inputs but got 0");
}
TEST_F(InterpreterTest, input_of_floats_for_codes_is_an_error) {
  expectError(identity, {Floats{1, 2}}, "input 0 holds floats");
}
TEST_F(InterpreterTest, input_of_another_size_is_an_error) {
  expectError(identity, {Codes{1}}, "input 0 holds 1 elements");
}
TEST_F(InterpreterTest, code_outside_the_storage_range_is_an_error) {
  expectError(identity, {Codes{1, 101}}, "element 1 is 101, outside the storage range [1, 100]");
}

TEST_F(InterpreterTest, blocks_without_a_scale_each_are_an_error) {
  expectError(R"mlir(
    func.func @f(%x: tensor<1x6x!quant.uniform<i8:f32:{1:2}, {{1.0, 10.0}}>>) { return })mlir",
              {Codes{1, 2, 3, 4, 5, 6}}, "one per block");
}

TEST_F(InterpreterTest, constant_outside_the_storage_range_is_an_error) {
  expectError(R"mlir(
    !q = tensor<1x!quant.uniform<i8<-127:127>:f32, 1.0>>
    func.func @f() -> !q {
      %q = nnq.constant dense<-128> : tensor<1xi8> -> !q
      return %q : !q
    })mlir",
              {}, "element 0 is -128, outside the storage range [-127, 127]");
}

TEST_F(InterpreterTest, operation_without_a_handler_is_an_error) {
  expectError(R"mlir(
    func.func @f(%x: tensor<2x!quant.uniform<u8:f32, 1.0>>) -> tensor<2xi8> {
      %y = quant.scast %x : tensor<2x!quant.uniform<u8:f32, 1.0>> to tensor<2xi8>
      return %y : tensor<2xi8>
    })mlir",
              {Codes{1, 2}}, "has no meaning in the reference interpreter");
}
} // namespace
