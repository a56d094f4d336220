// What a program or a plugin registers to have nnq, without the headers of what it registers.

#ifndef NNQ_COMPILER_REGISTRATION_H
#define NNQ_COMPILER_REGISTRATION_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace nnq {

/// All dialects, interfaces and translations that a compilation needs.
void registerCompilerDialects(mlir::DialectRegistry &registry);

/// Registers every pass of nnq and the named pipelines.
void registerAllPassesAndPipelines();

} // namespace nnq

#endif // NNQ_COMPILER_REGISTRATION_H
