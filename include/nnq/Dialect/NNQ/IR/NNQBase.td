// The nnq dialect, its operand types and the base class of its operations.

#ifndef NNQ_BASE_TD
#define NNQ_BASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"

def NNQ_Dialect : Dialect {
  let name = "nnq";
  let cppNamespace = "::nnq";
  let summary = "Neural-network operations over float and quantized tensors";
  let description = [{
    An operation of this dialect is a layer. Its operands and results are ranked tensors of static shape whose
    element type is `f32` or one of upstream's `!quant` types (of weights, also `!nnq.quantile`), and its meaning follows from the types alone:
    `nnq.conv2d` on `tensor<1x56x56x64xf32>` is the float layer, the same operation on
    `tensor<1x56x56x64x!quant.uniform<u8:f32, 0.02:128>>` accumulates in `i32`, adds the bias and requantizes to the
    result type. Quantization is a change of type; no operation has a second, quantized form.

    Images are in NHWC order, filters in OHWI. The rules of every operation are in `docs/Semantics.md`, with labels
    such as `conv2d (C4)` that the verifiers and the tests carry.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = [{
    /// Makes a numerics profile known by its name, to options and messages. A dialect that has one calls this in an
    /// extension of this dialect.
    void addNumericsProfile(::mlir::Attribute profile);
    /// The profile of that name, or null.
    ::mlir::Attribute lookupNumericsProfile(::llvm::StringRef name) const;
    /// All of them, in the order in which they were added.
    ::llvm::ArrayRef<::mlir::Attribute> getNumericsProfiles() const { return numericsProfiles; }

  private:
    ::llvm::SmallVector<::mlir::Attribute> numericsProfiles;

  public:
  }];
}

def NNQ_QuantizedElement : Type<CPred<"::llvm::isa<::mlir::quant::QuantizedType>($_self)">, "quantized type">;

// Float or quantized, static shape: what a layer computes on.
def NNQ_Tensor : StaticShapeTensorOf<[F32, NNQ_QuantizedElement]>;
// What layers multiply by: these, or positions in a codebook.
def NNQ_Weights : StaticShapeTensorOf<[F32, NNQ_QuantizedElement,
  Type<CPred<"::llvm::isa<::nnq::QuantileType>($_self)">, "codebook type">]>;
// What may also be carried through shape operations (indices, masks, raw storage).
def NNQ_AnyTensor : StaticShapeTensorOf<[AnyType]>;

class NNQ_Op<string mnemonic, list<Trait> traits = []> : Op<NNQ_Dialect, mnemonic, traits>;

#endif // NNQ_BASE_TD
