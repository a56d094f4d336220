// What is wrong with a model, gathered so that all of it is told at once.

#include "ProblemList.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace nnq::onnximport;

void ProblemList::add(llvm::StringRef subject, llvm::StringRef reason, llvm::StringRef kind) {
  ++count;
  for (Problem &problem : problems)
    if (problem.kind == kind && problem.reason == reason) {
      problem.others += problem.subject != subject; // an unrolled body says the same each time
      return;
    }
  problems.push_back({subject.str(), reason.str(), kind.str(), 0});
}

std::string ProblemList::str() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (problems.size() > 1)
    stream << problems.size() << " problems:\n  ";
  llvm::interleave(
      problems, stream,
      [&](const Problem &problem) {
        stream << problem.subject;
        if (problem.others)
          stream << " and " << problem.others << (problem.others == 1 ? " other" : " others");
        if (!problem.reason.empty())
          stream << ": " << problem.reason;
      },
      "\n  ");
  return text;
}
