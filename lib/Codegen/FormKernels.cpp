// Outlines layers, each with the elementwise operations behind it, into functions of their own.

#include "nnq/Codegen/Passes.h"
#include "nnq/Dialect/NNQ/IR/KernelBodies.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Network.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

namespace nnq {
#define GEN_PASS_DEF_FORMKERNELS
#include "nnq/Codegen/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// The name that a location carries, or the operation's own.
std::string nameOf(Operation *op) {
  StringRef name = op->getName().stripDialect();
  op->getLoc()->walk([&](Location loc) {
    auto named = dyn_cast<NameLoc>(loc);
    if (!named)
      return WalkResult::advance();
    name = named.getName();
    return WalkResult::interrupt();
  });
  std::string sanitized;
  for (char c : name)
    sanitized += llvm::isAlnum(c) ? c : '_';
  return sanitized;
}

/// Moves bodies of one module into kernels and leaves calls.
class Outliner {
public:
  explicit Outliner(ModuleOp module) : symbols(module), builder(module.getContext()) {}

  void outline(const KernelBody &body) {
    Operation *last = body.back();
    llvm::SetVector<Value> arguments;
    SmallVector<Operation *> constants;
    for (Operation *op : body)
      for (Value operand : op->getOperands())
        if (auto constant = operand.getDefiningOp<ConstantOp>())
          constants.push_back(constant);
        else if (!llvm::is_contained(body, operand.getDefiningOp()))
          arguments.insert(operand);

    func::FuncOp kernel =
        createKernel(body.front(), arguments.getArrayRef(), last->getResultTypes());
    IRMapping mapping;
    mapping.map(arguments.getArrayRef(), kernel.getArguments());
    builder.setInsertionPointToStart(&kernel.getBody().front());
    for (Operation *constant : constants)
      if (!mapping.contains(constant->getResult(0)))
        builder.clone(*constant, mapping);
    for (Operation *op : body)
      builder.clone(*op, mapping);
    func::ReturnOp::create(builder, last->getLoc(), mapping.lookup(last->getResult(0)));

    builder.setInsertionPoint(last);
    // A call is for all of its layers.
    Location loc = builder.getFusedLoc(
        llvm::map_to_vector(body, [](Operation *op) { return Location(op->getLoc()); }));
    auto call = func::CallOp::create(builder, loc, kernel, arguments.getArrayRef());
    last->replaceAllUsesWith(call);
    for (Operation *op : llvm::reverse(body))
      op->erase();
  }

private:
  func::FuncOp createKernel(Operation *root, ValueRange arguments, TypeRange results) {
    std::string name = "kernel_" + std::to_string(numKernels++) + "_" + nameOf(root);
    auto type = builder.getFunctionType(arguments.getTypes(), results);
    auto kernel = func::FuncOp::create(root->getLoc(), name, type);
    kernel.setPrivate();
    kernel->setAttr("nnq.kernel", builder.getUnitAttr());
    keepNumerics(root->getParentOp(), kernel);
    kernel.addEntryBlock();
    symbols.insert(kernel);
    return kernel;
  }

  SymbolTable symbols;
  OpBuilder builder;
  unsigned numKernels = 0;
};

/// A constant that the network returns is computed by a kernel as everything else: results are
/// written by kernels only.
SmallVector<KernelBody> constantResults(Block &block) {
  SmallVector<KernelBody> bodies;
  llvm::SetVector<Operation *> seen;
  for (Value result : block.getTerminator()->getOperands())
    if (auto constant = result.getDefiningOp<ConstantOp>(); constant && seen.insert(constant))
      bodies.push_back({constant});
  return bodies;
}

struct FormKernels : nnq::impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> networks;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isDeclaration() && !func->hasAttr("nnq.kernel"))
        networks.push_back(func);

    Outliner outliner(getOperation());
    for (func::FuncOp network : networks) {
      if (failed(verifyNetwork(network)))
        return signalPassFailure();
      outlineAll(network.getBody().front(), outliner);
    }
  }

  void outlineAll(Block &block, Outliner &outliner) {
    KernelBodies bodies(block);
    for (const KernelBody &body : bodies.get())
      outliner.outline(body);
    for (const KernelBody &body : constantResults(block))
      outliner.outline(body);
    numKernels += bodies.get().size();
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
  }
};

} // namespace
