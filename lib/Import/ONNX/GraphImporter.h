// The import of one model: the function that its graph becomes, and the walk over nodes and bodies.

#ifndef NNQ_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
#define NNQ_LIB_IMPORT_ONNX_GRAPHIMPORTER_H

#include "NodeImporter.h"
#include "ProblemList.h"

#include "nnq/Import/ONNX/ImportONNX.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace nnq::onnximport {

/// Holds back errors, to say them again with file and node in front.
class ErrorCapture {
public:
  explicit ErrorCapture(mlir::MLIRContext *context)
      : handler(context, [this](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
            return mlir::failure();
          messages.push_back(diagnostic.str());
          return mlir::success();
        }) {}
  std::string str() const { return llvm::join(messages, "; "); }

private:
  std::vector<std::string> messages;
  mlir::ScopedDiagnosticHandler handler;
};

/// Collects the operations that a node inserts, so that they are verified when it is done.
class InsertionListener : public mlir::OpBuilder::Listener {
public:
  void notifyOperationInserted(mlir::Operation *op, mlir::OpBuilder::InsertPoint) override {
    inserted.push_back(op);
  }
  llvm::SmallVector<mlir::Operation *> take() { return std::exchange(inserted, {}); }

private:
  llvm::SmallVector<mlir::Operation *> inserted;
};

/// Goes on behind what it can't import, so that one run finds all problems: results of a failed
/// node are unknown, or what the model declares them to be, and nodes that read something unknown
/// are only looked up.
class GraphImporter {
public:
  GraphImporter(const Model &model, llvm::StringRef file, mlir::MLIRContext *context,
                const ONNXImportOptions &options);

  /// The module; null after one error that lists the problems.
  mlir::OwningOpRef<mlir::ModuleOp> import();

private:
  // The function (ImportONNX.cpp).
  void checkOpsets();
  mlir::Type getInputElement(DataType type);
  std::optional<Shape> resolveShape(const ValueInfo &input);
  void addInput(mlir::func::FuncOp function, const ValueInfo &input);
  void addInputs(mlir::func::FuncOp function);
  mlir::Value getOutput(const ValueInfo &output);
  void addOutputs(mlir::func::FuncOp function);

  // Nodes and bodies (GraphImporter.cpp).
  void countUses(const Graph &graph, bool isBody);
  void addInitializers(const Graph &graph);
  void importNodes(const Graph &graph);
  /// Whether `node`, or a node of its bodies, reads a value that could not be imported.
  bool readsUnknown(const Node &node) const;
  bool importNode(const Node &node);
  bool importWithHandler(const Node &node, const Handler &handler);
  /// What is wrong with the inputs and outputs of `node`; empty if nothing is.
  std::string checkEdges(const Node &node);
  /// Looks the operators of the bodies of `node` up.
  void checkBodies(const Node &node);
  mlir::LogicalResult verifyInserted(llvm::ArrayRef<mlir::Operation *> ops);
  /// Gives a value that could not be imported the type that `graph` declares it with.
  void assume(llvm::StringRef name, const Graph &graph);
  std::optional<llvm::SmallVector<Operand>> importBody(const Node &owner, const Graph &body,
                                                       llvm::ArrayRef<Operand> inputs,
                                                       llvm::StringRef label);
  /// "'conv1' (Conv, domain 'ai.onnx')", and the nodes around it.
  std::string describe(const Node &node);

  /// The result of `function` and the errors that it emitted.
  template <typename Function> auto capturing(Function function) {
    ErrorCapture capture(builder.getContext());
    auto result = function();
    return std::make_pair(result, capture.str());
  }

  const Model &model;
  llvm::StringRef file;
  const ONNXImportOptions &options;
  InsertionListener listener;
  mlir::OpBuilder builder;
  GraphState state;
  ProblemList problems;
  llvm::StringSet<> unknown;        ///< values that could not be imported
  llvm::StringSet<> usedDimensions; ///< those of `options` that an input has
  llvm::DenseMap<const Initializer *, Operand> initializers;
  llvm::SmallVector<const Graph *> graphs; ///< from the model's to the innermost body
  llvm::SmallVector<const Node *> owners;  ///< of the bodies
};

/// All operators.
const HandlerTable &getHandlers();

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
