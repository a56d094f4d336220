// Distances between float and quantized results.

#include "Bindings.h"

#include "nnq/Quantization/Metrics.h"

namespace py = pybind11;

namespace nnq::python {

void bindMetrics(py::module_ &m) {
  using Floats = Array<float>;
  m.def(
      "sqnr_db",
      [](const Floats &ref, const Floats &got) {
        return take(sqnrDb(elements(ref), elements(got)));
      },
      py::arg("ref").noconvert(), py::arg("got").noconvert(),
      "10 log10(sum ref^2 / sum (ref - got)^2); infinite when equal.");
  m.def(
      "centred_sqnr_db",
      [](const Floats &ref, const Floats &got, int64_t classes) {
        return take(centredSqnrDb(elements(ref), elements(got), classes));
      },
      py::arg("ref").noconvert(), py::arg("got").noconvert(), py::arg("classes"),
      "sqnr_db of rows of `classes` values from which each row's mean is subtracted.");
  m.def(
      "kl_divergence",
      [](const Floats &ref, const Floats &got, int64_t classes) {
        return take(klDivergence(elements(ref), elements(got), classes));
      },
      py::arg("ref").noconvert(), py::arg("got").noconvert(), py::arg("classes"),
      "KL divergence of softmax(got) from softmax(ref) in nats, mean over rows.");
  m.def(
      "top_k",
      [](const Floats &logits, const Array<int64_t> &labels, int64_t classes, int64_t k) {
        return take(topK(elements(logits), elements(labels), classes, k));
      },
      py::arg("logits").noconvert(), py::arg("labels").noconvert(), py::arg("classes"),
      py::arg("k"), "Share of rows whose label is among the k greatest logits.");
  m.def(
      "agreement",
      [](const Floats &ref, const Floats &got, int64_t classes) {
        return take(agreement(elements(ref), elements(got), classes));
      },
      py::arg("ref").noconvert(), py::arg("got").noconvert(), py::arg("classes"),
      "Share of rows with the same greatest logit.");
}

} // namespace nnq::python
