// Operations on each element: arithmetic with broadcasting, clamps, functions of one variable, rescaling.

#ifndef NNQ_ELEMENTWISE_OPS_TD
#define NNQ_ELEMENTWISE_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQAttributes.td"
include "nnq/Dialect/NNQ/IR/NNQInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class NNQ_ElementwiseOpBase<string mnemonic, list<string> quantMethods, list<Trait> traits = []> : NNQ_Op<mnemonic, !listconcat([
    Pure, InferShapedTypeOpAdaptor, DeclareOpInterfaceMethods<NNQ_QuantizableOp, quantMethods>,
    DeclareOpInterfaceMethods<NNQ_ElementwiseOp>, DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>], traits)> {
  let results = (outs NNQ_Tensor:$result);
  let hasVerifier = 1;
}

class NNQ_BinaryOp<string mnemonic, string sum, string formula, list<Trait> traits = [], list<string> quantMethods = []>
    : NNQ_ElementwiseOpBase<mnemonic, quantMethods, traits> {
  let summary = sum;
  let description = "`" # formula # "`, with numpy's broadcasting. Quantized operands are dequantized to `f32`, the result is quantized; "
    # "sums and products from bytes to bytes are computed on codes: `docs/Semantics.md`, \"Elementwise\".\n\n```mlir\n%z = nnq." # mnemonic
    # " %x, %y : tensor<1x8x8x16xf32>, tensor<16xf32> -> tensor<1x8x8x16xf32>\n```";
  let arguments = (ins NNQ_Tensor:$lhs, NNQ_Tensor:$rhs);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let hasFolder = 1;
}

// Not commutative: a sum of codes is rounded in the order of its operands.
def NNQ_AddOp : NNQ_BinaryOp<"add", "Sum", "result = lhs + rhs", [], ["roundsWithZeroPoint"]>;
def NNQ_SubOp : NNQ_BinaryOp<"sub", "Difference", "result = lhs - rhs">;
def NNQ_MulOp : NNQ_BinaryOp<"mul", "Product", "result = lhs * rhs", [Commutative], ["roundsWithZeroPoint"]>;
def NNQ_DivOp : NNQ_BinaryOp<"div", "Quotient", "result = lhs / rhs">;
def NNQ_MaxOp : NNQ_BinaryOp<"max", "Maximum", "result = max(lhs, rhs)", [Commutative]>;
def NNQ_MinOp : NNQ_BinaryOp<"min", "Minimum", "result = min(lhs, rhs)", [Commutative]>;
def NNQ_PowOp : NNQ_BinaryOp<"pow", "Power", "result = lhs ^ rhs">;

def NNQ_ClampOp : NNQ_ElementwiseOpBase<"clamp", ["getClampBounds"]> {
  let summary = "Clamp to an interval of real values";
  let description = [{
    `result = min(max(input, min), max)`. A rectifier is `min = 0, max = inf`; relu6 is `min = 0, max = 6`. Where input and result
    have the same quantized type the clamp is one on integers, to the bounds quantized to that type.

    ```mlir
    %y = nnq.clamp %x min = 0.0 max = 6.0 : tensor<1x8x8x16xf32> -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, F32Attr:$min, F32Attr:$max);
  let assemblyFormat = "$input `min` `=` $min `max` `=` $max attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def NNQ_UnaryOp : NNQ_ElementwiseOpBase<"unary", ["getFixedResultRange"]> {
  let summary = "Function of one variable";
  let description = [{
    Applies a function to each element; `alpha` and `beta` are its parameters where it has some (`leaky_relu`, `elu`, `selu`,
    `hard_sigmoid`). From 8 bits to 8 bits it is one table of 256 entries, computed at compile time.

    ```mlir
    %y = nnq.unary sigmoid %x : tensor<1x16xf32> -> tensor<1x16xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, NNQ_UnaryKindAttr:$kind, DefaultValuedAttr<F32Attr, "0.0f">:$alpha,
    DefaultValuedAttr<F32Attr, "0.0f">:$beta);
  let assemblyFormat = "$kind $input attr-dict `:` type($input) `->` type($result)";
}

def NNQ_RequantizeOp : NNQ_ElementwiseOpBase<"requantize", []> {
  let summary = "Change of scale";
  let description = [{
    The same real values in another type: float to quantized (round half to even, saturate), quantized to float, or from one
    quantized type to another. Replaces `quant.qcast` and `quant.dcast`, whose rounding upstream leaves open.

    ```mlir
    %q = nnq.requantize %x : tensor<4xf32> -> tensor<4x!quant.uniform<u8:f32, 0.02:128>>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// The quantized tensor that `value` is the dequantization of, or null.
    static ::mlir::Value getDequantized(::mlir::Value value);
  }];
}

#endif // NNQ_ELEMENTWISE_OPS_TD
