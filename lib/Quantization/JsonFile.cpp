//===- JsonFile.cpp - JSON files with errors that say where ---------------===//

#include "JsonFile.h"
#include "nnq/Quantization/AtomicFile.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cassert>
#include <charconv>
#include <cmath>

using namespace llvm;

namespace nnq {

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

Error makeError(const Twine &where, const Twine &what) {
  return createStringError(where + ": " + what);
}

/// What a JSON value is, for messages.
static StringRef kindOf(const json::Value &value) {
  switch (value.kind()) {
  case json::Value::Null:
    return "null";
  case json::Value::Boolean:
    return "a boolean";
  case json::Value::Number:
    return "a number";
  case json::Value::String:
    return "a string";
  case json::Value::Array:
    return "an array";
  case json::Value::Object:
    return "an object";
  }
  llvm_unreachable("all kinds of JSON values are covered");
}

/// A JSON value as messages show it: numbers as they are, of others the kind.
static std::string describe(const json::Value &value) {
  if (std::optional<int64_t> integer = value.getAsInteger())
    return "the number " + std::to_string(*integer);
  if (std::optional<double> number = value.getAsNumber())
    return formatv("the number {0}", format("%.9g", *number)).str();
  return kindOf(value).str();
}

Error wrongType(const Twine &where, StringRef expected, const json::Value &value) {
  return makeError(where, "expected " + expected + ", found " + describe(value));
}

Expected<const json::Object *> toObject(const Twine &where, const json::Value &value) {
  if (const json::Object *object = value.getAsObject())
    return object;
  return wrongType(where, "an object", value);
}

Expected<const json::Array *> toArray(const Twine &where, const json::Value &value) {
  if (const json::Array *array = value.getAsArray())
    return array;
  return wrongType(where, "an array", value);
}

Expected<StringRef> toText(const Twine &where, const json::Value &value) {
  if (std::optional<StringRef> string = value.getAsString())
    return *string;
  return wrongType(where, "a string", value);
}

Expected<double> toNumber(const Twine &where, const json::Value &value) {
  std::optional<double> number = value.getAsNumber();
  if (number && std::isfinite(*number))
    return *number;
  return wrongType(where, "a finite number", value);
}

Expected<const json::Value *> getKey(const Twine &where, const json::Object &object,
                                     StringRef key) {
  if (const json::Value *value = object.get(key))
    return value;
  return makeError(where, "the key \"" + key + "\" is missing");
}

Expected<std::string> readText(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return makeError(path, "cannot be read: " + buffer.getError().message());
  return (*buffer)->getBuffer().str();
}

Expected<const json::Object *> parseVersion1(StringRef text, StringRef name, StringRef versionKey,
                                             json::Value &root) {
  Expected<json::Value> parsed = json::parse(text);
  if (!parsed) {
    std::string what = llvm::toString(parsed.takeError());
    if (text.contains("NaN") || text.contains("Infinity"))
      what += "; NaN and Infinity are no JSON, and no values of this file";
    return makeError(name, what);
  }
  root = std::move(*parsed);
  Expected<const json::Object *> object = toObject(name, root);
  if (!object)
    return object.takeError();
  Expected<const json::Value *> version = getKey(name, **object, versionKey);
  if (!version)
    return version.takeError();
  if ((*version)->getAsInteger() != 1)
    return wrongType(name + ": " + versionKey, "the format version 1", **version);
  return object;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

Error writeText(StringRef path, function_ref<void(raw_ostream &)> print) {
  Expected<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  print((*file)->os());
  return (*file)->commit();
}

void printNumber(raw_ostream &os, double value) {
  char digits[32];
  auto [end, status] = std::to_chars(std::begin(digits), std::end(digits), value);
  assert(status == std::errc() && "the shortest digits of a double fit");
  os.write(digits, end - digits);
}

} // namespace nnq
