// --nnq-plan-memory: one arena for all buffers of a function.

#include "nnq/Codegen/Passes.h"
#include "nnq/Target/Target.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_PLANMEMORY
#include "nnq/Codegen/Passes.h.inc"

namespace {

struct Buffer {
  mutable memref::AllocOp alloc;
  int64_t bytes;
  size_t first, last; ///< positions of the operations that use it first and last
  int64_t offset = 0;
};

struct PlanMemory : impl::PlanMemoryBase<PlanMemory> {
  using PlanMemoryBase::PlanMemoryBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || function->hasAttr("nnq.kernel"))
      return;
    SmallVector<Buffer> buffers = collect(function);
    int64_t total = place(buffers);
    function->setAttr("nnq.arena_bytes", Builder(function).getI64IntegerAttr(total));
    rewrite(function, buffers, total);
  }

  /// The buffers of the function's entry block, with their lives.
  static SmallVector<Buffer> collect(func::FuncOp function) {
    Block &block = function.front();
    llvm::DenseMap<Operation *, size_t> position;
    for (auto [i, op] : llvm::enumerate(block))
      position[&op] = i;
    SmallVector<Buffer> buffers;
    for (auto alloc : block.getOps<memref::AllocOp>()) {
      auto type = alloc.getType();
      int64_t bytes = type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
      Buffer buffer{alloc, static_cast<int64_t>(llvm::alignTo(bytes, memoryAlignment)), SIZE_MAX,
                    0};
      extendLife(alloc, block, position, buffer);
      buffers.push_back(buffer);
    }
    return buffers;
  }

  static void extendLife(Value value, Block &block,
                         const llvm::DenseMap<Operation *, size_t> &position, Buffer &buffer) {
    for (Operation *user : value.getUsers()) {
      size_t at = position.lookup(block.findAncestorOpInBlock(*user));
      buffer.first = std::min(buffer.first, at);
      buffer.last = std::max(buffer.last, at);
      if (isa<ViewLikeOpInterface, memref::CollapseShapeOp, memref::ExpandShapeOp>(user))
        extendLife(user->getResult(0), block, position, buffer);
    }
  }

  /// Greedy by size: the largest first, each as low as those that live with it allow.
  static int64_t place(MutableArrayRef<Buffer> buffers) {
    SmallVector<Buffer *> order = llvm::map_to_vector(buffers, [](Buffer &b) { return &b; });
    llvm::stable_sort(order, [](Buffer *a, Buffer *b) { return a->bytes > b->bytes; });
    SmallVector<Buffer *> placed; // by offset
    int64_t total = 0;
    for (Buffer *buffer : order) {
      int64_t offset = 0;
      for (Buffer *other : placed) {
        if (other->last < buffer->first || buffer->last < other->first)
          continue;
        if (offset + buffer->bytes <= other->offset)
          break;
        offset = std::max(offset, other->offset + other->bytes);
      }
      buffer->offset = offset;
      total = std::max(total, offset + buffer->bytes);
      placed.insert(llvm::upper_bound(placed, buffer,
                                      [](Buffer *a, Buffer *b) { return a->offset < b->offset; }),
                    buffer);
    }
    return total;
  }

  static void rewrite(func::FuncOp function, ArrayRef<Buffer> buffers, int64_t total) {
    OpBuilder builder(function.getContext());
    auto arenaType = MemRefType::get({total}, builder.getI8Type());
    NamedAttrList attributes;
    attributes.set("nnq.arena", builder.getUnitAttr());
    if (failed(function.insertArgument(function.getNumArguments(), arenaType,
                                       attributes.getDictionary(builder.getContext()),
                                       function.getLoc())))
      llvm_unreachable("an argument can be added at the end");
    Value arena = function.getArguments().back();
    for (const Buffer &buffer : buffers) {
      builder.setInsertionPoint(buffer.alloc);
      Location loc = buffer.alloc.getLoc();
      Value offset = arith::ConstantIndexOp::create(builder, loc, buffer.offset);
      Value view =
          memref::ViewOp::create(builder, loc, buffer.alloc.getType(), arena, offset, ValueRange{});
      memref::AllocOp alloc = buffer.alloc;
      alloc.replaceAllUsesWith(view);
      alloc.erase();
    }
  }
};

} // namespace
} // namespace nnq
