// Passes of the library Compiler: what is found by pipelines on copies of the network, and what an object file needs.

#ifndef NNQ_COMPILER_PASSES_TD
#define NNQ_COMPILER_PASSES_TD

include "mlir/Pass/PassBase.td"

def MeasureSensitivity : Pass<"nnq-measure-sensitivity", "::mlir::ModuleOp"> {
  let summary = "Estimate what each width of each layer adds to the network's noise, and what it costs";
  let description = [{
    Writes the file of sensitivities that `--nnq-pick-bit-widths` reads (`include/nnq/Quantization/BitWidthFiles.h`, docs/BitWidths.md); the
    network stays as it is. It is a prepared float network, and is not run: what its layers read is in the file of `moments`
    (`nnq calibrate --moments`), which was gathered with the statistics in `calibration`.

    The `noise` of a width is the layer's own error, by the moments H of its input about their means
    (`include/nnq/Quantization/LayerNoise.h`):

        (tr((Q - W) H (Q - W)') + s^2 / 12 * sum of W_ij^2) / tr(W H W')

    W are the weights. Q are those of the width: of 8 bits as `--nnq-quantize` rounds them, of fewer by the moments, in second order and
    without a refit, as `nnq compile --moments` does. s is the scale of the input at that width in units of H; its rounding errors are taken
    to be uniform and independent, and inputs that never vary have none. The width `float` has no noise. `sqnr_db` says the same in
    decibels; `kl` is missing.

    Noises of layers are taken to add up with weight one each: a relative error that a layer adds is passed on as it is, the first-order
    model of Lin et al. (arXiv:1511.06393). It does not see what layers behind make of an error, that a residual sum or a mean dilutes it,
    that inputs are clipped, that zeros are exact, or what correcting channels makes up for. `nnq sensitivity` measures all of that, on
    samples; docs/BitWidths.md says how far the two are apart.

    `bytes`, `bops` and `time_us` are those of the layer's kernel in a network that has the width throughout, predicted for `target`, 1,000
    cycles for a microsecond. For a target that is named, the file is the same on every machine.

    Layers without constant weights, or whose sums are not over windows of their input, are not listed. One that has no name of its own,
    that reads no integers when it is quantized, or whose moments are missing is left out with a remark. Fails if no layer is left, and if
    moments are of an input of another scale than this calibration gives.

    {{example: test/Compiler/measure-sensitivity-doc.mlir}}
  }];
  let options = [
    Option<"calibration", "calibration", "std::string", "", "The calibration file (JSON) of the network; required.">,
    Option<"moments", "moments", "std::string", "", "The file of moments, gathered with this calibration; required.">,
    Option<"output", "output", "std::string", "", "The file of sensitivities (JSON) to write; required.">,
    Option<"target", "target", "std::string", "\"native\"", "The target that costs are of, or `native` for this machine.">,
    ListOption<"widths", "widths", "std::string",
      "Candidates, separated by commas, such as w8a16 or float; w4a8 if none is named, and always w8a8.">];
}

def NumberLayers : Pass<"nnq-number-layers", "::mlir::func::FuncOp"> {
  let summary = "Give each layer its place in the network, which its kernels keep";
  let description = [{
    Layers are the operations that compute or move values, without reshapes and constants, in the order of the manifest's `layers`. Beside
    its name, the location of each gets its number, from 0: kernels and their calls carry the locations of what they compute, so that
    their costs and times are found again as those of layers, whose names need not differ.

    First of `--nnq-lower-to-loops-pipeline`. The number is in no object file.

    {{example: test/Compiler/number-layers-doc.mlir}}
  }];
}

def SetEntry : Pass<"nnq-set-entry", "::mlir::ModuleOp"> {
  let summary = "Name the function that a program calls, and keep all others inside the object file";
  let description = [{
    On LLVM's dialect. The function `function` gets the name `symbol`, and all others that have a body become private, with internal linkage: an
    object file has one symbol. Without `symbol`, public functions keep their names and stay what a program calls.

    What is private is not inlined: a kernel is large and shared by layers, and would be compiled once for each call. Arguments of what a
    program calls lose their attributes, which describe tensors; LLVM knows pointers. Declarations are left alone.

    Fails if there is no such function, if another one is called `symbol`, and if C has no such identifier. Runs in front of
    `--nnq-parallelize-calls`, which gives what a program calls a twin.

    {{example: test/Compiler/set-entry-doc.mlir}}
  }];
  let options = [
    Option<"function", "function", "std::string", "\"main\"", "The function to name.">,
    Option<"symbol", "symbol", "std::string", "", "Its symbol in the object file; without, public functions keep their names.">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def WidenInputs : Pass<"nnq-widen-inputs", "::mlir::ModuleOp"> {
  let summary = "Let layers read the network's inputs in 16 bits where 8 would round them";
  let description = [{
    Layers with constant weights that read an input of the network, perhaps moved, scaled or shifted, get the width `w8a16`
    (`nnq.bit_width`, as by `--nnq-set-bit-widths`), if

    - they do at most a twentieth of the products of all such layers, since products of 16 bits take about twice as long, and
    - the statistics in `calibration` have values of an input that codes of 8 bits do not stand for, to 0.02 steps in the root mean
      square. The codes are those of a copy that is quantized by the other options, as `--nnq-quantize-pipeline` has them. Inputs of more than
      256 distinct values count as rounded, and so do those that are scaled or shifted, or read in float too: they are on no grid that is
      known.

    With `always` neither is asked. Otherwise a remark says why inputs are read in 8 bits. The network is prepared and in float; that copy is
    the only one that is quantized. Fails if it can't be.

    {{example: test/Compiler/widen-inputs-doc.mlir}}
  }];
  let options = [
    Option<"calibration", "calibration", "std::string", "", "The calibration file (JSON) of the network; required.">,
    Option<"always", "always", "bool", "false", "Widen all inputs, whatever it costs and gains.">,
    Option<"rangeMethod", "range-method", "std::string", "\"mse\"", "How a range follows from statistics, as in --nnq-fold-calibration.">,
    Option<"percentile", "percentile", "double", "99.999", "The percentage of the values that `range-method=percentile` keeps.">,
    Option<"weightGranularity", "weight-granularity", "std::string", "\"per_channel\"",
      "What shares a scale of the weights: per_channel or per_tensor.">,
    Option<"activations", "activations", "std::string", "\"asymmetric\"", "Where the zero point of activations lies: asymmetric or symmetric.">,
    ListOption<"rules", "rules", "std::string", "Exceptions by layer, as --nnq-quantize takes them.">];
}

#endif // NNQ_COMPILER_PASSES_TD
