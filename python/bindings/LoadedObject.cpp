// Object files mapped into this process: a model runs without a linker and without files.

#include "Bindings.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"

#include <memory>

namespace py = pybind11;

namespace nnq::python {

namespace {

/// Code of this machine in memory, for as long as this object lives.
class LoadedObject {
public:
  explicit LoadedObject(const std::string &code) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    jit = take(llvm::orc::LLJITBuilder().create());
    check(jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(code)));
  }
  uint64_t lookup(const std::string &symbol) { return take(jit->lookup(symbol)).getValue(); }

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

} // namespace

void bindLoadedObject(py::module_ &m) {
  py::class_<LoadedObject>(m, "LoadedObject", "An object file of this machine, ready to be called.")
      .def(py::init([](const py::bytes &code) {
             return std::make_unique<LoadedObject>(std::string(code));
           }),
           py::arg("code"), "Error: another machine's code.")
      .def("lookup", &LoadedObject::lookup, py::arg("symbol"),
           "The address of a function. Error: there is none of that name.");
}

} // namespace nnq::python
