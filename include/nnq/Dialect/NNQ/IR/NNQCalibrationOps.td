// Operations that mark where a network is observed.

#ifndef NNQ_CALIBRATION_OPS_TD
#define NNQ_CALIBRATION_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQAttributes.td"

def NNQ_ObserveOp : NNQ_Op<"observe", []> {
  let summary = "Records the values of a tensor during calibration";
  let description = [{
    Put in by `--nnq-insert-observers`. When the network is compiled for calibration, every observed tensor becomes one more
    output; the statistics of that output carry `name`, which is the contract between the calibration run and
    `--nnq-fold-calibration`.

    ```mlir
    nnq.observe %x name = "conv1" : tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, StrAttr:$name);
  let assemblyFormat = "$input `name` `=` $name attr-dict `:` type($input)";
}

#endif // NNQ_CALIBRATION_OPS_TD
