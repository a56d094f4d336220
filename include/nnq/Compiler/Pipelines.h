// The named pipelines. Each prints as text that nnq-opt takes back.

#ifndef NNQ_COMPILER_PIPELINES_H
#define NNQ_COMPILER_PIPELINES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace nnq {

/// Options of `nnq-quantize-pipeline`.
struct QuantizePipelineOptions : mlir::PassPipelineOptions<QuantizePipelineOptions> {
  Option<std::string> calibration{
      *this, "calibration",
      llvm::cl::desc("The calibration file (JSON) of the prepared network; none if the network is "
                     "quantized already.")};
  Option<std::string> profile{
      *this, "profile",
      llvm::cl::desc("The numerics profile; by default the network's own, which is onnx where it "
                     "names none.")};
  Option<std::string> rangeMethod{
      *this, "range-method",
      llvm::cl::desc("How a range follows from statistics: mse, min_max, moving_average, "
                     "percentile or entropy."),
      llvm::cl::init("mse")};
  Option<double> percentile{
      *this, "percentile",
      llvm::cl::desc("The percentage of the values that range-method=percentile keeps."),
      llvm::cl::init(99.999)};
  Option<std::string> weightGranularity{
      *this, "weight-granularity",
      llvm::cl::desc("What shares a scale of the weights: per_channel or per_tensor."),
      llvm::cl::init("per_channel")};
  Option<unsigned> weightBits{*this, "weight-bits",
                              llvm::cl::desc("The width of weights in bits, 2 to 8."),
                              llvm::cl::init(8)};
  Option<unsigned> weightBlock{
      *this, "weight-block",
      llvm::cl::desc("The number of input channels that share a scale of the weights; 0 for all."),
      llvm::cl::init(0)};
  Option<std::string> activations{
      *this, "activations",
      llvm::cl::desc("Where the zero point of activations lies: asymmetric or symmetric."),
      llvm::cl::init("asymmetric")};
  Option<std::string> bitWidths{
      *this, "bit-widths",
      llvm::cl::desc("The file of bit-widths (JSON), as --nnq-set-bit-widths takes it.")};
  ListOption<std::string> rules{
      *this, "rules", llvm::cl::desc("Exceptions by layer, as --nnq-quantize takes them.")};
  Option<bool> simulate{
      *this, "simulate",
      llvm::cl::desc("Stay in float, with switches that round (--nnq-simulate-rounding)."),
      llvm::cl::init(false)};
};

/// Options of the lowering pipelines.
struct LowerPipelineOptions : mlir::PassPipelineOptions<LowerPipelineOptions> {
  Option<std::string> target{
      *this, "target",
      llvm::cl::desc("The target to compile for, or native for this machine (docs/Targets.md)."),
      llvm::cl::init("native")};
  Option<int64_t> threads{
      *this, "threads",
      llvm::cl::desc("The most threads in a run; above 1, functions that take a parallel-for are "
                     "added."),
      llvm::cl::init(1)};
  Option<std::string> name{
      *this, "name",
      llvm::cl::desc("The prefix of the C symbols: `main` becomes NAME_run, and nothing else is "
                     "exported; without, public functions keep their names.")};
  Option<std::string> tiles{
      *this, "tiles",
      llvm::cl::desc("The file of register tiles by layer; see --nnq-choose-tiles."),
      llvm::cl::init("")};
};

/// `nnq-prepare-pipeline`: channels last, batch normalization folded. Runs on an imported network,
/// before calibration and quantization.
void buildPreparePipeline(mlir::OpPassManager &pm);

/// `nnq-observe-pipeline`: every tensor whose range is wanted becomes a result. Runs on a prepared
/// network.
void buildObservePipeline(mlir::OpPassManager &pm);

/// `nnq-quantize-pipeline`: calibration folded in, types quantized, requantization fused. Runs on a
/// prepared network. Without a calibration file it takes the quantization that the network brings
/// (nnq.requantize in front of and behind operations, as ONNX's QuantizeLinear and
/// DequantizeLinear), and says what is left in float.
llvm::Error buildQuantizePipeline(mlir::OpPassManager &pm, const QuantizePipelineOptions &options);

/// The dialects that this pipeline loads, for passes that run it on a copy of their network.
void addQuantizePipelineDialects(mlir::DialectRegistry &registry);

/// `nnq-lower-to-loops-pipeline`: from nnq operations to loops of vector operations on one arena.
void buildLowerToLoopsPipeline(mlir::OpPassManager &pm, const LowerPipelineOptions &options);

/// Its two parts: to a kernel for each layer, of linalg operations on tensors, and from there.
void buildFormKernelsPipeline(mlir::OpPassManager &pm, const LowerPipelineOptions &options);
void buildKernelsToLoopsPipeline(mlir::OpPassManager &pm, const LowerPipelineOptions &options);

/// `nnq-loops-to-llvm-pipeline`: from there to the LLVM dialect, by way of the target's dot
/// products, and to the functions that a program calls.
llvm::Error buildLoopsToLLVMPipeline(mlir::OpPassManager &pm, const LowerPipelineOptions &options);

/// Adds a pass of which some options are set already; others are said as text, since they are of
/// enumerations. Paths, names and rules are none of these: no text says all characters.
llvm::Error addPass(mlir::OpPassManager &pm, std::unique_ptr<mlir::Pass> pass,
                    const llvm::Twine &options);

/// Runs passes on a copy of a network, of which nothing is said: remarks are for the network
/// itself. Error: the first one of the passes, behind `what`.
llvm::Error runQuietly(mlir::PassManager &pm, mlir::ModuleOp copy, llvm::StringRef what);

/// Registers the five, and `nnq-lower-to-llvm-pipeline`, which is the last two in one.
void registerPipelines();

} // namespace nnq

#endif // NNQ_COMPILER_PIPELINES_H
