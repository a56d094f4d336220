// What the conversions of vector contractions to dot products share: which contractions qualify,
// how one is cut into instructions, and what happens to one that no instruction computes. A target
// adds only its instructions.

#ifndef NNQ_CONVERSION_VECTORTODOTPRODUCT_VECTORTODOTPRODUCT_H
#define NNQ_CONVERSION_VECTORTODOTPRODUCT_VECTORTODOTPRODUCT_H

#include "nnq/Target/Target.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"

namespace nnq {

/// sums(m, n) = acc(m, n) + sum over k of activations(m, k) * weights(n, k), on activations of 8 or
/// 16 bits and bytes of weights, in i32. A contraction without m (acc and activations of rank 1)
/// has one row.
struct IntegerContraction {
  mlir::Value activations; ///< vector<[m x] k x i8>, or of i16
  mlir::Value weights;     ///< vector<n x k x i8>, signed
  mlir::Value acc;         ///< vector<[m x] n x i32>
  unsigned activationBits;
  bool unsignedActivations;
  int64_t rows, outputs, depth;
};

/// Sees through the extensions of the operands (a narrow operand counts as signed).
mlir::FailureOr<IntegerContraction> matchIntegerContraction(mlir::vector::ContractionOp op);

/// Cuts a contraction of `dot.depth` products into instructions:
///
///   vector.contract {m, n, k} %x, %w, %acc      for each m in steps of dot.rows, n in steps of
///   dot.lanes:
///                                          ->     acc' = emit(acc block, x rows, w lanes)
///
/// Where rows are missing to a multiple of dot.rows, the last one is computed twice.
class ContractToDotProduct : public mlir::OpRewritePattern<mlir::vector::ContractionOp> {
public:
  ContractToDotProduct(mlir::MLIRContext *context, const DotProduct &dot)
      : OpRewritePattern(context), dot(dot) {}

  mlir::LogicalResult matchAndRewrite(mlir::vector::ContractionOp op,
                                      mlir::PatternRewriter &rewriter) const override;

protected:
  /// One instruction on flat vectors, row-major: `acc` is (rows, lanes), `activations` (rows,
  /// depth), `weights` (lanes, depth).
  virtual mlir::Value emit(mlir::PatternRewriter &rewriter, mlir::Location loc, mlir::Value acc,
                           mlir::Value activations, mlir::Value weights) const = 0;

  const DotProduct dot;

private:
  mlir::Value computeBlock(mlir::PatternRewriter &rewriter, mlir::Location loc,
                           const IntegerContraction &c, mlir::Value acc, mlir::Value weights,
                           int64_t row, int64_t output) const;
};

/// The bits of `vector`, seen as one integer of their total width, in each lane of a vector that
/// has as many bits as `type`; the result is cast to `type`.
mlir::Value broadcastBits(mlir::PatternRewriter &rewriter, mlir::Location loc, mlir::Value vector,
                          mlir::VectorType type);

/// Bytes as words of 16 bits.
mlir::Value widenToWords(mlir::PatternRewriter &rewriter, mlir::Location loc, mlir::Value bytes,
                         bool isUnsigned);

/// The operand of `math.roundeven` below an `arith.fptosi` from f32 to i32, or null.
mlir::Value matchRoundToInt(mlir::Operation *fptosi);

/// Adds the patterns of a target; fails where a dot product is none that they know.
using PopulateDotProducts =
    llvm::function_ref<mlir::LogicalResult(mlir::RewritePatternSet &, const TargetDescription &)>;

/// The conversion below `root` to the dot products of the target of that name, all of `family`. An
/// error for each contraction of integers that is left: it would become scalar code.
mlir::LogicalResult convertToDotProducts(mlir::Operation *root, llvm::StringRef target,
                                         llvm::StringRef family, PopulateDotProducts populate);

} // namespace nnq

#endif // NNQ_CONVERSION_VECTORTODOTPRODUCT_VECTORTODOTPRODUCT_H
