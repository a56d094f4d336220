// Operations that move values without changing them, and constants.

#ifndef NNQ_SHAPE_OPS_TD
#define NNQ_SHAPE_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQAttributes.td"
include "nnq/Dialect/NNQ/IR/NNQInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def NNQ_ConstantOp : NNQ_Op<"constant", [Pure, ConstantLike]> {
  let summary = "Constant tensor";
  let description = [{
    A tensor known at compile time. `value` holds the storage integers where the result is quantized (upstream's
    `arith.constant` can't carry a quantized type). Large values are resources, so that they pass neither through text nor
    element by element.

    ```mlir
    %w = nnq.constant dense<[1, -2]> : tensor<2xi8> -> tensor<2x!quant.uniform<i8:f32, 0.5>>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs NNQ_AnyTensor:$result);
  let assemblyFormat = "attr-dict $value `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value), [{ build($_builder, $_state, value.getShapedType(), value); }]>];
  let hasVerifier = 1;
  let hasFolder = 1;
}

class NNQ_ShapeOp<string mnemonic, list<Trait> traits = [], list<string> quantMethods = []> : NNQ_Op<mnemonic, !listconcat([
    Pure, InferShapedTypeOpAdaptor, DeclareOpInterfaceMethods<NNQ_QuantizableOp, !listconcat(["sharesScale"], quantMethods)>], traits)> {
  let hasVerifier = 1;
}

def NNQ_ReshapeOp : NNQ_Op<"reshape", [Pure, DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["sharesScale"]>]> {
  let summary = "The same elements in another shape";
  let description = [{
    Row-major order is kept; costs nothing at run time.

    ```mlir
    %y = nnq.reshape %x : tensor<1x1x1x512xf32> -> tensor<1x512xf32>
    ```
  }];
  let arguments = (ins NNQ_AnyTensor:$input);
  let results = (outs NNQ_AnyTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def NNQ_ReinterpretOp : NNQ_Op<"reinterpret", [Pure, DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "The same codes with another scale and zero point";
  let description = [{
    The storage integers stay as they are and stand for other real values; `nnq.requantize` does the opposite. Models of integer
    tensors (ONNX's QLinear operators) name scale and zero point where a tensor is used, and may name different ones at each use.
    Costs nothing at run time.

    ```mlir
    %y = nnq.reinterpret %x : tensor<4x!quant.uniform<u8:f32, 1.0>> -> tensor<4x!quant.uniform<u8:f32, 0.02:128>>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def NNQ_TransposeOp : NNQ_ShapeOp<"transpose"> {
  let summary = "Permutation of dimensions";
  let description = [{
    Dimension `i` of the result is dimension `permutation[i]` of the input.

    ```mlir
    %y = nnq.transpose %x permutation = [0, 2, 3, 1] : tensor<1x3x224x224xf32> -> tensor<1x224x224x3xf32>
    ```
  }];
  let arguments = (ins NNQ_AnyTensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs NNQ_AnyTensor:$result);
  let assemblyFormat = "$input `permutation` `=` $permutation attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def NNQ_ConcatOp : NNQ_ShapeOp<"concat", [DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "Tensors behind each other along an axis";
  let description = [{
    ```mlir
    %z = nnq.concat %x, %y axis = 3 : tensor<1x8x8x16xf32>, tensor<1x8x8x32xf32> -> tensor<1x8x8x48xf32>
    ```
  }];
  let arguments = (ins Variadic<NNQ_AnyTensor>:$inputs, I64Attr:$axis);
  let results = (outs NNQ_AnyTensor:$result);
  let assemblyFormat = "$inputs `axis` `=` $axis attr-dict `:` type($inputs) `->` type($result)";
}

def NNQ_SplitOp : NNQ_Op<"split", [Pure, DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["sharesScale"]>]> {
  let summary = "Parts of a tensor along an axis";
  let description = [{
    The sizes are those of the results. Canonicalizes to one `nnq.slice` per result.

    ```mlir
    %a, %b = nnq.split %x axis = 1 : tensor<1x8xf32> -> tensor<1x3xf32>, tensor<1x5xf32>
    ```
  }];
  let arguments = (ins NNQ_AnyTensor:$input, I64Attr:$axis);
  let results = (outs Variadic<NNQ_AnyTensor>:$parts);
  let assemblyFormat = "$input `axis` `=` $axis attr-dict `:` type($input) `->` type($parts)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def NNQ_SliceOp : NNQ_ShapeOp<"slice", [DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "Every `strides[i]`-th element from `starts[i]`, `sizes[i]` of them";
  let description = [{
    ```mlir
    %y = nnq.slice %x starts = [0, 0] sizes = [1, 4] strides = [1, 2] : tensor<1x8xf32> -> tensor<1x4xf32>
    ```
  }];
  let arguments = (ins NNQ_AnyTensor:$input, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides);
  let results = (outs NNQ_AnyTensor:$result);
  let assemblyFormat = "$input `starts` `=` $starts `sizes` `=` $sizes `strides` `=` $strides attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def NNQ_PadOp : NNQ_ShapeOp<"pad", [DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>], ["getInsertedValue"]> {
  let summary = "A border of one real value";
  let description = [{
    Adds `low[i]` elements before and `high[i]` behind dimension `i`. `value` is real; in a quantized tensor the border holds it
    quantized to the tensor's type (0 is the zero point).

    ```mlir
    %y = nnq.pad %x low = [0, 1, 1, 0] high = [0, 1, 1, 0] value = 0.0 : tensor<1x8x8x4xf32> -> tensor<1x10x10x4xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high, F32Attr:$value);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = "$input `low` `=` $low `high` `=` $high `value` `=` $value attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def NNQ_ResizeOp : NNQ_Op<"resize", [Pure, DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["sharesScale", "hasIntegerForm"]>]> {
  let summary = "Image of another size";
  let description = [{
    Resizes H and W of N x H x W x C to the result's. A pixel `y` of the result lies at `y_in` of the input, by `coordinates`
    (ONNX's `coordinate_transformation_mode`, with `scales` = result / input per axis unless given): `half_pixel`
    `(y + 0.5) / s - 0.5`, `asymmetric` `y / s`, `align_corners` `y * (H_in - 1) / (H_out - 1)`. `nearest` takes one pixel,
    `rounding` says which; `bilinear` mixes four in `f32`.

    ```mlir
    %y = nnq.resize nearest %x coordinates = asymmetric rounding = floor scales = [2.0, 2.0]
       : tensor<1x8x8x4xf32> -> tensor<1x16x16x4xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, NNQ_ResizeModeAttr:$mode, NNQ_ResizeCoordinatesAttr:$coordinates,
    NNQ_NearestRoundingAttr:$rounding, DenseF32ArrayAttr:$scales);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = [{
    $mode $input `coordinates` `=` $coordinates `rounding` `=` $rounding `scales` `=` $scales attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
}

def NNQ_BroadcastOp : NNQ_Op<"broadcast", [Pure, DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["sharesScale"]>]> {
  let summary = "Copies along dimensions of size 1";
  let description = [{
    Numpy's broadcasting to the result's shape.

    ```mlir
    %y = nnq.broadcast %x : tensor<1x16xf32> -> tensor<8x16xf32>
    ```
  }];
  let arguments = (ins NNQ_AnyTensor:$input);
  let results = (outs NNQ_AnyTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // NNQ_SHAPE_OPS_TD
