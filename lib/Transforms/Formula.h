// Formulas in a normal form, in which the spellings of one function are equal: what sums and
// products commute, a division by 2 is a product with 0.5, a square root a power, max(x, 0) a
// clamp.
//
// Spellings are recognized by comparing their formula with that of a known function.
// Formulas are equal wherever both have a value: x / x is 1, and the square of a square root is
// what stands below it.

#ifndef NNQ_LIB_TRANSFORMS_FORMULA_H
#define NNQ_LIB_TRANSFORMS_FORMULA_H

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include <deque>
#include <optional>

namespace nnq {

class FormulaPool;

/// Whether two numbers are equal but for a few roundings to f32.
bool isNear(double a, double b);

/// A product: coefficient * atom^power * ..., made by a pool, which must outlive it.
class Formula {
public:
  struct Factor {
    unsigned atom;
    double power;
  };

  double coefficient;
  llvm::SmallVector<Factor, 2> factors; ///< ascending, no power 0; none where `coefficient` is 0

  bool isConstant() const { return factors.empty(); }
  bool isConstant(double value) const { return isConstant() && isNear(coefficient, value); }
  FormulaPool &getPool() const { return *pool; }

private:
  friend class FormulaPool;
  Formula(FormulaPool &pool, double coefficient) : coefficient(coefficient), pool(&pool) {}
  FormulaPool *pool;
};

/// Equal but for roundings of the constants to f32.
bool operator==(const Formula &a, const Formula &b);
inline bool operator!=(const Formula &a, const Formula &b) { return !(a == b); }

/// What formulas of one spelling are made of. Each atom exists once.
class FormulaPool {
public:
  FormulaPool() = default;
  FormulaPool(const FormulaPool &) = delete;

  Formula constant(double value) { return Formula(*this, value); }
  /// A value of which nothing is known.
  Formula leaf(mlir::Value value);
  Formula add(const Formula &a, const Formula &b);
  Formula multiply(const Formula &a, const Formula &b);
  Formula power(const Formula &base, double exponent);
  /// A function of `nnq.unary`.
  Formula apply(UnaryKind kind, const Formula &argument, double alpha = 0, double beta = 0);
  Formula clamp(const Formula &argument, double low, double high);
  /// A reduction of `count` elements along `axes`, which stay as dimensions of size 1. A sum is
  /// `count` times the mean.
  Formula reduce(ReduceKind kind, llvm::ArrayRef<int64_t> axes, int64_t count,
                 const Formula &argument);

  struct Atom {
    enum class Kind { Leaf, Sum, Function, Clamp, Reduction } kind;
    llvm::SmallVector<Formula, 2> terms;  ///< of a Sum; else the argument, if there is one
    mlir::Value value = {};               ///< Leaf
    UnaryKind function = {};              ///< Function
    double low = 0, high = 0;             ///< Clamp
    ReduceKind reduction = {};            ///< Reduction
    llvm::SmallVector<int64_t> axes = {}; ///< Reduction
  };
  const std::deque<Atom> &getAtoms() const { return atoms; }
  /// The summands of a formula; itself where it is no sum.
  llvm::SmallVector<Formula> getTerms(const Formula &formula) const;
  /// The atom that the formula is, without a coefficient or a power; null if it is none, or one of
  /// another kind.
  const Atom *getAtom(const Formula &formula, Atom::Kind kind) const;

  /// The value of a function of one leaf at `x`, in double precision; nothing if it has reductions.
  std::optional<double> evaluate(const Formula &formula, double x) const;

private:
  Formula product(Atom atom, double power = 1);
  Formula function(UnaryKind kind, const Formula &argument);
  Formula limited(const Formula &argument, double low, double high);
  bool isNonNegative(const Formula &formula) const;
  bool isNonNegative(const Atom &atom) const;
  Formula sum(llvm::SmallVector<Formula> terms);

  std::deque<Atom> atoms; // references to elements stay valid
};

inline Formula operator+(const Formula &a, const Formula &b) { return a.getPool().add(a, b); }
inline Formula operator*(const Formula &a, const Formula &b) { return a.getPool().multiply(a, b); }
inline Formula operator+(const Formula &a, double b) { return a + a.getPool().constant(b); }
inline Formula operator*(double a, const Formula &b) { return b.getPool().constant(a) * b; }
inline Formula operator-(const Formula &a) { return -1 * a; }
inline Formula operator-(const Formula &a, const Formula &b) { return a + -b; }
inline Formula operator-(const Formula &a, double b) { return a + -b; }
inline Formula pow(const Formula &base, double exponent) {
  return base.getPool().power(base, exponent);
}
inline Formula operator/(const Formula &a, const Formula &b) { return a * pow(b, -1); }
inline Formula operator/(double a, const Formula &b) { return a * pow(b, -1); }
inline Formula exp(const Formula &x) { return x.getPool().apply(UnaryKind::Exp, x); }
inline Formula log(const Formula &x) { return x.getPool().apply(UnaryKind::Log, x); }
inline Formula clamp(const Formula &x, double low, double high) {
  return x.getPool().clamp(x, low, high);
}

} // namespace nnq

#endif // NNQ_LIB_TRANSFORMS_FORMULA_H
