#ifndef NNQ_CONVERSION_VECTORTOX86_TD
#define NNQ_CONVERSION_VECTORTOX86_TD

include "mlir/Pass/PassBase.td"

def ConvertVectorToX86Dot : Pass<"convert-vector-to-x86-dot"> {
  let summary = "Rewrite contractions of bytes to x86 dot products";
  let description = [{
    Rewrites `vector.contract` of unsigned activations (k) or (m, k) by signed weights (n, k), both extended from i8, into
    i32 sums, to the dot product of the target: `vpdpbusd` with 16 lanes of 4 products, or `vpmaddwd` and `vpaddd` with 8
    lanes of 2 on operands widened to 16 bits. Both are exact. `math.roundeven` followed by `arith.fptosi` from f32 to i32
    becomes `llvm.intr.lrint`, one `vcvtps2dq`: the same integers wherever the rounded value fits in i32.

    Runs when vectors have their final shapes. Contractions of floats are left alone; a contraction of integers that is
    none of the above is an error, for it would become scalar code without a word. Casts between flat and shaped vectors
    cancel.

    {{example: test/Conversion/VectorToX86/convert-vector-to-x86-dot-doc.mlir}}
  }];
  let options = [Option<"target", "target", "std::string", /*default=*/"\"x86-avx512vnni\"", "A target of Targets.def, or native">];
  let dependentDialects = ["mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect", "mlir::vector::VectorDialect"];
}

#endif // NNQ_CONVERSION_VECTORTOX86_TD
