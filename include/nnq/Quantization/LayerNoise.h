//===- LayerNoise.h - What rounding does to a layer's output ----*- C++ -*-===//
//
// How far a layer's output moves when its weights or its input are rounded, from moments of the
// input alone: the cheap estimate of what measuring finds by running the network.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_LAYERNOISE_H
#define NNQ_QUANTIZATION_LAYERNOISE_H

#include "nnq/Quantization/InputMoments.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace nnq {

/// The noise of a layer with weights W, a row for each output channel, whose input has the second
/// moments H (see CentredMoments): mean squares of errors of the output over that of the output
/// itself, tr(W H W'), all about their means, which the bias makes up for. 0 where the output never
/// varies.
class LayerNoise {
public:
  /// `weights` are finite and stay where they are. Errors: those of `InputMoments::groupsOf`.
  static llvm::Expected<LayerNoise> create(llvm::ArrayRef<float> weights, int64_t rows,
                                           const InputMoments &moments);

  /// Of weights Q in the place of W: tr((Q - W) H (Q - W)') / tr(W H W').
  double ofWeights(llvm::ArrayRef<float> rounded) const;

  /// Of an input that is rounded to multiples of `scale`: errors of different inputs and positions
  /// are taken for independent and uniform, with a variance of scale^2 / 12 each, but 0 where an
  /// input never varies. scale^2 / 12 * sum of W_ij^2 over all i and these j, over tr(W H W').
  double ofInput(double scale) const;

private:
  LayerNoise(llvm::ArrayRef<float> weights, int64_t groups, int64_t groupRows,
             const InputMoments &moments);
  /// tr(x H x').
  double energy(llvm::ArrayRef<float> x) const;
  /// Calls `visit(section, offset)` with each section of H and the place in W of the first weight,
  /// of the first row, that reads it.
  template <typename Visitor> void forEachSection(Visitor visit) const;

  llvm::ArrayRef<float> weights;
  int64_t groups, groupRows, rowSize;
  CentredMoments moments;
  double momentsScale, outputEnergy;
};

} // namespace nnq

#endif // NNQ_QUANTIZATION_LAYERNOISE_H
