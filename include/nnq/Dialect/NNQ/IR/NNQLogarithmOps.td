// Logarithms of sums of exponentials, which do not overflow where the exponentials do.

#ifndef NNQ_LOGARITHM_OPS_TD
#define NNQ_LOGARITHM_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQBase.td"
include "nnq/Dialect/NNQ/IR/NNQInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def NNQ_LogSoftmaxOp : NNQ_Op<"log_softmax", [Pure, InferShapedTypeOpAdaptor,
    DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["hasIntegerForm"]>, DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "Logarithm of the softmax along an axis";
  let description = [{
    `result = (input - m) - ln(sum(exp(input - m)))` with `m` the largest input along `axis`: finite for finite inputs, where the
    logarithm of a softmax that has become 0 is not.

    Logarithms of `nnq.softmax` and `sigmoid`, and of `1 + e^x`, canonicalize to what they mean:

    ```
    log(softmax(x))  ->  log_softmax(x)
    log(sigmoid(x))  ->  -softplus(-x)
    log(1 + e^x)     ->  softplus(x)
    ```

    ```mlir
    %y = nnq.log_softmax %x axis = 1 : tensor<1x1000xf32> -> tensor<1x1000xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, I64Attr:$axis);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = "$input `axis` `=` $axis attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif // NNQ_LOGARITHM_OPS_TD
