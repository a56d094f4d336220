// What the emitter promises of every object: which symbols, which sections, no contraction; and
// that it links and runs.

#include "nnq/Compiler/ObjectEmitter.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Parser/Parser.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <dlfcn.h>

using namespace nnq;

static constexpr const char *source = R"mlir(
  llvm.mlir.global private constant @weights(dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0]>
    : tensor<16xf32>) {addr_space = 0 : i32} : !llvm.array<16 x f32>
  llvm.func @twice(%x: f32) -> f32 attributes {sym_visibility = "private", no_inline} {
    %0 = llvm.fadd %x, %x : f32
    llvm.return %0 : f32
  }
  llvm.func @model_run(%x: f32, %i: i64) -> f32 {
    %address = llvm.mlir.addressof @weights : !llvm.ptr
    %element = llvm.getelementptr %address[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %w = llvm.load %element : !llvm.ptr -> f32
    %product = llvm.fmul %x, %w : f32
    %twice = llvm.call @twice(%x) : (f32) -> f32
    %sum = llvm.fadd %product, %twice : f32
    llvm.return %sum : f32
  }
)mlir";

struct ObjectEmitterTest : testing::Test {
  ObjectEmitterTest() { context.loadDialect<mlir::LLVM::LLVMDialect>(); }

  static const TargetDescription &target(llvm::StringRef name) {
    return *llvm::cantFail(lookupTarget(name));
  }

  std::string emit(llvm::StringRef text, llvm::StringRef name, ObjectFormat format) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    auto code = emitObject(*module, target(name), format);
    if (!code) {
      ADD_FAILURE() << llvm::toString(code.takeError());
      return "";
    }
    return std::string(code->begin(), code->end());
  }

  mlir::MLIRContext context;
};

static bool contains(const std::string &text, llvm::StringRef part) {
  return llvm::StringRef(text).contains(part);
}

TEST_F(ObjectEmitterTest, EmitsForEveryTarget) {
  for (const TargetDescription &t : allTargets())
    EXPECT_TRUE(llvm::StringRef(emit(source, t.name, ObjectFormat::Object))
                    .starts_with("\x7f"
                                 "ELF"))
        << t.name.str();
}

TEST_F(ObjectEmitterTest, KeepsMultiplicationAndAdditionApart) {
  for (const TargetDescription &t : allTargets()) {
    std::string text = emit(source, t.name, ObjectFormat::Assembly);
    EXPECT_FALSE(contains(text, "fmadd")) << text;
    EXPECT_FALSE(contains(text, "fmla")) << text;
  }
}

TEST_F(ObjectEmitterTest, OnlyPublicFunctionsAreGlobal) {
  std::string text = emit(source, "x86-avx2", ObjectFormat::Assembly);
  EXPECT_TRUE(contains(text, ".globl\tmodel_run")) << text;
  EXPECT_FALSE(contains(text, ".globl\ttwice")) << text;
}

TEST_F(ObjectEmitterTest, ConstantsAreReadOnlyAndStartOnACacheLine) {
  std::string text = emit(source, "x86-avx512vnni", ObjectFormat::Assembly);
  EXPECT_TRUE(contains(text, ".rodata")) << text;
  EXPECT_TRUE(contains(text, ".p2align\t6")) << text;
}

TEST_F(ObjectEmitterTest, HasNoUnwindTables) {
  EXPECT_FALSE(contains(emit(source, "x86-avx512vnni", ObjectFormat::Assembly), ".cfi_"));
}

TEST_F(ObjectEmitterTest, VectorsOf512BitsStayWhole) {
  std::string text = emit(R"mlir(
    llvm.func @double(%p: !llvm.ptr) {
      %0 = llvm.load %p : !llvm.ptr -> vector<16xf32>
      %1 = llvm.fadd %0, %0 : vector<16xf32>
      llvm.store %1, %p : vector<16xf32>, !llvm.ptr
      llvm.return
    })mlir",
                          "x86-avx512vnni", ObjectFormat::Assembly);
  EXPECT_TRUE(contains(text, "%zmm0")) << text;
  EXPECT_FALSE(contains(text, "%ymm")) << text;
}

TEST_F(ObjectEmitterTest, LeavesTheModuleAsItWas) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
  auto print = [&] {
    std::string text;
    llvm::raw_string_ostream os(text);
    module->print(os);
    return text;
  };
  std::string before = print();
  llvm::cantFail(emitObject(*module, target("x86-avx2")));
  EXPECT_EQ(print(), before);
}

static std::string writeTemporary(llvm::StringRef suffix, llvm::StringRef content) {
  llvm::SmallString<128> path;
  int descriptor;
  EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("nnq-test", suffix, descriptor, path));
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << content;
  return path.str().str();
}

TEST_F(ObjectEmitterTest, LinksALibraryThatRuns) {
  std::string object = writeTemporary("o", emit(source, "native", ObjectFormat::Object)),
              library = object + ".so";
  llvm::Error error = linkSharedLibrary(object, library, target("native"));
  ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
  void *handle = dlopen(library.c_str(), RTLD_NOW);
  ASSERT_TRUE(handle) << dlerror();
  auto *run = reinterpret_cast<float (*)(float, int64_t)>(dlsym(handle, "model_run"));
  ASSERT_TRUE(run);
  EXPECT_EQ(run(2.0f, 15), 36.0f);
  dlclose(handle);
  llvm::sys::fs::remove(object);
  llvm::sys::fs::remove(library);
}

TEST_F(ObjectEmitterTest, AMissingSymbolIsTheLinkersErrorAndLeavesNoFile) {
  std::string text = emit("llvm.func @nowhere()\n llvm.func @model_run() { llvm.call @nowhere() : "
                          "() -> ()\n llvm.return }",
                          "native", ObjectFormat::Object);
  std::string object = writeTemporary("o", text), library = object + ".so";
  llvm::Error error = linkSharedLibrary(object, library, target("native"));
  ASSERT_TRUE(bool(error));
  std::string message = llvm::toString(std::move(error));
  EXPECT_TRUE(contains(message, "nowhere")) << message;
  EXPECT_FALSE(llvm::sys::fs::exists(library));
  llvm::sys::fs::remove(object);
}
