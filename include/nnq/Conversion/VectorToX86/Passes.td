#ifndef NNQ_CONVERSION_VECTORTOX86_TD
#define NNQ_CONVERSION_VECTORTOX86_TD

include "mlir/Pass/PassBase.td"

def ConvertVectorToX86Dot : Pass<"convert-vector-to-x86-dot"> {
  let summary = "Rewrite contractions of integers to x86 dot products";
  let description = [{
    Rewrites `vector.contract` of activations (k) or (m, k) by signed weights (n, k), the weights extended from i8, into i32
    sums, to a dot product of the target. Unsigned activations extended from i8 take `vpdpbusd` with 16 lanes of 4 products,
    or `vpmaddwd` and `vpaddd` with 8 lanes of 2 on operands widened to 16 bits; signed ones extended from i16 take
    `vpdpwssd` with 16 lanes of 2, or again `vpmaddwd`, by weights widened to 16 bits. All are exact. `math.roundeven`
    followed by `arith.fptosi` from f32 to i32 becomes `llvm.intr.lrint`, one `vcvtps2dq`: the same integers wherever the
    rounded value fits in i32.

    Runs when vectors have their final shapes. Contractions of floats are left alone; a contraction of integers that is
    none of the above is an error, for it would become scalar code without a word. Casts between flat and shaped vectors
    cancel.

    {{example: test/Conversion/VectorToX86/convert-vector-to-x86-dot-doc.mlir}}
  }];
  let options = [Option<"target", "target", "std::string", /*default=*/"\"x86-avx512vnni\"", "A target of Targets.def, or native">];
  let dependentDialects = ["mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect", "mlir::vector::VectorDialect"];
}

#endif // NNQ_CONVERSION_VECTORTOX86_TD
