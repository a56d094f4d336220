// The layers of a network that is not lowered yet: what they are, and what they will cost.

#ifndef NNQ_COMPILER_LAYERS_H
#define NNQ_COMPILER_LAYERS_H

#include "nnq/Target/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <optional>
#include <string>
#include <vector>

namespace nnq {

/// A layer, as the manifest lists it: an operation that computes or moves values.
struct LayerInfo {
  std::string name, op, input, weights,
      result;                 ///< element types as text: "u8", "i8", "f32"; no weights: ""
  std::string observation;    ///< what its result is called in the float network, or ""
  std::string island;         ///< why it stayed in float, or ""
  std::vector<int64_t> shape; ///< of the result
  int64_t weightBits = 0, weightCount = 0, weightBytes = 0;
  std::string pattern;  ///< that zeros of the weights form, as PruningPattern prints it, or ""
  double zeroShare = 0; ///< of the weights, where there is a pattern
  int64_t multiplications = 0; ///< products that it adds up, with those by zeros
  int64_t keptProducts = 0;    ///< of these, what a kernel for the pattern computes
  int64_t bops = 0;            ///< bit operations: kept products x bits of both factors, f32 has 32
  int64_t constantBytes = 0;   ///< what its constants take in the object, as KernelCost says
  double cycles = 0;           ///< predicted by KernelCost
};

/// The operations of a network that are layers, in order.
llvm::SmallVector<mlir::Operation *> getLayers(mlir::func::FuncOp network);

/// What these are, without costs. A layer's place among them is its number, by which what becomes
/// of it is found again (--nnq-number-layers).
std::vector<LayerInfo> describeLayers(mlir::func::FuncOp network);

/// The number that a location carries.
std::optional<size_t> getLayerNumber(mlir::Location location);

/// Adds the costs of the kernels that a network with numbered layers calls to those of its layers.
/// A layer that is computed inside the kernel of one in front of it has none of its own.
void addKernelCosts(mlir::func::FuncOp network, const TargetDescription &target,
                    std::vector<LayerInfo> &layers);

/// The layers of `main` with their costs. Works on a copy, in a fraction of the time of compiling.
/// Error: no such function, or what can't be lowered.
llvm::Expected<std::vector<LayerInfo>> describeLayers(mlir::ModuleOp module,
                                                      const TargetDescription &target);

} // namespace nnq

#endif // NNQ_COMPILER_LAYERS_H
