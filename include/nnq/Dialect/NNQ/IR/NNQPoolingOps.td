// Pooling, reductions and normalizations.

#ifndef NNQ_POOLING_OPS_TD
#define NNQ_POOLING_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQAttributes.td"
include "nnq/Dialect/NNQ/IR/NNQIntegerTypes.td"
include "nnq/Dialect/NNQ/IR/NNQInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class NNQ_PoolingOp<string mnemonic, list<string> quantMethods, list<Trait> traits = []> : NNQ_Op<mnemonic, !listconcat([
    Pure, InferShapedTypeOpAdaptor, DeclareOpInterfaceMethods<NNQ_QuantizableOp, quantMethods>], traits)> {
  let results = (outs NNQ_Tensor:$result);
  let hasVerifier = 1;
}

def NNQ_MaxPool2DOp : NNQ_PoolingOp<"max_pool2d", ["sharesScale", "actsPerChannel"]> {
  let summary = "Largest value of each window";
  let description = [{
    Windows of `kernel` pixels over N x H x W x C; pixels outside the input take no part. Input and result have one type.

    ```mlir
    %y = nnq.max_pool2d %x kernel = [3, 3] strides = [2, 2] pads = [1, 1, 1, 1] dilations = [1, 1]
       : tensor<1x112x112x64xf32> -> tensor<1x56x56x64xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
    DenseI64ArrayAttr:$dilations);
  let assemblyFormat = [{
    $input `kernel` `=` $kernel `strides` `=` $strides `pads` `=` $pads `dilations` `=` $dilations attr-dict `:` type($input) `->` type($result)
  }];
}

def NNQ_AvgPool2DOp : NNQ_PoolingOp<"avg_pool2d", ["roundsWithZeroPoint", "actsPerChannel"]> {
  let summary = "Mean of each window";
  let description = [{
    The mean over a window of N x H x W x C. With `count_padding` the divisor is the window's size, otherwise the number of
    its pixels that lie inside the input.

    ```mlir
    %y = nnq.avg_pool2d %x kernel = [2, 2] strides = [2, 2] pads = [0, 0, 0, 0]
       : tensor<1x8x8x16xf32> -> tensor<1x4x4x16xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
    UnitAttr:$count_padding);
  let assemblyFormat = [{
    $input `kernel` `=` $kernel `strides` `=` $strides `pads` `=` $pads attr-dict `:` type($input) `->` type($result)
  }];
  let hasCanonicalizer = 1;
}

def NNQ_ReduceOp : NNQ_PoolingOp<"reduce", ["sharesScale", "actsPerChannel"], [DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "Sum, mean, largest or smallest value along axes";
  let description = [{
    Reduces `axes`, which stay as dimensions of size 1. Global average pooling is `mean` over the axes 1 and 2. Sums and means of
    quantized values are exact in `i32`. Integers have all but `mean`; their sums wrap around.

    ```mlir
    %y = nnq.reduce mean %x axes = [1, 2] : tensor<1x7x7x2048xf32> -> tensor<1x1x1x2048xf32>
    ```
  }];
  let arguments = (ins NNQ_NumberTensor:$input, NNQ_ReduceKindAttr:$kind, DenseI64ArrayAttr:$axes);
  let results = (outs NNQ_NumberTensor:$result);
  let assemblyFormat = "$kind $input `axes` `=` $axes attr-dict `:` type($input) `->` type($result)";
}

def NNQ_SoftmaxOp : NNQ_PoolingOp<"softmax", ["getFixedResultRange", "hasIntegerForm"], [DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "Softmax along an axis";
  let description = [{
    `result = exp(input - m) / sum(exp(input - m))` with `m` the largest input along `axis`.

    ```mlir
    %y = nnq.softmax %x axis = 1 : tensor<1x1000xf32> -> tensor<1x1000xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, I64Attr:$axis);
  let assemblyFormat = "$input `axis` `=` $axis attr-dict `:` type($input) `->` type($result)";
}

def NNQ_LayerNormOp : NNQ_PoolingOp<"layer_norm", ["getOperandRole", "hasIntegerForm"]> {
  let summary = "Layer normalization over the last dimension";
  let description = [{
    `result = (input - mean) / sqrt(variance + epsilon) * scale + bias`, mean and variance (biased) over the last dimension.

    ```mlir
    %y = nnq.layer_norm %x, %g, %b epsilon = 1.0e-5 : tensor<1x128x64xf32>, tensor<64xf32>, tensor<64xf32> -> tensor<1x128x64xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, NNQ_Tensor:$scale, NNQ_Tensor:$bias, F32Attr:$epsilon);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias `epsilon` `=` $epsilon attr-dict `:` type($input) `,` type($scale) `,` type($bias) `->` type($result)
  }];
}

def NNQ_BatchNormOp : NNQ_PoolingOp<"batch_norm", ["getOperandRole", "hasIntegerForm"]> {
  let summary = "Batch normalization with fixed statistics";
  let description = [{
    `result = (input - mean) * scale / sqrt(variance + epsilon) + bias`, one of each per channel (last dimension). Folded into the
    convolution in front of it by `--nnq-fold-batch-norm`, and otherwise rewritten to a multiplication and an addition.

    ```mlir
    %y = nnq.batch_norm %x, %g, %b, %m, %v epsilon = 1.0e-5
       : tensor<1x8x8x16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32> -> tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, NNQ_Tensor:$scale, NNQ_Tensor:$bias, NNQ_Tensor:$mean, NNQ_Tensor:$variance, F32Attr:$epsilon);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias `,` $mean `,` $variance `epsilon` `=` $epsilon attr-dict `:` type($input) `,` type($scale) `,` type($bias)
    `,` type($mean) `,` type($variance) `->` type($result)
  }];
}

#endif // NNQ_POOLING_OPS_TD
