// The normal form of formulas.

#include "Formula.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace nnq {

static constexpr double infinity = std::numeric_limits<double>::infinity();

//===----------------------------------------------------------------------===//
// Equality
//===----------------------------------------------------------------------===//

bool isNear(double a, double b) {
  // A constant of several f32 factors is a few roundings, of 2^-24 each, off.
  constexpr double tolerance = 8 * 0x1p-24;
  double largest = std::max(std::abs(a), std::abs(b));
  return a == b || (std::isfinite(largest) && std::abs(a - b) <= tolerance * largest);
}

static bool haveSameFactors(const Formula &a, const Formula &b) {
  return llvm::equal(a.factors, b.factors, [](const auto &x, const auto &y) {
    return x.atom == y.atom && isNear(x.power, y.power);
  });
}

bool operator==(const Formula &a, const Formula &b) {
  return isNear(a.coefficient, b.coefficient) && haveSameFactors(a, b);
}

static bool isSame(const FormulaPool::Atom &a, const FormulaPool::Atom &b) {
  return a.kind == b.kind && a.value == b.value && a.function == b.function &&
         isNear(a.low, b.low) && isNear(a.high, b.high) && a.reduction == b.reduction &&
         a.axes == b.axes && llvm::equal(a.terms, b.terms);
}

/// Any order of products that does not depend on how they were written.
static bool comesBefore(const Formula &a, const Formula &b) {
  return std::lexicographical_compare(a.factors.begin(), a.factors.end(), b.factors.begin(),
                                      b.factors.end(), [](const auto &x, const auto &y) {
                                        return x.atom != y.atom
                                                   ? x.atom < y.atom
                                                   : !isNear(x.power, y.power) && x.power < y.power;
                                      });
}

Formula FormulaPool::product(Atom atom, double power) {
  auto same = llvm::find_if(atoms, [&](const Atom &other) { return isSame(atom, other); });
  auto index = static_cast<unsigned>(same - atoms.begin());
  if (same == atoms.end())
    atoms.push_back(std::move(atom));
  Formula formula(*this, 1);
  formula.factors.push_back({index, power});
  return formula;
}

Formula FormulaPool::leaf(Value value) { return product({Atom::Kind::Leaf, {}, value}); }

const FormulaPool::Atom *FormulaPool::getAtom(const Formula &formula, Atom::Kind kind) const {
  if (formula.coefficient != 1 || formula.factors.size() != 1 || formula.factors[0].power != 1)
    return nullptr;
  const Atom &atom = atoms[formula.factors[0].atom];
  return atom.kind == kind ? &atom : nullptr;
}

//===----------------------------------------------------------------------===//
// Signs
//===----------------------------------------------------------------------===//

static bool isFunction(const FormulaPool::Atom &atom, UnaryKind kind) {
  return atom.kind == FormulaPool::Atom::Kind::Function && atom.function == kind;
}

static bool isEven(double power) { return std::fmod(power, 2) == 0; }

bool FormulaPool::isNonNegative(const Atom &atom) const {
  switch (atom.kind) {
  case Atom::Kind::Leaf:
    return false;
  case Atom::Kind::Sum:
    return llvm::all_of(atom.terms, [&](const Formula &term) { return isNonNegative(term); });
  case Atom::Kind::Clamp:
    return atom.low >= 0 || (atom.high >= 0 && isNonNegative(atom.terms[0]));
  case Atom::Kind::Reduction:
    return isNonNegative(atom.terms[0]);
  case Atom::Kind::Function:
    return llvm::is_contained(
        {UnaryKind::Exp, UnaryKind::Abs, UnaryKind::Sigmoid, UnaryKind::Softplus}, atom.function);
  }
  llvm_unreachable("every kind of atom has its sign");
}

bool FormulaPool::isNonNegative(const Formula &formula) const {
  return formula.coefficient >= 0 && llvm::all_of(formula.factors, [&](const auto &factor) {
           return isEven(factor.power) || isNonNegative(atoms[factor.atom]);
         });
}

//===----------------------------------------------------------------------===//
// Products and powers
//===----------------------------------------------------------------------===//

Formula FormulaPool::multiply(const Formula &a, const Formula &b) {
  Formula result = constant(a.coefficient * b.coefficient);
  if (result.coefficient == 0)
    return result;
  SmallVector<Formula> others;
  auto x = a.factors.begin(), y = b.factors.begin();
  while (x != a.factors.end() || y != b.factors.end()) {
    bool takeX = y == b.factors.end() || (x != a.factors.end() && x->atom <= y->atom);
    bool takeY = x == a.factors.end() || (y != b.factors.end() && y->atom <= x->atom);
    Formula::Factor factor{takeX ? x->atom : y->atom,
                           (takeX ? x->power : 0) + (takeY ? y->power : 0)};
    x += takeX;
    y += takeY;
    if (std::abs(factor.power) < 1e-6)
      continue;
    const Atom &atom = atoms[factor.atom];
    if (factor.power != 1 && isFunction(atom, UnaryKind::Exp))
      others.push_back(exp(factor.power * atom.terms[0])); // (e^u)^p = e^(p u)
    else if (isEven(factor.power) && isFunction(atom, UnaryKind::Abs))
      others.push_back(power(atom.terms[0], factor.power)); // |u|^2 = u^2
    else
      result.factors.push_back(factor);
  }
  for (const Formula &other : others)
    result = result * other;
  return result;
}

Formula FormulaPool::power(const Formula &base, double exponent) {
  bool isInteger = exponent == std::round(exponent);
  // 1 / (1 + e^u) = sigmoid(-u)
  if (exponent == -1)
    if (const Atom *sum = getAtom(base, Atom::Kind::Sum); sum && sum->terms.size() == 2)
      for (int i : {0, 1})
        if (const Atom *e = getAtom(sum->terms[i], Atom::Kind::Function);
            e && e->function == UnaryKind::Exp && sum->terms[1 - i].isConstant(1))
          return apply(UnaryKind::Sigmoid, -e->terms[0]);

  // (a b)^p = a^p b^p holds for integers p, for a, b >= 0, and where there is only one factor.
  bool isOneAtom = base.factors.size() == 1 && base.factors[0].power == 1;
  if (!isInteger && (base.coefficient < 0 || (!isOneAtom && !isNonNegative(base))))
    return product({Atom::Kind::Sum, {base}}, exponent);
  Formula result = constant(std::pow(base.coefficient, exponent));
  for (Formula::Factor factor : base.factors) {
    const Atom &atom = atoms[factor.atom];
    if (isFunction(atom, UnaryKind::Exp)) {
      result = result * apply(UnaryKind::Exp, factor.power * exponent * atom.terms[0]);
      continue;
    }
    Formula one = constant(1);
    double power = factor.power * exponent;
    bool isParenthesis = atom.kind == Atom::Kind::Sum && atom.terms.size() == 1;
    if ((isFunction(atom, UnaryKind::Abs) && isEven(power)) ||
        (isParenthesis && power == std::round(power))) {
      result = result * this->power(atom.terms[0], power); // |a|^2 = a^2
      continue;
    }
    if (!isInteger && isEven(factor.power) && !isNonNegative(atom)) // (a^2)^(1/2) = |a|
      one.factors.push_back({function(UnaryKind::Abs, product(atom)).factors[0].atom, power});
    else
      one.factors.push_back({factor.atom, power});
    result = result * one;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

SmallVector<Formula> FormulaPool::getTerms(const Formula &formula) const {
  Formula unscaled = formula;
  unscaled.coefficient = 1;
  const Atom *sum = getAtom(unscaled, Atom::Kind::Sum);
  if (!sum || sum->terms.size() == 1)
    return {formula};
  SmallVector<Formula> terms;
  for (Formula term : sum->terms) {
    term.coefficient *= formula.coefficient;
    terms.push_back(term);
  }
  return terms;
}

Formula FormulaPool::add(const Formula &a, const Formula &b) {
  SmallVector<Formula> terms;
  for (const Formula &term : llvm::concat<Formula>(getTerms(a), getTerms(b))) {
    if (term.coefficient == 0)
      continue;
    auto *like = llvm::find_if(terms, [&](auto &t) { return haveSameFactors(t, term); });
    if (like == terms.end()) {
      terms.push_back(term);
    } else if (isNear(like->coefficient, -term.coefficient)) {
      terms.erase(like);
    } else {
      like->coefficient += term.coefficient;
    }
  }
  return sum(std::move(terms));
}

/// Takes what is common to all terms out of the sum, and the coefficient of the first one.
Formula FormulaPool::sum(SmallVector<Formula> terms) {
  if (terms.empty())
    return constant(0);
  if (terms.size() == 1)
    return terms[0];
  Formula common = constant(1);
  for (Formula::Factor factor : terms[0].factors) {
    bool isCommon = llvm::all_of(terms, [&](const Formula &term) {
      auto *same = llvm::find_if(term.factors, [&](auto &f) { return f.atom == factor.atom; });
      if (same == term.factors.end() || (same->power > 0) != (factor.power > 0))
        return false;
      if (std::abs(same->power) < std::abs(factor.power))
        factor.power = same->power;
      return true;
    });
    if (isCommon)
      common.factors.push_back(factor);
  }
  Formula inverse = common;
  for (Formula::Factor &factor : inverse.factors)
    factor.power = -factor.power;
  for (Formula &term : terms)
    term = term * inverse;
  llvm::sort(terms, comesBefore); // a constant comes first
  common.coefficient = terms[terms[0].isConstant() ? 1 : 0].coefficient;
  for (Formula &term : terms)
    term.coefficient /= common.coefficient;
  return common * product({Atom::Kind::Sum, {terms.begin(), terms.end()}});
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

Formula FormulaPool::function(UnaryKind kind, const Formula &argument) {
  Atom atom{Atom::Kind::Function, {argument}};
  atom.function = kind;
  return product(std::move(atom));
}

Formula FormulaPool::limited(const Formula &argument, double low, double high) {
  Atom atom{Atom::Kind::Clamp, {argument}};
  atom.low = low;
  atom.high = high;
  return product(std::move(atom));
}

Formula FormulaPool::clamp(const Formula &x, double low, double high) {
  if (low == -infinity && high == infinity)
    return x;
  if (x.isConstant())
    return constant(std::min(std::max(x.coefficient, low), high));
  if (!(low <= high)) // always `high`, or NaN
    return limited(x, low, high);
  double scale = x.coefficient;
  if (scale != 1) {
    Formula unscaled = x;
    unscaled.coefficient = 1;
    double a = low / scale, b = high / scale;
    return scale * clamp(unscaled, std::min(a, b), std::max(a, b));
  }
  if (const Atom *sum = getAtom(x, Atom::Kind::Sum); sum && sum->terms[0].isConstant()) {
    double offset = sum->terms[0].coefficient;
    return clamp(x - offset, low - offset, high - offset) + offset;
  }
  // max(u, m) - m is written as u - min(u, m).
  for (const Formula &term : getTerms(-x))
    if (const Atom *inner = getAtom(term, Atom::Kind::Clamp);
        inner && inner->low == -infinity && high >= 0 && x == inner->terms[0] - term) {
      double offset = inner->high;
      return clamp(inner->terms[0], std::max(low, 0.0) + offset, high + offset) - offset;
    }
  if (const Atom *inner = getAtom(x, Atom::Kind::Clamp);
      inner && std::max(low, inner->low) <= std::min(high, inner->high))
    return clamp(inner->terms[0], std::max(low, inner->low), std::min(high, inner->high));
  if (low <= 0 && low != -infinity && isNonNegative(x))
    return clamp(x, -infinity, high);
  if (high == infinity) // max(x, low) = x + low - min(x, low)
    return x + low - clamp(x, -infinity, low);
  return limited(x, low, high);
}

Formula FormulaPool::reduce(ReduceKind kind, ArrayRef<int64_t> axes, int64_t count,
                            const Formula &x) {
  if (kind == ReduceKind::Sum)
    return static_cast<double>(count) * reduce(ReduceKind::Mean, axes, count, x);
  if (x.isConstant())
    return x;
  if (x.coefficient < 0 && kind != ReduceKind::Mean)
    kind = kind == ReduceKind::Max ? ReduceKind::Min : ReduceKind::Max;
  Formula unscaled = x;
  unscaled.coefficient = 1;
  SmallVector<int64_t> all(axes);
  if (const Atom *inner = getAtom(unscaled, Atom::Kind::Reduction);
      inner && inner->reduction == kind) {
    all.append(inner->axes);
    unscaled = inner->terms[0];
  }
  llvm::sort(all);
  all.erase(llvm::unique(all), all.end());
  Atom atom{Atom::Kind::Reduction, {unscaled}};
  atom.reduction = kind;
  atom.axes = all;
  return x.coefficient * product(std::move(atom));
}

Formula FormulaPool::apply(UnaryKind kind, const Formula &x, double alpha, double beta) {
  Formula unscaled = x;
  unscaled.coefficient = 1;
  // x where that is positive, else f(x), for an f with f(0) = 0 and f(x) > x below 0.
  auto positiveElse = [&](const Formula &f) { return x - nnq::clamp(x, -infinity, 0) + f; };
  auto exponential = [&] { return nnq::clamp(exp(x), -infinity, 1) - 1; }; // e^x - 1 below 0
  switch (kind) {
  case UnaryKind::Neg:
    return -x;
  case UnaryKind::Square:
    return pow(x, 2);
  case UnaryKind::Sqrt:
    return pow(x, 0.5);
  case UnaryKind::Rsqrt:
    return pow(x, -0.5);
  case UnaryKind::Reciprocal:
    return pow(x, -1);
  case UnaryKind::Abs:
    return std::abs(x.coefficient) *
           (isNonNegative(unscaled) ? unscaled : function(kind, unscaled));
  case UnaryKind::Tanh:
  case UnaryKind::Erf: // odd
    return x.coefficient < 0 ? -function(kind, -x) : function(kind, x);
  case UnaryKind::Exp:
    // e^clamp(u) = clamp(e^u): one is written for the other.
    if (const Atom *clamp = getAtom(unscaled, Atom::Kind::Clamp); clamp && x.coefficient > 0)
      return nnq::clamp(exp(x.coefficient * clamp->terms[0]), std::exp(x.coefficient * clamp->low),
                        std::exp(x.coefficient * clamp->high));
    return function(kind, x);
  case UnaryKind::Log:
    if (const Atom *sum = getAtom(x, Atom::Kind::Sum); sum && sum->terms.size() == 2)
      for (int i : {0, 1}) // log(1 + e^u) = softplus(u)
        if (const Atom *e = getAtom(sum->terms[i], Atom::Kind::Function);
            e && e->function == UnaryKind::Exp && sum->terms[1 - i].isConstant(1))
          return apply(UnaryKind::Softplus, e->terms[0]);
    if (const Atom *sigmoid = getAtom(x, Atom::Kind::Function);
        sigmoid && sigmoid->function == UnaryKind::Sigmoid)
      return -apply(UnaryKind::Softplus, -sigmoid->terms[0]);
    return function(kind, x);
  case UnaryKind::LeakyRelu:
    return positiveElse(alpha * nnq::clamp(x, -infinity, 0));
  case UnaryKind::Elu:
    return positiveElse(alpha * exponential());
  case UnaryKind::Selu:
    return beta * positiveElse(alpha * exponential());
  case UnaryKind::HardSigmoid:
    return nnq::clamp(alpha * x + beta, 0, 1);
  case UnaryKind::HardSwish:
    return x * nnq::clamp(1.0 / 6 * x + 0.5, 0, 1);
  case UnaryKind::Silu:
    return x * apply(UnaryKind::Sigmoid, x);
  case UnaryKind::Gelu:
    return 0.5 * x * (apply(UnaryKind::Erf, std::sqrt(0.5) * x) + 1);
  case UnaryKind::GeluTanh:
    return 0.5 * x * (apply(UnaryKind::Tanh, std::sqrt(2 / M_PI) * (x + 0.044715 * pow(x, 3))) + 1);
  case UnaryKind::Mish:
    return x * apply(UnaryKind::Tanh, apply(UnaryKind::Softplus, x));
  default:
    return function(kind, x);
  }
}

std::optional<double> FormulaPool::evaluate(const Formula &formula, double x) const {
  double result = formula.coefficient;
  for (Formula::Factor factor : formula.factors) {
    const Atom &atom = atoms[factor.atom];
    double value = atom.kind == Atom::Kind::Leaf ? x : 0;
    for (const Formula &term : atom.terms) {
      std::optional<double> part = evaluate(term, x);
      if (!part)
        return std::nullopt;
      value += *part;
    }
    if (atom.kind == Atom::Kind::Reduction)
      return std::nullopt;
    if (atom.kind == Atom::Kind::Clamp)
      value = std::min(std::max(value, atom.low), atom.high);
    if (atom.kind == Atom::Kind::Function) {
      switch (atom.function) {
      case UnaryKind::Exp:
        value = std::exp(value);
        break;
      case UnaryKind::Log:
        value = std::log(value);
        break;
      case UnaryKind::Sigmoid:
        value = 1 / (1 + std::exp(-value));
        break;
      case UnaryKind::Softplus:
        value = std::max(value, 0.0) + std::log1p(std::exp(-std::abs(value)));
        break;
      case UnaryKind::Tanh:
        value = std::tanh(value);
        break;
      case UnaryKind::Erf:
        value = std::erf(value);
        break;
      case UnaryKind::Abs:
        value = std::abs(value);
        break;
      default:
        return std::nullopt;
      }
    }
    result *= std::pow(value, factor.power);
  }
  return result;
}

} // namespace nnq
