// One kernel: from linalg.generic on tensors to loops on memory.

#ifndef NNQ_LIB_CODEGEN_KERNELLOWERING_H
#define NNQ_LIB_CODEGEN_KERNELLOWERING_H

#include "TensorReader.h"

#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Target/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace nnq {

/// What the caller of a lowered kernel passes for one argument.
struct KernelArgument {
  enum Kind { Input, Output, Constant, Scratch } kind;
  unsigned index = 0;            ///< of the input or output
  mlir::ElementsAttr value = {}; ///< of the constant
  mlir::MemRefType type;
};

/// Lowers the body of `kernel`, whose results are computed where they are needed: each result, and
/// each tensor that is read more than once or across a reduction, gets memory and a loop nest;
/// everything else is computed inside the nest that reads it.
class KernelLowering {
public:
  KernelLowering(mlir::func::FuncOp kernel, const TargetDescription &target)
      : kernel(kernel), target(target) {}

  /// Replaces the kernel's body. Fails with a diagnostic on an operation that it does not know.
  mlir::LogicalResult run();

  llvm::SmallVector<KernelArgument> arguments;
  unsigned numContractions = 0, numNests = 0;

private:
  mlir::Value addArgument(KernelArgument argument);
  mlir::LogicalResult emitInto(mlir::Value value, mlir::Value destination);
  mlir::LogicalResult materialize(mlir::Value value);
  /// Makes all that computing `value`, which a nest writes, reads available; all that `definition`
  /// does; what is behind `use`.
  mlir::LogicalResult prepareResult(mlir::Value value);
  mlir::LogicalResult prepareOperands(mlir::Operation *definition);
  mlir::LogicalResult prepare(mlir::OpOperand &use);
  mlir::LogicalResult emitCompute(mlir::Value value, mlir::Operation *root,
                                  mlir::Value destination);
  mlir::LogicalResult emitTiled(mlir::Value value, ContractOp op, mlir::Value destination);
  mlir::Value flatten(mlir::Value memref);
  /// The elements of `tensor`, which is in memory, as a flat memref.
  mlir::Value readFlat(mlir::Value tensor);
  /// Codes of 4 bits for loops other than dot products, in scratch memory: such loops read bytes.
  mlir::Value unpack(mlir::Location loc, mlir::ElementsAttr codes);

  mlir::func::FuncOp kernel;
  const TargetDescription &target;
  mlir::OpBuilder builder{kernel.getContext()};
  mlir::Block *body = nullptr;
  TensorReader reader;
};

/// Bits of the widest type that the body of `op` handles: what divides a register into lanes.
unsigned widestType(mlir::linalg::GenericOp op);

/// The reduction loop along which the inputs of `op` are contiguous, if they are not along the
/// result's last dimension.
std::optional<unsigned> horizontalDim(mlir::linalg::GenericOp op);

/// Emits the loops of anything but a contraction: `value` into `destination`, through the reduction
/// `root` if there is one.
void emitVectorNest(mlir::OpBuilder &builder, TensorReader &reader, mlir::linalg::GenericOp root,
                    mlir::Value value, mlir::Value destination, const TargetDescription &target);

} // namespace nnq

#endif // NNQ_LIB_CODEGEN_KERNELLOWERING_H
