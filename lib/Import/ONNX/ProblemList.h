// What is wrong with a model, gathered so that all of it is told at once.

#ifndef NNQ_LIB_IMPORT_ONNX_PROBLEMLIST_H
#define NNQ_LIB_IMPORT_ONNX_PROBLEMLIST_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace nnq::onnximport {

class ProblemList {
public:
  /// Adds "subject: reason". Subjects of one `kind` (an operator) with one reason are told once,
  /// with the first subject and the number of others.
  void add(llvm::StringRef subject, llvm::StringRef reason, llvm::StringRef kind);
  /// Adds a sentence that stands for itself.
  void add(llvm::StringRef sentence) { add(sentence, "", sentence); }

  bool empty() const { return problems.empty(); }
  /// How often something was added.
  size_t size() const { return count; }
  /// The problem, or a list of them with a line for each.
  std::string str() const;

private:
  struct Problem {
    std::string subject, reason, kind;
    size_t others;
  };
  std::vector<Problem> problems;
  size_t count = 0;
};

} // namespace nnq::onnximport

#endif // NNQ_LIB_IMPORT_ONNX_PROBLEMLIST_H
