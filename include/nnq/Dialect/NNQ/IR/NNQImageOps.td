// What image networks have beside convolutions and pools: PRelu, normalizations over an image, interpolation, sampling along a grid.

#ifndef NNQ_IMAGE_OPS_TD
#define NNQ_IMAGE_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQBase.td"
include "nnq/Dialect/NNQ/IR/NNQInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def NNQ_GridSampleMode : I32EnumAttr<"GridSampleMode", "interpolation at a point of an image", [
    I32EnumAttrCase<"Nearest", 0, "nearest">, I32EnumAttrCase<"Bilinear", 1, "bilinear">, I32EnumAttrCase<"Bicubic", 2, "bicubic">
  ]> { let cppNamespace = "::nnq"; }
def NNQ_GridSamplePadding : I32EnumAttr<"GridSamplePadding", "what lies outside of an image", [
    I32EnumAttrCase<"Zeros", 0, "zeros">, I32EnumAttrCase<"Border", 1, "border">, I32EnumAttrCase<"Reflection", 2, "reflection">
  ]> { let cppNamespace = "::nnq"; }

def NNQ_FloatTensor : StaticShapeTensorOf<[F32]>;
def NNQ_IndexTensor : StaticShapeTensorOf<[I32]>;

class NNQ_ImageOp<string mnemonic, list<string> quantMethods, list<Trait> traits = []> : NNQ_Op<mnemonic, !listconcat([
    Pure, InferShapedTypeOpAdaptor, DeclareOpInterfaceMethods<NNQ_QuantizableOp, quantMethods>], traits)> {
  let hasVerifier = 1;
}

/// Has no form on integers: computes on f32 alone.
class NNQ_FloatImageOp<string mnemonic, list<Trait> traits = []> : NNQ_ImageOp<mnemonic, ["getOperandRole", "hasIntegerForm"], traits> {
  let results = (outs NNQ_FloatTensor:$result);
}

def NNQ_PReluOp : NNQ_ImageOp<"prelu", ["getOperandRole", "actsPerChannel"], [
    DeclareOpInterfaceMethods<NNQ_ElementwiseOp>, DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "Rectifier with a slope of its own for negative values";
  let description = [{
    `result = input` where that is 0 or above, else `slope * input`, with numpy's broadcasting of `slope` to the shape of `input`; it is
    usually a constant of one number per channel. One slope for all is `nnq.unary leaky_relu`, to which it canonicalizes.
    Quantized operands are dequantized to `f32`, the result is quantized: one rounding, behind a layer in that layer's loop.

    ```mlir
    %y = nnq.prelu %x, %slope : tensor<1x8x8x16xf32>, tensor<16xf32> -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, NNQ_Tensor:$slope);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = "$input `,` $slope attr-dict `:` type($input) `,` type($slope) `->` type($result)";
  let hasCanonicalizer = 1;
}

def NNQ_GroupNormOp : NNQ_FloatImageOp<"group_norm"> {
  let summary = "Normalization of each image over groups of channels";
  let description = [{
    `result = (input - mean) / sqrt(variance + epsilon) * scale + bias` on N x ... x C, mean and variance (biased) over all elements of one
    image in one of `groups` groups of neighbouring channels; `scale` and `bias` have a number per channel. One group per channel
    is instance normalization.

    ```mlir
    %y = nnq.group_norm %x, %g, %b groups = 4 epsilon = 1.0e-5
       : tensor<1x8x8x16xf32>, tensor<16xf32>, tensor<16xf32> -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins NNQ_FloatTensor:$input, NNQ_FloatTensor:$scale, NNQ_FloatTensor:$bias, I64Attr:$groups, F32Attr:$epsilon);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias `groups` `=` $groups `epsilon` `=` $epsilon attr-dict
    `:` type($input) `,` type($scale) `,` type($bias) `->` type($result)
  }];
}

def NNQ_LocalResponseNormOp : NNQ_FloatImageOp<"local_response_norm"> {
  let summary = "Normalization by the squares of neighbouring channels";
  let description = [{
    `result[c] = input[c] / (bias + alpha / size * sum)^beta`, where `sum` is that of `input[j]^2` for the `size` channels (last dimension)
    from `c - (size - 1) / 2` on that exist.

    ```mlir
    %y = nnq.local_response_norm %x size = 5 alpha = 1.0e-4 beta = 0.75 bias = 1.0 : tensor<1x8x8x16xf32> -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins NNQ_FloatTensor:$input, I64Attr:$size, F32Attr:$alpha, F32Attr:$beta, F32Attr:$bias);
  let assemblyFormat = [{
    $input `size` `=` $size `alpha` `=` $alpha `beta` `=` $beta `bias` `=` $bias attr-dict `:` type($input) `->` type($result)
  }];
}

def NNQ_InterpolateOp : NNQ_FloatImageOp<"interpolate"> {
  let summary = "Weighted sums of elements along an axis, each of its own";
  let description = [{
    `result[.., y, ..] = sum over t of weights[y, t] * input[.., indices[y, t], ..]`: what resizes an image along one axis by any
    rule (cubic, with antialiasing, out of a region). `indices` and `weights` are constants.

    ```mlir
    %y = nnq.interpolate %x, %i, %w axis = 1 : tensor<1x8x8x4xf32>, tensor<12x4xi32>, tensor<12x4xf32> -> tensor<1x12x8x4xf32>
    ```
  }];
  let arguments = (ins NNQ_FloatTensor:$input, NNQ_IndexTensor:$indices, NNQ_FloatTensor:$weights, I64Attr:$axis);
  let assemblyFormat = [{
    $input `,` $indices `,` $weights `axis` `=` $axis attr-dict `:` type($input) `,` type($indices) `,` type($weights) `->` type($result)
  }];
}

def NNQ_GridSampleOp : NNQ_FloatImageOp<"grid_sample"> {
  let summary = "An image at points that are computed";
  let description = [{
    `grid` holds, for each pixel of the result, a point (x, y) of the image N x H x W x C. -1 and 1 are the image's edges, or with
    `align_corners` the centres of its outermost pixels. `mode` says how pixels are mixed there, `padding` what lies outside.

    ```mlir
    %y = nnq.grid_sample bilinear %x, %grid padding = zeros : tensor<1x8x8x4xf32>, tensor<1x5x6x2xf32> -> tensor<1x5x6x4xf32>
    ```
  }];
  let arguments = (ins NNQ_FloatTensor:$input, NNQ_FloatTensor:$grid, NNQ_GridSampleMode:$mode, NNQ_GridSamplePadding:$padding,
    UnitAttr:$align_corners);
  let assemblyFormat = "$mode $input `,` $grid `padding` `=` $padding attr-dict `:` type($input) `,` type($grid) `->` type($result)";
}

#endif // NNQ_IMAGE_OPS_TD
