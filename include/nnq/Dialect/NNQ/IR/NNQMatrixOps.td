// Operations that multiply and accumulate: convolutions, fully connected layers, matrix products.

#ifndef NNQ_MATRIX_OPS_TD
#define NNQ_MATRIX_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQAttributes.td"
include "nnq/Dialect/NNQ/IR/NNQInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

defvar NNQ_WeightRoles = ["getOperandRole", "getWeightChannelDim"];

class NNQ_MatrixOp<string mnemonic, list<Trait> traits = []> : NNQ_Op<mnemonic, !listconcat([Pure, InferShapedTypeOpAdaptor], traits)> {
  let hasVerifier = 1;
}

class NNQ_WeightedOp<string mnemonic, list<Trait> traits = []> : NNQ_MatrixOp<mnemonic, !listconcat([
    DeclareOpInterfaceMethods<NNQ_QuantizableOp, NNQ_WeightRoles>, DeclareOpInterfaceMethods<NNQ_AccumulatingOp>], traits)> {
  let extraClassDefinition = [{
    ::nnq::OperandRole $cppClass::getOperandRole(unsigned index) {
      return index == 0 ? OperandRole::Activation : index == 1 ? OperandRole::Weight : OperandRole::Bias;
    }
    int64_t $cppClass::getWeightChannelDim() { return 0; }
    ::mlir::OpOperand &$cppClass::getInputOperand() { return getInputMutable(); }
    ::mlir::OpOperand &$cppClass::getWeightOperand() { return getFilterMutable(); }
    ::mlir::OpOperand *$cppClass::getBiasOperand() {
      return getBias() ? &getOperation()->getOpOperand(2) : nullptr;
    }
    int64_t $cppClass::getAccumulationDepth() {
      return ::mlir::ShapedType::getNumElements(getFilter().getType().getShape().drop_front());
    }
  }];
}

def NNQ_Conv2DOp : NNQ_WeightedOp<"conv2d"> {
  let summary = "Two-dimensional convolution";
  let description = [{
    `result[n, y, x, o] = bias[o] + sum over (i, j, c) of input[n, y * strides[0] + i * dilations[0] - pads[0],
    x * strides[1] + j * dilations[1] - pads[1], g * (C / groups) + c] * filter[o, i, j, c]` with `g = o / (O / groups)`.
    Taps that fall outside the input are zero: the real value 0, which is the input's zero point.

    `input` is N x H x W x C, `filter` is O x KH x KW x (C / groups), `bias` has O elements, `pads` are top, left,
    bottom, right. A depthwise convolution has `groups = C`. Quantized: the input is per tensor, the filter per tensor or
    per axis 0, the bias an `i32` type with zero point 0 whose scale is input scale times filter scale.

    ```mlir
    %y = nnq.conv2d %x, %w, %b strides = [2, 2] pads = [1, 1, 1, 1] dilations = [1, 1] groups = 1
       : tensor<1x224x224x3xf32>, tensor<64x3x3x3xf32>, tensor<64xf32> -> tensor<1x112x112x64xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, NNQ_Weights:$filter, Optional<NNQ_Tensor>:$bias,
    DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, I64Attr:$groups);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $filter (`,` $bias^)? `strides` `=` $strides `pads` `=` $pads `dilations` `=` $dilations `groups` `=` $groups
    attr-dict `:` type($input) `,` type($filter) (`,` type($bias)^)? `->` type($result)
  }];
  let hasCanonicalizer = 1;
}

def NNQ_TransposedConv2DOp : NNQ_WeightedOp<"transposed_conv2d"> {
  let summary = "Two-dimensional transposed convolution";
  let description = [{
    The gradient of `nnq.conv2d` with respect to its input: each input pixel adds `input * filter` to a window of the result.
    `filter` is O x KH x KW x (C / groups); `pads` are cut from the result, `output_pads` (bottom, right) added to it. Height:
    `(H - 1) * strides[0] + (KH - 1) * dilations[0] + 1 - pads[0] - pads[2] + output_pads[0]`.

    ```mlir
    %y = nnq.transposed_conv2d %x, %w strides = [2, 2] pads = [0, 0, 0, 0] output_pads = [0, 0] dilations = [1, 1] groups = 1
       : tensor<1x8x8x16xf32>, tensor<8x2x2x16xf32> -> tensor<1x16x16x8xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, NNQ_Weights:$filter, Optional<NNQ_Tensor>:$bias,
    DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$output_pads, DenseI64ArrayAttr:$dilations, I64Attr:$groups);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $filter (`,` $bias^)? `strides` `=` $strides `pads` `=` $pads `output_pads` `=` $output_pads `dilations` `=` $dilations
    `groups` `=` $groups attr-dict `:` type($input) `,` type($filter) (`,` type($bias)^)? `->` type($result)
  }];
}

def NNQ_FullyConnectedOp : NNQ_WeightedOp<"fully_connected"> {
  let summary = "Product with a constant matrix";
  let description = [{
    `result[..., o] = bias[o] + sum over c of input[..., c] * filter[o, c]`; `filter` is O x C.

    ```mlir
    %y = nnq.fully_connected %x, %w, %b : tensor<1x2048xf32>, tensor<1000x2048xf32>, tensor<1000xf32> -> tensor<1x1000xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, NNQ_Weights:$filter, Optional<NNQ_Tensor>:$bias);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $filter (`,` $bias^)? attr-dict `:` type($input) `,` type($filter) (`,` type($bias)^)? `->` type($result)
  }];
}

def NNQ_MatMulOp : NNQ_MatrixOp<"matmul", [DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["hasIntegerForm"]>]> {
  let summary = "Product of two activations";
  let description = [{
    `result[b..., m, n] = sum over k of lhs[b..., m, k] * rhs[b..., k, n]`; batch dimensions are broadcast as numpy does.
    With `transpose_rhs` the last two dimensions of `rhs` are N x K.

    ```mlir
    %s = nnq.matmul %q, %k {transpose_rhs} : tensor<4x128x64xf32>, tensor<4x128x64xf32> -> tensor<4x128x128xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$lhs, NNQ_Tensor:$rhs, UnitAttr:$transpose_rhs);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}

#endif // NNQ_MATRIX_OPS_TD
