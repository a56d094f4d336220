// What passes need to know of an operation. A pass asks these interfaces and never names an operation.

#ifndef NNQ_INTERFACES_TD
#define NNQ_INTERFACES_TD

include "mlir/IR/OpBase.td"

def NNQ_QuantizableOp : OpInterface<"QuantizableOp"> {
  let cppNamespace = "::nnq";
  let description = [{
    How an operation may be quantized: which operand is an activation, a weight or a bias, and whether operands and
    results must share one scale. The quantizer reads nothing else of an operation.
  }];
  let methods = [
    InterfaceMethod<"The part that operand `index` plays.", "::nnq::OperandRole", "getOperandRole", (ins "unsigned":$index),
      "", "return ::nnq::OperandRole::Activation;">,
    InterfaceMethod<[{Dimension of the weight operand that may carry one scale each (output channels), or -1 where the
      operation has no weight.}], "int64_t", "getWeightChannelDim", (ins), "", "return -1;">,
    InterfaceMethod<[{True if the operation only moves or selects values, so that operands and results must have one and the
      same quantized type.}], "bool", "sharesScale", (ins), "", "return false;">,
    InterfaceMethod<[{True if the quantized form computes on integers. Operations that answer false are kept in float and are
      reported as float islands.}], "bool", "hasIntegerForm", (ins), "", "return true;">,
    InterfaceMethod<[{The range that a result has by definition, whatever is observed (sigmoid: [0, 1]); nothing where the range
      is open.}], "std::optional<std::pair<double, double>>", "getFixedResultRange", (ins), "", "return std::nullopt;">,
    InterfaceMethod<[{The bounds that the operation clamps its input to, if it is a clamp: [0, inf) for a rectifier. A clamp behind
      another operation costs nothing once the result type saturates at its bounds.}],
      "std::optional<std::pair<double, double>>", "getClampBounds", (ins), "", "return std::nullopt;">,
    InterfaceMethod<[{True if a zero point may take part in the rounding, so that the result depends on how codes are numbered and not on
      their reals alone. A pass that moves storage and zero point together then keeps the distance in `nnq.code_offsets`.}],
      "bool", "roundsWithZeroPoint", (ins), "", "return false;">,
    InterfaceMethod<[{The real value that an operation which moves values puts beside them (the border of a padding), if it does. A type
      that operand and result share has to hold it.}],
      "std::optional<double>", "getInsertedValue", (ins), "", "return std::nullopt;">,
    InterfaceMethod<[{True if each channel (index of the last dimension) of the result is a homogeneous function of that channel of the
      operand and of nothing else, f(a x) = a f(x) for a > 0: a pool.}], "bool", "actsPerChannel", (ins), "", "return false;">
  ];
  let extraClassDeclaration = [{
    /// True if the operation moves values of one tensor, all or some of them, and of no other.
    bool movesOneTensor() { return sharesScale() && getOperation()->getNumOperands() == 1; }
  }];
}

def NNQ_AccumulatingOp : OpInterface<"AccumulatingOp"> {
  let cppNamespace = "::nnq";
  let description = [{
    An operation that multiplies an input by weights, accumulates, and adds a bias. With quantized operands the
    accumulator is an exact integer; the bias has the scale `input scale * weight scale` and zero point 0.
  }];
  let methods = [
    InterfaceMethod<"The operand that is multiplied by the weights.", "::mlir::OpOperand &", "getInputOperand">,
    InterfaceMethod<"The weights.", "::mlir::OpOperand &", "getWeightOperand">,
    InterfaceMethod<"The bias, or null.", "::mlir::OpOperand *", "getBiasOperand">,
    InterfaceMethod<"Number of products that are added up for one element of the result.", "int64_t", "getAccumulationDepth">,
    InterfaceMethod<[{Where each position of the result reads the input, if the result is a sum over windows of it: what a row of the
      weights (output channel by kernel row, kernel column and input channel) is multiplied by.}],
      "std::optional<::nnq::InputWindow>", "getWindow">
  ];
  let verify = [{ return ::nnq::detail::verifyAccumulatingOp($_op); }];
}

def NNQ_ElementwiseOp : OpInterface<"ElementwiseOp"> {
  let cppNamespace = "::nnq";
  let description = [{
    An operation that computes each element of its result from the elements of its operands at the same place, with
    numpy's rules of broadcasting. `emitScalar` is its whole lowering: dequantization in front, quantization behind,
    vectorization and fusion into the epilogue of a producer are the same for all.
  }];
  let methods = [
    InterfaceMethod<"Emits the function on `f32` values, one per operand, and returns its `f32` result.",
      "::mlir::Value", "emitScalar",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::ValueRange":$operands)>,
    InterfaceMethod<[{The function in double precision, for tables and constant folding.}], "double", "evaluateScalar",
      (ins "::llvm::ArrayRef<double>":$operands)>
  ];
}

def NNQ_LayoutPermutableOp : OpInterface<"LayoutPermutableOp"> {
  let cppNamespace = "::nnq";
  let description = [{
    An operation that means the same when the dimensions of all its operands and results are permuted alike, after
    the attributes that name dimensions are renamed. Transposes sink below such operations and cancel.
  }];
  let methods = [
    InterfaceMethod<[{Rebuilds the operation on `operands`, where dimension `i` of the new result is dimension `permutation[i]` of
      the old one. Operands of lower rank (broadcast) are given already permuted. Returns null if the operation can't be permuted so.}],
      "::mlir::Operation *", "permuteDims",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$operands, "::llvm::ArrayRef<int64_t>":$permutation)>
  ];
}

#endif // NNQ_INTERFACES_TD
