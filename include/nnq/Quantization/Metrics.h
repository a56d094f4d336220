//===- Metrics.h - How far quantized results are from float -----*- C++ -*-===//
//
// The measures that reports, sensitivity analysis and tests share, so that their figures can be
// compared.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_QUANTIZATION_METRICS_H
#define NNQ_QUANTIZATION_METRICS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>

namespace nnq {

// Tensors of logits are row-major, (samples, classes): `classes` values to a row. Every function
// fails on arrays of different size, on no values, and on a size that is no multiple of `classes`,
// and says both numbers. Sums are in double and in order. A NaN or an infinity in the data makes
// the result NaN or infinite.

/// Signal to quantization noise in dB: 10 log10(sum ref^2 / sum (ref - got)^2). Infinite when
/// equal.
llvm::Expected<double> sqnrDb(llvm::ArrayRef<float> ref, llvm::ArrayRef<float> got);

/// The same over logits from which each row's mean is subtracted, since softmax ignores it, with
/// `got` multiplied by `gain` first.
llvm::Expected<double> centredSqnrDb(llvm::ArrayRef<float> ref, llvm::ArrayRef<float> got,
                                     int64_t classes, double gain = 1.0);

/// The gain that maximizes `centredSqnrDb`: sum ref got / sum got^2 over centred rows; 1 when `got`
/// is constant in each row. Above 1 when quantization has shrunk the logits.
llvm::Expected<double> bestFitGain(llvm::ArrayRef<float> ref, llvm::ArrayRef<float> got,
                                   int64_t classes);

/// Kullback-Leibler divergence of softmax(got) from softmax(ref), in nats, mean over the rows: sum
/// over classes of p_ref (ln p_ref - ln p_got).
llvm::Expected<double> klDivergence(llvm::ArrayRef<float> ref, llvm::ArrayRef<float> got,
                                    int64_t classes);

/// The share of rows whose label is among the k greatest logits; of equal logits the lower class
/// comes first. A NaN never ranks, and a row whose label has one is wrong. Errors besides the
/// common ones: a label outside [0, classes), k < 1.
llvm::Expected<double> topK(llvm::ArrayRef<float> logits, llvm::ArrayRef<int64_t> labels,
                            int64_t classes, int64_t k);

/// The share of rows in which both have the greatest logit in the same class, ties as in `topK`.
llvm::Expected<double> agreement(llvm::ArrayRef<float> ref, llvm::ArrayRef<float> got,
                                 int64_t classes);

} // namespace nnq

#endif // NNQ_QUANTIZATION_METRICS_H
