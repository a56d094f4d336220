// The scheme of each operation.

#include "QuantizationRules.h"

#include "nnq/Transforms/LayerWidths.h"

#include "nnq/Transforms/ObservationNames.h"

#include "mlir/IR/Operation.h"

using namespace llvm;

namespace nnq {

namespace {
struct Scheme {
  StringLiteral name;
  void (*apply)(OpScheme &);
};
} // namespace

static constexpr Scheme schemes[] = {
    {"float", [](OpScheme &s) { s.keepFloat = true; }},
    {"per_channel",
     [](OpScheme &s) { s.weightGranularity = WeightGranularity::PerChannel, s.weightBlock = 0; }},
    {"per_tensor",
     [](OpScheme &s) { s.weightGranularity = WeightGranularity::PerTensor, s.weightBlock = 0; }},
    {"asymmetric", [](OpScheme &s) { s.activations = ActivationScheme::Asymmetric; }},
    {"symmetric", [](OpScheme &s) { s.activations = ActivationScheme::Symmetric; }},
};

static Error ruleError(StringRef rule, const Twine &why) {
  return createStringError("rule '" + rule + "': " + why);
}

Error verifyWeightBits(unsigned bits) {
  if (bits < 2 || bits > 8)
    return createStringError("weights of " + Twine(bits) + " bits; 2 to 8 are supported");
  return Error::success();
}

/// Weights that a rule says are those that it says, without the zeros of a width.
static void setDense(OpScheme &scheme, WeightFormat weights, unsigned block) {
  scheme.weights = std::move(weights);
  scheme.weightBlock = block;
  scheme.pattern.reset();
}

/// What the scheme called `name` changes; an error says what there is.
static Expected<std::function<void(OpScheme &)>> parseScheme(StringRef name) {
  auto *scheme = find_if(schemes, [&](const Scheme &s) { return s.name == name; });
  if (scheme != std::end(schemes))
    return scheme->apply;
  unsigned number = 0;
  StringRef bits = name, block = name, activations = name;
  if (bits.consume_front("bits") && !bits.getAsInteger(10, number)) {
    if (Error error = verifyWeightBits(number))
      return std::move(error);
    return [number](OpScheme &s) {
      setDense(s, {WeightFormat::Kind::Uniform, number, {}}, s.weightBlock);
    };
  }
  if (activations.consume_front("activations") && !activations.getAsInteger(10, number)) {
    if (number != 8 && number != 16)
      return createStringError("activations of " + Twine(number) + " bits; 8 and 16 are supported");
    return [number](OpScheme &s) { s.activationBits = number; };
  }
  if (block.consume_front("block") && !block.getAsInteger(10, number) && number > 0)
    return [number](OpScheme &s) { setDense(s, s.weights, number); };
  StringRef rest = name;
  Expected<WeightFormat> format = WeightFormat::consume(rest);
  if (format && rest.empty())
    return [format = *format](OpScheme &s) { setDense(s, format, s.weightBlock); };
  consumeError(format.takeError());
  return createStringError("scheme '" + name +
                           "' is none of float, per_channel, per_tensor, blockN, bitsN, "
                           "activationsN, asymmetric, symmetric, nor a format of weights: " +
                           describeWeightFormats());
}

/// Of weights or activations.
static bool setsWidth(StringRef scheme) {
  return !scheme.starts_with("block") &&
         none_of(schemes, [&](const Scheme &s) { return s.name == scheme; });
}

Expected<QuantizationRules> QuantizationRules::parse(ArrayRef<std::string> texts,
                                                     OpScheme defaults) {
  QuantizationRules result;
  result.defaults = defaults;
  for (StringRef text : texts) {
    StringRef selector, schemeName, pattern;
    if (text.starts_with("keep=")) {
      selector = "name", pattern = text.drop_front(5), schemeName = "float";
    } else {
      StringRef left;
      std::tie(left, schemeName) = text.rsplit('=');
      std::tie(selector, pattern) = left.split(':');
    }
    auto apply = parseScheme(schemeName);
    if (!apply)
      return ruleError(text, toString(apply.takeError()));
    Rule rule{text.str(),
              Selector::Name,
              pattern.str(),
              0,
              Regex("^(" + pattern.str() + ")$"),
              std::move(*apply),
              setsWidth(schemeName)};
    std::string why;
    if (selector == "op")
      rule.selector = Selector::Op;
    else if (selector == "exact")
      rule.selector = Selector::Exact;
    else if (selector == "index")
      rule.selector = Selector::Index;
    else if (selector != "name")
      return ruleError(text, "selector '" + selector +
                                 "' is none of name:REGEX, exact:NAME, op:NAME, index:N, keep");
    else if (!rule.regex.isValid(why))
      return ruleError(text, "regular expression: " + why);
    if (rule.selector == Selector::Index && pattern.getAsInteger(10, rule.index))
      return ruleError(text, "index '" + pattern + "' is no number");
    result.rules.push_back(std::move(rule));
  }
  return std::move(result);
}

bool QuantizationRules::Rule::matches(mlir::Operation *op, unsigned position) const {
  switch (selector) {
  case Selector::Name:
    return regex.match(getLayerName(op));
  case Selector::Exact:
    return getLayerName(op) == pattern;
  case Selector::Op:
    return op->getName().getStringRef() == pattern;
  case Selector::Index:
    return position == index;
  }
  llvm_unreachable("all selectors are covered");
}

mlir::FailureOr<QuantizationRules>
QuantizationRules::get(mlir::Operation *op, ArrayRef<std::string> texts, OpScheme defaults) {
  if (Error error = verifyWeightBits(defaults.weights.bits))
    return op->emitError() << toString(std::move(error));
  Expected<QuantizationRules> rules = parse(texts, std::move(defaults));
  if (!rules)
    return op->emitError() << toString(rules.takeError());
  return std::move(*rules);
}

OpScheme QuantizationRules::schemeOf(mlir::Operation *op, unsigned index) {
  OpScheme scheme = defaults;
  bool floatByWidth = false;
  if (std::optional<LayerWidth> width = cantFail(getLayerWidth(op))) {
    floatByWidth = width->isFloat;
    if (!width->isFloat) {
      scheme.weights = width->weights;
      scheme.activationBits = width->activationBits;
      scheme.pattern = width->pattern;
      // Pruned weights have a scale per channel.
      if (width->weightBlock || width->pattern)
        scheme.weightBlock = width->weightBlock;
    }
  }
  for (Rule &rule : rules) {
    if (!rule.matches(op, index))
      continue;
    rule.matched = true;
    rule.apply(scheme);
    floatByWidth &= !rule.setsWidth;
    if (scheme.keepFloat && scheme.floatReason.empty())
      scheme.floatReason = "rule '" + rule.text + "'";
  }
  if (floatByWidth && !scheme.keepFloat) {
    scheme.keepFloat = true;
    scheme.floatReason = "bit width 'float'";
  }
  return scheme;
}

mlir::LogicalResult QuantizationRules::verifyMatched(mlir::Operation *op) const {
  for (const Rule &rule : rules)
    if (!rule.matched)
      return op->emitError() << "rule '" << rule.text << "' matches no operation";
  return mlir::success();
}

} // namespace nnq
