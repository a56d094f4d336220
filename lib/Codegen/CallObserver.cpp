// --nnq-call-observer: observed tensors are handed to the caller one after another.

#include "nnq/Codegen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_CALLOBSERVER
#include "nnq/Codegen/Passes.h.inc"

namespace {

/// The operation of `block` that uses `value` or a view of it first: nobody reads what nobody has
/// written, so it computes it.
Operation *findWriter(Value value, Block &block) {
  Operation *first = nullptr;
  for (Operation *user : value.getUsers()) {
    bool isView = isa<ViewLikeOpInterface, memref::CollapseShapeOp, memref::ExpandShapeOp>(user);
    Operation *found =
        isView ? findWriter(user->getResult(0), block) : block.findAncestorOpInBlock(*user);
    if (found && (!first || found->isBeforeInBlock(first)))
      first = found;
  }
  return first;
}

struct CallObserver : impl::CallObserverBase<CallObserver> {
  using CallObserverBase::CallObserverBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    auto isObserved = [&](unsigned i) { return function.getArgAttr(i, "nnq.observed") != nullptr; };
    if (function.isExternal() || function->hasAttr("nnq.kernel") ||
        llvm::none_of(llvm::seq(function.getNumArguments()), isObserved))
      return;
    Value observer = addObserver(function);
    llvm::BitVector observed(function.getNumArguments());
    SmallVector<Attribute> descriptions;
    SmallVector<Value> buffers;
    auto builder = OpBuilder::atBlockBegin(&function.front());
    for (unsigned i : llvm::seq(function.getNumArguments())) {
      if (!isObserved(i))
        continue;
      observed.set(i);
      BlockArgument output = function.getArgument(i);
      NamedAttrList attributes(function.getArgAttrDict(i));
      attributes.set("nnq.memory", TypeAttr::get(output.getType()));
      descriptions.push_back(attributes.getDictionary(builder.getContext()));
      buffers.push_back(
          memref::AllocOp::create(builder, output.getLoc(), cast<MemRefType>(output.getType())));
      output.replaceAllUsesWith(buffers.back());
    }
    if (failed(function.eraseArguments(observed)))
      llvm_unreachable("arguments without uses can be erased");
    function->setAttr("nnq.observed", builder.getArrayAttr(descriptions));
    callBehindWriters(builder, function, observer, buffers);
  }

  /// The new input, behind the others.
  static Value addObserver(func::FuncOp function) {
    Builder builder(function.getContext());
    NamedAttrList attributes;
    attributes.set("nnq.name", builder.getStringAttr("observer"));
    unsigned position = 0;
    while (!function.getArgAttr(position, "nnq.output"))
      ++position;
    if (failed(function.insertArgument(position, MemRefType::get({2}, builder.getI64Type()),
                                       attributes.getDictionary(builder.getContext()),
                                       function.getLoc())))
      llvm_unreachable("an argument can be added to a function of memory");
    return function.getArgument(position);
  }

  static void callBehindWriters(OpBuilder &builder, func::FuncOp function, Value observer,
                                ArrayRef<Value> buffers) {
    Location loc = function.getLoc();
    Type i64 = builder.getI64Type();
    auto load = [&](int64_t at) -> Value {
      Value index = arith::ConstantIndexOp::create(builder, loc, at);
      return memref::LoadOp::create(builder, loc, observer, index);
    };
    Value address = load(0), context = load(1);
    Value callee = LLVM::IntToPtrOp::create(
        builder, loc, LLVM::LLVMPointerType::get(builder.getContext()), address);
    auto type =
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()), {i64, i64, i64});
    // All of them before the block changes, which numbers its operations anew.
    SmallVector<Operation *> writers = llvm::map_to_vector(
        buffers, [&](Value buffer) { return findWriter(buffer, function.front()); });
    for (auto [index, buffer, writer] : llvm::enumerate(buffers, writers)) {
      builder.setInsertionPointAfter(writer);
      Value number = arith::ConstantIntOp::create(builder, loc, i64, index);
      Value data = memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, buffer);
      data = arith::IndexCastOp::create(builder, loc, i64, data);
      LLVM::CallOp::create(builder, loc, type, ValueRange{callee, context, number, data});
    }
  }
};

} // namespace
} // namespace nnq
