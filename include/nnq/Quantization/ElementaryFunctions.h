//===- ElementaryFunctions.h - exp, log, sin, cos of every f32 --*- C++ -*-===//
//
// The functions that compiled code computes on floats within a unit or two in the last place: for
// every f32, subnormal, infinite and NaN ones included, and for arguments of sin and cos of any
// size. Every step is one correctly rounded operation, so that all targets give the same bits.
// Apart from FloatFunctions.h because those have the bits of ONNX Runtime, and these its values.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_ELEMENTARYFUNCTIONS_H
#define NNQ_QUANTIZATION_ELEMENTARYFUNCTIONS_H

#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <utility>

namespace nnq {

/// The formulas, on any `Ops` that has the operations of `ElementaryOps` on its own kinds of value.
template <typename Ops> class ElementaryFunctions {
public:
  using Value = typename Ops::Value;     ///< f32
  using Wide = typename Ops::Wide;       ///< f64
  using Integer = typename Ops::Integer; ///< i32
  explicit ElementaryFunctions(Ops ops) : ops(ops) {}

  /// e^x = 2^k e^r with |r| <= ln(2) / 2. The power of two is multiplied in halves, so that neither
  /// overflows where the result does not, and subnormal results are rounded once.
  Value exp(Value x) {
    constexpr float shift =
        0x1.8p23f; // adding it rounds to an integer, which the low bits then are
    x = ops.select(ops.greater(ops.constant(-104), x), ops.constant(-104), x);
    x = ops.select(ops.greater(x, ops.constant(89)), ops.constant(89), x);
    Value shifted = ops.fma(x, ops.constant(1.44269504088896341f), ops.constant(shift));
    Value k = ops.sub(shifted, ops.constant(shift));
    Value r = ops.fma(k, ops.constant(-0x1.62e4p-1f), x); // ln 2 in two parts
    r = ops.fma(k, ops.constant(-0x1.7f7d1cp-20f), r);
    Value power = horner(r, {1.38319808e-3f, 8.37550033e-3f, 4.16689515e-2f, 1.66664466e-1f,
                             4.99999851e-1f, 1.0f, 1.0f});
    Integer n = ops.sub(ops.bits(shifted), ops.integer(llvm::bit_cast<int32_t>(shift)));
    Integer half = ops.shiftRight(n, 1);
    return ops.mul(ops.mul(power, powerOf2(half)), powerOf2(ops.sub(n, half)));
  }

  /// ln x = e ln 2 + ln m with m from sqrt(1/2) to sqrt(2). The polynomial is that of Cephes' logf.
  Value log(Value x) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    auto isTiny = ops.greater(ops.constant(std::numeric_limits<float>::min()), x);
    Value normal = ops.select(isTiny, ops.mul(x, ops.constant(0x1p23f)), x);
    Integer bits = ops.bits(normal);
    Integer exponent =
        ops.shiftRight(ops.sub(bits, ops.integer(llvm::bit_cast<int32_t>(0x1.6a09e6p-1f))), 23);
    Value r = ops.sub(ops.fromBits(ops.sub(bits, ops.shiftLeft(exponent, 23))), ops.constant(1));
    Value e = ops.sub(ops.toFloat(exponent), ops.select(isTiny, ops.constant(23), ops.constant(0)));
    Value square = ops.mul(r, r);
    Value rest = ops.mul(horner(r, {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
                                    -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
                                    2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f}),
                         ops.mul(r, square));
    rest = ops.fma(e, ops.constant(-2.12194440e-4f), rest); // ln 2 in two parts
    rest = ops.fma(square, ops.constant(-0.5f), rest);
    Value y = ops.fma(e, ops.constant(0.693359375f), ops.add(r, rest));
    y = ops.select(ops.greater(ops.constant(infinity), x), y, x); // infinity and NaN stay
    Value pole = ops.select(ops.equal(x, ops.constant(0)), ops.constant(-infinity),
                            ops.constant(std::numeric_limits<float>::quiet_NaN()));
    return ops.select(ops.greater(x, ops.constant(0)), y, pole);
  }

  /// sin(2 pi t) = sin(2 pi (1/2 - t)): the angle is reflected into a quarter turn on either side.
  Value sin(Value x) {
    auto [turns, rest] = fractionOfTurns(ops.widen(x));
    auto isFar = ops.greater(ops.abs(turns), ops.wide(0.25));
    Wide reflected = ops.sub(ops.copySign(ops.wide(0.5), turns), turns);
    Wide near =
        ops.add(ops.select(isFar, reflected, turns), ops.select(isFar, ops.neg(rest), rest));
    Value y = ops.narrow(sinOfTurns(near));
    return ops.select(ops.equal(x, ops.constant(0)), x, y); // keeps the sign of 0
  }

  /// cos(2 pi t) = sin(2 pi (1/4 - |t|)).
  Value cos(Value x) {
    auto [turns, rest] = fractionOfTurns(ops.widen(x));
    auto isNegative = ops.greater(ops.wide(0), turns);
    Wide beyond = ops.sub(ops.wide(0.25), ops.abs(turns));
    return ops.narrow(sinOfTurns(ops.sub(beyond, ops.select(isNegative, ops.neg(rest), rest))));
  }

private:
  /// x / (2 pi) less the nearest integer, as the sum of a part in [-1/2, 1/2] and a rest below
  /// 2^-8. It is exact to 2^-62 of a turn; no f32 comes nearer than 2^-32 to a multiple of a
  /// quarter turn.
  ///
  /// An f32 from 2^(23 + L) on is a multiple of 2^L: the first L bits of 1 / (2 pi) make whole
  /// turns and are left out, so that p stays below 2^45. Of the bits behind them two doubles are
  /// enough.
  std::pair<Wide, Wide> fractionOfTurns(Wide x) {
    struct Part {
      double above; ///< for |x| greater than this f32
      double high, low;
    };
    Wide size = ops.abs(x);
    Wide high = ops.wide(0x1.45f306dc9c883p-3), low = ops.wide(-0x1.6b01ec5417056p-57);
    for (const Part &part :
         {Part{0x1.fffffep46, 0x1.b727220a94fe1p-25, 0x1.d5f47d4d37703p-80},     // L = 24
          Part{0x1.fffffep68, 0x1.054a7f09d5f48p-48, -0x1.596447e493ad5p-103},   // L = 46
          Part{0x1.fffffep90, 0x1.e13abe8fa9a6fp-69, -0x1.f924eb53361dep-125},   // L = 68
          Part{0x1.fffffep112, 0x1.a3ea69bb81b6cp-91, 0x1.4acc9e21c821p-145}}) { // L = 90
      auto isLarge = ops.greater(size, ops.wide(part.above));
      high = ops.select(isLarge, ops.wide(part.high), high);
      low = ops.select(isLarge, ops.wide(part.low), low);
    }
    Wide p = ops.mul(x, high);
    Wide error = ops.fma(x, high, ops.neg(p)); // exact
    return {ops.sub(p, ops.roundEven(p)), ops.fma(x, low, error)};
  }

  /// sin(2 pi t) for |t| up to 1/4 and a little more, to 2^-34: a minimax polynomial.
  Wide sinOfTurns(Wide t) {
    Wide square = ops.mul(t, t);
    Wide sum = ops.wide(-14.381390733714518);
    for (double c : {42.00779713629441, -76.7041702523639, 81.60522369013836, -41.34170209692617,
                     6.283185307046691})
      sum = ops.fma(sum, square, ops.wide(c));
    return ops.mul(sum, t);
  }

  /// 2^n for a normal f32.
  Value powerOf2(Integer n) {
    return ops.fromBits(ops.shiftLeft(ops.add(n, ops.integer(127)), 23));
  }

  /// The polynomial in x with these coefficients, the highest first.
  Value horner(Value x, std::initializer_list<float> coefficients) {
    Value sum = ops.constant(*coefficients.begin());
    for (const float *c = coefficients.begin() + 1; c != coefficients.end(); ++c)
      sum = ops.fma(sum, x, ops.constant(*c));
    return sum;
  }

  Ops ops;
};

/// The operations on numbers.
struct ElementaryOps {
  using Value = float;
  using Wide = double;
  using Integer = int32_t;
  float constant(float v) { return v; }
  double wide(double v) { return v; }
  int32_t integer(int32_t v) { return v; }
  template <typename T> T add(T a, T b) { return a + b; }
  template <typename T> T sub(T a, T b) { return a - b; }
  template <typename T> T mul(T a, T b) { return a * b; }
  template <typename T> T fma(T a, T b, T c) { return std::fma(a, b, c); }
  template <typename T> T neg(T a) { return -a; }
  template <typename T> T abs(T a) { return std::fabs(a); }
  template <typename T> T copySign(T magnitude, T sign) { return std::copysign(magnitude, sign); }
  template <typename T> bool greater(T a, T b) { return a > b; }
  template <typename T> bool equal(T a, T b) { return a == b; }
  template <typename T> T select(bool condition, T a, T b) { return condition ? a : b; }
  double roundEven(double a) { return std::nearbyint(a); }
  double widen(float a) { return a; }
  float narrow(double a) { return static_cast<float>(a); }
  int32_t bits(float a) { return llvm::bit_cast<int32_t>(a); }
  float fromBits(int32_t a) { return llvm::bit_cast<float>(a); }
  float toFloat(int32_t a) { return static_cast<float>(a); }
  int32_t shiftLeft(int32_t a, int32_t count) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) << count);
  }
  int32_t shiftRight(int32_t a, int32_t count) { return a >> count; }
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_ELEMENTARYFUNCTIONS_H
