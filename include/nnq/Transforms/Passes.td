// Passes of the library Transforms: prepare, calibrate, quantize, fuse.

#ifndef NNQ_TRANSFORMS_PASSES_TD
#define NNQ_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

class NNQ_FuncPass<string flag> : Pass<flag, "::mlir::func::FuncOp"> {
  let dependentDialects = ["::nnq::NNQDialect", "::mlir::quant::QuantDialect"];
}
class NNQ_ModulePass<string flag> : Pass<flag, "::mlir::ModuleOp"> {
  let dependentDialects = ["::nnq::NNQDialect", "::mlir::quant::QuantDialect"];
}

def PropagateLayout : NNQ_FuncPass<"nnq-propagate-layout"> {
  let summary = "Sink transposes to channels-first until they cancel, so that the network is NHWC inside";
  let description = [{
    An importer from a channels-first format surrounds each operation on images by a pair of transposes. This pass

    - sinks transposes from channels-last to channels-first (`[0, 3, 1, 2]`) below operations that implement
      `LayoutPermutableOp`. Constant operands are permuted at compile time, right-aligned first as numpy broadcasts: a constant of
      `1xCx1x1` or `Cx1x1` becomes `C`. Another operand that comes in channels-first order gets the inverse transpose;
    - hoists the inverse (`[0, 2, 3, 1]`) above such operations with one operand that is not constant and one use, towards the inputs;
    - folds a transpose that is flattened in front of constant weights into the columns of the weights:
      `fully_connected(reshape(transpose(x)), w)` becomes `fully_connected(reshape(x), w')`;
    - folds transposes and reshapes of constants, and merges or cancels adjacent ones (canonicalization).

    Left alone: transposes at the function's inputs and outputs, whose layout is the caller's, and other permutations (attention
    heads), which no layout explains. Of the self-inverse `[0, 2, 1]` only chains that need no new transpose are sunk, since otherwise
    the two directions could not be told apart and the pass would not end. It ends because one kind of transpose only moves down
    and the other only up.

    {{example: test/Transforms/propagate-layout-doc.mlir}}
  }];
}

def RecognizeSpellings : NNQ_FuncPass<"nnq-recognize-spellings"> {
  let summary = "Put together what exporters spell out in elementary operations";
  let description = [{
    Where operations together compute a known function of a value x, one operation takes the place of the last of them, with its name:

    | function | operation |
    | --- | --- |
    | layer norm over the last axes | `nnq.layer_norm` |
    | layer norm over other axes, instance norm, RMS norm, L2 norm | `nnq.normalize` |
    | softmax and its logarithm, with or without the largest element subtracted | `nnq.softmax`, `nnq.log_softmax` |
    | relu, relu6, square, cube, abs, rsqrt, reciprocal | `nnq.clamp`, `nnq.unary`, `nnq.cube` |
    | sigmoid, tanh, softplus, silu, gelu (erf, tanh), mish, hard swish, hard sigmoid, leaky relu, elu, selu | `nnq.unary` |
    | leaky relu whose slopes differ by channel | `nnq.prelu` |
    | swish (gelu by a sigmoid), celu, log-sigmoid, softsign, tanh-shrink | `nnq.swish`, `nnq.celu`, ... |

    Quantized one by one, the parts lose what the whole keeps: a denominator of 8 bits hits 0. A norm or softmax is one operation in float,
    which `--nnq-quantize` reports; an activation is one table of bytes, or an epilogue.

    Spellings are compared as formulas in a normal form (`lib/Transforms/Formula.h`): sums and products commute, `x / 2` is `0.5 x`,
    `Sqrt`, `Pow`, `Reciprocal` and `Div` are powers, `Max` and `Min` with numbers are clamps, nested means are one. Constants must be those of
    the function up to the rounding of a few factors to f32; slopes and epsilons may have any value. Scale and bias of a norm are
    constants. An epsilon may stand inside or outside of the root, or be a lower bound. Intermediate values that something
    else uses are computed beside the new operation.

    A leaky rectifier of x is whatever is x where that is positive, and a constant multiple elsewhere:

        max(x, 0) + slope * min(x, 0)                       Keras: relu(x) - slope * relu(-x)
        relu(x) + slope * (x - abs(x)) / 2                  TensorFlow
        (1 + slope) / 2 * x + (1 - slope) / 2 * abs(x)      Caffe
        max(x, slope * x), slope <= 1
        select(x > 0, x, slope * x)

    Left alone: networks that come quantized, whose bits are those of their operations; norms whose mean and deviation are taken
    along different axes; what has its constants wrong. Runs behind `--nnq-propagate-layout`, so that no transposes stand
    within spellings, behind CSE, so that equal values are one, and before `--nnq-fold-batch-norm`, which moves constants into weights.

    {{example: test/Transforms/recognize-spellings-doc.mlir}}
  }];
  let statistics = [Statistic<"numRecognized", "num-recognized", "Spellings that became one operation">];
}

def FoldBatchNorm : NNQ_FuncPass<"nnq-fold-batch-norm"> {
  let summary = "Fold batch normalization and per-channel scales and offsets into weights and bias";
  let description = [{
    Behind an `AccumulatingOp` with constant weights (and bias, where it has one) whose result has one use, a batch normalization
    with constant statistics, or `nnq.mul`, `nnq.div`, `nnq.add`, `nnq.sub` with a constant that is a scalar or one number per channel,
    goes into weights and bias, repeatedly along a chain:

        W' = W * g / sqrt(v + e)        b' = beta + (b - m) * g / sqrt(v + e)

    in double precision, rounded once to f32. A batch normalization that stands elsewhere (on the input, before an activation and a
    convolution, behind a result with several uses) becomes `nnq.mul` and `nnq.add` with one constant per channel. Scales and offsets behind
    `nnq.group_norm` go into its own.

    Where only rectifiers and pools stand between an accumulation and `nnq.mul` or `nnq.div`, the magnitude of the scale moves in
    front of them, into weights and bias, and its sign stays: `relu(a x) = a relu(x)` for `a > 0`. One scale of 8 bits for all channels
    of the tensors between would else be wasted on channels that the multiplication makes small.

    Left alone: a normalization in front of a convolution is not folded into it, since the zero padding of the convolution lies
    behind the offset; one whose statistics are not constant. Channels are the last dimension: run `--nnq-propagate-layout` first,
    else transposes stand between convolution and normalization.

    {{example: test/Transforms/fold-batch-norm-doc.mlir}}
  }];
}

def EqualizeChannels : NNQ_FuncPass<"nnq-equalize-channels"> {
  let summary = "Give the channels between two layers weights of like size in both";
  let description = [{
    One scale for all weights of a layer serves channels with small weights badly. Where an `AccumulatingOp` with constant weights reads
    another's result, each channel c in between may be divided by a number in front and multiplied behind:

        W1[c, :] / s_c,  b1[c] / s_c,  W2[:, c] * s_c        s_c = sqrt(r1_c r2_c) / r2_c

    with `r1_c` the greatest `|w|` of output channel c of the first, `r2_c` that of input channel c of the second: cross-layer
    equalization (arXiv:1906.04721), repeated over all pairs until it converges. A depthwise convolution is the second of one pair
    and the first of the next. `s_c` is the nearest power of two, so that the float network computes the same bits; a remark on the
    second layer says how far it goes.

    Between the two may stand what lets a positive scale pass: rectifiers, pools, reshapes that keep channels last, and clamps from 0 (or
    no bound) to a bound, such as relu6, whose bound becomes one for each channel, `nnq.min` with a constant, in front of a rectifier. On this
    way each result has one use.

    Left alone: pairs with anything else between (residual adds, concatenations, other functions), results with several uses, and dead
    channels, whose weights in front are less than a thousandth of the layer's greatest: scaled up, their bias would be a huge
    constant. Runs on a prepared network before calibration, since tensors between the layers change. With
    weights of a scale per channel it gains nothing worth the bounds of its own that a clamp then has.

    {{example: test/Transforms/equalize-channels-doc.mlir}}
  }];
}

def InsertObservers : NNQ_FuncPass<"nnq-insert-observers"> {
  let summary = "Mark the tensors whose range the quantizer needs";
  let description = [{
    Puts `nnq.observe` on each f32 input of the function, and on each f32 result of a `QuantizableOp` that computes.

    Left alone: constants; results of operations that only move values (`sharesScale`), whose range is that of what they move; and a
    tensor whose only use is a clamp, since the range behind the clamp is the one that counts. Names are `nnq.name` of
    the argument, or the name of the operation's location (its operation name where it has none), with `.1`, `.2`, ... when a
    name repeats; they are the keys of the calibration file.

    {{example: test/Transforms/insert-observers-doc.mlir}}
  }];
}

def FoldCalibration : NNQ_ModulePass<"nnq-fold-calibration"> {
  let summary = "Annotate tensors with ranges estimated from a calibration file";
  let description = [{
    Reads a calibration file (`include/nnq/Quantization/CalibrationFile.h`), estimates the range of each observed tensor by `range-method`,
    and annotates it: the attribute `nnq.range` on the operation (a low and a high bound for each result) or on the argument, and beside
    it `nnq.observation`, the tensor's name, which later passes keep for `--nnq-expose-layers`. The `nnq.observe` operations go. A function without observers is annotated where `--nnq-insert-observers` would put them.

    The steps of a recurrent layer, which the importer unrolls, get one range for each value: the union over operations of one kind with
    one name in `nnq.step`. So they have one scale, and one kernel does for all of them.

    Fails, and names the tensor, if the file has no statistics for it. Statistics of tensors that the module does not have are ignored:
    one file may serve several variants of a network. Methods and formulas: `include/nnq/Quantization/RangeEstimator.h`.

    {{example: test/Transforms/fold-calibration-doc.mlir}}
  }];
  let options = [
    Option<"file", "file", "std::string", "", "The calibration file (JSON); required.">,
    Option<"rangeMethod", "range-method", "::nnq::RangeMethod", "::nnq::RangeMethod::MSE", "How a range follows from statistics.", [{llvm::cl::values(
      clEnumValN(::nnq::RangeMethod::MSE, "mse", "Least expected squared error (default)."),
      clEnumValN(::nnq::RangeMethod::MinMax, "min_max", "Smallest and largest value."),
      clEnumValN(::nnq::RangeMethod::MovingAverage, "moving_average", "Exponential average of each sample's extremes."),
      clEnumValN(::nnq::RangeMethod::Percentile, "percentile", "The range that holds a percentage of the values."),
      clEnumValN(::nnq::RangeMethod::Entropy, "entropy", "Least Kullback-Leibler divergence."))}]>,
    Option<"bits", "bits", "unsigned", "8", "The width of activations in bits, on which `entropy` and `mse` depend.">,
    Option<"symmetric", "symmetric", "bool", "false", "Widen each range to the form [-t, t].">,
    Option<"percentile", "percentile", "double", "99.999", "The percentage of the values that `percentile` keeps, above 50 and at most 100.">,
    Option<"averagingConstant", "averaging-constant", "double", "0.01", "What `moving_average` weighs a new sample by, from 0 to 1.">];
}

def SetBitWidths : NNQ_ModulePass<"nnq-set-bit-widths"> {
  let summary = "Give layers the widths that a file says";
  let description = [{
    Reads a file of bit-widths (`include/nnq/Quantization/BitWidthFiles.h`, docs/BitWidths.md) and puts `nnq.bit_width` on each
    `AccumulatingOp` in float whose name it has: `w4a8` for weights of 4 bits and activations of 8, `w4a8b32` for such in blocks of 32 input
    channels, `w8a8-4:8` for weights with zeros in a pattern, or `float`. `--nnq-quantize` takes it from
    there. Layers are named by their locations, as in the report and the manifest; all layers of one name have its width.
    Tensors that the file says are wide, by their names in the statistics, get `nnq.wide` (behind `--nnq-fold-calibration`).

    Fails, with the names that there are, if the file names a layer or tensor that the module does not have. Layers that the file does
    not name stay.

    {{example: test/Transforms/set-bit-widths-doc.mlir}}
  }];
  let options = [Option<"file", "file", "std::string", "", "The file of bit-widths (JSON); required.">];
}

def NarrowWeights : NNQ_ModulePass<"nnq-narrow-weights"> {
  let summary = "Give the layers that are worth it weights of few bits";
  let description = [{
    Puts `nnq.bit_width` with the value `width` on layers in float with constant weights, as `--nnq-set-bit-widths` does by a file. Left out
    are the first and the last one, depthwise convolutions, and those of less than `fewest-weights` weights: there few bits cost much
    and save little. With `all` none of these is; layers that `except` names, as they are called, keep their weights in any case.

    Layers of one name have one width. Says in a remark if no layer is left. Fails if `except` names a layer that there is none of.

    {{example: test/Transforms/narrow-weights-doc.mlir}}
  }];
  let options = [
    Option<"width", "width", "std::string", "\"w4a8\"", "The width of those layers: w4a8, or w4a8b32 for blocks of 32 input channels.">,
    Option<"fewestWeights", "fewest-weights", "int64_t", "10000", "Leave out layers with fewer weights than that.">,
    Option<"all", "all", "bool", "false", "Leave out no layer but those of `except`.">,
    ListOption<"except", "except", "std::string", "Names of layers that keep their weights, separated by commas.">];
}

def PruneWeights : NNQ_ModulePass<"nnq-prune-weights"> {
  let summary = "Give the layers that are worth it zeros in a pattern";
  let description = [{
    Adds `pattern` to the width of layers in float with constant weights (`w8a8` where they have no `nnq.bit_width` yet), as
    `--nnq-set-bit-widths` does by a file: `w8a8-4:8`. Which weights become zero is decided when they are quantized.

        4:8           each row of weights keeps 4 of 8 neighbouring inputs; also 2:4, 4:16, 4:32
        1x32=50%      32 neighbouring rows keep the same inputs, half of each 64
        4x16=75%      16 neighbouring rows keep the same blocks of 4 inputs, a quarter of all
        channels=25%  a quarter of all rows is zero

    Left out are the first and the last layer, depthwise convolutions, and those of less than `fewest-weights` weights or `fewest-outputs`
    output channels: there zeros cost much and save little. With `all` none of these is. Layers that `except` names, as they are called,
    and layers in `float` stay dense in any case. Layers that a pattern does not suit stay so too, with a remark: M or 4 do not divide
    their input channels, nothing would be removed or all, or weights are of a codebook or in blocks. Says in a remark if no layer is left. Fails
    if `except` names a layer that there is none of.

    {{example: test/Transforms/prune-weights-doc.mlir}}
  }];
  let options = [
    Option<"pattern", "pattern", "std::string", "\"4:8\"", "What zeros form: 2:4, 4:8, 4:16, 4:32, or 1x32, 4x16 or channels with a share, such as 1x32=50%.">,
    Option<"fewestWeights", "fewest-weights", "int64_t", "4096", "Leave out layers with fewer weights than that.">,
    Option<"fewestOutputs", "fewest-outputs", "int64_t", "32", "Leave out layers with fewer output channels than that.">,
    Option<"all", "all", "bool", "false", "Leave out no layer but those of `except`, and those that the pattern does not suit.">,
    ListOption<"except", "except", "std::string", "Names of layers that stay dense, separated by commas.">];
}

def PickBitWidths : NNQ_ModulePass<"nnq-pick-bit-widths"> {
  let summary = "Choose the width of each layer within budgets";
  let description = [{
    Reads what each width of each layer adds to the network's noise and costs (a file of sensitivities,
    `include/nnq/Quantization/BitWidthFiles.h`), and picks one width per layer so that

        sum of noises -> min,     sum of bytes <= bytes,  sum of bops <= bops,  sum of times <= time

    for those budgets that are given. With `metric=kl` or `metric=agreement`, divergences of classes or shares of samples with another
    first class stand for the noises. The integer program is solved exactly, by COIN-OR CBC and a proof in integers; ties go to the fewest
    bytes, then to the first candidates in the file (`include/nnq/Quantization/BitWidths.h`). The layers get `nnq.bit_width` as by
    `--nnq-set-bit-widths`, and `output`, if given, a file that the latter takes: choose once, edit, and quantize with that.

    A budget is a number, or a percentage of what the network costs with all layers `w8a8`. Fails, with the least that is possible, if a
    budget can't be met.

    {{example: test/Transforms/pick-bit-widths-doc.mlir}}
  }];
  let options = [
    Option<"sensitivity", "sensitivity", "std::string", "", "The file of sensitivities (JSON); required.">,
    Option<"bytes", "bytes", "std::string", "", "The most bytes that weights may take, or a percentage of w8a8 such as 75%.">,
    Option<"bops", "bops", "std::string", "", "The most bit operations that a run may take, or a percentage of w8a8.">,
    Option<"time", "time", "std::string", "", "The most microseconds that a run may take, or a percentage of w8a8.">,
    Option<"metric", "metric", "std::string", "\"sqnr\"", "What to choose by: sqnr, kl or agreement.">,
    Option<"output", "output", "std::string", "", "The file of bit-widths (JSON) to write; none by default.">];
}

/// What says how a network is quantized.
class NNQ_SchemePass<string flag> : NNQ_ModulePass<flag> {
  let options = [
    Option<"weightGranularity", "weight-granularity", "::nnq::WeightGranularity", "::nnq::WeightGranularity::PerChannel",
      "What shares a scale of the weights.",
      [{llvm::cl::values(clEnumValN(::nnq::WeightGranularity::PerChannel, "per_channel", "A scale for each output channel (default)."),
                         clEnumValN(::nnq::WeightGranularity::PerTensor, "per_tensor", "One scale for all weights of a layer."))}]>,
    Option<"weightBits", "weight-bits", "unsigned", "8", "The width of weights in bits, 2 to 8.">,
    Option<"weightBlock", "weight-block", "unsigned", "0", "The number of input channels that share a scale of the weights; 0 for all of them.">,
    Option<"activations", "activations", "::nnq::ActivationScheme", "::nnq::ActivationScheme::Asymmetric", "Where the zero point of activations lies.",
      [{llvm::cl::values(clEnumValN(::nnq::ActivationScheme::Asymmetric, "asymmetric", "Where the range has it, in u8 (default)."),
                         clEnumValN(::nnq::ActivationScheme::Symmetric, "symmetric", "At code 0."))}]>,
    ListOption<"rules", "rules", "std::string", "Exceptions by layer, separated by commas; the description has their language.">];
}

def SimulateRounding : NNQ_SchemePass<"nnq-simulate-rounding"> {
  let summary = "Round the tensors that would be quantized, each where a switch says so";
  let description = [{
    Makes of a float function with ranges (`--nnq-fold-calibration`) one that computes in float and shows what the rounding of each tensor
    does to the outputs. It has one more argument, `f32` with an element for each cluster of tensors that `--nnq-quantize`, with the same
    options, would give one type; a tensor `x` of cluster `k` becomes

        x + s[k] * (dequantize(quantize(x)) - x)

    with 0 for `s[k]` as it is and 1 rounded. The argument is called `nnq.switches`, and its attribute `nnq.switches` has the names of each
    cluster's tensors, as in the statistics. Weights are not rounded. A network of N clusters is so measured by N runs of one program:
    noises of different clusters are nearly independent and add up.

    Left alone: what stays in float, constants, and clusters of which no tensor was observed.

    {{example: test/Transforms/simulate-rounding-doc.mlir}}
  }];
}

def Quantize : NNQ_SchemePass<"nnq-quantize"> {
  let summary = "Give activations, weights and biases quantized types";
  let description = [{
    Turns float functions whose tensors carry `nnq.range` (`--nnq-fold-calibration`) into quantized ones by changing types. The
    function's signature stays float: `nnq.requantize` stands at inputs and outputs.

    - Activations: 8 bits per tensor, `u8` asymmetric, or symmetric (`i8` with zero point 0; `u8` with zero point 0 where the range has
      no negative part). What a layer with the scheme `activations16` reads is `i16` with zero point 0, of as many codes as its
      accumulators surely hold. Operand and result of an operation that only moves values (`sharesScale`) form one cluster, whose range is the
      union of those of the tensors that enter it, padding values included. A range by definition (`getFixedResultRange`) beats an
      observed one.
    - A concatenation: an operand has the type of the result if nothing else reads it, or the result's range is at most a quarter wider
      than its own; else it keeps its type and is requantized in front. A result that only the function's results or operations in
      float use is put together in `f32`. Where a part's range is less than a sixteenth of the whole, the result has 16 bits.
    - Operands that 8 bits are too coarse for stay `f32`, and so do the loops and sums that they come from, up to the layer with weights:
      where one step of the codes, anywhere in the operand's range, changes the result of an elementwise operation by more than a
      sixteenth of the result's range, as near the pole of a quotient or logarithm, or where large numbers cancel. Where a step leads to
      the pole itself, the layer with weights reads 16 bits, or stays in float if a step of 16 bits leads there too.
    - A tensor marked `nnq.wide` (`--nnq-set-bit-widths`) stays `f32` where loops alone read it, and else has 16 bits.
    - Weights: `i8<-127:127>`, or the whole range of fewer bits (`i4`: -8 to 7), symmetric, per output channel or per tensor. Biases: `i32`
      of scale input * weight. Where a bias would be too large for its scale, or an accumulator could overflow for the actual weights,
      that channel's scale grows until all fits.
    - With `weight-block=B`, B input channels (and all taps of the kernel) of an output channel share a scale instead, which suits few bits.
      Biases stay `f32`: the sums of blocks have no common unit. A layer whose input channels are no multiple of B has one scale per output
      channel, with a remark.
    - A clamp whose input has no other use passes its type to the operation in front; it goes if the type saturates at its bounds.
    - Rounding to 8 bits is left out where a fused loop needs no tensor in memory. A computed result stays `f32` if only the
      function's results or operations in float use it. The result of an `AccumulatingOp`, or of an `ElementwiseOp` of two operands,
      stays `f32` if its one use is an elementwise operation of two operands (residual add, scale and offset); of the operands of such an
      operation at most one is so, the one computed last. An input that only elementwise operations read enters them in `f32`.

    An operation stays in float, with `nnq.requantize` around it, a remark that says why, the attribute `nnq.float_island`, and an entry
    {name, op, reason} in the module's `nnq.float_islands`: if it has no integer form, if a rule says so, if its weights are not
    constant, if no range is known, or if it is elementwise and its fused loop reads and writes f32 alone. Constant operands of elementwise
    operations stay f32: they are parameters of the fused loop.

    An operation with `nnq.bit_width` (`--nnq-set-bit-widths`, `--nnq-pick-bit-widths`) has the widths that it says, or stays in float;
    the attribute goes. Rules outrank it: bitsN and activationsN take an operation out of the width `float`. Weights of a width with a
    pattern of zeros (`w8a8-4:8`) keep what has the greatest squares; where it does not suit a layer, that stays dense, with a remark.
    A rule that says bits, a format or blocks of weights says so of dense ones.

    Rules, the last that matches wins, an error if one matches nothing:

        keep=REGEX             operations whose name matches stay in float
        SELECTOR=SCHEME        SELECTOR: name:REGEX, exact:NAME (a layer's name as it is; in text of a pipeline without commas and blanks),
                               op:NAME (op:nnq.softmax), index:N (position among the quantizable operations)
                               SCHEME: float; per_channel, per_tensor, block32, bits4 (weights; any numbers); activations8, activations16
                               (what it reads); asymmetric, symmetric (result)

    So `weight-bits=4` with `rules=index:0=bits8,name:head=bits8` keeps the first layer and the one called `head` at 8 bits.

    Formulas: `include/nnq/Quantization/QuantParams.h`, `WeightQuantizer.h`.

    {{example: test/Transforms/quantize-doc.mlir}}
  }];
  let statistics = [Statistic<"numInteger", "num-integer", "Operations that compute on integers">,
                    Statistic<"numFloat", "num-float", "Operations that stay in float">];
}

def FoldQDQ : NNQ_FuncPass<"nnq-fold-qdq"> {
  let summary = "Fold dequantizations into the operations behind them";
  let description = [{
    Takes networks that say quantization by pairs of `nnq.requantize` to and from float (ONNX's QDQ form) to operations on quantized types:

    - `op(requantize(q -> f32))` becomes `op(q)` for operations with an integer form; an `AccumulatingOp` needs weights per tensor or
      per output channel, with any zero points, and a bias that is constant or has the scale input * weight. A float bias is quantized to
      that scale where ONNX Runtime does it (docs/NumericsOnnx.md, "float bias"), and else added to the result. A product of two
      activations needs both dequantized. The result stays float: `--nnq-fuse-requantize` is next;
    - a dequantization sinks below operations that only move values, if all operands have one type, which holds what a padding inserts;
    - `requantize(constant)` is computed; `A -> f32 -> B` becomes `A -> B`, which is the same by definition.

    A layer whose input stays in float, or whose weights are in blocks (their products have no common unit), takes its weights as they
    are and computes in float, with a remark.

    Left alone: operations without integer form; factors of more than 16 bits; requantizations `A -> B -> C`, which round twice.

    {{example: test/Transforms/fold-qdq-doc.mlir}}
  }];
}

def FuseRequantize : NNQ_FuncPass<"nnq-fuse-requantize"> {
  let summary = "Fuse activation and requantization into the operation in front";
  let description = [{
    Where each intermediate value has one use:

    - `requantize(op(...) -> f32) -> q` becomes `op(...) -> q` if the operation computes on quantized operands or is elementwise. Behind an
      `AccumulatingOp` the accumulator then meets the one multiplier `(sx * sw) / sy` (docs/Semantics.md, "Requantize"), in place of
      two roundings to f32: this is the definition of the fused form, and may change a result by one step. So is the form on codes of a
      sum, product or windowed mean of bytes (docs/Semantics.md, "Elementwise"), which bytes of one storage type take. Elsewhere bits do
      not change;
    - `requantize(softmax(requantize(q) -> f32) -> f32) -> q` becomes `softmax(q) -> q`, and so does a bilinear resize: operations that the
      quantizer keeps in float, in models that come quantized;
    - a clamp goes where the type behind it saturates at its bounds: `requantize(clamp(x)) -> q` becomes `requantize(x) -> q`;
    - a requantization from float hoists above operations that only move values, which then move bytes.

    Left alone: results with several uses, clamps inside the range of the type (they stay as clamps on integers), operations in float, and
    forms on codes between bytes of different types.

    {{example: test/Transforms/fuse-requantize-doc.mlir}}
  }];
}

def ExposeLayers : NNQ_FuncPass<"nnq-expose-layers"> {
  let summary = "Return what each layer computes, in f32, under its name in the float network";
  let description = [{
    Each operation that carries `nnq.observation` (`--nnq-fold-calibration`) gives the function one more result: its value, or
    `nnq.requantize` of it to f32, with that name as `nnq.name` and with `nnq.observed`. `--nnq-observe-pipeline` gives the float
    network results of the same names, so the error of each layer can be measured. What the function returned before keeps its bits: a
    result with another use is computed in a loop of its own, by the same roundings.

    Left alone: operations without a name (they move values, or were quantized before), and operations with several results.

    {{example: test/Transforms/expose-layers-doc.mlir}}
  }];
}

def SplitLayers : NNQ_ModulePass<"nnq-split-layers"> {
  let summary = "One function per layer with weights, so that layers can be run, measured and changed one after another";
  let description = [{
    For algorithms that need a layer's inputs as the layers in front of it leave them: channel correction, rounding on moments. `@main`
    becomes the stages `@main.0`, `@main.1` and so on. Each ends with a tensor that has a name in the float network (observed, or
    `nnq.observation`) and needs a layer with weights that no stage before it has; the last one returns what `@main` did.

    A stage's first result is that tensor, in f32, neither rounded nor saturated where the layer itself computes it; stages that use it take
    it in f32, as it is or changed, and quantize it as the network does. Other tensors that later stages use are results too, in their own types. All
    tensors between stages have an `nnq.name`: that of the layer, `%arg0` and so on for arguments of `@main`, and numbers for others. Run on
    the float network and on the quantized one, the pass gives stages that end with tensors of the same meaning and name.

    With `inputs`, a stage's second result is what its layer reads, in its own type, called `input`.

    {{example: test/Transforms/split-layers-doc.mlir}}
  }];
  let options = [Option<"inputs", "inputs", "bool", "false", "Let stages return what their layer reads, too.">];
}

def RoundWeights : NNQ_ModulePass<"nnq-round-weights"> {
  let summary = "Round weights of few bits by what their layers read";
  let description = [{
    Writes weights for `--nnq-replace-weights`; the network stays as it is. It is a prepared float network whose layers have widths
    (`--nnq-set-bit-widths`, `--nnq-pick-bit-widths`), and is not run: what its layers read is in the file of `moments`
    (`nnq calibrate --moments`, docs/Calibration.md). Each layer of less than 8 bits of weights, or with zeros in a pattern, gets weights Q
    for which

        tr((Q - W*) H (Q - W*)')

    is small, where H are the moments of its input about their means and W* is the target, and a bias that keeps its mean:

    - `refit`, if above 0, moves the target from the weights W to those that best give the float layer's output on the quantized network's
      input, W* = W + W D (H + refit * h I)^-1, where D are the moments of the input's errors with it and h is the mean diagonal of H;
    - scales are those with the least sum of H_jj (W*_ij - Q_ij)^2 of weights rounded to nearest;
    - `second-order` rounds input after input, the others making up for each error (GPTQ, arXiv:2210.17323);
    - up to `sweeps` times, each weight and then each scale moves to where the error is least.

    Each step lowers the error of an output channel or leaves the channel as it was. `damping` adds that share of its mean to the diagonal of H.
    Moments of less than two positions for each input are fitted to chance: there the target stays and damping is ten times as strong.
    Formulas: `include/nnq/Quantization/Rounding.h`.

    Zeros are chosen by what their absence does to the output if all weights that are kept make up for it, which is done as well as it can be
    before these are rounded (`include/nnq/Quantization/Pruning.h`; SparseGPT, arXiv:2301.00774). Weights that fit the pattern keep their zeros.

    No refit is the default: the errors that it makes up for are those of the network of 8 bits that moments were gathered in. With fewer
    bits the layers in front make others, and nothing behind takes back weights that have shrunk against noise that is not there.

    A scale is of an output channel, or, with `weight-block`, of so many input channels at all taps of the kernel, as in
    `--nnq-quantize`: layers whose input channels it does not divide have one for each output channel.

    All in one, with the widths of a file:

        nnq-opt prepared.mlir --nnq-set-bit-widths=file=widths.json --nnq-round-weights="moments=m output=weights.mlirbc"
          --nnq-quantize-pipeline=calibration=stats.json --nnq-replace-weights=file=weights.mlirbc

    A layer is left to `--nnq-quantize`, which rounds to nearest and prunes by magnitude, with a remark if its moments are missing, its weights are no constants in
    f32, or its sums are not over windows of its input. Fails if no layer is left, and if moments are of another shape than a layer. That
    they are of another network's statistics, ranges or activations shows in the scale of what a layer reads, which `--nnq-replace-weights`
    compares. Rules of `--nnq-quantize`, which outrank widths, are not seen here: a layer that one keeps at 8 bits or in float is to have that
    width.

    {{example: test/Transforms/round-weights-doc.mlir}}
  }];
  let options = [
    Option<"moments", "moments", "std::string", "", "The file of moments of what the layers read; required.">,
    Option<"output", "output", "std::string", "", "The file to write the weights to, a module as bytecode; required.">,
    Option<"refit", "refit", "double", "0", "How much the target holds on to the weights, if it moves: 0.1 to 3; 0 if it does not.">,
    Option<"secondOrder", "second-order", "bool", "true", "Let inputs make up for each other's errors.">,
    Option<"sweeps", "sweeps", "int", "4", "The most sweeps of coordinate descent.">,
    Option<"damping", "damping", "double", "0.01", "The share of its mean that the diagonal of the moments grows by.">,
    Option<"weightBlock", "weight-block", "unsigned", "0", "The number of input channels that share a scale of the weights; 0 for all of them.">];
  let dependentDialects = ["::mlir::func::FuncDialect", "::nnq::NNQDialect", "::mlir::quant::QuantDialect"];
}

def ReplaceWeights : NNQ_ModulePass<"nnq-replace-weights"> {
  let summary = "Give layers weights that were rounded elsewhere";
  let description = [{
    Reads a module of MLIR (text or bytecode) with a function for each layer, under the layer's name in the float network
    (`nnq.observation`), that returns its weights, of any quantized type that the layer takes, and its bias in f32. Weights and bias of
    these layers are replaced; a bias on integers is rounded to the units of the new accumulator. `nnq.input_scale` on a function is the
    scale of the integers that its weights are for (`--nnq-round-weights`).

    Fails if the file names a layer that the module does not have, has other shapes than that, or is for an input of another scale, and if
    a bias leaves i32.

    {{example: test/Transforms/replace-weights-doc.mlir}}
  }];
  let options = [Option<"file", "file", "std::string", "", "The module of weights, as text or bytecode; required.">];
}

def CorrectChannels : NNQ_FuncPass<"nnq-correct-channels"> {
  let summary = "Fold measured gains and offsets of channels into weights and biases";
  let description = [{
    Reads a correction file (`include/nnq/Quantization/ChannelCorrection.h`): for each channel of a layer the gain `g` and the offset `h`
    that bring the quantized layer's result nearest to that of the float network. Scales of weights become `s_w[c] * g[c]`, and the
    bias `b[c] + rint(h[c] / (s_x * s_w[c] * g[c]))`: nothing is added at run time. Beside weights in blocks, all scales of the channel are
    multiplied, and the bias is `g[c] * b[c] + h[c]` in f32.

    Fails if a layer of the file has no weights per channel or in blocks, or another number of channels. Layers that the file does not name stay.

    {{example: test/Transforms/correct-channels-doc.mlir}}
  }];
  let options = [Option<"file", "file", "std::string", "", "The correction file (JSON); required.">];
}

def SetProfile : NNQ_ModulePass<"nnq-set-profile"> {
  let summary = "Name the numerics profile that a network is computed by";
  let description = [{
    Sets the attribute `nnq.profile` of the module. The profile fixes how results that are integers are rounded, and in which order they
    are computed: `docs/Semantics.md`, "Profile". An operation or a function that has the attribute already keeps it, which makes it an
    exception. Fails if no profile of that name is known; dialects may add theirs.

    {{example: test/Transforms/set-profile-doc.mlir}}
  }];
  let options = [Option<"profile", "profile", "std::string", [{"onnx"}], "The name of the numerics profile.">];
}

def ReportFloatIslands : NNQ_ModulePass<"nnq-report-float-islands"> {
  let summary = "Say which operations of a quantized network compute in float, and why";
  let description = [{
    For networks that came quantized: `--nnq-quantize` says the same of those that it quantizes. An operation that computes on float
    tensors alone, or that dequantizes codes to multiply them by quantized weights, gets the attribute `nnq.float_island` with the
    reason, a remark, and an entry {name, op, reason} in the module's `nnq.float_islands`. Elementwise operations that are fused to an integer one are none.

    {{example: test/Transforms/report-float-islands-doc.mlir}}
  }];
}

def VerifyInteger : NNQ_FuncPass<"nnq-verify-integer"> {
  let summary = "Fail if float arithmetic is left in a quantized function";
  let description = [{
    Changes nothing. Fails, naming the operation, if an operation computes on float tensors alone. Accepted are float islands
    (attribute `nnq.float_island`), operations with a quantized operand or result, operations that only move values, and elementwise
    operations that are fused to an integer one: the value on one side comes from or goes to an operation with quantized types, through
    elementwise operations only.

    Example: `test/Transforms/verify-integer.mlir`.
  }];
}

#endif // NNQ_TRANSFORMS_PASSES_TD
