// A fixture for tests that write files.

#ifndef NNQ_UNITTESTS_QUANTIZATION_DIRECTORYTEST_H
#define NNQ_UNITTESTS_QUANTIZATION_DIRECTORYTEST_H

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

namespace nnq::test {

/// A directory of its own for each test.
class DirectoryTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("nnq-test", directory));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(directory); }

  std::string pathOf(llvm::StringRef name) const {
    llvm::SmallString<128> path(directory);
    llvm::sys::path::append(path, name);
    return path.str().str();
  }
  size_t filesInDirectory() const {
    size_t count = 0;
    std::error_code code;
    for (llvm::sys::fs::directory_iterator it(directory, code), end; it != end && !code;
         it.increment(code))
      ++count;
    return count;
  }

  llvm::SmallString<128> directory;
};

} // namespace nnq::test

#endif // NNQ_UNITTESTS_QUANTIZATION_DIRECTORYTEST_H
