// Passes of the layer Compiler: they run pipelines on copies of the network.

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
    Option<"calibration", "calibration", "std::string", "", "Calibration file (JSON) of the network">,
    Option<"moments", "moments", "std::string", "", "File of moments, gathered with this calibration">,
    Option<"output", "output", "std::string", "", "Where to write the sensitivities (JSON)">,
    Option<"target", "target", "std::string", "\"native\"", "A target of the table, or native">,
    ListOption<"widths", "widths", "std::string",
      "Candidates, separated by commas, such as w8a16 or float; w4a8 if none is named, and always w8a8">];
}

#endif // NNQ_COMPILER_PASSES_TD
