//===- WeightFormat.cpp - The numbers that weights may take --------------===//

#include "nnq/Quantization/WeightFormat.h"
#include "nnq/Quantization/Codebook.h"
#include "nnq/Quantization/Rounding.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace nnq {

namespace {
struct Named {
  StringLiteral name;
  WeightFormat::Kind kind;
  unsigned bits;
};
} // namespace

static constexpr Named named[] = {{"ternary", WeightFormat::Kind::Ternary, 2},
                                  {"binary", WeightFormat::Kind::Binary, 1},
                                  {"nf4", WeightFormat::Kind::NormalFloat, 4},
                                  {"codebook16", WeightFormat::Kind::Codebook, 4},
                                  {"codebook4", WeightFormat::Kind::Codebook, 2}};

StringRef describeWeightFormats() {
  return "wN (integers of N bits, 2 to 8), ternary, binary, nf4, codebook16, codebook4 and "
         "codebook(A|B|...) of up to 16 levels";
}

/// "-9|0|9)" and what follows.
static Expected<WeightFormat> consumeLevels(StringRef &text) {
  auto [inside, rest] = text.split(')');
  SmallVector<StringRef> parts;
  inside.split(parts, '|');
  WeightFormat format{WeightFormat::Kind::Codebook, 4, {}};
  for (StringRef part : parts) {
    int8_t level;
    if (part.trim().getAsInteger(10, level))
      return createStringError("level '" + part + "' of a codebook is no signed byte");
    format.levels.push_back(level);
  }
  if (Error error = checkLevels(format.levels))
    return std::move(error);
  format.bits = format.levels.size() <= 2 ? 1 : format.levels.size() <= 4 ? 2 : 4;
  text = rest;
  return format;
}

Expected<WeightFormat> WeightFormat::consume(StringRef &text) {
  if (StringRef rest = text; rest.consume_front("codebook(")) {
    Expected<WeightFormat> format = consumeLevels(rest);
    if (format)
      text = rest;
    return format;
  }
  for (const Named &known : named)
    if (text.consume_front(known.name))
      return WeightFormat{known.kind, known.bits, {}};
  WeightFormat format;
  StringRef rest = text;
  if (rest.consume_front("w") && !rest.consumeInteger(10, format.bits) && format.bits >= 2 &&
      format.bits <= 8) {
    text = rest;
    return format;
  }
  return createStringError("weights '" + text + "' are none of " + describeWeightFormats());
}

std::string WeightFormat::str() const {
  if (isUniform())
    return "w" + std::to_string(bits);
  if (!levels.empty())
    return "codebook(" +
           join(map_range(levels, [](int8_t level) { return std::to_string(level); }), "|") + ")";
  const Named &known =
      *find_if(named, [&](const Named &n) { return n.kind == kind && n.bits == bits; });
  return known.name.str();
}

void WeightFormat::choose(RoundingOptions &options) const {
  options.bits = static_cast<int>(bits);
  options.ternary = kind == Kind::Ternary;
  if (!hasLevels())
    return;
  options.learnCodebook = kind == Kind::Codebook && levels.empty();
  options.codebook = kind == Kind::NormalFloat ? nf4Levels()
                     : !levels.empty()         ? levels
                                               : cantFail(initialLevels(1 << bits));
}

} // namespace nnq
