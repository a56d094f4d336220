// The types of the dialect.

#ifndef NNQ_TYPES_TD
#define NNQ_TYPES_TD

include "nnq/Dialect/NNQ/IR/NNQBase.td"
include "mlir/IR/AttrTypeBase.td"

def NNQ_QuantileType : TypeDef<NNQ_Dialect, "Quantile"> {
  let mnemonic = "quantile";
  let summary = "Positions in a codebook";
  let description = [{
    Weights that share a few values: an element of the `storage` type is a position, counted from 0, in the codebook
    `levels`, and stands for the code there, of the `expressed` type. So `levels` are signed bytes, and a real weight is
    `scale * levels[position]`, with the scale of its tensor, channel or block.

    Shaped like upstream's `quantile<storage:expressed, {...}>`, which names a look-up table behind an integer; here the
    numbers in the table are codes, so that products with them are sums of integers.

    ```mlir
    !nnq.quantile<i2:!quant.uniform<i8:f32, 0.01>, {-127, -38, 38, 127}>
    !nnq.quantile<i1:!quant.uniform<i8:f32:0, {0.5, 0.25}>, {-1, 1}>       // binary
    ```
  }];
  let parameters = (ins "::mlir::IntegerType":$storage, "::mlir::quant::QuantizedType":$expressed,
    ArrayRefParameter<"int64_t">:$levels);
  let assemblyFormat = "`<` $storage `:` $expressed `,` `{` $levels `}` `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The fewest bits, 1, 2 or 4, for positions among so many levels, 2 to 16.
    static unsigned getBitsFor(size_t levels);
    /// The type with the fewest bits for these levels.
    static QuantileType getSmallest(::mlir::quant::QuantizedType expressed, ::llvm::ArrayRef<int64_t> levels);
    /// The same positions with other scales.
    QuantileType withExpressed(::mlir::quant::QuantizedType expressed) const;
  }];
}

#endif // NNQ_TYPES_TD
