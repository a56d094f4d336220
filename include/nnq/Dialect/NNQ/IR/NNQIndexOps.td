// Places that are computed at run time: elements taken from them and put there, and places of extremes.

#ifndef NNQ_INDEX_OPS_TD
#define NNQ_INDEX_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQIntegerTypes.td"
include "nnq/Dialect/NNQ/IR/NNQInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

// Moves elements of its first operand to and from places that another one says.
class NNQ_IndexedMoveOp<string mnemonic> : NNQ_Op<mnemonic, [Pure, InferShapedTypeOpAdaptor,
    DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["sharesScale"]>]> {
  let results = (outs NNQ_AnyTensor:$result);
  let hasVerifier = 1;
}

def NNQ_GatherOp : NNQ_IndexedMoveOp<"gather"> {
  let summary = "Slices at places along an axis";
  let description = [{
    The dimension `axis` is replaced by those of `indices`: `result[a..., i..., b...] = input[a..., indices[i...], b...]`. An embedding is
    a gather from a constant. An index counts from the end if it is negative, and stops at the first and at the last place.

    ```mlir
    %y = nnq.gather %table, %ids axis = 0 : tensor<30522x128xf32>, tensor<1x16xi64> -> tensor<1x16x128xf32>
    ```
  }];
  let arguments = (ins NNQ_AnyTensor:$input, NNQ_IndexTensor:$indices, I64Attr:$axis);
  let assemblyFormat = "$input `,` $indices `axis` `=` $axis attr-dict `:` type($input) `,` type($indices) `->` type($result)";
}

def NNQ_GatherElementsOp : NNQ_IndexedMoveOp<"gather_elements"> {
  let summary = "Elements at places along an axis";
  let description = [{
    `result[a..., i, b...] = input[a..., indices[a..., i, b...], b...]`, where `i` runs along `axis`. Indices as in `nnq.gather`.

    ```mlir
    %y = nnq.gather_elements %x, %i axis = 1 : tensor<1x8400xf32>, tensor<1x100xi64> -> tensor<1x100xf32>
    ```
  }];
  let arguments = (ins NNQ_AnyTensor:$input, NNQ_IndexTensor:$indices, I64Attr:$axis);
  let assemblyFormat = "$input `,` $indices `axis` `=` $axis attr-dict `:` type($input) `,` type($indices) `->` type($result)";
}

def NNQ_GatherNDOp : NNQ_IndexedMoveOp<"gather_nd"> {
  let summary = "Slices at places along several dimensions";
  let description = [{
    The last dimension of `indices` holds a place along as many dimensions of the input behind `batch_dims`, which both share:
    `result[b..., i..., c...] = input[b..., indices[b..., i..., :]..., c...]`. Indices as in `nnq.gather`.

    ```mlir
    %y = nnq.gather_nd %x, %i batch_dims = 1 : tensor<1x128x64xf32>, tensor<1x1xi64> -> tensor<1x64xf32>
    ```
  }];
  let arguments = (ins NNQ_AnyTensor:$input, NNQ_IndexTensor:$indices, I64Attr:$batch_dims);
  let assemblyFormat = [{
    $input `,` $indices `batch_dims` `=` $batch_dims attr-dict `:` type($input) `,` type($indices) `->` type($result)
  }];
}

def NNQ_ScatterNDOp : NNQ_IndexedMoveOp<"scatter_nd"> {
  let summary = "A tensor with other slices at places along several dimensions";
  let description = [{
    The input, but for `result[indices[i..., :]..., c...] = updates[i..., c...]`; of several updates of one place the last one counts.
    Indices as in `nnq.gather`.

    ```mlir
    %y = nnq.scatter_nd %x, %i, %u : tensor<8x4xf32>, tensor<2x1xi64>, tensor<2x4xf32> -> tensor<8x4xf32>
    ```
  }];
  let arguments = (ins NNQ_AnyTensor:$input, NNQ_IndexTensor:$indices, NNQ_AnyTensor:$updates);
  let assemblyFormat = "$input `,` $indices `,` $updates attr-dict `:` type($input) `,` type($indices) `,` type($updates) `->` type($result)";
}

def NNQ_ArgReduceKind : I32EnumAttr<"ArgReduceKind", "extreme", [I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Min", 1, "min">]> {
  let cppNamespace = "::nnq";
}

// Finds places along an axis by the numbers there.
class NNQ_PlacesOp<string mnemonic, list<Trait> traits = []> : NNQ_Op<mnemonic, !listconcat([
    Pure, InferShapedTypeOpAdaptor, DeclareOpInterfaceMethods<NNQ_QuantizableOp>], traits)> {
  let results = (outs NNQ_IndexTensor:$result);
  let hasVerifier = 1;
}

def NNQ_ArgReduceOp : NNQ_PlacesOp<"arg_reduce", [DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "Place of the largest or smallest number along an axis";
  let description = [{
    `axis` stays as a dimension of size 1. Of equal numbers the first one counts, with `last` the last one. NaN is before all.

    ```mlir
    %y = nnq.arg_reduce max %x axis = 3 : tensor<1x64x64x21xf32> -> tensor<1x64x64x1xi64>
    ```
  }];
  let arguments = (ins NNQ_NumberTensor:$input, NNQ_ArgReduceKind:$kind, I64Attr:$axis, UnitAttr:$last);
  let assemblyFormat = "$kind $input `axis` `=` $axis (`last` $last^)? attr-dict `:` type($input) `->` type($result)";
}

def NNQ_TopKOp : NNQ_PlacesOp<"top_k"> {
  let summary = "Places of the largest or smallest numbers along an axis, in order";
  let description = [{
    The places of the `k` largest numbers, or with `smallest` of the smallest ones, along `axis`, that of the most extreme one first; of
    equal numbers the first one comes first. NaN is larger than all. `nnq.gather_elements` takes the numbers from there.

    ```mlir
    %y = nnq.top_k %x k = 5 axis = 1 : tensor<1x1000xf32> -> tensor<1x5xi64>
    ```
  }];
  let arguments = (ins NNQ_NumberTensor:$input, I64Attr:$k, I64Attr:$axis, UnitAttr:$smallest);
  let assemblyFormat = "$input `k` `=` $k `axis` `=` $axis (`smallest` $smallest^)? attr-dict `:` type($input) `->` type($result)";
}

#endif // NNQ_INDEX_OPS_TD
