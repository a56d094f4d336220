// Integers and booleans that are computed at run time: conversion, arithmetic, comparison, choice.

#ifndef NNQ_INTEGER_OPS_TD
#define NNQ_INTEGER_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQIntegerTypes.td"
include "nnq/Dialect/NNQ/IR/NNQInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def NNQ_IntegerKind : I32EnumAttr<"IntegerKind", "function of two integers", [
    I32EnumAttrCase<"Add", 0, "add">, I32EnumAttrCase<"Sub", 1, "sub">, I32EnumAttrCase<"Mul", 2, "mul">,
    I32EnumAttrCase<"Div", 3, "div">, I32EnumAttrCase<"Rem", 4, "rem">, I32EnumAttrCase<"Mod", 5, "mod">,
    I32EnumAttrCase<"Min", 6, "min">, I32EnumAttrCase<"Max", 7, "max">, I32EnumAttrCase<"And", 8, "and">,
    I32EnumAttrCase<"Or", 9, "or">, I32EnumAttrCase<"Xor", 10, "xor">
  ]> { let cppNamespace = "::nnq"; }

def NNQ_CompareKind : I32EnumAttr<"CompareKind", "comparison", [
    I32EnumAttrCase<"Eq", 0, "eq">, I32EnumAttrCase<"Ne", 1, "ne">, I32EnumAttrCase<"Lt", 2, "lt">,
    I32EnumAttrCase<"Le", 3, "le">, I32EnumAttrCase<"Gt", 4, "gt">, I32EnumAttrCase<"Ge", 5, "ge">
  ]> { let cppNamespace = "::nnq"; }

// `emitScalar` of these takes and gives reals as `f32` and integers as they are, without a sign, booleans as `i1`.
class NNQ_NumberOp<string mnemonic, list<Trait> traits = []> : NNQ_Op<mnemonic, !listconcat([
    Pure, InferShapedTypeOpAdaptor, DeclareOpInterfaceMethods<NNQ_ElementwiseOp>, DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>],
    traits)> {
  let hasVerifier = 1;
}

def NNQ_CastOp : NNQ_NumberOp<"cast", [DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["getFixedResultRange"]>]> {
  let summary = "The same numbers as another type";
  let description = [{
    Between integers, booleans and reals. A real loses its fraction on the way to an integer; integers that the type does not hold wrap
    around; everything but 0 is true. Between reals, `nnq.requantize` changes the type.

    ```mlir
    %y = nnq.cast %x : tensor<1x224x224x3xui8> -> tensor<1x224x224x3xf32>
    ```
  }];
  let arguments = (ins NNQ_NumberTensor:$input);
  let results = (outs NNQ_NumberTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def NNQ_StorageCastOp : NNQ_Op<"storage_cast", [Pure, DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["roundsWithZeroPoint"]>,
    DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "Codes as integers, and integers as codes";
  let description = [{
    The storage integers of a quantized tensor as a tensor of integers, or the reverse. Models of integer tensors compute with codes here
    and there; what they stand for takes no part in it.

    ```mlir
    %y = nnq.storage_cast %x : tensor<4x!quant.uniform<u8:f32, 0.02:128>> -> tensor<4xui8>
    ```
  }];
  let arguments = (ins NNQ_NumberTensor:$input);
  let results = (outs NNQ_NumberTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def NNQ_IntegerOp : NNQ_NumberOp<"integer"> {
  let summary = "Arithmetic of integers and booleans";
  let description = [{
    `add`, `sub`, `mul`, `div`, `rem`, `mod`, `min`, `max`, `and`, `or` or `xor` of two integers of one type, with numpy's broadcasting;
    booleans have the last three. Results wrap around. `div` rounds toward 0 and `rem` has the sign of the left operand, `mod` that of the
    right one; by 0 they give 0.

    ```mlir
    %z = nnq.integer add %x, %y : tensor<1x128xi64>, tensor<1xi64> -> tensor<1x128xi64>
    ```
  }];
  let arguments = (ins NNQ_IntegerTensor:$lhs, NNQ_IntegerTensor:$rhs, NNQ_IntegerKind:$kind);
  let results = (outs NNQ_IntegerTensor:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}

def NNQ_CompareOp : NNQ_NumberOp<"compare", [DeclareOpInterfaceMethods<NNQ_QuantizableOp>]> {
  let summary = "Comparison of numbers";
  let description = [{
    `eq`, `ne`, `lt`, `le`, `gt` or `ge` of two tensors of reals, or of one type of integers, with numpy's broadcasting. Quantized operands
    are dequantized. NaN is only `ne`, to itself too.

    ```mlir
    %z = nnq.compare eq %x, %y : tensor<1x2048x1xi32>, tensor<257xi32> -> tensor<1x2048x257xi1>
    ```
  }];
  let arguments = (ins NNQ_NumberTensor:$lhs, NNQ_NumberTensor:$rhs, NNQ_CompareKind:$kind);
  let results = (outs NNQ_BooleanTensor:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}

def NNQ_SelectOp : NNQ_NumberOp<"select", [DeclareOpInterfaceMethods<NNQ_QuantizableOp>]> {
  let summary = "One of two numbers, by a boolean";
  let description = [{
    `lhs` where `condition` is true and `rhs` elsewhere, with numpy's broadcasting: of reals, or of one type of integers.

    ```mlir
    %z = nnq.select %c, %x, %y : tensor<1x1x8x8xi1>, tensor<1x4x8x8xf32>, tensor<f32> -> tensor<1x4x8x8xf32>
    ```
  }];
  let arguments = (ins NNQ_BooleanTensor:$condition, NNQ_NumberTensor:$lhs, NNQ_NumberTensor:$rhs);
  let results = (outs NNQ_NumberTensor:$result);
  let assemblyFormat = [{
    $condition `,` $lhs `,` $rhs attr-dict `:` type($condition) `,` type($lhs) `,` type($rhs) `->` type($result)
  }];
}

#endif // NNQ_INTEGER_OPS_TD
