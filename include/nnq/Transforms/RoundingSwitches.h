// The switches that --nnq-simulate-rounding gives a network.

#ifndef NNQ_TRANSFORMS_ROUNDINGSWITCHES_H
#define NNQ_TRANSFORMS_ROUNDINGSWITCHES_H

#include <string>
#include <vector>

namespace mlir::func {
class FuncOp;
}

namespace nnq {

/// For each switch, the names of the tensors that it rounds. None where the pass has not run.
std::vector<std::vector<std::string>> getRoundingSwitches(mlir::func::FuncOp network);

} // namespace nnq

#endif // NNQ_TRANSFORMS_ROUNDINGSWITCHES_H
