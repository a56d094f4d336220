// What the files of the extension module share: one `bind...` function each, and errors as Python
// exceptions. No decision is taken here; the compiler's libraries and the Python package take them.

#ifndef NNQ_PYTHON_BINDINGS_H
#define NNQ_PYTHON_BINDINGS_H

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <stdexcept>
#include <string>

namespace nnq::python {

void bindBitWidths(pybind11::module_ &m);
void bindCalibration(pybind11::module_ &m);
void bindCorrection(pybind11::module_ &m);
void bindLoadedObject(pybind11::module_ &m);
void bindMetrics(pybind11::module_ &m);
void bindModule(pybind11::module_ &m);
void bindMoments(pybind11::module_ &m);
void bindRounding(pybind11::module_ &m);
void bindTargets(pybind11::module_ &m);

/// Arrives in Python as nnq.CompileError.
struct CompileFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Arrives in Python as nnq.Error.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void check(llvm::Error error) {
  if (error)
    throw Failure(llvm::toString(std::move(error)));
}

template <typename T> T take(llvm::Expected<T> value) {
  if (!value)
    throw Failure(llvm::toString(value.takeError()));
  return std::move(*value);
}

/// An array in row-major order, of exactly this type: a caller that must convert says so.
template <typename T> using Array = pybind11::array_t<T, pybind11::array::c_style>;

template <typename T> llvm::ArrayRef<T> elements(const Array<T> &array) {
  return llvm::ArrayRef<T>(array.data(), static_cast<size_t>(array.size()));
}

} // namespace nnq::python

#endif // NNQ_PYTHON_BINDINGS_H
