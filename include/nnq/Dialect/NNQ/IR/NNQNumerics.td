// What a numerics profile decides. Whoever rounds asks it, and has no rounding of its own.

#ifndef NNQ_NUMERICS_TD
#define NNQ_NUMERICS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/Interfaces.td"

def NNQ_NumericsProfile : AttrInterface<"NumericsProfile"> {
  let cppNamespace = "::nnq";
  let description = [{
    How results that are integers are rounded: what `docs/Semantics.md` leaves to the profile. The attribute `nnq.profile` of an
    operation, else of its function or module, names the one that holds for it (`getNumerics`); it is `#nnq.onnx` where there is none.

    ```mlir
    %z = nnq.add %x, %y {nnq.profile = #nnq.onnx} : tensor<4x!x>, tensor<4x!y> -> tensor<4x!z>
    ```

    Every profile keeps two laws, which the lowering relies on. Rounding is monotone and keeps whole numbers, so that a clamp to whole
    numbers may stand before it or behind. And accumulators are exact integers: a profile decides what becomes of a sum, not how it is made.
    The real that a code stands for, `f32(q - z) * s`, is its type's, and the functions of reals are those of the operations.

    A profile states its mathematics twice: on numbers, for what is folded at compile time, and as operations on one element, for loops.
    The two give the same bits. Methods with a default are f32 with the profile's own `round`. `docs/Adding.md` says how a profile is added.
  }];
  let methods = [
    InterfaceMethod<"What options and messages call the profile.", "::llvm::StringRef", "getName">,

    // Rounding.
    InterfaceMethod<"The whole number that stands for `real`: `round` in the formulas below. NaN and infinities stay.",
      "double", "round", (ins "double":$real)>,
    InterfaceMethod<"Emits the same on a float of any width.", "::mlir::Value", "emitRound",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$real)>,

    // Factors.
    InterfaceMethod<[{The product of `numerators` over the product of `denominators`, in the profile's precision and order: for a layer
      `s_x * s_w` over `s_y`, for a mean `s_x` over `count * s_y`, for a change of scale `s_x` over `s_y`. Without denominators, the unit of an
      accumulator, which may be a numerator in turn. By default each product from the left, then the quotient, each step rounded to f32.}],
      "double", "getFactor", (ins "::llvm::ArrayRef<double>":$numerators, "::llvm::ArrayRef<double>":$denominators), "",
      [{ return ::nnq::detail::getFactorInF32(numerators, denominators); }]>,
    InterfaceMethod<[{The constant that stands for a factor in loops, of any integer or float type, one for all factors. By default f32.}],
      "::mlir::TypedAttr", "getMultiplier", (ins "::mlir::MLIRContext *":$context, "double":$factor), "",
      [{ return ::nnq::detail::getMultiplierInF32(context, factor); }]>,
    InterfaceMethod<[{Emits the code of an accumulator (i32 or i64) times a factor: `clamp(round(f32(accumulator) * multiplier) + z)` by default.
      `multiplier` is an element of the constants of `getMultiplier`, of which none stands for more than `largest`. `zeroPoint` is an i32 where
      those of the type differ, else null.}],
      "::mlir::Value", "emitRequantize",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$accumulator, "::mlir::Value":$multiplier,
        "double":$largest, "::mlir::quant::QuantizedType":$type, "::mlir::Value":$zeroPoint), "",
      [{ return ::nnq::detail::emitRequantizeInF32(::llvm::cast<::nnq::NumericsProfile>($_attr), builder, loc, accumulator, multiplier,
           largest, type, zeroPoint); }]>,

    // Bias.
    InterfaceMethod<[{Whether a float bias of a layer on integers becomes `round(b / unit)`, a part of the accumulator. Otherwise it is
      added behind, to the real result.}],
      "bool", "roundsBias", (ins "::nnq::AccumulatingOp":$op), "", "return true;">,

    // Bytes.
    InterfaceMethod<[{Whether an operation, on the types that it has, is computed by a formula of the profile's own for bytes, and not as
      `quantize(f(dequantize(q), ...))`. Of pools and softmax the formula is the one of `docs/Semantics.md`, with the profile's `round`;
      those of elementwise operations emit themselves.}],
      "bool", "computesOnBytes", (ins "::mlir::Operation *":$op), "", "return false;">,
    InterfaceMethod<[{Emits the code of the result of an elementwise operation that `computesOnBytes`, from an element of each operand.}],
      "::mlir::Value", "emitOnBytes",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Operation *":$op, "::mlir::ValueRange":$codes), "",
      "return nullptr;">,

    // Fusion.
    InterfaceMethod<[{Whether an operation on `operands`, quantized to `type` behind it, is the same operation with a result of that type.
      By default where the operation has an integer form: its sum is then scaled and rounded once.}],
      "bool", "fusesQuantization",
      (ins "::nnq::QuantizableOp":$op, "::mlir::ValueRange":$operands, "::mlir::quant::UniformQuantizedType":$type), "",
      "return op.hasIntegerForm();">
  ];
  let extraClassDeclaration = [{
    /// clamp(round(x / s) + z, qmin, qmax), the quotient in f32. NaN gives qmin.
    int32_t quantize(float real, const ::nnq::QuantParams &params) const;
  }];
}

#endif // NNQ_NUMERICS_TD
