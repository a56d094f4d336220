// Passes of the layer Compiler: they run pipelines on copies of the network.

#ifndef NNQ_COMPILER_PASSES_TD
#define NNQ_COMPILER_PASSES_TD

include "mlir/Pass/PassBase.td"

def MeasureSensitivity : Pass<"nnq-measure-sensitivity", "::mlir::ModuleOp"> {
  let summary = "Estimate what each width of each layer adds to the network's noise, and what it costs";
  let description = [{
    Writes the file of sensitivities that `--nnq-pick-bit-widths` reads (`include/nnq/Quantization/BitWidthFiles.h`, docs/BitWidths.md) and
    changes nothing. Runs on a prepared float network, which it need not be able to run: what layers read is in the file of `moments`
    (`nnq calibrate --moments`), their ranges in that of `calibration`, which the moments were gathered with.

    The `noise` of a width is the layer's own error, by the moments H of its input about their means (`include/nnq/Quantization/LayerNoise.h`):

        (tr((Q - W) H (Q - W)') + s^2 / 12 * sum of W_ij^2) / tr(W H W')

    W are the weights. Q are those of the width: of 8 bits as `--nnq-quantize` rounds them, of fewer by the moments, in second order and without a
    refit, as `nnq compile --moments` does. s is the scale of the input at that width, rounding errors being uniform and independent; inputs
    that never vary have none. The width `float` has no noise. `sqnr_db` says the same in decibels; there is no `kl`.

    Noises of layers are taken to add up with equal weights, as if a relative error passed on to the output as it is: the first-order
    argument of quantization by signal-to-noise ratio (Lin et al., arXiv:1511.06393). It does not see what the layers behind make of an error:
    that they attenuate it, or that a sum with another branch does; that inputs are clipped; that zeros are exact; nor what is made up for when
    channels are corrected. `nnq sensitivity` measures that, on samples.

    `bytes`, `bops` and `time_us` are those of the layer's kernel in a network that has the width throughout, predicted for `target`,
    1,000 cycles for a microsecond. All numbers are the same on every machine.

    A layer whose sums are not over windows of the input, or without constant weights, has no line. One that has no name of its own, that
    stays in float when it is quantized, or whose moments are missing is left out with a remark. Fails if no layer is left, and if a layer's
    moments are of an input of another scale, as another calibration gives it.

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
