// Weight encodings, accumulations and tilings.

#ifndef NNQ_KERNEL_ATTRIBUTES_TD
#define NNQ_KERNEL_ATTRIBUTES_TD

include "nnq/Dialect/Kernel/IR/KernelBase.td"
include "nnq/Dialect/Kernel/IR/KernelInterfaces.td"
include "mlir/IR/AttrTypeBase.td"

class Kernel_Attr<string name, string mnemonic_, list<Trait> traits = []> : AttrDef<Kernel_Dialect, name, traits> {
  let mnemonic = mnemonic_;
}

//===----------------------------------------------------------------------===//
// Weight encodings: lib/Dialect/Kernel/IR/Encodings has a file for each
//===----------------------------------------------------------------------===//

def Kernel_Bytes : Kernel_Attr<"Bytes", "bytes", [DeclareAttrInterfaceMethods<Kernel_WeightEncoding, ["isPackedByMoving"]>]> {
  let summary = "A byte for each weight";
  let description = [{
    Signed integers of at most 8 bits, a byte each, below inputs of 8 or 16 bits.
  }];
}

def Kernel_Nibbles : Kernel_Attr<"Nibbles", "nibbles", [DeclareAttrInterfaceMethods<Kernel_WeightEncoding,
    ["getStepsPerElement", "getProductLimit", "unpack", "getUnpackedFactor", "getUnpackInstructions", "getRegistersPerColumn"]>]> {
  let summary = "Two weights of 4 bits in a byte";
  let description = [{
    The weights of one step in the low halves of the bytes, of the next in the high ones, below inputs of 8 bits or f32. In
    registers they stay in the high halves, 16 times as large, where they have their sign for nothing.
  }];
}

def Kernel_Crumbs : Kernel_Attr<"Crumbs", "crumbs", [DeclareAttrInterfaceMethods<Kernel_WeightEncoding,
    ["getStepsPerElement", "getProductLimit", "unpack", "getUnpackedFactor", "getUnpackInstructions", "getRegistersPerColumn"]>]> {
  let summary = "Four weights of 2 bits in a byte";
  let description = [{
    The weights of four steps, the first in the lowest bits, below inputs of 8 bits. In registers they stand in the highest bits of
    bytes, 64 times as large, where they have their sign for nothing.
  }];
}

def Kernel_Codebook : Kernel_Attr<"Codebook", "codebook", [DeclareAttrInterfaceMethods<Kernel_WeightEncoding,
    ["withLevels", "getStepsPerElement", "unpack", "getUnpackInstructions", "getRegistersPerColumn"]>]> {
  let summary = "Positions in a table of at most 16 weights";
  let description = [{
    Positions of 4 bits, two to a byte, or of 2 bits, four to a byte, where there are at most 4 levels; those of the first step
    in the lowest bits, below inputs of 8 bits or f32. In registers `nnq_kernel.lookup` replaces them by their levels, bytes.
    Rows of targets call it `codebook16` or `codebook4`.

    ```mlir
    #nnq_kernel.codebook<[-127, -38, 38, 127]>
    ```
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$levels);
  let assemblyFormat = "`<` `[` $levels `]` `>`";
  // One of some levels, as the dialect knows it; layers ask it for one of their own.
  let builders = [AttrBuilder<(ins), [{ return $_get($_ctxt, ::llvm::ArrayRef<int64_t>{-1, 1}); }]>];
  let genVerifyDecl = 1;
}

def Kernel_Signs : Kernel_Attr<"Signs", "signs", [DeclareAttrInterfaceMethods<Kernel_WeightEncoding,
    ["withLevels", "getStepsPerElement", "getProductLimit", "unpack", "getUnpackedFactor", "getUnpackInstructions",
     "getRegistersPerColumn"]>]> {
  let summary = "Eight weights of -1 or 1 in a byte";
  let description = [{
    A bit for each of eight steps, the first in the lowest, set where the weight is -1; below inputs of 8 bits or f32. In
    registers they are -64 or 64, a sign bit beside a bit that is always set.
  }];
}

defvar Kernel_SparseMethods = ["withLevels", "withPattern", "getDotsPerStep", "getStepInputs", "getIndexBytes", "packStep",
  "emitIndices", "getUnpackInstructions"];

def Kernel_Kept : Kernel_Attr<"Kept", "kept", [DeclareAttrInterfaceMethods<Kernel_WeightEncoding, Kernel_SparseMethods>]> {
  let summary = "4 of each 8, 16 or 32 weights of an output channel, and where they stand";
  let description = [{
    Each output channel stores 4 weights of `of` neighbouring inputs of a run, a byte each, and their places: half bytes, or bytes where
    `of` is 32. A step reads 8 inputs, or 64, of 4 or 2 groups. Below inputs of 8 bits. Rows of targets call it `kept4of8`, ...
  }];
  let parameters = (ins "int64_t":$of);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  // One of some size, as the dialect knows it; layers ask it for one of their own.
  let builders = [AttrBuilder<(ins), [{ return $_get($_ctxt, 8); }]>];
}

def Kernel_Windows : Kernel_Attr<"Windows", "windows", [DeclareAttrInterfaceMethods<Kernel_WeightEncoding,
    !listconcat(Kernel_SparseMethods, ["sharesIndices"])>]> {
  let summary = "The weights of some inputs of each window of 64, the same ones for 32 output channels";
  let description = [{
    32 neighbouring output channels store the weights of the same `kept` inputs, a multiple of 4, of each 64 neighbouring ones: a byte for
    each weight, and one for each input, by which it is found in its window. Below inputs of 8 bits.
  }];
  let parameters = (ins "int64_t":$kept);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let builders = [AttrBuilder<(ins), [{ return $_get($_ctxt, 32); }]>];
}

def Kernel_Integers : Kernel_Attr<"Integers", "integers", [DeclareAttrInterfaceMethods<Kernel_WeightEncoding>]> {
  let summary = "Integers of more than 8 bits, as they are";
  let description = [{
    What zero points far from the weights, or wide types of a given model, ask for. No target multiplies it by dot products.
  }];
}

def Kernel_Floats : Kernel_Attr<"Floats", "floats", [DeclareAttrInterfaceMethods<Kernel_WeightEncoding, ["isPackedByMoving"]>]> {
  let summary = "Weights in f32";
}

//===----------------------------------------------------------------------===//
// Accumulations
//===----------------------------------------------------------------------===//

def Kernel_Plain : Kernel_Attr<"Plain", "plain", [DeclareAttrInterfaceMethods<Kernel_Accumulation>]> {
  let summary = "One sum of all products";
  let description = [{
    `result = start + sum of input * weight`, in i32 or f32, where terms of f32 are added by `fma`, in the order of the loops.
  }];
}

def Kernel_Blocks : Kernel_Attr<"Blocks", "blocks", [DeclareAttrInterfaceMethods<Kernel_Accumulation,
    ["hasBlocks", "emitUnit", "emitAdd"]>]> {
  let summary = "A sum for each block of inputs, scaled";
  let description = [{
    From the start on, for each block in order, `result = fma(f32(sum), scale * inputScale, result)` with
    `sum = sum of (input - inputZeroPoint) * weight`. The scales are f32 by block and channel; or bytes, which a second
    operand has the unit of for each channel.

    ```mlir
    #nnq_kernel.blocks<input_scale = 2.000000e-02 : f32, input_zero_point = 3>
    ```
  }];
  let parameters = (ins "::mlir::FloatAttr":$input_scale, "int64_t":$input_zero_point);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Tilings
//===----------------------------------------------------------------------===//

def Kernel_Tiling : Kernel_Attr<"Tiling", "tiling"> {
  let summary = "Accumulators that stay in registers";
  let description = [{
    `rows` of the input by `columns` vectors of output channels. `--nnq-choose-tiles` chooses it; `--nnq-lower-kernels` obeys it.
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$columns);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif // NNQ_KERNEL_ATTRIBUTES_TD
