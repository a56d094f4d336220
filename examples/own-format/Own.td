// A dialect with a weight encoding and a numerics profile, and a pass that chooses the encoding.

#ifndef OWN_TD
#define OWN_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/Pass/PassBase.td"
include "nnq/Dialect/Kernel/IR/KernelInterfaces.td"
include "nnq/Dialect/NNQ/IR/NNQNumerics.td"

def Own_Dialect : Dialect {
  let name = "own";
  let cppNamespace = "::own";
  let summary = "What nnq is taught from outside";
  let useDefaultAttributePrinterParser = 1;
}

class Own_Attr<string name, string mnemonic_, list<Trait> traits> : AttrDef<Own_Dialect, name, traits> {
  let mnemonic = mnemonic_;
}

def Own_PermutedBytes : Own_Attr<"PermutedBytes", "permuted_bytes", [
    DeclareAttrInterfaceMethods<Kernel_WeightEncoding, ["unpack", "getUnpackInstructions"]>]> {
  let summary = "A byte for each weight, every eight in reverse";
  let description = [{
    What a memory of elements of 64 bits holds that were written from the other end. A step puts the bytes of its vector
    back in order.
  }];
}

def Own_TowardZero : Own_Attr<"TowardZero", "toward_zero", [DeclareAttrInterfaceMethods<NNQ_NumericsProfile>]> {
  let summary = "Rounds toward zero";
}

def PermuteWeights : Pass<"own-permute-weights"> {
  let summary = "Keep weights of 8 bits as permuted bytes";
  let description = [{
    Contractions whose weights are bytes get the encoding `#own.permuted_bytes`, and lose their tiling, which
    was chosen for another. Runs between `--convert-nnq-to-linalg` and `--nnq-choose-tiles`.
  }];
  let dependentDialects = ["::own::OwnDialect"];
}

#endif // OWN_TD
