#ifndef NNQ_CONVERSION_VECTORTOARMNEON_TD
#define NNQ_CONVERSION_VECTORTOARMNEON_TD

include "mlir/Pass/PassBase.td"

def ConvertVectorToArmNeonDot : Pass<"convert-vector-to-arm-neon-dot"> {
  let summary = "Rewrite contractions of integers to NEON dot products";
  let description = [{
    Rewrites `vector.contract` of activations (k) or (m, k) by signed weights (n, k), the weights extended from i8, into i32
    sums, to a dot product of the target. Activations extended from i8 take `usmmla` with 2 rows by 2 lanes of 8 products of
    unsigned activations, `sdot` with 4 lanes of 4 signed products, or `smull` and `sadalp` with 4 lanes of 2 signed
    products; signed ones extended from i16 take `smlal` and `smlal2` with 8 lanes of 1 product by weights widened to 16
    bits. All are exact. `math.roundeven` followed by `arith.fptosi` from f32 to i32 becomes `fcvtns`: the same integers
    wherever the rounded value fits in i32.

    Runs when vectors have their final shapes. A loop that carries the sums of `usmmla` should carry them flat
    (vector<4xi32>, cast to 2x2 at the contraction), or each iteration shuffles them. Contractions of floats are left
    alone; a contraction of integers that is none of the above is an error, for it would become scalar code without a
    word. Casts between flat and shaped vectors cancel.

    {{example: test/Conversion/VectorToArmNeon/convert-vector-to-arm-neon-dot-doc.mlir}}
  }];
  let options = [Option<"target", "target", "std::string", /*default=*/"\"aarch64-neon-dotprod\"", "A target of Targets.def, or native">];
  let dependentDialects = ["mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect", "mlir::memref::MemRefDialect",
                           "mlir::ub::UBDialect", "mlir::vector::VectorDialect"];
}

#endif // NNQ_CONVERSION_VECTORTOARMNEON_TD
