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
  LoadedObject(const std::string &code, const std::string &symbol) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    jit = take(llvm::orc::LLJITBuilder().create());
    check(jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(code, symbol)));
    address = take(jit->lookup(symbol)).getValue();
  }
  uint64_t getAddress() const { return address; }

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
  uint64_t address = 0;
};

} // namespace

void bindLoadedObject(py::module_ &m) {
  py::class_<LoadedObject>(m, "LoadedObject", "An object file of this machine, ready to be called.")
      .def(py::init([](const py::bytes &code, const std::string &symbol) {
             return std::make_unique<LoadedObject>(std::string(code), symbol);
           }),
           py::arg("code"), py::arg("symbol"),
           "Error: another machine's code, or a symbol that nobody defines.")
      .def_property_readonly("address", &LoadedObject::getAddress, "Where `symbol` is.");
}

} // namespace nnq::python
