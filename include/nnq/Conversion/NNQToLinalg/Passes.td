// The pass from the nnq dialect to linalg.

#ifndef NNQ_CONVERSION_NNQTOLINALG_PASSES_TD
#define NNQ_CONVERSION_NNQTOLINALG_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertNNQToLinalg : Pass<"convert-nnq-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower nnq operations to linalg.generic on storage integers";
  let description = [{
    Replaces quantized tensors by tensors of their storage integers (signless; what the sign of the quantized type was decides between
    `arith.extsi` and `arith.extui`), in bodies, signatures and calls, and every operation of the dialect by `linalg.generic`,
    `linalg.fill` and `tensor` operations that move data. Arguments and results of functions that are not kernels keep their former type
    as the attribute `nnq.type`, from which a manifest takes the scales.

    A layer of weights becomes one product, accumulated in `i32` (or `f32`), and one elementwise operation that makes the result of it.
    The product is a `linalg.generic`; with `keep-contractions` it is the `nnq_kernel.contract` that nnq's own code generation tiles.
    The input's zero point is folded into the bias: `bias[c] - z * sum(weights[c])`. Weights that are quantized below a float input are
    dequantized at compile time, but for those of 4 bits. Weights in blocks become two operations: the exact sum of each block, and the sum
    of these times their scales in f32. Weights and biases that are not constants are an error.
    Functions from 8 bits to 8 bits are tables of 256 entries. Parallel dimensions are those of the result and stand in front, reductions
    behind them. Formulas and rounding: `docs/Semantics.md`.

    Padding of convolutions and maximum pooling must be explicit (`--nnq-decompose-layers` makes it so).

    {{example: test/Conversion/NNQToLinalg/convert-nnq-to-linalg-doc.mlir}}
  }];
  let options = [Option<"keepContractions", "keep-contractions", "bool", /*default=*/"false",
    "Leave products as nnq_kernel.contract, which --nnq-choose-tiles and --nnq-lower-kernels take.">];
  let dependentDialects = ["::nnq::KernelDialect", "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect"];
}

#endif // NNQ_CONVERSION_NNQTOLINALG_PASSES_TD
