// --nnq-time-kernels: a function that calls kernels writes how long each of them took.

#include "nnq/Codegen/Passes.h"
#include "nnq/Target/TargetFamily.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_TIMEKERNELS
#include "nnq/Codegen/Passes.h.inc"

namespace {

/// The name of the call's location; the kernel's where it has none.
StringRef nameOf(func::CallOp call) {
  auto named = call.getLoc()->findInstanceOf<NameLoc>();
  return named ? named.getName().getValue() : call.getCallee();
}

struct TimeKernels : impl::TimeKernelsBase<TimeKernels> {
  using TimeKernelsBase::TimeKernelsBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || function->hasAttr("nnq.kernel"))
      return;
    llvm::Expected<const TargetDescription *> description = lookupTarget(target);
    if (!description) {
      function.emitError() << llvm::toString(description.takeError());
      return signalPassFailure();
    }
    StringRef counter = (*description)->family->getCounter();
    SmallVector<func::CallOp> calls = llvm::to_vector(function.getOps<func::CallOp>());
    OpBuilder builder(function);
    Value ticks = addArgument(function, calls.size());
    function->setAttr("nnq.kernels", builder.getStrArrayAttr(llvm::map_to_vector(calls, nameOf)));

    Value last;
    for (auto [index, call] : llvm::enumerate(calls)) {
      Location loc = call.getLoc();
      if (!last) {
        builder.setInsertionPoint(call);
        last = read(builder, loc, counter);
      }
      builder.setInsertionPointAfter(call);
      Value now = read(builder, loc, counter);
      Value position = arith::ConstantIndexOp::create(builder, loc, index);
      memref::StoreOp::create(builder, loc, arith::SubIOp::create(builder, loc, now, last), ticks,
                              position);
      last = now;
    }
  }

  /// The new output, behind the others and in front of the arena.
  static Value addArgument(func::FuncOp function, int64_t count) {
    Builder builder(function.getContext());
    NamedAttrList attributes;
    attributes.set("nnq.name", builder.getStringAttr("ticks"));
    attributes.set("nnq.output", builder.getUnitAttr());
    unsigned position = 0;
    while (position < function.getNumArguments() && !function.getArgAttr(position, "nnq.arena"))
      ++position;
    if (failed(function.insertArgument(position, MemRefType::get({count}, builder.getI64Type()),
                                       attributes.getDictionary(builder.getContext()),
                                       function.getLoc())))
      llvm_unreachable("an argument can be added to a function of memory");
    return function.getArgument(position);
  }

  static Value read(OpBuilder &builder, Location loc, StringRef counter) {
    return LLVM::CallIntrinsicOp::create(builder, loc, builder.getI64Type(),
                                         builder.getStringAttr(counter), ValueRange{})
        .getResult(0);
  }
};

} // namespace
} // namespace nnq
