// The nnq_kernel dialect: what kernels compute, below the types that say what it means.

#ifndef NNQ_KERNEL_BASE_TD
#define NNQ_KERNEL_BASE_TD

include "mlir/IR/OpBase.td"

def Kernel_Dialect : Dialect {
  let name = "nnq_kernel";
  let cppNamespace = "::nnq";
  let summary = "Products on storage integers, and how they are stored, summed and tiled";
  let description = [{
    The operations that `--convert-nnq-to-linalg` leaves beside `linalg` where code generation has loops of its own. They
    compute on storage integers and floats; scales and zero points have become operands and attributes. What varies is
    an attribute with an interface, so that code generation, its cost model and its verifiers ask one object and have no
    list of what there is:

    - a *weight encoding* (`WeightEncoding`): how weights lie in memory and come back into registers,
    - an *accumulation* (`Accumulation`): how products become a sum,
    - a *tiling*: how many accumulators stay in registers.

    Another project adds an encoding of its own by an attribute that implements the interface, and a row of the target's
    table for it (`docs/Adding.md`).
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect", "::mlir::vector::VectorDialect"];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    /// All weight encodings, those with the fewest bits for a weight first.
    ::llvm::ArrayRef<::mlir::Attribute> getWeightEncodings() const { return weightEncodings; }
    /// The first of them that holds `weights` below `input`, of which each is one of `levels` where there are such, and
    /// is accepted; null if there is none.
    ::nnq::WeightEncoding findWeightEncoding(::mlir::Type input, ::mlir::Type weights, ::llvm::ArrayRef<int64_t> levels,
        ::llvm::function_ref<bool(::nnq::WeightEncoding)> accept) const;
    /// One of fewest bits that leaves out the zeros of that pattern; null if there is none.
    ::nnq::WeightEncoding findSparseEncoding(::mlir::Type input, ::mlir::Type weights,
        const ::nnq::PruningPattern &pattern) const;
    /// Adds one of another project's, behind those of nnq that take as many bits; from a dialect extension, before the
    /// context is used by several threads.
    void addWeightEncoding(::mlir::Attribute encoding);

  private:
    ::llvm::SmallVector<::mlir::Attribute> weightEncodings;

  public:
  }];
}

#endif // NNQ_KERNEL_BASE_TD
