// Enumerations of the dialect, and its numerics profile.

#ifndef NNQ_ATTRIBUTES_TD
#define NNQ_ATTRIBUTES_TD

include "nnq/Dialect/NNQ/IR/NNQBase.td"

def NNQ_UnaryKind : I32EnumAttr<"UnaryKind", "function of one variable", [
    I32EnumAttrCase<"LeakyRelu", 0, "leaky_relu">, I32EnumAttrCase<"Elu", 1, "elu">, I32EnumAttrCase<"Selu", 2, "selu">,
    I32EnumAttrCase<"Sigmoid", 3, "sigmoid">, I32EnumAttrCase<"HardSigmoid", 4, "hard_sigmoid">, I32EnumAttrCase<"Tanh", 5, "tanh">,
    I32EnumAttrCase<"HardSwish", 6, "hard_swish">, I32EnumAttrCase<"Gelu", 7, "gelu">, I32EnumAttrCase<"GeluTanh", 8, "gelu_tanh">,
    I32EnumAttrCase<"Silu", 9, "silu">, I32EnumAttrCase<"Exp", 10, "exp">, I32EnumAttrCase<"Log", 11, "log">,
    I32EnumAttrCase<"Sqrt", 12, "sqrt">, I32EnumAttrCase<"Rsqrt", 13, "rsqrt">, I32EnumAttrCase<"Reciprocal", 14, "reciprocal">,
    I32EnumAttrCase<"Erf", 15, "erf">, I32EnumAttrCase<"Abs", 16, "abs">, I32EnumAttrCase<"Neg", 17, "neg">,
    I32EnumAttrCase<"Floor", 18, "floor">, I32EnumAttrCase<"Ceil", 19, "ceil">, I32EnumAttrCase<"Round", 20, "round">,
    I32EnumAttrCase<"Softplus", 21, "softplus">, I32EnumAttrCase<"Sin", 22, "sin">, I32EnumAttrCase<"Cos", 23, "cos">,
    I32EnumAttrCase<"Mish", 24, "mish">, I32EnumAttrCase<"Square", 25, "square">, I32EnumAttrCase<"Sign", 26, "sign">
  ]> { let cppNamespace = "::nnq"; let genSpecializedAttr = 0; }
def NNQ_UnaryKindAttr : EnumAttr<NNQ_Dialect, NNQ_UnaryKind, "unary">;

def NNQ_ReduceKind : I32EnumAttr<"ReduceKind", "reduction", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Mean", 1, "mean">, I32EnumAttrCase<"Max", 2, "max">,
    I32EnumAttrCase<"Min", 3, "min">
  ]> { let cppNamespace = "::nnq"; let genSpecializedAttr = 0; }
def NNQ_ReduceKindAttr : EnumAttr<NNQ_Dialect, NNQ_ReduceKind, "reduce">;

def NNQ_ResizeMode : I32EnumAttr<"ResizeMode", "interpolation", [
    I32EnumAttrCase<"Nearest", 0, "nearest">, I32EnumAttrCase<"Bilinear", 1, "bilinear">
  ]> { let cppNamespace = "::nnq"; let genSpecializedAttr = 0; }
def NNQ_ResizeModeAttr : EnumAttr<NNQ_Dialect, NNQ_ResizeMode, "resize">;

def NNQ_ResizeCoordinates : I32EnumAttr<"ResizeCoordinates", "how a pixel of the result is placed in the input", [
    I32EnumAttrCase<"HalfPixel", 0, "half_pixel">, I32EnumAttrCase<"Asymmetric", 1, "asymmetric">,
    I32EnumAttrCase<"AlignCorners", 2, "align_corners">, I32EnumAttrCase<"PytorchHalfPixel", 3, "pytorch_half_pixel">
  ]> { let cppNamespace = "::nnq"; let genSpecializedAttr = 0; }
def NNQ_ResizeCoordinatesAttr : EnumAttr<NNQ_Dialect, NNQ_ResizeCoordinates, "coordinates">;

def NNQ_NearestRounding : I32EnumAttr<"NearestRounding", "which pixel is nearest", [
    I32EnumAttrCase<"RoundPreferFloor", 0, "round_prefer_floor">, I32EnumAttrCase<"RoundPreferCeil", 1, "round_prefer_ceil">,
    I32EnumAttrCase<"Floor", 2, "floor">, I32EnumAttrCase<"Ceil", 3, "ceil">
  ]> { let cppNamespace = "::nnq"; let genSpecializedAttr = 0; }
def NNQ_NearestRoundingAttr : EnumAttr<NNQ_Dialect, NNQ_NearestRounding, "rounding">;

def NNQ_OnnxProfileAttr : AttrDef<NNQ_Dialect, "OnnxProfile"> {
  let mnemonic = "onnx";
  let summary = "Numerics of ONNX Runtime";
  let description = [{
    The numerics profile that holds where none is named: rounding half to even, multipliers of f32 formed as
    `(s_x * s_w) / s_y`, sums and products of bytes with the zero point in the rounding. `docs/NumericsOnnx.md` has all of it.

    ```mlir
    module attributes {nnq.profile = #nnq.onnx} { ... }
    ```
  }];
}

#endif // NNQ_ATTRIBUTES_TD
