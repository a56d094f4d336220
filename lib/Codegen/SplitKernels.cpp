// --nnq-split-kernels: each parallel loop of a kernel becomes a function of a range of its
// iterations.

#include "nnq/Codegen/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_SPLITKERNELS
#include "nnq/Codegen/Passes.h.inc"

namespace {

//===----------------------------------------------------------------------===//
// What a loop does
//===----------------------------------------------------------------------===//

/// Lower bound, step and number of iterations of a loop.
struct LoopRange {
  int64_t lower, step, count;

  static std::optional<LoopRange> of(scf::ForOp loop) {
    std::optional<int64_t> lower = getConstantIntValue(loop.getLowerBound()),
                           upper = getConstantIntValue(loop.getUpperBound()),
                           step = getConstantIntValue(loop.getStep());
    if (!lower || !upper || !step || *upper <= *lower)
      return std::nullopt;
    return LoopRange{*lower, *step, static_cast<int64_t>(llvm::divideCeil(*upper - *lower, *step))};
  }

  /// The induction variable of iteration `i`.
  Value at(OpBuilder &builder, Location loc, Value i) const {
    AffineMap map = AffineMap::get(1, 0, builder.getAffineDimExpr(0) * step + lower);
    return map.isIdentity() ? i : affine::AffineApplyOp::create(builder, loc, map, i);
  }
};

/// The operations that run: iterations times what is in the body.
int64_t work(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>() || op->hasTrait<OpTrait::IsTerminator>())
    return 0;
  if (op->getNumRegions() == 0)
    return 1;
  int64_t body = 0;
  for (Region &region : op->getRegions())
    for (Operation &inner : region.getOps())
      body += work(&inner);
  auto loop = dyn_cast<scf::ForOp>(op);
  std::optional<LoopRange> range = loop ? LoopRange::of(loop) : std::nullopt;
  return range ? range->count * body : body;
}

/// The memory behind views of it.
Value rootOf(Value memref) {
  while (Operation *definition = memref.getDefiningOp()) {
    if (!isa<ViewLikeOpInterface, memref::CollapseShapeOp, memref::ExpandShapeOp>(definition))
      break;
    memref = definition->getOperand(0);
  }
  return memref;
}

/// True if nothing that `loop` writes is read in it and each write depends on the induction
/// variable. That no two iterations write one element is then by construction: loop nests of
/// --nnq-lower-kernels compute each element of their result once.
bool isParallel(scf::ForOp loop) {
  if (!LoopRange::of(loop) || loop.getNumRegionIterArgs() != 0)
    return false;
  llvm::DenseSet<Value> varying{loop.getInductionVar()}, written, read;
  WalkResult result = loop.getBody()->walk<WalkOrder::PreOrder>([&](Operation *op) {
    auto varies = [&](Value operand) { return varying.contains(operand); };
    if (llvm::any_of(op->getOperands(), varies)) {
      varying.insert_range(op->getResults());
      for (Region &region : op->getRegions())
        for (Block &block : region)
          varying.insert_range(block.getArguments());
    }
    if (op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() || isMemoryEffectFree(op))
      return WalkResult::advance();
    auto effects = dyn_cast<MemoryEffectOpInterface>(op);
    if (!effects)
      return WalkResult::interrupt();
    SmallVector<MemoryEffects::EffectInstance> list;
    effects.getEffects(list);
    for (const MemoryEffects::EffectInstance &effect : list) {
      if (!effect.getValue())
        return WalkResult::interrupt();
      bool isWrite = isa<MemoryEffects::Write>(effect.getEffect());
      if (!isWrite && !isa<MemoryEffects::Read>(effect.getEffect()))
        return WalkResult::interrupt();
      // What is stored varies anyway; the place must.
      if (isWrite && llvm::none_of(op->getOperands(), [&](Value v) {
            return isa<IndexType, MemRefType>(v.getType()) && varies(v);
          }))
        return WalkResult::interrupt();
      (isWrite ? written : read).insert(rootOf(effect.getValue()));
    }
    return WalkResult::advance();
  });
  return !result.wasInterrupted() &&
         llvm::none_of(written, [&](Value memory) { return read.contains(memory); });
}

//===----------------------------------------------------------------------===//
// Segments of a block
//===----------------------------------------------------------------------===//

/// A parallel loop, or operations that stay together in their order.
struct Segment {
  SmallVector<Operation *> ops;
  bool isLoop = false;

  scf::ForOp loop() const { return cast<scf::ForOp>(ops.front()); }
  LoopRange range() const { return *LoopRange::of(loop()); }
  int64_t count() const { return isLoop ? range().count : 1; }
};

bool isComputedAnywhere(Operation &op) {
  return op.getNumRegions() == 0 && isMemoryEffectFree(&op);
}

/// Splits what has effects in `block` into segments; the rest is computed where it is used.
SmallVector<Segment> segmentsOf(Block &block, int64_t minWork) {
  SmallVector<Segment> segments;
  for (Operation &op : block.without_terminator()) {
    if (isComputedAnywhere(op))
      continue;
    auto loop = dyn_cast<scf::ForOp>(op);
    if (loop && isParallel(loop) && work(loop) >= minWork)
      segments.push_back({{&op}, true});
    else if (segments.empty() || segments.back().isLoop)
      segments.push_back({{&op}, false});
    else
      segments.back().ops.push_back(&op);
  }
  return segments;
}

/// The operations of `block` that `segment` consists of or uses, in order. Fails if it uses a
/// result of another segment.
FailureOr<SmallVector<Operation *>> closure(Block &block, const Segment &segment) {
  llvm::SetVector<Operation *> needed(segment.ops.begin(), segment.ops.end());
  for (size_t i = 0; i < needed.size(); ++i) {
    WalkResult result = needed[i]->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands()) {
        Operation *definition = operand.getDefiningOp();
        if (!definition || definition->getBlock() != &block || needed.contains(definition))
          continue;
        if (!isComputedAnywhere(*definition))
          return WalkResult::interrupt();
        needed.insert(definition);
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
  }
  SmallVector<Operation *> ordered = needed.takeVector();
  llvm::sort(ordered, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return ordered;
}

/// Clones `ops`, the closure of a segment. A loop is not cloned itself: its body is, for iteration
/// `i`.
void cloneIteration(OpBuilder &builder, ArrayRef<Operation *> ops, const Segment &segment,
                    IRMapping &mapping, Value i) {
  for (Operation *op : ops) {
    if (!segment.isLoop || op != segment.ops.front()) {
      builder.clone(*op, mapping);
      continue;
    }
    scf::ForOp loop = segment.loop();
    mapping.map(loop.getInductionVar(), segment.range().at(builder, loop.getLoc(), i));
    for (Operation &inner : loop.getBody()->without_terminator())
      builder.clone(inner, mapping);
  }
}

//===----------------------------------------------------------------------===//
// Two loops into one
//===----------------------------------------------------------------------===//

/// for i < n { for j < m { A }; B } becomes for k < n * (m + 1) { i = k / (m + 1), j = k % (m + 1);
/// if (j < m) A else B }.
class CollapseLoops {
public:
  explicit CollapseLoops(scf::ForOp outer)
      : outer(outer), segments(segmentsOf(*outer.getBody(), /*minWork=*/0)) {}

  /// The new loop, which replaces the old one; null if the body is no sequence of loops or would
  /// not be cut smaller.
  scf::ForOp run() {
    for (const Segment &segment : segments) {
      FailureOr<SmallVector<Operation *>> ops = closure(*outer.getBody(), segment);
      if (failed(ops))
        return nullptr;
      closures.push_back(std::move(*ops));
      inner += segment.count();
    }
    if (inner <= static_cast<int64_t>(segments.size()))
      return nullptr;
    Location loc = outer.getLoc();
    OpBuilder builder(outer);
    LoopRange range = *LoopRange::of(outer);
    auto index = [&](int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); };
    Value size = index(inner);
    auto loop = scf::ForOp::create(builder, loc, index(0), index(range.count * inner), index(1));
    builder.setInsertionPointToStart(loop.getBody());
    Value i = arith::DivUIOp::create(builder, loc, loop.getInductionVar(), size);
    Value j = arith::RemUIOp::create(builder, loc, loop.getInductionVar(), size);
    IRMapping mapping;
    mapping.map(outer.getInductionVar(), range.at(builder, loc, i));
    emit(builder, mapping, j, 0, 0);
    outer.erase();
    return loop;
  }

private:
  /// Segments from `first` on, whose iterations are numbered from `base` on.
  void emit(OpBuilder &builder, IRMapping mapping, Value j, size_t first, int64_t base) {
    Location loc = outer.getLoc();
    OpBuilder::InsertionGuard guard(builder);
    int64_t end = base + segments[first].count();
    std::optional<scf::IfOp> choice;
    if (first + 1 < segments.size()) {
      Value limit = arith::ConstantIndexOp::create(builder, loc, end);
      Value isHere = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, j, limit);
      choice = scf::IfOp::create(builder, loc, isHere, /*withElseRegion=*/true);
      builder.setInsertionPoint(choice->thenYield());
    }
    IRMapping here = mapping;
    Value local = base == 0 ? j : LoopRange{-base, 1, 0}.at(builder, loc, j);
    cloneIteration(builder, closures[first], segments[first], here, local);
    if (!choice)
      return;
    builder.setInsertionPoint(choice->elseYield());
    emit(builder, mapping, j, first + 1, end);
  }

  scf::ForOp outer;
  SmallVector<Segment> segments;
  SmallVector<SmallVector<Operation *>> closures;
  int64_t inner = 0; ///< iterations of all segments
};

//===----------------------------------------------------------------------===//
// Kernels into parts
//===----------------------------------------------------------------------===//

/// A function that replaces a part of a kernel.
struct Part {
  func::FuncOp function;
  SmallVector<unsigned> arguments; ///< of the kernel, those that the part takes
  int64_t count = 0;               ///< iterations of a parallel part, 0 for another
};

class KernelSplitter {
public:
  KernelSplitter(func::FuncOp kernel, int64_t minWork, int64_t minCount)
      : kernel(kernel), block(kernel.getBody().front()), minWork(minWork), minCount(minCount) {}

  /// The kernel's parts, or none if it stays as it is.
  SmallVector<Part> run() {
    SmallVector<Segment> segments = segmentsOf(block, minWork);
    // A scalar that one stretch loads and another uses would have to pass between functions.
    if (llvm::none_of(segments, [](const Segment &segment) { return segment.isLoop; }) ||
        llvm::any_of(segments,
                     [&](const Segment &segment) { return failed(closure(block, segment)); }))
      return {};
    for (Segment &segment : segments)
      while (segment.isLoop && segment.count() < minCount) {
        scf::ForOp finer = CollapseLoops(segment.loop()).run();
        if (!finer)
          break;
        segment.ops.front() = finer;
      }
    SmallVector<Part> parts;
    for (const Segment &segment : segments) {
      std::string name = kernel.getName().str();
      if (segments.size() > 1)
        name += "_part" + std::to_string(parts.size());
      parts.push_back(outline(segment, *closure(block, segment), name));
    }
    return parts;
  }

private:
  Part outline(const Segment &segment, ArrayRef<Operation *> ops, StringRef name) {
    Part part;
    for (BlockArgument argument : block.getArguments())
      if (llvm::any_of(ops, [&](Operation *op) {
            return llvm::any_of(argument.getUsers(),
                                [&](Operation *user) { return op->isAncestor(user); });
          }))
        part.arguments.push_back(argument.getArgNumber());
    OpBuilder builder(kernel);
    Location loc = segment.ops.front()->getLoc();
    SmallVector<Type> types = llvm::map_to_vector(
        part.arguments, [&](unsigned i) { return block.getArgument(i).getType(); });
    if (segment.isLoop)
      types.append(2, builder.getIndexType());
    part.function = func::FuncOp::create(builder, loc, name, builder.getFunctionType(types, {}));
    part.function->setDiscardableAttrs(kernel->getDiscardableAttrDictionary());
    part.function.setVisibility(kernel.getVisibility());
    Block *body = part.function.addEntryBlock();
    IRMapping mapping;
    for (auto [i, argument] : llvm::enumerate(part.arguments)) {
      mapping.map(block.getArgument(argument), body->getArgument(i));
      part.function.setArgAttrs(i, kernel.getArgAttrDict(argument));
    }
    builder.setInsertionPointToEnd(body);
    auto end = func::ReturnOp::create(builder, loc);
    builder.setInsertionPoint(end);
    if (!segment.isLoop) {
      cloneIteration(builder, ops, segment, mapping, {});
      return part;
    }
    part.count = segment.count();
    part.function->setAttr("nnq.parallel", builder.getI64IntegerAttr(part.count));
    for (Operation *op : ops.drop_back()) // the loop is the last of its closure
      builder.clone(*op, mapping);
    auto loop = scf::ForOp::create(builder, loc, body->getArguments().end()[-2],
                                   body->getArguments().back(),
                                   arith::ConstantIndexOp::create(builder, loc, 1));
    builder.setInsertionPoint(loop.getBody()->getTerminator());
    cloneIteration(builder, ops.back(), segment, mapping, loop.getInductionVar());
    return part;
  }

  func::FuncOp kernel;
  Block &block;
  int64_t minWork, minCount;
};

struct SplitKernels : impl::SplitKernelsBase<SplitKernels> {
  using SplitKernelsBase::SplitKernelsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::StringMap<SmallVector<Part>> parts;
    for (auto kernel : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      if (!kernel->hasAttr("nnq.kernel") || kernel.isExternal() ||
          kernel->hasAttr("nnq.parallel") || kernel.getNumResults() != 0)
        continue;
      SmallVector<Part> split = KernelSplitter(kernel, minWork, minChunks * threads).run();
      if (split.empty())
        continue;
      numParallel += llvm::count_if(split, [](const Part &part) { return part.count != 0; });
      parts[kernel.getName()] = std::move(split);
      kernel.erase();
    }
    module.walk([&](func::CallOp call) {
      if (auto found = parts.find(call.getCallee()); found != parts.end())
        replace(call, found->second);
    });
  }

private:
  /// Fewer iterations per thread would leave threads idle at the end of a loop.
  static constexpr int64_t minChunks = 8;

  static void replace(func::CallOp call, ArrayRef<Part> parts) {
    OpBuilder builder(call);
    for (const Part &part : parts) {
      SmallVector<Value> operands =
          llvm::map_to_vector(part.arguments, [&](unsigned i) { return call.getOperand(i); });
      if (part.count)
        for (int64_t bound : {int64_t(0), part.count})
          operands.push_back(arith::ConstantIndexOp::create(builder, call.getLoc(), bound));
      func::FuncOp function = part.function;
      func::CallOp::create(builder, call.getLoc(), function, operands);
    }
    call.erase();
  }
};

} // namespace
} // namespace nnq
