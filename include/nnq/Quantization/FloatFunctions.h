//===- FloatFunctions.h - Functions of one f32, to the bit ------*- C++ -*-===//
//
// The functions that ONNX Runtime's kernels (MLAS) compute by polynomials, each operation rounded
// to f32: a table or a target that computes them another way differs from ONNX Runtime in the last
// digits. Apart from UnaryFunctions.h because two parties compute them: the compiler on numbers,
// and compiled code on vectors.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_FLOATFUNCTIONS_H
#define NNQ_QUANTIZATION_FLOATFUNCTIONS_H

#include <cmath>
#include <initializer_list>
#include <limits>

namespace nnq {

/// The formulas, on any `Ops` that has the operations of `FloatOps` on its own kind of value.
template <typename Ops> class FloatFunctions {
public:
  using Value = typename Ops::Value;
  explicit FloatFunctions(Ops ops) : ops(ops) {}

  /// 1 / (1 + e^-x) = 1/2 + p(x) / q(x). The coefficients are Eigen's, as in MLAS's logistic.cpp.
  Value sigmoid(Value x) {
    x = clamp(x, -18.0f, 18.0f);
    Value square = ops.mul(x, x);
    Value p =
        ops.mul(horner(square, {4.37031012579801e-11f, 1.15627324459942e-07f, 6.08574864600143e-05f,
                                8.51377133304701e-03f, 2.48287947061529e-01f}),
                x);
    Value q = horner(square, {6.10247389755681e-13f, 5.76102136993427e-09f, 6.29106785017040e-06f,
                              1.70198817374094e-03f, 1.16817656904453e-01f, 9.93151921023180e-01f});
    return clamp(ops.add(ops.div(p, q), ops.constant(0.5f)), 0.0f, 1.0f);
  }

  /// p(x) / q(x), as in MLAS's tanh.cpp.
  Value tanh(Value x) {
    x = clamp(x, -9.0f, 9.0f);
    Value square = ops.mul(x, x);
    Value p = ops.mul(
        horner(square, {-2.76076847742355e-16f, 2.00018790482477e-13f, -8.60467152213735e-11f,
                        5.12229709037114e-08f, 1.48572235717979e-05f, 6.37261928875436e-04f,
                        4.89352455891786e-03f}),
        x);
    Value q = horner(square, {1.19825839466702e-06f, 1.18534705686654e-04f, 2.26843463243900e-03f,
                              4.89352518554385e-03f});
    return ops.div(p, q);
  }

  /// Near 0 a polynomial, further out 1 - e^-p(|x|), as in MLAS's erf.cpp.
  Value erf(Value x) {
    Value a = ops.abs(x);
    a = ops.select(ops.greater(a, ops.constant(3.925f)), ops.constant(3.925f), a);
    Value near = horner(ops.mul(a, a), {-5.99104969e-4f, 4.99339588e-3f, -2.67667342e-2f,
                                        1.12818025e-1f, -3.76124859e-1f, 1.28379151e-1f});
    near = ops.fma(near, a, a);
    Value p = horner(a, {1.72948930e-5f, -3.83208680e-4f, 3.88393435e-3f, -2.42545605e-2f,
                         1.06777847e-1f, 6.34846687e-1f, 1.28717512e-1f});
    Value far = ops.sub(ops.constant(1.0f), expOfNegative(ops.neg(ops.fma(p, a, a))));
    return ops.copySign(ops.select(ops.greater(a, ops.constant(0.921875f)), far, near), x);
  }

  /// x/2 (1 + erf(x / sqrt 2)).
  Value gelu(Value x) {
    Value e = erf(ops.mul(x, ops.constant(0.70710678118654752440f)));
    return gate(ops.mul(x, ops.constant(0.5f)), ops.add(e, ops.constant(1.0f)));
  }

  /// x/2 (1 + tanh(x (sqrt(2/pi) + 0.0447 sqrt(2/pi) x^2))).
  Value geluTanh(Value x) {
    Value factor = ops.add(ops.mul(ops.mul(ops.constant(0.035677408136300125f), x), x),
                           ops.constant(0.7978845608028654f));
    Value t = tanh(ops.mul(x, factor));
    return gate(ops.mul(x, ops.constant(0.5f)), ops.add(t, ops.constant(1.0f)));
  }

  Value silu(Value x) { return gate(x, sigmoid(x)); }

  /// max(0, min(1, alpha x + beta)).
  Value hardSigmoid(Value x, float alpha, float beta) {
    return clamp(ops.add(ops.mul(x, ops.constant(alpha)), ops.constant(beta)), 0.0f, 1.0f);
  }
  Value hardSwish(Value x) { return gate(x, hardSigmoid(x, 1.0f / 6, 0.5f)); }

  /// x times a factor that vanishes at minus infinity, where the limit counts: -0.
  Value gate(Value x, Value factor) {
    Value least = ops.constant(std::numeric_limits<float>::lowest());
    return ops.mul(ops.select(ops.greater(least, x), least, x), factor);
  }

private:
  /// A bound where x is beyond it; NaN stays.
  Value clamp(Value x, float lo, float hi) {
    x = ops.select(ops.greater(ops.constant(lo), x), ops.constant(lo), x);
    return ops.select(ops.greater(x, ops.constant(hi)), ops.constant(hi), x);
  }

  /// The polynomial in x with these coefficients, the highest first.
  Value horner(Value x, std::initializer_list<float> coefficients) {
    Value sum = ops.constant(*coefficients.begin());
    for (const float *c = coefficients.begin() + 1; c != coefficients.end(); ++c)
      sum = ops.fma(sum, x, ops.constant(*c));
    return sum;
  }

  /// e^x for -88 < x <= 0: 2^k times a polynomial of the rest, k = rint(x / ln 2).
  Value expOfNegative(Value x) {
    Value shift = ops.constant(0x1.8p23f); // adding it rounds to an integer
    Value k = ops.sub(ops.fma(ops.constant(1.44269504088896341f), x, shift), shift);
    Value rest = ops.fma(k, ops.constant(-6.93145752e-1f), x);
    rest = ops.fma(k, ops.constant(-1.42860677e-6f), rest);
    Value power = horner(rest, {1.38319808e-3f, 8.37550033e-3f, 4.16689515e-2f, 1.66664466e-1f,
                                4.99999851e-1f, 1.0f, 1.0f});
    return ops.mul(power, ops.powerOf2(k));
  }

  Ops ops;
};

/// The operations on numbers.
struct FloatOps {
  using Value = float;
  float constant(float v) { return v; }
  float add(float a, float b) { return a + b; }
  float sub(float a, float b) { return a - b; }
  float mul(float a, float b) { return a * b; }
  float div(float a, float b) { return a / b; }
  float fma(float a, float b, float c) { return std::fma(a, b, c); }
  float neg(float a) { return -a; }
  float abs(float a) { return std::fabs(a); }
  float copySign(float magnitude, float sign) { return std::copysign(magnitude, sign); }
  bool greater(float a, float b) { return a > b; }
  float select(bool condition, float a, float b) { return condition ? a : b; }
  float powerOf2(float k) { return std::ldexp(1.0f, static_cast<int>(k)); }
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_FLOATFUNCTIONS_H
