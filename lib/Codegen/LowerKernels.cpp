// --nnq-lower-kernels: kernels on tensors become functions on memory, their callers pass buffers.

#include "KernelLowering.h"

#include "nnq/Codegen/Passes.h"
#include "nnq/Dialect/NNQ/IR/Network.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_LOWERKERNELS
#include "nnq/Codegen/Passes.h.inc"

namespace {

MemRefType bufferType(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return MemRefType::get(type.getShape(), type.getElementType());
}

/// A caller of kernels: each tensor becomes a buffer; results are written into arguments.
class CallerLowering {
public:
  CallerLowering(func::FuncOp caller, const llvm::StringMap<SmallVector<KernelArgument>> &kernels)
      : caller(caller), kernels(kernels), builder(caller.getContext()) {}

  LogicalResult run() {
    Region &region = caller.getBody();
    Block *old = &region.front();
    auto *body = new Block();
    region.push_back(body);
    builder.setInsertionPointToStart(body);
    for (BlockArgument argument : old->getArguments())
      memory[argument] = body->addArgument(bufferType(argument.getType()), argument.getLoc());
    Operation *terminator = old->getTerminator();
    // A result that a kernel computes is written where the caller wants it; reshapes between are
    // views.
    for (Value result : terminator->getOperands()) {
      Value output = body->addArgument(bufferType(result.getType()), terminator->getLoc());
      outputs.push_back(output);
      Value source = result;
      while (
          isa_and_nonnull<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(source.getDefiningOp()))
        source = source.getDefiningOp()->getOperand(0);
      if (source.getDefiningOp<func::CallOp>())
        destinations.try_emplace(source, output);
    }
    for (Operation &op : llvm::make_early_inc_range(old->without_terminator()))
      if (failed(lower(op)))
        return failure();
    for (auto [result, output] : llvm::zip(terminator->getOperands(), outputs))
      if (failed(finish(terminator->getLoc(), result, output)))
        return failure();
    func::ReturnOp::create(builder, terminator->getLoc());
    old->dropAllUses();
    while (!old->empty())
      old->back().erase();
    old->erase();
    setSignature(body);
    return success();
  }

private:
  Value view(Location loc, Value memref, ArrayRef<int64_t> shape) {
    auto type = cast<MemRefType>(memref.getType());
    if (type.getShape() == shape)
      return memref;
    if (type.getRank() != 1) {
      SmallVector<ReassociationIndices> all;
      if (type.getRank() > 0)
        all.push_back(llvm::to_vector(llvm::seq<int64_t>(0, type.getRank())));
      memref = type.getRank() == 0
                   ? Value(memref::ExpandShapeOp::create(builder, loc, ArrayRef<int64_t>{1}, memref,
                                                         all))
                   : Value(memref::CollapseShapeOp::create(builder, loc, memref, all));
    }
    if (shape.size() == 1)
      return memref;
    SmallVector<ReassociationIndices> all;
    if (!shape.empty())
      all.push_back(llvm::to_vector(llvm::seq<int64_t>(0, shape.size())));
    if (shape.empty())
      return memref::CollapseShapeOp::create(builder, loc, memref, all);
    return memref::ExpandShapeOp::create(builder, loc, shape, memref, all);
  }

  LogicalResult lower(Operation &op) {
    if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op)) {
      memory[op.getResult(0)] = view(op.getLoc(), memory[op.getOperand(0)],
                                     cast<ShapedType>(op.getResult(0).getType()).getShape());
      return success();
    }
    if (auto call = dyn_cast<func::CallOp>(op))
      if (auto kernel = kernels.find(call.getCallee()); kernel != kernels.end())
        return lowerCall(call, kernel->second);
    return op.emitError() << "'" << op.getName()
                          << "' is left outside of kernels; run --nnq-form-kernels and "
                             "--convert-nnq-to-linalg first";
  }

  LogicalResult lowerCall(func::CallOp call, ArrayRef<KernelArgument> arguments) {
    SmallVector<Value> operands;
    for (auto [i, argument] : llvm::enumerate(arguments)) {
      switch (argument.kind) {
      case KernelArgument::Input:
        operands.push_back(memory[call.getOperand(argument.index)]);
        break;
      case KernelArgument::Output: {
        Value result = call.getResult(argument.index);
        Value output = destinations.lookup(result);
        memory[result] =
            output ? view(call.getLoc(), output, argument.type.getShape())
                   : Value(memref::AllocOp::create(builder, call.getLoc(), argument.type));
        operands.push_back(memory[result]);
        break;
      }
      case KernelArgument::Constant:
        operands.push_back(memref::GetGlobalOp::create(builder, call.getLoc(), argument.type,
                                                       constantName(call.getCallee(), i)));
        break;
      case KernelArgument::Scratch:
        operands.push_back(memref::AllocOp::create(builder, call.getLoc(), argument.type));
        break;
      }
    }
    func::CallOp::create(builder, call.getLoc(), call.getCallee(), TypeRange{}, operands);
    return success();
  }

  /// Results that no kernel wrote into place (an input that is returned, one value returned twice)
  /// are copied.
  LogicalResult finish(Location loc, Value result, Value output) {
    Value source = memory[result];
    Value root = source;
    while (Operation *definition = root.getDefiningOp()) {
      if (!isa<memref::CollapseShapeOp, memref::ExpandShapeOp>(definition))
        break;
      root = definition->getOperand(0);
    }
    if (root == output)
      return success();
    auto type = cast<MemRefType>(output.getType());
    Value from = view(loc, source, {type.getNumElements()}),
          to = view(loc, output, {type.getNumElements()});
    auto index = [&](int64_t v) { return arith::ConstantIndexOp::create(builder, loc, v); };
    auto loop = scf::ForOp::create(builder, loc, index(0), index(type.getNumElements()), index(1));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(loop.getBody()->getTerminator());
    Value element = memref::LoadOp::create(builder, loc, from, loop.getInductionVar());
    memref::StoreOp::create(builder, loc, element, to, loop.getInductionVar());
    return success();
  }

  /// Inputs, then outputs; the attributes of results move to their arguments.
  void setSignature(Block *body) {
    unsigned numInputs = caller.getNumArguments(), numResults = caller.getNumResults();
    SmallVector<DictionaryAttr> attributes;
    for (unsigned i = 0; i < numInputs; ++i)
      attributes.push_back(caller.getArgAttrDict(i));
    for (unsigned i = 0; i < numResults; ++i) {
      NamedAttrList list(caller.getResultAttrDict(i));
      list.set("nnq.output", builder.getUnitAttr());
      attributes.push_back(list.getDictionary(builder.getContext()));
    }
    caller.removeResAttrsAttr();
    caller.removeArgAttrsAttr();
    caller.setFunctionType(builder.getFunctionType(body->getArgumentTypes(), {}));
    for (auto [i, list] : llvm::enumerate(attributes))
      caller.setArgAttrs(i, list ? list : DictionaryAttr::get(builder.getContext()));
  }

public:
  static std::string constantName(StringRef kernel, size_t index) {
    return (kernel + "_constant_" + Twine(index)).str();
  }

private:
  func::FuncOp caller;
  const llvm::StringMap<SmallVector<KernelArgument>> &kernels;
  OpBuilder builder;
  llvm::DenseMap<Value, Value> memory, destinations;
  SmallVector<Value> outputs;
};

struct LowerKernels : impl::LowerKernelsBase<LowerKernels> {
  using LowerKernelsBase::LowerKernelsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::Expected<const TargetDescription *> description = lookupTarget(target);
    if (!description) {
      module.emitError() << llvm::toString(description.takeError());
      return signalPassFailure();
    }
    llvm::StringMap<SmallVector<KernelArgument>> kernels;
    SmallVector<func::FuncOp> callers;
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      if (function.isExternal())
        continue;
      if (!function->hasAttr("nnq.kernel")) {
        if (failed(verifyNetwork(function)))
          return signalPassFailure();
        callers.push_back(function);
        continue;
      }
      KernelLowering lowering(function, **description);
      if (failed(lowering.run()))
        return signalPassFailure();
      numContractions += lowering.numContractions;
      numNests += lowering.numNests;
      addConstants(module, function, lowering.arguments);
      kernels[function.getName()] = std::move(lowering.arguments);
    }
    for (func::FuncOp caller : callers)
      if (failed(CallerLowering(caller, kernels).run()))
        return signalPassFailure();
  }

  void addConstants(ModuleOp module, func::FuncOp kernel, ArrayRef<KernelArgument> arguments) {
    OpBuilder builder(kernel);
    for (auto [i, argument] : llvm::enumerate(arguments))
      if (argument.kind == KernelArgument::Constant)
        memref::GlobalOp::create(builder, kernel.getLoc(),
                                 CallerLowering::constantName(kernel.getName(), i),
                                 builder.getStringAttr("private"), argument.type, argument.value,
                                 /*constant=*/true, builder.getI64IntegerAttr(memoryAlignment));
  }
};

} // namespace
} // namespace nnq
