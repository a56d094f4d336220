// Operations of the nnq_kernel dialect.

#ifndef NNQ_KERNEL_OPS_TD
#define NNQ_KERNEL_OPS_TD

include "nnq/Dialect/Kernel/IR/KernelAttributes.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/TilingInterface.td"

def Kernel_ContractOp : Op<Kernel_Dialect, "contract", [Pure, DestinationStyleOpInterface,
    TypesMatchWith<"the result has the type of the start", "start", "result", "$_self">,
    DeclareOpInterfaceMethods<TilingInterface, ["getLoopIteratorTypes", "getIterationDomain", "getTiledImplementation",
      "getResultTilePosition"]>]> {
  let summary = "Sums of products of an input and weights";
  let description = [{
    A structured operation, of `linalg`'s kind: indexing maps say where a nest of loops finds the elements of `input`,
    `weights`, `scales` and `start`, in this order. Loops of `start` are parallel and stand in front, in its order; all
    others are reductions. For each of them,

        result[...] = start[...] + sum over the reductions of input[...] * weights[...]

    as the accumulation says, exactly in i32 for integers (in i64 with `wide_sums`), whose sign in the input
    `unsigned_input` says, and in f32 for floats. `encoding` is how weights lie in memory once they are packed; here, they are as they are. `tiling` is how many
    sums stay in registers.

    Weights that are constants are packed when they are compiled, others at run time, in front of the loops, where the encoding
    says that it is packed by moving. Where the innermost reduction is not contiguous in the
    input's memory, or a loop has no constant extent, only the general form can be lowered (`--nnq-generalize-contractions`).

    ```mlir
    %y = nnq_kernel.contract #nnq_kernel.bytes ins(%x, %w : tensor<4x64xi8>, tensor<16x64xi8>) outs(%bias : tensor<4x16xi32>)
        {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>],
         unsigned_input}
    ```
  }];
  let arguments = (ins AnyRankedTensor:$input, AnyRankedTensor:$weights, Variadic<AnyRankedTensor>:$scales,
    AnyRankedTensor:$start, Kernel_WeightEncoding:$encoding, AffineMapArrayAttr:$indexing_maps, UnitAttr:$unsigned_input, UnitAttr:$wide_sums,
    OptionalAttr<Kernel_Accumulation>:$accumulation, OptionalAttr<Kernel_Tiling>:$tiling);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $encoding `ins` `(` $input `,` $weights `:` type($input) `,` type($weights) `)`
    (`scales` `(` $scales^ `:` type($scales) `)`)? `outs` `(` $start `:` type($start) `)` attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Computed weights are packed for so many rows at least: for fewer, that takes longer than to multiply by them where
    /// they lie.
    static constexpr int64_t fewestRowsToPack = 4;

    ::mlir::MutableOperandRange getDpsInitsMutable() { return getStartMutable(); }

    ::mlir::AffineMap getInputMap() { return getMap(0); }
    ::mlir::AffineMap getWeightsMap() { return getMap(1); }
    ::mlir::AffineMap getScalesMap(unsigned i) { return getMap(2 + i); }
    ::mlir::AffineMap getStartMap() { return getMap(2 + getScales().size()); }
    unsigned getNumLoops() { return getInputMap().getNumDims(); }
    unsigned getNumParallelLoops() { return getStartMap().getNumResults(); }
    unsigned getNumReductionLoops() { return getNumLoops() - getNumParallelLoops(); }
    /// Extents of all loops; `ShapedType::kDynamic` where one is not constant.
    ::llvm::SmallVector<int64_t> getLoopExtents();
    /// The loop over blocks of inputs, where the accumulation has them.
    std::optional<unsigned> getBlockLoop();
    /// Whether products are of floats.
    bool isFloat();
    /// The type in which products are summed: i32, i64 or f32.
    ::mlir::Type getSumType();
    /// How many products one such sum adds up, if that is constant.
    std::optional<int64_t> getNumProducts();
    /// Whether sums of weights that lie in memory as `encoding` hold so many products.
    bool sumsHoldProducts(::nnq::WeightEncoding encoding);
    /// How products are accumulated; `#nnq_kernel.plain` where it is not said.
    ::nnq::Accumulation getAccumulationOrPlain();

  private:
    ::mlir::AffineMap getMap(unsigned i) {
      return ::llvm::cast<::mlir::AffineMapAttr>(getIndexingMaps()[i]).getValue();
    }
  public:
  }];
}

def Kernel_LookupOp : Op<Kernel_Dialect, "lookup", [Pure, AllTypesMatch<["indices", "result"]>]> {
  let summary = "Bytes from a table of 16 or 64";
  let description = [{
    `result[i] = table[indices[i]]`, where all indices are inside the table. What the shuffles of bytes of a machine do (`vpshufb`,
    `vpermb`, `tbl`); `--convert-vector-to-dot-product` writes them. Not every target has one for tables of 64. A table of 8 counts as
    one of 16 whose halves are the same.

    ```mlir
    %selected = nnq_kernel.lookup %places in %inputs : vector<64xi8>, vector<8xi8>
    ```
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I8]>:$indices, VectorOfLengthAndType<[8, 16, 64], [I8]>:$table);
  let results = (outs VectorOfRankAndType<[1], [I8]>:$result);
  let assemblyFormat = "$indices `in` $table attr-dict `:` type($result) `,` type($table)";
  let builders = [
    OpBuilder<(ins "::mlir::Value":$indices, "::mlir::Value":$table), [{
      build($_builder, $_state, indices.getType(), indices, table);
    }]>,
    // In a constant, filled up with zeros.
    OpBuilder<(ins "::mlir::Value":$indices, "::llvm::ArrayRef<int8_t>":$table)>];
  let extraClassDeclaration = [{
    static constexpr int64_t tableSize = 16;
  }];
}

#endif // NNQ_KERNEL_OPS_TD
