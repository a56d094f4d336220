// What code generation needs to know of weights in memory and of sums.

#ifndef NNQ_KERNEL_INTERFACES_TD
#define NNQ_KERNEL_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Kernel_WeightEncoding : AttrInterface<"WeightEncoding"> {
  let cppNamespace = "::nnq";
  let description = [{
    How the weights of a contraction lie in memory, and how a step of its loop gets them into registers.

    A step multiplies the weights of one register column, lanes by depth elements that lie side by side. `pack` puts the
    weights of `getStepsPerElement()` successive steps into each element of the packed constant, so that one load serves
    as many steps; `unpack` takes those of one step out again. They may come out multiplied by a power of two, which
    the finished sum is divided by.
  }];
  list<InterfaceMethod> dense = [
    InterfaceMethod<"The name by which a row of the target's table asks for this encoding.", "::llvm::StringRef", "getEncodingName">,
    InterfaceMethod<"Whether it holds weights of element type `weights` below inputs of `input`.", "bool", "supports",
      (ins "::mlir::Type":$input, "::mlir::Type":$weights)>,
    InterfaceMethod<"The same in words, for diagnostics: `i8 below i8 or i16`.", "::llvm::StringRef", "describeElements">,
    InterfaceMethod<[{This encoding for weights of which each is one of `levels`, ascending, which are all if there are none; null if it
      does not hold such, or takes as many bits without levels.}], "::mlir::Attribute", "withLevels",
      (ins "::llvm::ArrayRef<int64_t>":$levels), "", "return $_attr;">,
    InterfaceMethod<[{This encoding for weights with zeros in that pattern, of which it stores the others alone; null if it does not hold
      such, or stores zeros as well.}], "::mlir::Attribute", "withPattern", (ins "const ::nnq::PruningPattern &":$pattern), "", "return {};">,
    InterfaceMethod<"Type of the elements of packed weights, from that of the weights.", "::mlir::Type", "getPackedType",
      (ins "::mlir::Type":$weights)>,
    InterfaceMethod<"Steps of the reduction whose weights share one packed element.", "int64_t", "getStepsPerElement", (ins),
      "", "return 1;">,
    InterfaceMethod<[{The largest number of products that a sum in i32 holds as this encoding computes it; what a sum of plain bytes
      holds is proved elsewhere.}], "int64_t", "getProductLimit", (ins), "", "return std::numeric_limits<int64_t>::max();">,
    InterfaceMethod<[{`weights` in the order of the loops. Element `at` of the result holds the weights
      `source(at, 0), source(at, 1), ...`, one per step that it serves: row-major positions, or -1 for one that stands beyond
      all others, and is multiplied by 0 or into a sum that nobody reads. Null if it does not hold some weight.}],
      "::mlir::ElementsAttr", "pack",
      (ins "::mlir::ElementsAttr":$weights, "int64_t":$size, "::llvm::function_ref<int64_t(int64_t, int64_t)>":$source)>,
    InterfaceMethod<[{Whether a packed element is the weight of its step as it is, a `weights`. Only such are packed at run time as
      well, where weights are computed.}], "bool", "isPackedByMoving", (ins "::mlir::Type":$weights), "", "return false;">,
    InterfaceMethod<[{The weights of step `step` out of the vector `packed` that was loaded: bytes for a product of integers, f32 for
      one of floats.}], "::mlir::Value", "unpack",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$packed, "int64_t":$step, "bool":$isFloat),
      "", "return packed;">,
    InterfaceMethod<"The power of two that unpacked weights are multiplied by. Unless it is 1, sums start at 0.", "int64_t",
      "getUnpackedFactor", (ins), "", "return 1;">,
    InterfaceMethod<[{Instructions that unpack the weights of one step: for a full register of bytes, or of floats. What planning adds
      to the load.}], "double", "getUnpackInstructions", (ins "bool":$isFloat), "", "return 0;">,
    InterfaceMethod<"Registers that one column of weights takes while a step runs.", "int64_t", "getRegistersPerColumn", (ins),
      "", "return 1;">
  ];

  // Encodings that store only some weights, those of `getDotsPerStep()` dot products for each column, and say by indices which of a
  // step's inputs these multiply. A step of a tile is stored as
  //
  //     weights: [dot][column][lane][depth], then indices: as the encoding has them
  //
  // and multiplies, for each dot product, the inputs at its indices by its weights.
  list<InterfaceMethod> sparse = [
    InterfaceMethod<"Dot products of a step for each row and column where only some weights are stored; 0 if all are.", "int64_t",
      "getDotsPerStep", (ins), "", "return 0;">,
    InterfaceMethod<"Inputs of a row that a step reads: `depth`, as many as a dot product multiplies, if all weights are stored.",
      "int64_t", "getStepInputs", (ins "int64_t":$depth), "", "return depth;">,
    InterfaceMethod<"Bytes of the indices of a step, for so many columns.", "int64_t", "getIndexBytes", (ins "int64_t":$columns), "",
      "return 0;">,
    InterfaceMethod<"Whether columns of a tile, which are then at most 2, have the same indices.", "bool", "sharesIndices", (ins), "",
      "return false;">,
    InterfaceMethod<[{Stores a step of `columns` columns of `channels` by `depth`, whose weights are `get(column, lane, input)`. Fails if
      more of them are not zero than it stores.}], "::mlir::LogicalResult", "packStep",
      (ins "int64_t":$columns, "int64_t":$channels, "int64_t":$depth,
        "::llvm::function_ref<int8_t(int64_t, int64_t, int64_t)>":$get, "::llvm::MutableArrayRef<int8_t>":$bytes), "",
      [{ llvm_unreachable("stores all weights"); }]>,
    InterfaceMethod<[{The indices of a dot product, channels by depth bytes, flat; `load(at, count)` reads bytes of the step's indices.}],
      "::mlir::Value", "emitIndices",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::llvm::function_ref<::mlir::Value(int64_t, int64_t)>":$load,
        "int64_t":$column, "int64_t":$dot), "", [{ llvm_unreachable("stores all weights"); }]>
  ];
  let methods = !listconcat(dense, sparse);
  let extraSharedClassDeclaration = [{
    /// Bits of memory for a weight of element type `weights`.
    double getBitsPerWeight(::mlir::Type weights) const {
      return double($_attr.getPackedType(weights).getIntOrFloatBitWidth()) / $_attr.getStepsPerElement();
    }
  }];
}

def Kernel_Accumulation : AttrInterface<"Accumulation"> {
  let cppNamespace = "::nnq";
  let description = [{
    How the products of a contraction become its result. All are summed exactly, from the start on; or those of each block
    of inputs are, and the reals that these sums stand for are added up in f32, block after block.
  }];
  let methods = [
    InterfaceMethod<"Whether sums are taken block by block.", "bool", "hasBlocks", (ins), "", "return false;">,
    InterfaceMethod<"What is taken from each input before it is multiplied.", "int64_t", "getInputZeroPoint", (ins), "", "return 0;">,
    InterfaceMethod<"Emits an error, and fails, unless products in `product` (i32 or f32) are summed to `start` with such scales.",
      "::mlir::LogicalResult", "verifyOperands",
      (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError, "::mlir::Type":$product, "::mlir::Type":$start,
        "::mlir::TypeRange":$scales)>,
    InterfaceMethod<"With blocks: the real value of a block's unit, from the elements of the scales; scalars or vectors.",
      "::mlir::Value", "emitUnit", (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::ValueRange":$scales),
      "", [{ llvm_unreachable("no blocks"); }]>,
    InterfaceMethod<"With blocks: `real` and the value of a block's sum.", "::mlir::Value", "emitAdd",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$sum, "::mlir::Value":$unit,
        "::mlir::Value":$real), "", [{ llvm_unreachable("no blocks"); }]>
  ];
}

#endif // NNQ_KERNEL_INTERFACES_TD
