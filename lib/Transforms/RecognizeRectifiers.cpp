// Leaky rectifiers, spelled out: what is x where that is positive, and a multiple of it elsewhere.

#include "Spellings.h"

#include "nnq/Dialect/NNQ/IR/ImageOps.h"
#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Transforms/ConstantValues.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace nnq {

namespace {

/// One number for all elements (of shape []), or one for each index of some dimensions.
struct Coefficients {
  SmallVector<int64_t> shape;
  std::vector<double> values;
};

/// What is `above * x` where x is positive, and `below * x` where it is negative.
struct Rectifier {
  Coefficients above, below;
};

constexpr unsigned deepestExpression = 8;

template <typename Function> Coefficients map(Coefficients a, Function function) {
  for (double &value : a.values)
    value = function(value);
  return a;
}

/// `function` of two coefficients; nothing where both have shapes, and other ones.
template <typename Function>
std::optional<Coefficients> zip(const Coefficients &a, const Coefficients &b, Function function) {
  if (a.values.size() == 1)
    return map(b, [&](double value) { return function(a.values[0], value); });
  if (b.values.size() == 1)
    return map(a, [&](double value) { return function(value, b.values[0]); });
  if (a.shape != b.shape)
    return std::nullopt;
  Coefficients result = a;
  for (auto [value, other] : llvm::zip(result.values, b.values))
    value = function(value, other);
  return result;
}

template <typename Above, typename Below>
std::optional<Rectifier> zip(const std::optional<Rectifier> &a, const std::optional<Rectifier> &b,
                             Above above, Below below) {
  if (!a || !b)
    return std::nullopt;
  auto up = zip(a->above, b->above, above), down = zip(a->below, b->below, below);
  return up && down ? std::optional(Rectifier{*up, *down}) : std::nullopt;
}

std::optional<Coefficients> readCoefficients(Value value) {
  std::optional<ConstantValues<float>> constant = readConstant<float>(value);
  if (!constant)
    return std::nullopt;
  ArrayRef<float> values = constant->get();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  if (llvm::all_equal(values))
    return Coefficients{{}, {values.front()}};
  return Coefficients{
      SmallVector<int64_t>(shape.drop_while([](int64_t size) { return size == 1; })),
      {values.begin(), values.end()}};
}

double larger(double a, double b) { return std::max(a, b); }
double smaller(double a, double b) { return std::min(a, b); }

/// A leaky rectifier of what is `f`: its positive part, and `slope` times its negative one.
std::optional<Rectifier> rectify(const std::optional<Rectifier> &f, const Coefficients &slope) {
  if (!f)
    return std::nullopt;
  auto above = zip(f->above, slope, [](double a, double s) { return a >= 0 ? a : s * a; });
  auto below = zip(f->below, slope, [](double b, double s) { return b <= 0 ? b : s * b; });
  return above && below ? std::optional(Rectifier{*above, *below}) : std::nullopt;
}

std::optional<Rectifier> negate(std::optional<Rectifier> f) {
  if (f)
    for (Coefficients *side : {&f->above, &f->below})
      *side = map(*side, [](double value) { return -value; });
  return f;
}

/// Whether `condition` says that x is above 0 (true) or below (false); what it says of 0 itself,
/// where all rectifiers are 0, does not matter.
std::optional<bool> readSign(Value condition, Value x) {
  auto compare = condition.getDefiningOp<CompareOp>();
  if (!compare)
    return std::nullopt;
  auto isZero = [](Value value) {
    std::optional<Coefficients> constant = readCoefficients(value);
    return constant && constant->values == std::vector<double>{0};
  };
  bool isSwapped = compare.getRhs() == x && isZero(compare.getLhs());
  if (!isSwapped && !(compare.getLhs() == x && isZero(compare.getRhs())))
    return std::nullopt;
  switch (compare.getKind()) {
  case CompareKind::Gt:
  case CompareKind::Ge:
    return !isSwapped;
  case CompareKind::Lt:
  case CompareKind::Le:
    return isSwapped;
  default:
    return std::nullopt;
  }
}

/// `value` as a function of `x`, if it is a rectifier of that.
std::optional<Rectifier> evaluate(Value value, Value x, unsigned depth = deepestExpression) {
  auto one = [](double v) { return Coefficients{{}, {v}}; };
  if (value == x)
    return Rectifier{one(1), one(1)};
  if (std::optional<Coefficients> constant = readCoefficients(value);
      constant && constant->values == std::vector<double>{0})
    return Rectifier{one(0), one(0)};
  Operation *op = value.getDefiningOp();
  if (!op || depth == 0)
    return std::nullopt;
  auto operand = [&](unsigned i) { return evaluate(op->getOperand(i), x, depth - 1); };
  auto scale = [&](unsigned i, bool divides) -> std::optional<Rectifier> {
    std::optional<Coefficients> factor = readCoefficients(op->getOperand(1 - i));
    if (!factor)
      return std::nullopt;
    auto function = [=](double v, double by) { return divides ? v / by : v * by; };
    return zip(operand(i), Rectifier{*factor, *factor}, function, function);
  };
  return TypeSwitch<Operation *, std::optional<Rectifier>>(op)
      .Case([&](AddOp) { return zip(operand(0), operand(1), std::plus<>(), std::plus<>()); })
      .Case([&](SubOp) { return zip(operand(0), operand(1), std::minus<>(), std::minus<>()); })
      .Case([&](MaxOp) { return zip(operand(0), operand(1), larger, smaller); })
      .Case([&](MinOp) { return zip(operand(0), operand(1), smaller, larger); })
      .Case([&](MulOp) {
        std::optional<Rectifier> scaled = scale(0, /*divides=*/false);
        return scaled ? scaled : scale(1, /*divides=*/false);
      })
      .Case([&](DivOp) { return scale(0, /*divides=*/true); })
      .Case([&](ClampOp clamp) -> std::optional<Rectifier> {
        if (clamp.getMin().isZero() && clamp.getMax().isInfinity())
          return rectify(operand(0), one(0));
        if (clamp.getMax().isZero() && clamp.getMin().isInfinity())
          return negate(rectify(negate(operand(0)), one(0)));
        return std::nullopt;
      })
      .Case([&](PReluOp prelu) -> std::optional<Rectifier> {
        std::optional<Coefficients> slope = readCoefficients(prelu.getSlope());
        return slope ? rectify(operand(0), *slope) : std::nullopt;
      })
      .Case([&](SelectOp select) -> std::optional<Rectifier> {
        std::optional<bool> isAbove = readSign(select.getCondition(), x);
        if (!isAbove)
          return std::nullopt;
        auto first = [](double a, double) { return a; };
        auto second = [](double, double b) { return b; };
        return *isAbove ? zip(operand(1), operand(2), first, second)
                        : zip(operand(1), operand(2), second, first);
      })
      .Case([&](UnaryOp unary) -> std::optional<Rectifier> {
        switch (unary.getKind()) {
        case UnaryKind::Neg:
          return negate(operand(0));
        case UnaryKind::Abs:
          return rectify(operand(0), one(-1));
        case UnaryKind::LeakyRelu:
          return rectify(operand(0), one(unary.getAlpha().convertToDouble()));
        default:
          return std::nullopt;
        }
      })
      .Default([](Operation *) { return std::nullopt; });
}

} // namespace

static Value createRectifier(OpBuilder &builder, Location loc, Value x, const Coefficients &slope) {
  std::vector<float> values(slope.values.begin(), slope.values.end());
  if (values == std::vector<float>{1})
    return x;
  if (values == std::vector<float>{0})
    return ClampOp::create(builder, loc, x.getType(), x, APFloat(0.0f),
                           APFloat::getInf(APFloat::IEEEsingle()));
  if (values.size() == 1)
    return UnaryOp::create(builder, loc, x.getType(), x, UnaryKind::LeakyRelu, APFloat(values[0]),
                           APFloat(0.0f));
  auto type = RankedTensorType::get(slope.shape, builder.getF32Type());
  Value constant = createConstant(builder, loc, type, ArrayRef<float>(values));
  return PReluOp::create(builder, loc, x.getType(), x, constant);
}

Value recognizeRectifier(Operation *root, Value x, OpBuilder &builder) {
  // Any other operation is a rectifier only of what is one already.
  if (!isa<AddOp, SubOp, MaxOp, MinOp, SelectOp>(root))
    return {};
  std::optional<Rectifier> rectifier = evaluate(root->getResult(0), x);
  if (!rectifier || !llvm::all_of(rectifier->above.values,
                                  [](double value) { return std::abs(value - 1) < 1e-6; }))
    return {};
  return createRectifier(builder, root->getLoc(), x, rectifier->below);
}

} // namespace nnq
