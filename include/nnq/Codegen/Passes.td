// Passes of code generation.

#ifndef NNQ_CODEGEN_PASSES_TD
#define NNQ_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def DecomposeLayers : Pass<"nnq-decompose-layers", "::mlir::func::FuncOp"> {
  let summary = "Write layers in the few forms that kernels are written for";
  let description = [{
    - Padding of convolutions and maximum pooling becomes `nnq.pad` (average pooling counts its padding and keeps it).
    - A transposed convolution becomes a convolution with a flipped filter over an image with zeros between its pixels.
    - A float bias that is computed is added behind its layer.
    - A split becomes slices.
    - `nnq.matmul` takes a right operand whose transpose turns rows of memory into columns as it lies there, by `transpose_rhs`.

    Functions that are kernels already are left alone.

    {{example: test/Codegen/decompose-layers-doc.mlir}}
  }];
  let dependentDialects = ["::nnq::NNQDialect"];
}

def CollapseDims : Pass<"nnq-collapse-dims", "::mlir::func::FuncOp"> {
  let summary = "Give layers fewer, longer dimensions";
  let description = [{
    What is one loop in memory becomes one dimension; the reshapes that this takes are other names of the same memory.

    - A 1x1 convolution of stride 1 becomes `nnq.fully_connected` on rank 2, and reshapes sink below elementwise operations.
    - Chains of elementwise operations alone get rank 1, or rank 2 where an operand has one element per channel.

    Functions that are kernels already are left alone.

    {{example: test/Codegen/collapse-dims-doc.mlir}}
  }];
  let dependentDialects = ["::nnq::NNQDialect"];
}

def FormKernels : Pass<"nnq-form-kernels", "::mlir::ModuleOp"> {
  let summary = "Outline layers, with the elementwise operations behind them, into kernels";
  let description = [{
    Splits each network into functions marked `nnq.kernel`, one per layer, and leaves calls and `nnq.reshape` (another name of the same
    memory) in it. A kernel is a root and the chain of elementwise operations behind it, as far as each value has one use and the shape
    stays; where two operands could absorb an operation, the one that is computed last does. A kernel has at most 32 operations. Constants
    are cloned into kernels.

    Runs behind `--nnq-decompose-layers` and `--nnq-collapse-dims`.

    Functions that are kernels already are left alone, so that a network can be outlined by hand. `nnq.observe` counts as a use.

    {{example: test/Codegen/form-kernels-doc.mlir}}
  }];
  let dependentDialects = ["::mlir::func::FuncDialect"];
  let statistics = [Statistic<"numKernels", "num-kernels", "Kernels outlined">];
}

def ChooseTiles : Pass<"nnq-choose-tiles", "::mlir::ModuleOp"> {
  let summary = "Say on each contraction how many of its sums stay in registers";
  let description = [{
    Every `nnq_kernel.contract` gets a `tiling`: of the tiles in the target's table for its input and encoding the one that needs the
    fewest steps, edges included. One that it has is kept, and one that `file` has for a layer of its name is taken:

    ```json
    {"conv1": {"rows": 6, "columns": 4}}
    ```

    It is an error if the sums of such a tile do not fit in the target's registers, if there are fewer rows or columns than it has, or if
    no product has a name of the file. A contraction whose loops can't be tiled becomes `linalg.generic`, with a remark that says why.

    {{example: test/Codegen/choose-tiles-doc.mlir}}
  }];
  let options = [Option<"target", "target", "std::string", /*default=*/"\"native\"", "The target whose tiles to choose from, or `native` for this machine.">,
    Option<"file", "file", "std::string", /*default=*/"\"\"", "File (JSON) of tiles by the names of layers; none by default.">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
  let statistics = [Statistic<"numChosen", "num-chosen", "Contractions whose tile was chosen">];
}

def GeneralizeContractions : Pass<"nnq-generalize-contractions"> {
  let summary = "Write contractions as linalg.generic";
  let description = [{
    Every `nnq_kernel.contract` becomes `linalg.generic`, which any compiler lowers: one that multiplies and adds, or with blocks one for
    the sum of each and one that adds up what they stand for.

    {{example: test/Codegen/generalize-contractions-doc.mlir}}
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect"];
}

def LowerKernels : Pass<"nnq-lower-kernels", "::mlir::ModuleOp"> {
  let summary = "Lower kernels on tensors to loops of vector operations on memory";
  let description = [{
    Every function marked `nnq.kernel` becomes one that reads and writes memory: its tensors turn into memrefs, its constants and
    results into further arguments, and each contraction or `linalg.generic` that can't be computed where it is used into a loop nest.

    - A contraction is tiled in registers: `rows x columns` accumulators of its `tiling` (or of the one that `--nnq-choose-tiles` would
      choose) live through the whole reduction, weights are packed in the order in which the loop reads them, at compile time or, if they are computed, in front of it; and everything
      that follows (bias, rescaling,
      activation, residual) is computed on the accumulators before they are stored. Its core is one `vector.contract` of extended integers
      per accumulator (activations of 8 or 16 bits, weights of 8), which a target's dot-product conversion turns into an instruction.
      Weights of 4 bits lie two to a byte and are unpacked in that loop. Sums of blocks and their sum in f32 are computed in one nest.
    - Everything else is vectorized along its innermost dimension. Elementwise producers and consumers are computed in place. Where
      reductions run along memory, the lanes of 16 neighbouring integer results are combined together, and sums of bytes (which weights
      with zero points ask for) are dot products with constant bytes.

    Calls are rewritten to pass buffers, which the caller allocates; `--nnq-plan-memory` then places them. Weights become constant
    globals. Schedules are C++ here and not the Transform dialect: register tiles, the order of weights and the edges of a tile are
    decided together, per shape, and a network has a hundred shapes.

    {{example: test/Codegen/lower-kernels-doc.mlir}}
  }];
  let options = [Option<"target", "target", "std::string", /*default=*/"\"native\"", "The target whose tiles and dot products to use, or `native` for this machine.">];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect", "::mlir::math::MathDialect"];
  let statistics = [Statistic<"numContractions", "num-contractions", "Products tiled in registers">,
    Statistic<"numNests", "num-nests", "Other loop nests">];
}

def WidenActivations : Pass<"nnq-widen-activations", "::mlir::func::FuncOp"> {
  let summary = "Let products read words where the target multiplies words";
  let description = [{
    A target without a dot product of bytes multiplies words, to which bytes are extended in registers: a weight once for all rows of a tile, an
    activation again for each tile. Where the target's instruction is the same for both (`vpmaddwd`), products of activations of 8 bits and
    constant weights of 8 bits read a copy of their input instead, whose elements are extended to `i16` once.

    {{example: test/Codegen/widen-activations-doc.mlir}}
  }];
  let options = [Option<"target", "target", "std::string", "\"native\"", "The target whose dot products to use, or `native` for this machine.">];
  let statistics = [Statistic<"numWidened", "num-widened", "Products that read words">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def DeduplicateKernels : Pass<"nnq-deduplicate-kernels", "::mlir::ModuleOp"> {
  let summary = "Keep one of each set of equal kernels";
  let description = [{
    Layers of one shape differ only in their weights, which are arguments. Kernels whose bodies and types are equal are called under
    one name, so that each shape is compiled once.

    {{example: test/Codegen/deduplicate-kernels-doc.mlir}}
  }];
  let statistics = [Statistic<"numErased", "num-erased", "Kernels replaced by an equal one">];
}

def SplitKernels : Pass<"nnq-split-kernels", "::mlir::ModuleOp"> {
  let summary = "Split kernels into functions of a range of iterations";
  let description = [{
    For kernels on memory, as --nnq-lower-kernels leaves them. Each loop at the top level of a kernel that carries no values is parallel:
    it computes each element of a result once. It becomes a function `KERNEL_partI` with two more arguments, the first iteration and the
    one after the last, and the attribute `nnq.parallel`, the number of iterations. What is between such loops becomes functions without
    these. Views, constants and index arithmetic are cloned into each part that uses them, and a call of the kernel becomes calls of its
    parts, over all iterations. A kernel that is one loop keeps its name.

    Left alone are loops that run less than `min-work` operations, since waking a thread costs more; that read what they write; or that
    write what does not depend on the iteration. No reduction is split, so that results do not depend on the number of threads.

    Loops of fewer than 8 iterations per thread are collapsed with the loops in them: `for i < n { for j < m { A }; B }` becomes one loop
    over `n * (m + 1)` iterations.

    {{example: test/Codegen/split-kernels-doc.mlir}}
  }];
  let options = [Option<"minWork", "min-work", "int64_t", /*default=*/"32768", "Split loops that run at least so many operations: iterations times the size of the body.">,
    Option<"threads", "threads", "int64_t", /*default=*/"2", "The number of threads among which iterations should divide well.">];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
  let statistics = [Statistic<"numParallel", "num-parallel", "Functions of a range of iterations">];
}

def ParallelizeCalls : Pass<"nnq-parallelize-calls", "::mlir::ModuleOp"> {
  let summary = "Add functions that run parallel parts by a parallel-for of the caller";
  let description = [{
    On the LLVM dialect. Each public function `NAME` gets a twin `NAME_parallel` with two more arguments, a function
    `void parallel_for(void *pool, void (*task)(void *args, int64_t begin, int64_t end), void *args, int64_t count)` and its `pool`. Where
    `NAME` calls a function with the attribute `nnq.parallel` for all iterations, the twin stores the pointers that it passes in an array
    on the stack and calls `parallel_for`, whose tasks take them from there. The rest is the same, and `NAME` is left alone.

    {{example: test/Codegen/parallelize-calls-doc.mlir}}
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
  let statistics = [Statistic<"numCalls", "num-calls", "Calls that became parallel">];
}

def PlanMemory : Pass<"nnq-plan-memory", "::mlir::func::FuncOp"> {
  let summary = "Place all buffers of a function in one arena";
  let description = [{
    Replaces the allocations of a public function by views of one more argument, the arena. A buffer lives from its first to its last
    use; buffers that live at the same time do not overlap. Largest first, each at the lowest offset that is free for its whole life
    (greedy by size, as in arXiv:2001.03288), aligned to 64 bytes. The size is left as the function's attribute `nnq.arena_bytes`.

    {{example: test/Codegen/plan-memory-doc.mlir}}
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

def TimeKernels : Pass<"nnq-time-kernels", "::mlir::func::FuncOp"> {
  let summary = "Measure each kernel that a function calls";
  let description = [{
    A function that calls kernels on memory gets one more output, `ticks`, in front of its arena: an i64 for each call, in order, with
    what a counter of the processor advanced by from the end of the call before it (for the first one: from its beginning). Counters
    are `rdtsc` on x86 and the generic timer on Arm, which a program may read without asking the system; how long a tick is, is not
    said, so only shares of the sum mean anything. The attribute `nnq.kernels` of the function has the name of each call's location.

    Costs about 10 ns for each call. Runs behind `--nnq-lower-kernels`, on a variant of the network that is for measuring only.
    Left alone: kernels themselves, and time between the last call and the end.

    {{example: test/Codegen/time-kernels-doc.mlir}}
  }];
  let options = [Option<"target", "target", "std::string", /*default=*/"\"native\"", "The target whose counter to read, or `native` for this machine.">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect", "::mlir::LLVM::LLVMDialect"];
}

def ExposeObservers : Pass<"nnq-expose-observers", "::mlir::func::FuncOp"> {
  let summary = "Turn observed tensors into further results of the function";
  let description = [{
    Each `nnq.observe` becomes one more result, whose attribute `nnq.name` is the observer's name and which carries `nnq.observed`. The
    compiled function hands such results to its caller (`--nnq-call-observer`), and statistics are gathered outside.

    {{example: test/Codegen/expose-observers-doc.mlir}}
  }];
}

def CallObserver : Pass<"nnq-call-observer", "::mlir::func::FuncOp"> {
  let summary = "Hand observed outputs to the caller's observer, each as soon as it is computed";
  let description = [{
    For a function on memory, as --nnq-lower-kernels leaves it. Outputs that carry `nnq.observed` become buffers of its own, whose memory
    `--nnq-plan-memory` uses again: a network whose tensors are all observed needs no more memory than one that runs. The function gets one
    more input, `observer`, behind the others: two i64, the address of a `void observe(int64_t context, int64_t index, const void *data)`
    and the context that it is called with. `index` counts observed tensors in the order of the outputs; `data` is there until the call
    returns. The attribute `nnq.observed` of the function has the attributes of each, with its type as `nnq.memory`.

    Left alone: kernels, and functions that have no such outputs. Runs in front of `--nnq-split-kernels`: one call writes each buffer.

    {{example: test/Codegen/call-observer-doc.mlir}}
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect", "::mlir::LLVM::LLVMDialect"];
}

def SetActivationSign : Pass<"nnq-set-activation-sign", "::mlir::func::FuncOp"> {
  let summary = "Store activations as signed or as unsigned integers";
  let description = [{
    Dot-product instructions differ in the sign of their activations: `vpdpbusd` and `usmmla` want unsigned bytes, `sdot` signed ones, and
    all want signed words. The same real values have both forms: storage and zero point move by 128, or by 32768. Every activation of 8 or
    16 bits gets the type that the target wants. Weights are left alone. Types at the boundary of the function are left alone too, with an
    `nnq.requantize` (one `xor`) behind or in front; so is the meaning of the function, to the bit: an operation whose rounding depends on
    how codes are numbered (a sum of bytes) gets the distance in `nnq.code_offsets`.

    {{example: test/Codegen/set-activation-sign-doc.mlir}}
  }];
  let options = [Option<"target", "target", "std::string", /*default=*/"\"native\"", "The target whose sign to use, or `native` for this machine.">];
  let dependentDialects = ["::nnq::NNQDialect"];
}

def ApproximateMath : Pass<"nnq-approximate-math"> {
  let summary = "Expand exp, tanh, erf, log and the like to polynomials";
  let description = [{
    Functions of vectors and scalars of f32 become multiplications, additions and `math.fma`: no call, the same bits on every
    target. `exp`, `log`, `sin` and `cos` are those of `ElementaryFunctions.h`, within two units in the last place for every f32,
    subnormal numbers and arguments of any size included; the others are upstream's approximations (after the Cephes library).
    `math.powf` stays a call of the C library.

    {{example: test/Codegen/approximate-math-doc.mlir}}
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"];
}

#endif // NNQ_CODEGEN_PASSES_TD
