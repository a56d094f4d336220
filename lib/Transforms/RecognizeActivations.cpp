// Functions of one variable, spelled out.

#include "FormulaReader.h"
#include "Spellings.h"

#include "nnq/Dialect/NNQ/IR/CompoundOps.h"

#include <cmath>

using namespace mlir;

namespace nnq {

static constexpr double infinity = std::numeric_limits<double>::infinity();

namespace {

struct Parameters {
  double alpha = 0, beta = 0;
};

/// A function and the operation that computes it.
struct Activation {
  Formula (*formula)(const Formula &x, Parameters p);
  Value (*create)(OpBuilder &builder, Location loc, Value x, Parameters p);
  /// Reads the parameters off values of the function, if it has some: whether they are right, the
  /// formula says.
  Parameters (*solve)(llvm::function_ref<double(double)> y) = nullptr;
};

} // namespace

static Formula sigmoid(const Formula &x) { return x.getPool().apply(UnaryKind::Sigmoid, x); }
static Formula tanh(const Formula &x) { return x.getPool().apply(UnaryKind::Tanh, x); }
static Formula abs(const Formula &x) { return x.getPool().apply(UnaryKind::Abs, x); }
static Formula softplus(const Formula &x) { return x.getPool().apply(UnaryKind::Softplus, x); }

template <UnaryKind kind>
static Value createUnary(OpBuilder &builder, Location loc, Value x, Parameters p) {
  return UnaryOp::create(builder, loc, x.getType(), x, kind, APFloat(static_cast<float>(p.alpha)),
                         APFloat(static_cast<float>(p.beta)));
}
template <typename OpTy>
static Value createOp(OpBuilder &builder, Location loc, Value x, Parameters) {
  return OpTy::create(builder, loc, x.getType(), x);
}
template <UnaryKind kind> static Formula formulaOf(const Formula &x, Parameters p) {
  return x.getPool().apply(kind, x, p.alpha, p.beta);
}

/// The first that fits is taken. Sigmoid, softplus and what else the pool knows itself have no
/// second spelling here.
static const Activation activations[] = {
    // relu, relu6
    {[](const Formula &x, Parameters p) { return clamp(x, p.alpha, p.beta); },
     [](OpBuilder &builder, Location loc, Value x, Parameters p) -> Value {
       return ClampOp::create(builder, loc, x.getType(), x, APFloat(static_cast<float>(p.alpha)),
                              APFloat(static_cast<float>(p.beta)));
     },
     [](llvm::function_ref<double(double)> y) {
       double low = y(-1e30), high = y(1e30);
       return Parameters{low <= -1e29 ? -infinity : low, high >= 1e29 ? infinity : high};
     }},
    {formulaOf<UnaryKind::Square>, createUnary<UnaryKind::Square>},
    {[](const Formula &x, Parameters) { return pow(x, 3); }, createOp<CubeOp>},
    {formulaOf<UnaryKind::Sqrt>, createUnary<UnaryKind::Sqrt>},
    {formulaOf<UnaryKind::Rsqrt>, createUnary<UnaryKind::Rsqrt>},
    {formulaOf<UnaryKind::Reciprocal>, createUnary<UnaryKind::Reciprocal>},
    {formulaOf<UnaryKind::Abs>, createUnary<UnaryKind::Abs>},
    {[](const Formula &x, Parameters) { return x - 2 * clamp(x, -infinity, 0); },
     createUnary<UnaryKind::Abs>},
    // sigmoid, tanh
    {formulaOf<UnaryKind::Sigmoid>, createUnary<UnaryKind::Sigmoid>},
    {[](const Formula &x, Parameters) { return exp(x) / (exp(x) + 1); },
     createUnary<UnaryKind::Sigmoid>},
    {[](const Formula &x, Parameters) { return 0.5 * (tanh(0.5 * x) + 1); },
     createUnary<UnaryKind::Sigmoid>},
    {[](const Formula &x, Parameters) { return (exp(x) - exp(-x)) / (exp(x) + exp(-x)); },
     createUnary<UnaryKind::Tanh>},
    {[](const Formula &x, Parameters) { return (exp(2 * x) - 1) / (exp(2 * x) + 1); },
     createUnary<UnaryKind::Tanh>},
    {[](const Formula &x, Parameters) { return 2 * sigmoid(2 * x) - 1; },
     createUnary<UnaryKind::Tanh>},
    {[](const Formula &x, Parameters) { return x - tanh(x); }, createOp<TanhShrinkOp>},
    // softplus, log sigmoid
    {formulaOf<UnaryKind::Softplus>, createUnary<UnaryKind::Softplus>},
    {[](const Formula &x, Parameters) { return clamp(x, 0, infinity) + log(exp(-abs(x)) + 1); },
     createUnary<UnaryKind::Softplus>},
    {[](const Formula &x, Parameters) { return -softplus(-x); }, createOp<LogSigmoidOp>},
    {[](const Formula &x, Parameters) { return clamp(x, -infinity, 0) - log(exp(-abs(x)) + 1); },
     createOp<LogSigmoidOp>},
    // gated by a sigmoid, by erf, by tanh
    {formulaOf<UnaryKind::Silu>, createUnary<UnaryKind::Silu>},
    {[](const Formula &x, Parameters) { return 0.5 * x * (tanh(0.5 * x) + 1); },
     createUnary<UnaryKind::Silu>},
    {[](const Formula &x, Parameters p) { return x * sigmoid(p.beta * x); },
     [](OpBuilder &builder, Location loc, Value x, Parameters p) -> Value {
       return SwishOp::create(builder, loc, x.getType(), x, APFloat(static_cast<float>(p.beta)));
     },
     [](llvm::function_ref<double(double)> y) { // y(1) = sigmoid(beta)
       return Parameters{0, std::log(y(1) / (1 - y(1)))};
     }},
    {formulaOf<UnaryKind::Gelu>, createUnary<UnaryKind::Gelu>},
    {formulaOf<UnaryKind::GeluTanh>, createUnary<UnaryKind::GeluTanh>},
    {formulaOf<UnaryKind::Mish>, createUnary<UnaryKind::Mish>},
    {[](const Formula &x, Parameters) { // tanh(ln e) with e = 1 + e^x
       return x * (pow(exp(x) + 1, 2) - 1) / (pow(exp(x) + 1, 2) + 1);
     },
     createUnary<UnaryKind::Mish>},
    {[](const Formula &x, Parameters) { // the same with n = e^2 - 1 multiplied out
       Formula n = exp(x) * (exp(x) + 2);
       return x * n / (n + 2);
     },
     createUnary<UnaryKind::Mish>},
    {[](const Formula &x, Parameters) {
       Formula n = exp(2 * x) + 2 * exp(x);
       return x * n / (n + 2);
     },
     createUnary<UnaryKind::Mish>},
    {[](const Formula &x, Parameters) { return x / (abs(x) + 1); }, createOp<SoftsignOp>},
    // of pieces
    {formulaOf<UnaryKind::HardSwish>, createUnary<UnaryKind::HardSwish>},
    {formulaOf<UnaryKind::HardSigmoid>, createUnary<UnaryKind::HardSigmoid>,
     [](llvm::function_ref<double(double)> y) {
       double slope = (y(1e-4) - y(0)) / 1e-4;
       bool isOneAddition = isNear(slope, 1); // which folds into a bias
       return Parameters{isOneAddition ? std::nan("") : slope, y(0)};
     }},
    {formulaOf<UnaryKind::LeakyRelu>, createUnary<UnaryKind::LeakyRelu>,
     [](llvm::function_ref<double(double)> y) { return Parameters{-y(-1)}; }},
    {[](const Formula &x, Parameters p) { // as TensorFlow 1 writes it
       return (1 + p.alpha) / 2 * x + (1 - p.alpha) / 2 * abs(x);
     },
     createUnary<UnaryKind::LeakyRelu>,
     [](llvm::function_ref<double(double)> y) { return Parameters{-y(-1)}; }},
    {formulaOf<UnaryKind::Elu>, createUnary<UnaryKind::Elu>,
     [](llvm::function_ref<double(double)> y) { return Parameters{-y(-1e6)}; }},
    {formulaOf<UnaryKind::Selu>, createUnary<UnaryKind::Selu>,
     [](llvm::function_ref<double(double)> y) {
       return Parameters{-y(-1e6) / y(1), y(1)};
     }},
    {[](const Formula &x, Parameters p) {
       Formula exponential = clamp(exp(1 / p.alpha * x), -infinity, 1) - 1;
       return x - clamp(x, -infinity, 0) + p.alpha * exponential;
     },
     [](OpBuilder &builder, Location loc, Value x, Parameters p) -> Value {
       return CeluOp::create(builder, loc, x.getType(), x, APFloat(static_cast<float>(p.alpha)));
     },
     [](llvm::function_ref<double(double)> y) { return Parameters{-y(-1e6)}; }},
};

Value recognizeActivation(Operation *root, Value x, OpBuilder &builder) {
  // One function of x is what it is.
  if (root->getNumOperands() == 1 && root->getOperand(0) == x)
    return {};
  FormulaPool pool;
  std::optional<Formula> y = FormulaReader(pool, x, /*onlyX=*/true).read(root->getResult(0));
  Formula argument = pool.leaf(x);
  if (!y || y->isConstant() || *y == argument)
    return {};
  auto evaluate = [&](double at) {
    return pool.evaluate(*y, at).value_or(std::numeric_limits<double>::quiet_NaN());
  };
  for (const Activation &activation : activations) {
    Parameters parameters = activation.solve ? activation.solve(evaluate) : Parameters();
    if (std::isnan(parameters.alpha) || std::isnan(parameters.beta) ||
        activation.formula(argument, parameters) != *y)
      continue;
    return activation.create(builder, root->getLoc(), x, parameters);
  }
  return {};
}

} // namespace nnq
