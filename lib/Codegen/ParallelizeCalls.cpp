// --nnq-parallelize-calls: beside each public function, one that hands its parallel parts to the
// caller's parallel-for.

#include "nnq/Codegen/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_PARALLELIZECALLS
#include "nnq/Codegen/Passes.h.inc"

namespace {

/// Calls of parallel parts in one function, with the parts.
using ParallelCalls = SmallVector<std::pair<LLVM::CallOp, LLVM::LLVMFuncOp>>;

struct ParallelizeCalls : impl::ParallelizeCallsBase<ParallelizeCalls> {
  using ParallelizeCallsBase::ParallelizeCallsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    SmallVector<LLVM::LLVMFuncOp> functions =
        llvm::filter_to_vector(module.getOps<LLVM::LLVMFuncOp>(), [](LLVM::LLVMFuncOp f) {
          return f.isPublic() && !f.isExternal() && !f->hasAttr("nnq.kernel");
        });
    for (LLVM::LLVMFuncOp function : functions)
      if (failed(rewrite(symbols, addParallel(symbols, function))))
        return signalPassFailure();
  }

private:
  /// A copy of `function` with two further arguments: the parallel-for and its pool.
  static LLVM::LLVMFuncOp addParallel(SymbolTable &symbols, LLVM::LLVMFuncOp function) {
    LLVM::LLVMFuncOp copy = function.clone();
    copy.setName((function.getName() + "_parallel").str());
    symbols.insert(copy, std::next(function->getIterator()));
    auto pointer = LLVM::LLVMPointerType::get(function.getContext());
    SmallVector<Type> types(function.getArgumentTypes());
    types.append(2, pointer);
    copy.setFunctionType(
        LLVM::LLVMFunctionType::get(function.getFunctionType().getReturnType(), types));
    if (std::optional<ArrayAttr> attributes = function.getArgAttrs()) {
      SmallVector<Attribute> list(attributes->getValue());
      list.append(2, DictionaryAttr::get(function.getContext()));
      copy.setArgAttrsAttr(ArrayAttr::get(function.getContext(), list));
    }
    copy.getBody().addArguments({pointer, pointer}, {function.getLoc(), function.getLoc()});
    return copy;
  }

  LogicalResult rewrite(SymbolTable &symbols, LLVM::LLVMFuncOp function) {
    ParallelCalls calls;
    unsigned mostArguments = 0;
    WalkResult result = function.walk([&](LLVM::CallOp call) {
      auto part = call.getCallee() ? symbols.lookup<LLVM::LLVMFuncOp>(*call.getCallee()) : nullptr;
      if (!part || !part->hasAttr("nnq.parallel"))
        return WalkResult::advance();
      unsigned count = part.getNumArguments();
      if (count < 2 || !llvm::all_of(part.getArgumentTypes().drop_back(2),
                                     llvm::IsaPred<LLVM::LLVMPointerType>)) {
        part.emitError() << "'" << part.getName()
                         << "' is parallel; it needs pointers and then the first and last "
                            "iteration, but has type "
                         << part.getFunctionType();
        return WalkResult::interrupt();
      }
      calls.emplace_back(call, part);
      mostArguments = std::max(mostArguments, count - 2);
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
    if (calls.empty())
      return success();
    OpBuilder builder(&function.getBody().front(), function.getBody().front().begin());
    auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
    Value size = LLVM::ConstantOp::create(builder, function.getLoc(),
                                          builder.getI64IntegerAttr(mostArguments));
    Value array = LLVM::AllocaOp::create(builder, function.getLoc(), pointer, pointer, size);
    for (auto [call, part] : calls)
      replace(call, taskOf(symbols, part), array);
    numCalls += calls.size();
    return success();
  }

  static Value element(OpBuilder &builder, Location loc, Value array, unsigned i) {
    auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
    return LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                               ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
  }

  /// void task(ptr args, i64 begin, i64 end): `part` with the pointers that `args` holds.
  static LLVM::LLVMFuncOp taskOf(SymbolTable &symbols, LLVM::LLVMFuncOp part) {
    std::string name = ("task_" + part.getName()).str();
    if (auto known = symbols.lookup<LLVM::LLVMFuncOp>(name))
      return known;
    OpBuilder builder(part->getContext());
    builder.setInsertionPointAfter(part);
    Location loc = part.getLoc();
    Type index = part.getArgumentTypes().back(),
         pointer = LLVM::LLVMPointerType::get(builder.getContext());
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()),
                                            {pointer, index, index});
    auto task = LLVM::LLVMFuncOp::create(builder, loc, name, type, LLVM::Linkage::Internal);
    symbols.insert(task);
    Block *body = task.addEntryBlock(builder);
    builder.setInsertionPointToStart(body);
    SmallVector<Value> operands;
    for (unsigned i = 0; i + 2 < part.getNumArguments(); ++i)
      operands.push_back(LLVM::LoadOp::create(builder, loc, pointer,
                                              element(builder, loc, body->getArgument(0), i)));
    operands.append({body->getArgument(1), body->getArgument(2)});
    LLVM::CallOp::create(builder, loc, part, operands);
    LLVM::ReturnOp::create(builder, loc, ValueRange{});
    return task;
  }

  /// parallel_for(pool, task, args, count), where `array` holds the arguments.
  static void replace(LLVM::CallOp call, LLVM::LLVMFuncOp task, Value array) {
    OpBuilder builder(call);
    Location loc = call.getLoc();
    Block &entry = call->getParentOfType<LLVM::LLVMFuncOp>().getBody().front();
    Value parallelFor = entry.getArguments().end()[-2], pool = entry.getArguments().back();
    for (auto [i, operand] : llvm::enumerate(call.getArgOperands().drop_back(2)))
      LLVM::StoreOp::create(builder, loc, operand, element(builder, loc, array, i));
    Value count = call.getArgOperands().back(),
          address = LLVM::AddressOfOp::create(builder, loc, task);
    auto type = LLVM::LLVMFunctionType::get(
        LLVM::LLVMVoidType::get(builder.getContext()),
        {pool.getType(), address.getType(), array.getType(), count.getType()});
    LLVM::CallOp::create(builder, loc, type, ValueRange{parallelFor, pool, address, array, count});
    call.erase();
  }
};

} // namespace
} // namespace nnq
