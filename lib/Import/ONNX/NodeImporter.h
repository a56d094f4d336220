// What the import of one node sees: operands, attributes, and builders that evaluate what is
// constant and emit operations for the rest. Importers of all operators join one table.

#ifndef NNQ_LIB_IMPORT_ONNX_NODEIMPORTER_H
#define NNQ_LIB_IMPORT_ONNX_NODEIMPORTER_H

#include "ConstantEvaluator.h"
#include "Model.h"
#include "Quantization.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/IR/Diagnostics.h"
#include <functional>

namespace nnq::onnximport {

//===----------------------------------------------------------------------===//
// Operand
//===----------------------------------------------------------------------===//

/// A value of the graph: constant, or computed by an operation. Null after an error, which has been
/// emitted; whatever is built from a null operand is null.
class Operand {
public:
  Operand() = default;
  Operand(mlir::Value value) : value(value) {}
  Operand(HostTensor tensor, llvm::StringRef name)
      : constant(std::make_shared<Constant>(Constant{std::move(tensor), name.str(), {}, {}})) {}
  /// A float constant that is the dequantization of integers, and becomes that in the IR.
  Operand(HostTensor codes, Quantization quantization, llvm::StringRef name)
      : constant(std::make_shared<Constant>(Constant{
            {}, name.str(), DequantizedFrom{std::move(codes), std::move(quantization)}, {}})) {}

  explicit operator bool() const { return constant || value; }
  bool isConstant() const { return constant != nullptr; }
  const HostTensor &getTensor() const;
  /// True if the elements are known as integers that were dequantized.
  bool isDequantized() const { return constant && constant->source; }
  /// The value of what is not constant.
  mlir::Value getValue() const { return value; }
  /// FLOAT for all floats and for what was dequantized.
  DataType getType() const;
  /// The initializer or node that a constant comes from.
  llvm::StringRef getName() const { return constant->name; }
  llvm::ArrayRef<int64_t> getShape() const {
    if (!constant)
      return mlir::cast<mlir::RankedTensorType>(value.getType()).getShape();
    return constant->source ? constant->source->codes.shape : constant->tensor.shape;
  }
  int64_t getRank() const { return getShape().size(); }

private:
  friend class NodeImporter;
  struct DequantizedFrom {
    HostTensor codes;
    Quantization quantization;
  };
  struct Constant {
    HostTensor tensor; ///< of what was dequantized: computed when it is asked for
    std::string name;
    std::optional<DequantizedFrom> source;
    mlir::Value materialized; ///< what stands for it in the IR, once something does
  };
  std::shared_ptr<Constant> constant;
  mlir::Value value;
};

//===----------------------------------------------------------------------===//
// NodeImporter
//===----------------------------------------------------------------------===//

class HandlerTable;

/// How many nodes all loops of a model may unroll to.
inline constexpr int64_t mostUnrolledNodes = 20000;

/// The state of the graph's import that nodes share.
struct GraphState {
  const HandlerTable *handlers = nullptr;
  llvm::StringMap<Operand> values;
  llvm::StringMap<unsigned> useCounts; ///< by name
  /// By value, which may have several names (Identity, the inputs of a body).
  llvm::DenseMap<mlir::Value, unsigned> valueUseCounts;
  /// What stands for constants in the IR, by name.
  llvm::StringMap<llvm::SmallVector<mlir::Value, 1>> constants;
  /// Whether integers of up to 32 bits are codes until a node says what they stand for: in models
  /// with operators of quantization.
  bool integersAreCodes = false;
  /// In front of the names of nodes in a body that is unrolled: "loop/3/".
  std::string namePrefix;
  int64_t unrollBudget = mostUnrolledNodes;
  /// How many more elements constants may grow by, so that a small file can't ask for all memory.
  int64_t evaluationBudget = 0;
  std::function<std::optional<llvm::SmallVector<Operand>>(
      const Node &owner, const Graph &body, llvm::ArrayRef<Operand> inputs, llvm::StringRef label)>
      importBody;

  void define(llvm::StringRef name, Operand operand) {
    if (!operand.isConstant())
      valueUseCounts[operand.getValue()] += useCounts.lookup(name);
    values[name] = std::move(operand);
  }
};

class NodeImporter {
public:
  NodeImporter(const Node &node, int64_t opset, mlir::OpBuilder &builder, GraphState &state);

  const Node &node;
  const int64_t opset; ///< of the node's domain
  mlir::OpBuilder &builder;
  mlir::Location loc; ///< carries the node's name

  /// Starts an error. The graph's import puts file, node, operator and domain in front. A node with
  /// an error has failed, whatever its importer returns.
  mlir::InFlightDiagnostic error() const { return mlir::emitError(loc); }

  /// Operations from here on are named "node/part", with an empty part like the node again, and
  /// have the attribute nnq.step, "node/step", unless that is empty.
  void setPart(const llvm::Twine &part, const llvm::Twine &step = "");

  // Operands and results.
  bool hasInput(unsigned i) const { return i < node.inputs.size() && !node.inputs[i].empty(); }
  Operand input(unsigned i) const;
  unsigned getNumInputs() const { return node.inputs.size(); }
  unsigned getNumOutputs() const { return node.outputs.size(); }
  /// Inputs 0 and 1 of an operator that broadcasts: as numpy does since opset 7, before that as its
  /// attributes say. Null after an error.
  std::pair<Operand, Operand> getBroadcastInputs() const;
  bool isOutputUsed(unsigned i) const;
  /// How often nodes and outputs use what is not constant, under all its names.
  unsigned getNumUses(const Operand &x) const { return state.valueUseCounts.lookup(x.getValue()); }
  mlir::LogicalResult setOutput(unsigned i, Operand value) const;

  // Attributes; an error if one has another type.
  bool hasAttribute(llvm::StringRef name) const { return node.attributes.count(name); }
  int64_t getInt(llvm::StringRef name, int64_t byDefault) const;
  float getFloat(llvm::StringRef name, float byDefault) const;
  llvm::StringRef getString(llvm::StringRef name, llvm::StringRef byDefault) const;
  std::optional<Shape> getInts(llvm::StringRef name) const;
  std::optional<std::vector<float>> getFloats(llvm::StringRef name) const;
  std::optional<std::vector<std::string>> getStrings(llvm::StringRef name) const;

  /// False, after an error, if the operator trains: before opset 7, unless the attribute is_test
  /// says otherwise; since, if training_mode says so.
  bool isInference() const;

  // Bodies.
  /// A body, which must be there; an error and null otherwise.
  const Graph *getGraph(llvm::StringRef name) const;
  /// Imports a body on `inputs` (the first ones, if there are fewer) and returns its outputs;
  /// nothing after a problem, which has been told. Names of its nodes get "node/label/" in front,
  /// if the label is not empty.
  std::optional<llvm::SmallVector<Operand>>
  importBody(const Graph &body, llvm::ArrayRef<Operand> inputs, llvm::StringRef label) const {
    return state.importBody(node, body, inputs, label);
  }
  /// False, after an error, if loops would unroll to too many nodes with `nodes` more.
  bool reserveUnrolled(int64_t nodes) const;

  /// Integers that are input `i` since opset `since` and were the attribute `name` before; nothing
  /// if left out. An error if the input is not constant.
  std::optional<Shape> getIntsAttributeOrInput(llvm::StringRef name, int64_t since,
                                               unsigned i) const;
  /// The values of an input that must be constant; an error and nothing otherwise.
  std::optional<Shape> getConstantInts(unsigned i) const;
  std::optional<std::vector<float>> getConstantFloats(unsigned i) const;

  /// An axis of a tensor of `rank` dimensions from ONNX's, which may count from the end; an error
  /// and nothing if there is no such axis.
  std::optional<int64_t> resolveAxis(int64_t axis, int64_t rank) const;
  /// The same for a list, sorted; an error if one is named twice.
  std::optional<Shape> resolveAxes(llvm::ArrayRef<int64_t> axes, int64_t rank) const;

  // Builders. Constants are evaluated.
  Operand reshape(const Operand &x, llvm::ArrayRef<int64_t> shape) const;
  Operand transpose(const Operand &x, llvm::ArrayRef<int64_t> permutation) const;
  /// Strides may be negative.
  Operand slice(const Operand &x, llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> sizes,
                llvm::ArrayRef<int64_t> strides) const;
  /// `size` elements from `start` on along `axis`, all of the other dimensions.
  Operand sliceAlong(const Operand &x, int64_t axis, int64_t start, int64_t size) const;
  Operand broadcast(const Operand &x, llvm::ArrayRef<int64_t> shape) const;
  Operand concat(llvm::ArrayRef<Operand> parts, int64_t axis) const;
  /// `x` at `indices`, which are computed, along `axis`.
  Operand gather(const Operand &x, const Operand &indices, int64_t axis) const;
  /// `x` at `indices` (in range, not negative, at least one) along `axis`. Of an activation: one
  /// slice for each run of indices at one distance, behind each other.
  Operand gather(const Operand &x, llvm::ArrayRef<int64_t> indices, int64_t axis) const;
  Operand binary(BinaryKind kind, const Operand &a, const Operand &b) const;
  Operand unary(UnaryKind kind, const Operand &x, float alpha = 0, float beta = 0) const;
  Operand clamp(const Operand &x, float min, float max) const;
  /// The weights, output channels first: as they are, or as floats where their codes have scales
  /// along another dimension than that (in blocks: than the last), whose products have no common
  /// unit.
  Operand asWeights(const Operand &filter) const;
  /// input * filter^T + bias.
  Operand fullyConnected(const Operand &input, const Operand &filter,
                         const std::optional<Operand> &bias) const;
  Operand reduce(Reduction kind, const Operand &x, llvm::ArrayRef<int64_t> axes) const;
  Operand constantFloats(llvm::ArrayRef<int64_t> shape, std::vector<float> values) const;
  Operand scalar(float value) const { return constantFloats({}, {value}); }

  /// The operand as an SSA value of f32 elements; an error if it has others. A constant becomes one
  /// nnq.constant, however often it is asked for.
  mlir::Value getValue(const Operand &operand) const;
  /// The same, of any elements: for operations that move what they are given.
  mlir::Value getAnyValue(const Operand &operand) const;
  /// The same, of f32 or quantized elements: integers of up to 32 bits are codes of scale 1.
  mlir::Value getCodes(const Operand &operand) const;
  /// The same, of integers that are no codes; an error if the elements are floats.
  mlir::Value getIntegers(const Operand &operand) const;

  /// Creates an nnq operation of f32 elements with inferred shape. A null mlir::Value among the
  /// arguments gives null; for optional operands see createInferred.
  template <typename OpTy, typename... Args> mlir::Value create(Args &&...args) const {
    return createOf<OpTy>(builder.getF32Type(), std::forward<Args>(args)...);
  }
  /// The same of elements of the type `element`.
  template <typename OpTy, typename... Args>
  mlir::Value createOf(mlir::Type element, Args &&...args) const {
    if ((isNullValue(args) || ...))
      return {};
    auto op = createInferred<OpTy>(builder, loc, element, std::forward<Args>(args)...);
    if (op && step)
      op->setAttr(stepAttrName, step);
    return op ? mlir::Value(op.getResult()) : mlir::Value();
  }
  /// The same for an operation that moves elements of `x`.
  template <typename OpTy, typename... Args>
  mlir::Value createMove(mlir::Value x, Args &&...args) const {
    if (!x)
      return {};
    auto type = mlir::cast<mlir::RankedTensorType>(x.getType());
    return createOf<OpTy>(type.getElementType(), x, std::forward<Args>(args)...);
  }

  // Quantization.
  /// The reals that the integers `x` stand for. A constant is not computed: it keeps its codes.
  Operand dequantize(const Operand &x, const Quantization &quantization) const;
  /// The integers that stand for the reals `x`.
  Operand quantize(const Operand &x, const Quantization &quantization) const;

  /// Imports this node as `opType` of ai.onnx on `inputs` (a null one is left out) with the node's
  /// attributes but `without`, and returns its first output; null after an error.
  Operand importAs(llvm::StringRef opType, llvm::ArrayRef<Operand> inputs, int64_t opset = 13,
                   llvm::StringRef without = {}) const;

  /// False, after an error, if a constant of this shape would be too large to be evaluated.
  bool reserve(llvm::ArrayRef<int64_t> shape) const;
  Operand evaluated(HostTensor tensor) const { return Operand(std::move(tensor), node.name); }
  /// A constant whose elements were moved keeps its name.
  Operand moved(const Operand &x, HostTensor tensor) const {
    return Operand(std::move(tensor), x.getName());
  }

private:
  template <typename T> static bool isNullValue(const T &argument) {
    if constexpr (std::is_same_v<T, mlir::Value>)
      return !argument;
    return false;
  }
  const NodeAttribute *getAttribute(llvm::StringRef name, NodeAttribute::Kind kind,
                                    llvm::StringRef kindName) const;
  mlir::RankedTensorType f32Tensor(llvm::ArrayRef<int64_t> shape) const {
    return mlir::RankedTensorType::get(shape, builder.getF32Type());
  }
  /// The nnq.constant of this name, type and content.
  mlir::Value findOrCreateConstant(mlir::Location at, mlir::RankedTensorType type,
                                   mlir::Type storage, llvm::ArrayRef<char> bytes) const;
  mlir::Value materialize(Operand::Constant &constant) const;
  mlir::Value materializeIntegers(const HostTensor &tensor, mlir::Location at) const;
  /// A constant of `element`, codes or integers.
  mlir::Value createIntegers(const HostTensor &tensor, mlir::Type element, mlir::Location at) const;
  mlir::Value materializeCodes(const HostTensor &codes, const Quantization &quantization,
                               mlir::Location at) const;

  GraphState &state;
  mlir::StringAttr step; ///< what operations compute in each step of an unrolled layer, or null
};

inline constexpr llvm::StringLiteral notSupported = "the operator is not supported";

/// "2x3x4"; "scalar" for rank 0.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

//===----------------------------------------------------------------------===//
// HandlerTable
//===----------------------------------------------------------------------===//

struct Handler {
  mlir::LogicalResult (*import)(NodeImporter &node);
  unsigned minInputs; ///< the first inputs, which must be there
  unsigned maxInputs;
};

constexpr unsigned anyNumber = ~0u;

/// Importers by operator; operators outside of ai.onnx are named "domain.Operator".
class HandlerTable {
public:
  void add(llvm::StringRef op, Handler handler) { handlers[op] = handler; }
  const Handler *lookup(const Node &node) const;

private:
  llvm::StringMap<Handler> handlers;
};

// One function for each theme, in the file of its name.
void registerActivationOps(HandlerTable &table);    // ActivationImport.cpp
void registerBlockedMatMulOps(HandlerTable &table); // BlockedMatMulImport.cpp
void registerConstantOps(HandlerTable &table);      // ConstantImport.cpp
void registerControlFlowOps(HandlerTable &table);   // ControlFlowImport.cpp
void registerConvolutionOps(HandlerTable &table);   // ConvolutionImport.cpp
void registerEinsumOps(HandlerTable &table);        // EinsumImport.cpp
void registerElementwiseOps(HandlerTable &table);   // ElementwiseImport.cpp
void registerImageOps(HandlerTable &table);         // ImageImport.cpp
void registerIndexOps(HandlerTable &table);         // IndexImport.cpp
void registerLogicOps(HandlerTable &table);         // LogicImport.cpp
void registerMatrixOps(HandlerTable &table);        // MatrixImport.cpp
void registerNormalizationOps(HandlerTable &table); // NormalizationImport.cpp
void registerPadOps(HandlerTable &table);           // PadImport.cpp
void registerPoolingOps(HandlerTable &table);       // PoolingImport.cpp
void registerQLinearOps(HandlerTable &table);       // QLinearImport.cpp
void registerQuantizationOps(HandlerTable &table);  // QuantizationImport.cpp
void registerRecurrentOps(HandlerTable &table);     // RecurrentImport.cpp
void registerResizeOps(HandlerTable &table);        // ResizeImport.cpp
void registerShapeOps(HandlerTable &table);         // ShapeImport.cpp

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_NODEIMPORTER_H
