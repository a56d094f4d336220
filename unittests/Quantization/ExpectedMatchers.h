//===- ExpectedMatchers.h - llvm::Expected in tests -------------*- C++ -*-===//
//
// How the tests take a value out of an Expected and look at an error's text; LLVM's own helpers are
// not installed.
//
//===----------------------------------------------------------------------===//

#ifndef NNQ_UNITTESTS_QUANTIZATION_EXPECTEDMATCHERS_H
#define NNQ_UNITTESTS_QUANTIZATION_EXPECTEDMATCHERS_H

#include "llvm/Support/Error.h"
#include "gtest/gtest.h"
#include <string>

namespace nnq::test {

/// The value; an error fails the test with its text and gives a default value.
template <typename T> T valueOf(llvm::Expected<T> expected) {
  if (expected)
    return std::move(*expected);
  ADD_FAILURE() << "unexpected error: " << llvm::toString(expected.takeError());
  return T{};
}

/// The error's text; "" when there is none.
inline std::string errorOf(llvm::Error error) { return llvm::toString(std::move(error)); }

template <typename T> std::string errorOf(llvm::Expected<T> expected) {
  return expected ? std::string() : llvm::toString(expected.takeError());
}

} // namespace nnq::test

#endif // NNQ_UNITTESTS_QUANTIZATION_EXPECTEDMATCHERS_H
