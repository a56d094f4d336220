//===- UnaryFunctions.h - Elementwise functions and their tables -*- C++ -*-===//
//
// The real functions behind nnq's unary operations, and the 256-entry tables that 8-bit ones
// become.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_UNARYFUNCTIONS_H
#define NNQ_QUANTIZATION_UNARYFUNCTIONS_H

#include "nnq/Quantization/QuantParams.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <array>

namespace nnq {

/// ONNX's elementwise functions of one argument. `alpha` and `beta` are ONNX's attributes, which
/// must be given explicitly (ONNX's defaults in brackets); the others ignore them.
enum class UnaryFunction {
  Relu,        ///< max(x, 0)
  LeakyRelu,   ///< x < 0 ? alpha x : x [0.01]
  Elu,         ///< x < 0 ? alpha (e^x - 1) : x [1]
  Selu,        ///< beta (x > 0 ? x : alpha (e^x - 1)); beta is ONNX's gamma [1.67326, 1.05070]
  Sigmoid,     ///< 1 / (1 + e^-x)
  HardSigmoid, ///< max(0, min(1, alpha x + beta)) [0.2, 0.5]
  Tanh,        ///< tanh x
  HardSwish,   ///< x max(0, min(1, x/6 + 1/2))
  Gelu,        ///< x/2 (1 + erf(x / sqrt 2))
  GeluTanh,    ///< x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
  Silu,        ///< x sigmoid(x)
  Exp,         ///< e^x
  Log,         ///< natural logarithm; NaN below 0, -infinity at 0
  Sqrt,        ///< NaN below 0
  Rsqrt,       ///< 1 / sqrt(x); NaN below 0, infinity at 0
  Reciprocal,  ///< 1 / x; infinity at 0
  Erf,         ///< error function
  Abs,         ///< |x|
  Neg,         ///< -x
  Floor,       ///< greatest integer not above x
  Ceil,        ///< least integer not below x
  Round,       ///< nearest integer, half to even
  Softplus,    ///< ln(1 + e^x), without overflow
  Sin,         ///< radians
  Cos,         ///< radians
  Mish,        ///< x tanh(softplus(x))
  Square,      ///< x^2
  Sign,        ///< -1, 0 or 1
};

/// The function, in double precision. Sigmoid, HardSigmoid, Tanh, HardSwish, Gelu, GeluTanh, Silu
/// and Erf are defined by f32 operations instead (FloatFunctions.h), as ONNX Runtime computes them.
/// NaN gives NaN, for every function; x times a factor that vanishes at minus infinity is -0 there.
double evaluateUnary(UnaryFunction kind, double x, double alpha, double beta);

/// A function from 8-bit codes to 8-bit codes. Entry i belongs to the input code whose byte is i:
/// the code i for unsigned storage (storageMin >= 0), i as two's complement for signed storage.
/// Entries are the bytes of the output codes.
using CodeTable = std::array<uint8_t, 256>;

/// The table of a real function, for each input code q, those outside the storage range included:
///
///     x    = dequantizeValue(q, in)
///     y    = f32(function(double(x)))
///     code = quantize(y), by default quantizeValue(y, out)
///
/// so that infinite results saturate and NaN gives out's storageMin. A chain of functions is one
/// table of their composition. Requires storage ranges inside [0, 255] or [-128, 127].
CodeTable buildTable(llvm::function_ref<double(double)> function, const QuantParams &in,
                     const QuantParams &out);
CodeTable buildTable(llvm::function_ref<double(double)> function, const QuantParams &in,
                     llvm::function_ref<int32_t(float)> quantize);

/// The table of a unary function.
CodeTable buildTable(UnaryFunction kind, double alpha, double beta, const QuantParams &in,
                     const QuantParams &out);

} // namespace nnq

#endif // NNQ_QUANTIZATION_UNARYFUNCTIONS_H
