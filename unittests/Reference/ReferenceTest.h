// The fixture of these tests: MLIR text and input values in, values out. Expected values are
// computed by hand.

#ifndef NNQ_UNITTESTS_REFERENCE_REFERENCETEST_H
#define NNQ_UNITTESTS_REFERENCE_REFERENCETEST_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Reference/Interpreter.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

namespace nnq::reference {

using Codes = std::vector<int32_t>;
using Floats = std::vector<float>;
using Integers = std::vector<int64_t>;
using Values = std::variant<Floats, Codes, Integers>;

class ReferenceTest : public testing::Test {
protected:
  ReferenceTest()
      : diagnostics(&context,
                    [this](mlir::Diagnostic &diagnostic) { errors += diagnostic.str() + "\n"; }) {
    context.loadDialect<mlir::func::FuncDialect, mlir::quant::QuantDialect, NNQDialect>();
  }

  /// Runs the only function of `text`. Inputs take shape and type from its arguments.
  mlir::FailureOr<std::vector<HostTensor>> run(llvm::StringRef text,
                                               llvm::ArrayRef<Values> inputs) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      return mlir::failure();
    auto function = *module->getOps<mlir::func::FuncOp>().begin();
    std::vector<HostTensor> tensors;
    for (auto [type, values] : llvm::zip(function.getArgumentTypes(), inputs)) {
      auto shaped = mlir::cast<mlir::ShapedType>(type);
      HostTensor &tensor =
          tensors.emplace_back(shaped.getShape(), shaped.getElementType(), Floats());
      std::visit([&](const auto &elements) { tensor.storage = elements; }, values);
    }
    return interpret(function, tensors);
  }

  Codes codes(llvm::StringRef text, llvm::ArrayRef<Values> inputs) {
    auto results = run(text, inputs);
    EXPECT_TRUE(succeeded(results)) << errors;
    return succeeded(results) ? results->front().integers() : Codes();
  }

  Integers integers(llvm::StringRef text, llvm::ArrayRef<Values> inputs) {
    auto results = run(text, inputs);
    EXPECT_TRUE(succeeded(results)) << errors;
    return succeeded(results) ? results->front().plainIntegers() : Integers();
  }

  Floats floats(llvm::StringRef text, llvm::ArrayRef<Values> inputs) {
    auto results = run(text, inputs);
    EXPECT_TRUE(succeeded(results)) << errors;
    return succeeded(results) ? results->front().floats() : Floats();
  }

  /// Expects that the run fails, with `message` in its diagnostic.
  void expectError(llvm::StringRef text, llvm::ArrayRef<Values> inputs, llvm::StringRef message) {
    EXPECT_TRUE(failed(run(text, inputs)));
    EXPECT_NE(errors.find(message.str()), std::string::npos) << errors;
  }

private:
  mlir::MLIRContext context;
  std::string errors;
  mlir::ScopedDiagnosticHandler diagnostics;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace nnq::reference

#endif // NNQ_UNITTESTS_REFERENCE_REFERENCETEST_H
