// From a module of nnq operations to an object file, its header and its manifest: what tools and
// bindings call.

#ifndef NNQ_COMPILER_COMPILE_H
#define NNQ_COMPILER_COMPILE_H

#include "nnq/Compiler/Registration.h"
#include "nnq/Transforms/QuantizedLayers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace nnq {

struct CompileOptions {
  std::string target = "native"; ///< a name of the target table, or "native"
  std::string name = "model";    ///< prefix of the C symbols, an identifier: NAME_run
  int threads = 1;               ///< more than 1: NAME_run_parallel too, which takes a parallel-for
  std::string tiles;             ///< file of register tiles by layer, or empty: --nnq-choose-tiles
  bool emitAssembly = false;     ///< text instead of an object file
  bool emitLLVMIR = false;
  bool timeKernels = false; ///< a variant for measuring: --nnq-time-kernels adds the output `ticks`
};

/// An input or output of a compiled model.
struct TensorInfo {
  std::string name;
  std::string parameter; ///< its name in the C header: an identifier
  std::vector<int64_t> shape;
  std::string elementType; ///< of the buffer: "f32", "u8", "i8", "i32"
  double scale = 0;        ///< of a quantized tensor; 0 for a float one
  int64_t zeroPoint = 0;
};

/// The inputs and the outputs of a network that is not compiled yet.
std::vector<TensorInfo> describeInputs(mlir::func::FuncOp network);
std::vector<TensorInfo> describeOutputs(mlir::func::FuncOp network);

/// A function of an object file: void SYMBOL(inputs..., outputs..., void *arena).
struct CompiledFunction {
  std::string symbol;
  std::vector<TensorInfo> inputs, outputs;
  std::vector<TensorInfo> observed; ///< what `observer`, then the last input, is told
  int64_t arenaBytes = 0;
};

/// A network, whose symbol is NAME_run.
struct CompiledModel : CompiledFunction {
  llvm::SmallVector<char, 0> code; ///< the object file (or text)
  std::string
      parallelSymbol; ///< the same with a parallel-for and its pool; empty where threads is 1
  int threads = 1;
  int64_t weightBytes = 0;
  std::string target;
  std::vector<FloatIsland> floatIslands;
  std::string header;   ///< C header
  std::string manifest; ///< JSON
};

/// Compiles the function `main` of `module`, which is left in the form it has just before LLVM.
/// Diagnostics go to the module's context.
llvm::Expected<CompiledModel> compile(mlir::ModuleOp module, const CompileOptions &options);

/// Functions that are compiled together, for measuring: equal kernels of any of them are one.
struct CompiledFunctions {
  llvm::SmallVector<char, 0> code; ///< the object file
  std::vector<CompiledFunction> functions;
};

/// Compiles all public functions of `module`, in order, under their own names; otherwise as
/// `compile` does.
llvm::Expected<CompiledFunctions> compileFunctions(mlir::ModuleOp module, llvm::StringRef target);

} // namespace nnq

#endif // NNQ_COMPILER_COMPILE_H
