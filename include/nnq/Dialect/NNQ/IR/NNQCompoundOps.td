// What exporters spell out in elementary operations and --nnq-recognize-spellings puts together again, beyond nnq.unary, nnq.softmax
// and nnq.layer_norm: activations and normalizations.

#ifndef NNQ_COMPOUND_OPS_TD
#define NNQ_COMPOUND_OPS_TD

include "nnq/Dialect/NNQ/IR/NNQBase.td"
include "nnq/Dialect/NNQ/IR/NNQInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

class NNQ_ActivationOp<string mnemonic, list<string> quantMethods = []> : NNQ_Op<mnemonic, [Pure, InferShapedTypeOpAdaptor,
    DeclareOpInterfaceMethods<NNQ_QuantizableOp, quantMethods>, DeclareOpInterfaceMethods<NNQ_ElementwiseOp>,
    DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let arguments = (ins NNQ_Tensor:$input);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypeComponents(::mlir::MLIRContext *, std::optional<::mlir::Location>,
        Adaptor op, ::llvm::SmallVectorImpl<::mlir::ShapedTypeComponents> &shapes) {
      shapes.emplace_back(::nnq::shapeOf(op.getInput()));
      return ::mlir::success();
    }
    ::llvm::LogicalResult $cppClass::verify() { return ::nnq::verifyInferredShape(*this); }
    ::mlir::Operation *$cppClass::permuteDims(::mlir::OpBuilder &builder, ::mlir::ValueRange operands,
                                              ::llvm::ArrayRef<int64_t> permutation) {
      return ::nnq::permuteElementwise(*this, builder, operands, permutation);
    }
  }];
}

def NNQ_SwishOp : NNQ_ActivationOp<"swish"> {
  let summary = "x sigmoid(beta x)";
  let description = [{
    `result = input * sigmoid(beta * input)`. With `beta = 1` it is `nnq.unary silu`; with 1.702, an approximation of gelu.

    ```mlir
    %y = nnq.swish %x beta = 1.702 : tensor<1x128x64xf32> -> tensor<1x128x64xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, F32Attr:$beta);
  let assemblyFormat = "$input `beta` `=` $beta attr-dict `:` type($input) `->` type($result)";
}

def NNQ_CeluOp : NNQ_ActivationOp<"celu"> {
  let summary = "Exponential linear unit, continuously differentiable";
  let description = [{
    `result = input` where that is above 0, else `alpha * (exp(input / alpha) - 1)`.

    ```mlir
    %y = nnq.celu %x alpha = 2.0 : tensor<1x128x64xf32> -> tensor<1x128x64xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, F32Attr:$alpha);
  let assemblyFormat = "$input `alpha` `=` $alpha attr-dict `:` type($input) `->` type($result)";
}

def NNQ_LogSigmoidOp : NNQ_ActivationOp<"log_sigmoid"> {
  let summary = "Logarithm of the sigmoid";
  let description = [{
    `result = log(1 / (1 + exp(-input)))`, finite for every finite input: the sigmoid is 0 in `f32` below -104.

    ```mlir
    %y = nnq.log_sigmoid %x : tensor<1x128x64xf32> -> tensor<1x128x64xf32>
    ```
  }];
}

def NNQ_SoftsignOp : NNQ_ActivationOp<"softsign", ["getFixedResultRange"]> {
  let summary = "x / (1 + |x|)";
  let description = [{
    `result = input / (1 + abs(input))`.

    ```mlir
    %y = nnq.softsign %x : tensor<1x128x64xf32> -> tensor<1x128x64xf32>
    ```
  }];
}

def NNQ_TanhShrinkOp : NNQ_ActivationOp<"tanh_shrink"> {
  let summary = "x - tanh(x)";
  let description = [{
    `result = input - tanh(input)`.

    ```mlir
    %y = nnq.tanh_shrink %x : tensor<1x128x64xf32> -> tensor<1x128x64xf32>
    ```
  }];
}

def NNQ_CubeOp : NNQ_ActivationOp<"cube"> {
  let summary = "Third power";
  let description = [{
    `result = input * input * input`.

    ```mlir
    %y = nnq.cube %x : tensor<1x128x64xf32> -> tensor<1x128x64xf32>
    ```
  }];
}

//===----------------------------------------------------------------------===//
// Normalization
//===----------------------------------------------------------------------===//

def NNQ_NormKind : I32EnumAttr<"NormKind", "what is normalized", [
    I32EnumAttrCase<"Standard", 0, "standard">, I32EnumAttrCase<"RootMeanSquare", 1, "rms">
  ]> { let cppNamespace = "::nnq"; }
def NNQ_EpsilonPlace : I32EnumAttr<"EpsilonPlace", "how epsilon keeps a divisor from 0", [
    I32EnumAttrCase<"Inside", 0, "inside">, I32EnumAttrCase<"Outside", 1, "outside">, I32EnumAttrCase<"AtLeast", 2, "at_least">
  ]> { let cppNamespace = "::nnq"; }

def NNQ_NormalizeOp : NNQ_Op<"normalize", [Pure, AttrSizedOperandSegments, InferShapedTypeOpAdaptor,
    DeclareOpInterfaceMethods<NNQ_QuantizableOp, ["getOperandRole", "hasIntegerForm"]>,
    DeclareOpInterfaceMethods<NNQ_LayoutPermutableOp>]> {
  let summary = "Normalization along axes";
  let description = [{
    `result = d / divisor * scale + bias`, with `d = input - mean` for `standard`, `d = input` for `rms`, and a divisor made of the mean
    `m` of `d * d`: `sqrt(m + epsilon)` (`inside`), `sqrt(m) + epsilon` (`outside`), or `max(sqrt(m), epsilon)` (`at_least`). Means are
    along `axes`. `scale` and `bias`, which may be left out, have the rank of the input and broadcast to it.

    Normalization by the norm of a vector (L2) is `rms` with a scale of `1 / sqrt(n)`, n the number of elements along the axes. What is
    `standard` along the last dimension, `inside`, with scale and bias, is `nnq.layer_norm`.

    ```mlir
    %y = nnq.normalize rms %x scale %g : tensor<1x1x64xf32> axes = [2] epsilon = 1.0e-6 inside
       : tensor<1x128x64xf32> -> tensor<1x128x64xf32>
    ```
  }];
  let arguments = (ins NNQ_Tensor:$input, Optional<NNQ_Tensor>:$scale, Optional<NNQ_Tensor>:$bias, NNQ_NormKind:$kind,
    DenseI64ArrayAttr:$axes, F32Attr:$epsilon, NNQ_EpsilonPlace:$place);
  let results = (outs NNQ_Tensor:$result);
  let assemblyFormat = [{
    $kind $input (`scale` $scale^ `:` type($scale))? (`bias` $bias^ `:` type($bias))? `axes` `=` $axes `epsilon` `=` $epsilon $place
    attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
}

#endif // NNQ_COMPOUND_OPS_TD
