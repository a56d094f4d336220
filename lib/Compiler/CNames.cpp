// Names of tensors for another namespace: identifiers of C, and comments.

#include "CNames.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Unicode.h"

using namespace llvm;

namespace nnq {

/// Keywords of C23 and C++26, and macros in small letters of C and of widespread systems.
static const StringSet<> &reservedNames() {
  static const StringSet<> names = {
      // C
      "alignas", "alignof", "asm", "auto", "bool", "break", "case", "char", "const", "constexpr",
      "continue", "default", "do", "double", "else", "enum", "extern", "false", "float", "for",
      "goto", "if", "inline", "int", "long", "nullptr", "register", "restrict", "return", "short",
      "signed", "sizeof", "static", "static_assert", "struct", "switch", "thread_local", "true",
      "typedef", "typeof", "typeof_unqual", "union", "unsigned", "void", "volatile", "while",
      // C++
      "and", "and_eq", "bitand", "bitor", "catch", "class", "compl", "concept", "consteval",
      "constinit", "const_cast", "contract_assert", "co_await", "co_return", "co_yield", "decltype",
      "delete", "dynamic_cast", "explicit", "export", "friend", "mutable", "namespace", "new",
      "noexcept", "not", "not_eq", "operator", "or", "or_eq", "private", "protected", "public",
      "reinterpret_cast", "requires", "static_cast", "template", "this", "throw", "try", "typeid",
      "typename", "using", "virtual", "xor", "xor_eq",
      // macros
      "I", "complex", "errno", "far", "fortran", "h_errno", "i386", "imaginary", "interface",
      "linux", "near", "noreturn", "pascal", "pixel", "signals", "slots", "small", "stderr",
      "stdin", "stdout", "sun", "unix", "vector", "emit"};
  return names;
}

/// Whether a name may be a macro, a type, or the compiler's by its form.
static bool mayHaveMeaning(StringRef name) {
  bool isCapitals = name.size() > 1 && any_of(name, isUpper) && none_of(name, isLower);
  return isCapitals || name.ends_with("_t") || name.starts_with("nnq_") ||
         reservedNames().contains(name);
}

bool isCIdentifier(StringRef text) {
  return !text.empty() && !isDigit(text.front()) &&
         all_of(text, [](char c) { return isAlnum(c) || c == '_'; });
}

CNames::CNames(ArrayRef<StringRef> names) {
  for (StringRef name : names)
    taken.insert(name);
}

/// An underscore for each character that an identifier can't have.
static std::string replaceCharacters(StringRef name) {
  std::string result;
  for (char c : name)
    if (isAlnum(c))
      result += c;
    else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) // not within a character of UTF-8
      result += '_';
  return result;
}

std::string CNames::add(StringRef name, const Twine &fallback) {
  std::string base = replaceCharacters(name);
  if (StringRef(base).trim('_').empty())
    base = fallback.str();
  else if (!isAlpha(base.front()))
    base = (fallback + (base.front() == '_' ? "" : "_") + base).str();
  else if (mayHaveMeaning(base))
    base += '_';
  std::string result = base;
  for (int number = 2; !taken.insert(result).second; ++number)
    result = (base + (StringRef(base).ends_with("_") ? "" : "_") + Twine(number)).str();
  return result;
}

std::string onOneLine(StringRef name) {
  std::string text = json::fixUTF8(name), result;
  auto *position = reinterpret_cast<const UTF8 *>(text.data()), *end = position + text.size();
  while (position != end) {
    const UTF8 *begin = position;
    UTF32 character = 0, *out = &character;
    ConvertUTF8toUTF32(&position, end, &out, &character + 1, lenientConversion);
    if (sys::unicode::isPrintable(static_cast<int>(character)))
      result.append(begin, position);
    else
      result += "\\u{" + utohexstr(character) + "}";
  }
  return result;
}

} // namespace nnq
