#ifndef NNQ_CONVERSION_VECTORTODOTPRODUCT_PASSES_TD
#define NNQ_CONVERSION_VECTORTODOTPRODUCT_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertVectorToDotProduct : Pass<"convert-vector-to-dot-product"> {
  let summary = "Rewrite contractions of integers to dot products of the target";
  let description = [{
    Rewrites `vector.contract` of activations (k) or (m, k) by signed weights (n, k), the weights extended from i8, the
    activations from i8 or i16, into i32 sums, to those dot products in the target's rows that have as many products k, that
    take activations of that width and sign, and whose lanes divide n. What each of them is, and that all are exact, is in
    docs/Targets.md. `math.roundeven` followed by `arith.fptosi` from f32 to i32 becomes one instruction, too (`vcvtps2dq`,
    `fcvtns`): the same integers wherever the rounded value fits in i32.

    Runs when vectors have their final shapes. A loop that carries sums of two rows (`usmmla`) should carry them flat
    (vector<4xi32>, cast to 2x2 at the contraction), or each iteration shuffles them. Contractions of floats are left
    alone; a contraction of integers that no dot product computes is an error, for it would become scalar code
    unsaid. Casts between flat and shaped vectors cancel.

    {{example: test/Conversion/VectorToDotProduct/convert-vector-to-dot-product-doc.mlir}}

    The same on another family:

    {{example: test/Conversion/VectorToDotProduct/convert-vector-to-dot-product-arm-doc.mlir}}
  }];
  let options = [Option<"target", "target", "std::string", /*default=*/"\"native\"", "The target whose dot products to use, or `native` for this machine.">];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::vector::VectorDialect"];
}

#endif // NNQ_CONVERSION_VECTORTODOTPRODUCT_PASSES_TD
