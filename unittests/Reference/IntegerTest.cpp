// Integers and booleans in the reference interpreter.

#include "ReferenceTest.h"

#include <cmath>
#include <limits>

using namespace nnq::reference;

namespace {

constexpr int64_t least = std::numeric_limits<int64_t>::min(),
                  greatest = std::numeric_limits<int64_t>::max();

class IntegerTest : public ReferenceTest {
protected:
  /// `kind` of two vectors of `type`.
  Integers combine(llvm::StringRef kind, llvm::StringRef type, Integers lhs, Integers rhs) {
    std::string tensor = "tensor<" + std::to_string(lhs.size()) + "x" + type.str() + ">";
    return integers("func.func @f(%x: " + tensor + ", %y: " + tensor + ") -> " + tensor +
                        " { %z = nnq.integer " + kind.str() + " %x, %y : " + tensor + ", " +
                        tensor + " -> " + tensor + " return %z : " + tensor + " }",
                    {lhs, rhs});
  }

  Integers cast(llvm::StringRef from, llvm::StringRef to, Values values, size_t size) {
    std::string in = "tensor<" + std::to_string(size) + "x" + from.str() + ">",
                out = "tensor<" + std::to_string(size) + "x" + to.str() + ">";
    return integers("func.func @f(%x: " + in + ") -> " + out + " { %y = nnq.cast %x : " + in +
                        " -> " + out + " return %y : " + out + " }",
                    {values});
  }
};

TEST_F(IntegerTest, sums_and_products_wrap_around) {
  EXPECT_EQ(combine("add", "i8", {127, -128}, {1, -1}), (Integers{-128, 127}));
  EXPECT_EQ(combine("mul", "ui8", {200, 16}, {2, 16}), (Integers{144, 0}));
  EXPECT_EQ(combine("sub", "i64", {least, greatest}, {1, -1}), (Integers{greatest, least}));
}

TEST_F(IntegerTest, sums_of_64_bits_do_not_pass_through_floats) {
  int64_t large = (int64_t{1} << 53) + 1;
  EXPECT_EQ(combine("add", "i64", {large}, {2}), (Integers{large + 2}));
}

TEST_F(IntegerTest, division_rounds_toward_zero_and_is_never_undefined) {
  EXPECT_EQ(combine("div", "i32", {7, -7, 7, -7, 5}, {2, 2, -2, -2, 0}),
            (Integers{3, -3, -3, 3, 0}));
  EXPECT_EQ(combine("div", "i64", {least}, {-1}), (Integers{least}));
  EXPECT_EQ(combine("div", "ui64", {-1}, {2}), (Integers{greatest}));
}

TEST_F(IntegerTest, rem_has_the_sign_of_the_left_operand_and_mod_of_the_right) {
  EXPECT_EQ(combine("rem", "i32", {7, -7, 7, -7, 5}, {3, 3, -3, -3, 0}),
            (Integers{1, -1, 1, -1, 0}));
  EXPECT_EQ(combine("mod", "i32", {7, -7, 7, -7, 5}, {3, 3, -3, -3, 0}),
            (Integers{1, 2, -2, -1, 0}));
}

TEST_F(IntegerTest, order_is_by_the_sign_of_the_type) {
  EXPECT_EQ(combine("max", "i64", {-1}, {1}), (Integers{1}));
  EXPECT_EQ(combine("max", "ui64", {-1}, {1}), (Integers{-1}));
}

TEST_F(IntegerTest, reals_are_truncated_saturate_at_32_bits_and_then_wrap) {
  float nan = std::nanf("");
  EXPECT_EQ(cast("f32", "i32", Floats{1.9f, -1.9f, 3e9f, -3e9f, nan}, 5),
            (Integers{1, -1, 2147483647, -2147483647 - 1, 0}));
  EXPECT_EQ(cast("f32", "i8", Floats{128.5f, -129.0f}, 2), (Integers{-128, 127}));
  EXPECT_EQ(cast("f32", "i64", Floats{3e9f, 1e30f, -1e30f}, 3),
            (Integers{3000000000, greatest, least}));
  EXPECT_EQ(cast("f32", "ui32", Floats{3e9f, -1.0f}, 2), (Integers{3000000000, 4294967295}));
  EXPECT_EQ(cast("f32", "i1", Floats{0.0f, -0.0f, 0.5f, nan}, 4), (Integers{0, 0, 1, 1}));
}

TEST_F(IntegerTest, integers_widen_by_the_sign_of_their_type) {
  EXPECT_EQ(cast("ui8", "i32", Integers{200}, 1), (Integers{200}));
  EXPECT_EQ(cast("i32", "ui8", Integers{-1, 256}, 2), (Integers{255, 0}));
  EXPECT_EQ(cast("i64", "i1", Integers{256, 0}, 2), (Integers{1, 0}));
}

TEST_F(IntegerTest, bytes_become_exact_codes) {
  EXPECT_EQ(codes(R"mlir(
    !y = tensor<3x!quant.uniform<u8:f32, 1.0>>
    func.func @f(%x: tensor<3xui8>) -> !y {
      %y = nnq.cast %x : tensor<3xui8> -> !y
      return %y : !y
    })mlir",
                  {Integers{0, 7, 255}}),
            (Codes{0, 7, 255}));
}

TEST_F(IntegerTest, NaN_differs_from_all_and_nothing_else_holds) {
  float nan = std::nanf("");
  for (auto [kind, expected] :
       {std::make_pair("eq", Integers{0, 1}), std::make_pair("ne", Integers{1, 0}),
        std::make_pair("le", Integers{0, 1}), std::make_pair("gt", Integers{0, 0})})
    EXPECT_EQ(integers("func.func @f(%x: tensor<2xf32>) -> tensor<2xi1> { %y = nnq.compare " +
                           std::string(kind) +
                           " %x, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xi1> return %y : "
                           "tensor<2xi1> }",
                       {Floats{nan, 2}}),
              expected);
}

TEST_F(IntegerTest, a_choice_broadcasts_and_quantizes) {
  EXPECT_EQ(codes(R"mlir(
    !y = tensor<2x2x!quant.uniform<u8:f32, 0.5:10>>
    func.func @f(%c: tensor<2x1xi1>, %a: tensor<2xf32>, %b: tensor<f32>) -> !y {
      %y = nnq.select %c, %a, %b : tensor<2x1xi1>, tensor<2xf32>, tensor<f32> -> !y
      return %y : !y
    })mlir",
                  {Integers{1, 0}, Floats{1, 2}, Floats{-INFINITY}}),
            (Codes{12, 14, 0, 0}));
}

TEST_F(IntegerTest, codes_are_counted_as_the_model_counts_them) {
  EXPECT_EQ(integers(R"mlir(
    !x = tensor<2x!quant.uniform<i8:f32, 0.5:-118>>
    func.func @f(%x: !x) -> tensor<2xui8> {
      %y = nnq.storage_cast %x {nnq.code_offsets = array<i64: 128, 0>} : !x -> tensor<2xui8>
      return %y : tensor<2xui8>
    })mlir",
                     {Codes{-128, 127}}),
            (Integers{0, 255}));
}

TEST_F(IntegerTest, sums_wrap_around_and_extremes_have_a_sign) {
  auto reduce = [&](llvm::StringRef kind, llvm::StringRef type, Integers values) {
    std::string tensor = "tensor<2x2x" + type.str() + ">",
                result = "tensor<2x1x" + type.str() + ">";
    return integers("func.func @f(%x: " + tensor + ") -> " + result + " { %y = nnq.reduce " +
                        kind.str() + " %x axes = [1] : " + tensor + " -> " + result +
                        " return %y : " + result + " }",
                    {values});
  };
  EXPECT_EQ(reduce("sum", "i64", {greatest, 1, -3, 2}), (Integers{least, -1}));
  EXPECT_EQ(reduce("sum", "ui8", {200, 100, 0, 5}), (Integers{44, 5}));
  EXPECT_EQ(reduce("max", "i64", {least, -1, greatest, 0}), (Integers{-1, greatest}));
  EXPECT_EQ(reduce("min", "i8", {-128, 127, 5, 4}), (Integers{-128, 4}));
  EXPECT_EQ(reduce("max", "ui64", {-1, 1, 2, 3}), (Integers{-1, 3}));
}

} // namespace
