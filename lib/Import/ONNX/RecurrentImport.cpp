// LSTM, GRU and RNN, unrolled into layers with constant weights. The products with the input of all
// steps are one layer; those with the hidden state are one for each step, which share their
// weights.

#include "NodeImporter.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <limits>

using namespace mlir;
using namespace nnq;
using namespace nnq::onnximport;

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

namespace {
struct Activation {
  std::string name; ///< in lower case
  float alpha, beta;
};

/// What each activation has in place of activation_alpha and activation_beta.
struct ActivationDefault {
  StringRef name;
  bool hasAlpha, hasBeta;
  float alpha, beta;
};
} // namespace

static constexpr float infinity = std::numeric_limits<float>::infinity();

static ArrayRef<ActivationDefault> getKnownActivations() {
  static const ActivationDefault known[] = {
      {"sigmoid", false, false, 0, 0},  {"tanh", false, false, 0, 0},
      {"relu", false, false, 0, 0},     {"softplus", false, false, 0, 0},
      {"softsign", false, false, 0, 0}, {"leakyrelu", true, false, 0.01f, 0},
      {"elu", true, false, 1, 0},       {"affine", true, true, 1, 0},
      {"scaledtanh", true, true, 1, 1}, {"hardsigmoid", true, true, 0.2f, 0.5f},
  };
  return known;
}

static Operand activate(const NodeImporter &n, const Activation &activation, const Operand &x) {
  auto scale = [&](float factor, const Operand &operand) {
    return n.binary(BinaryKind::Mul, operand, n.scalar(factor));
  };
  StringRef name = activation.name;
  if (name == "sigmoid")
    return n.unary(UnaryKind::Sigmoid, x);
  if (name == "tanh")
    return n.unary(UnaryKind::Tanh, x);
  if (name == "relu")
    return n.clamp(x, 0, infinity);
  if (name == "softplus")
    return n.unary(UnaryKind::Softplus, x);
  if (name == "softsign")
    return n.binary(BinaryKind::Div, x,
                    n.binary(BinaryKind::Add, n.unary(UnaryKind::Abs, x), n.scalar(1)));
  if (name == "leakyrelu")
    return n.unary(UnaryKind::LeakyRelu, x, activation.alpha);
  if (name == "elu")
    return n.unary(UnaryKind::Elu, x, activation.alpha);
  if (name == "affine")
    return n.binary(BinaryKind::Add, scale(activation.alpha, x), n.scalar(activation.beta));
  if (name == "scaledtanh")
    return scale(activation.alpha, n.unary(UnaryKind::Tanh, scale(activation.beta, x)));
  return n.unary(UnaryKind::HardSigmoid, x, activation.alpha, activation.beta);
}

/// The activations of all directions. Alphas and betas belong, in order, to those that take one.
static std::optional<SmallVector<Activation>>
readActivations(const NodeImporter &n, ArrayRef<StringRef> defaults, int64_t directions) {
  std::vector<std::string> names = n.getStrings("activations").value_or(std::vector<std::string>());
  for (int64_t d = 0; names.size() < defaults.size() * directions; ++d)
    names.push_back(defaults[d % defaults.size()].str());
  if (names.size() != defaults.size() * directions) {
    n.error() << "has " << names.size() << " activations; it needs "
              << defaults.size() * directions;
    return std::nullopt;
  }
  std::vector<float> alphas = n.getFloats("activation_alpha").value_or(std::vector<float>()),
                     betas = n.getFloats("activation_beta").value_or(std::vector<float>());
  ArrayRef<float> nextAlphas = alphas, nextBetas = betas;
  auto take = [](ArrayRef<float> &values, bool takes, float byDefault) {
    if (!takes || values.empty())
      return byDefault;
    float value = values.front();
    values = values.drop_front();
    return value;
  };
  SmallVector<Activation> activations;
  for (const std::string &name : names) {
    std::string lower = StringRef(name).lower();
    const auto *known = llvm::find_if(
        getKnownActivations(), [&](const ActivationDefault &entry) { return entry.name == lower; });
    if (known == getKnownActivations().end()) {
      n.error() << "activation '" << name << "' is not supported; supported are "
                << llvm::join(llvm::map_range(
                                  getKnownActivations(),
                                  [](const ActivationDefault &entry) { return entry.name.str(); }),
                              ", ");
      return std::nullopt;
    }
    float alpha = take(nextAlphas, known->hasAlpha, known->alpha);
    activations.push_back({lower, alpha, take(nextBetas, known->hasBeta, known->beta)});
  }
  return activations;
}

//===----------------------------------------------------------------------===//
// One direction
//===----------------------------------------------------------------------===//

namespace {
/// Gates that are computed together: neighbours in W, R and B with one activation.
struct GateGroup {
  StringRef name;
  int64_t first, count;
};

struct State {
  Operand h, c; ///< null where they are zero at the start
};

/// What the layer takes, for all directions.
struct RecurrentLayer {
  int64_t length, batch, hidden;
  int64_t timeAxis; ///< of the input: 0, or 1 where the layout puts the batch in front
  bool linearBeforeReset = false, inputForget = false;
  float clip;
};

class Direction {
public:
  Direction(NodeImporter &n, const RecurrentLayer &layer, StringRef name, bool isReverse,
            ArrayRef<Activation> activations)
      : n(n), layer(layer), name(name), isReverse(isReverse), activations(activations) {}

  /// Prepares the weights of `groups` and the products with the input of all steps. Biases of the
  /// hidden state are added there too, but for the groups that `keepsBias` names.
  LogicalResult prepare(const Operand &x, const Operand &w, const Operand &r, const Operand &bias,
                        const Operand &peepholes, ArrayRef<GateGroup> groups,
                        StringRef keepsBias = {});

  /// Runs all steps from `state` on, which becomes the last; returns the hidden states in order of
  /// time.
  using Step = State (Direction::*)(const State &);
  SmallVector<Operand> run(Step step, State &state);

  State stepLSTM(const State &state);
  State stepGRU(const State &state);
  State stepRNN(const State &state);

private:
  struct Group {
    GateGroup gates;
    Operand products;  ///< of the input of all steps
    Operand recurrent; ///< weights of the hidden state
    std::optional<Operand> recurrentBias;
  };

  void enter(const Twine &part) { n.setPart(name + part); }
  void enterStep(const Twine &part) { n.setPart(name + Twine(time) + "/" + part, name + part); }
  Operand multiply(const Operand &a, const Operand &b) { return n.binary(BinaryKind::Mul, a, b); }
  Operand add(const Operand &a, const Operand &b) { return n.binary(BinaryKind::Add, a, b); }
  Operand rows(const Operand &x, const GateGroup &gates) {
    return n.sliceAlong(x, 0, gates.first * layer.hidden, gates.count * layer.hidden);
  }
  Operand gate(const Operand &group, int64_t index) {
    return n.sliceAlong(group, 1, index * layer.hidden, layer.hidden);
  }
  /// The products of a group with the hidden state; null where that is zero.
  Operand recur(const Group &group, const Operand &h);
  /// Its products with the input of this step, and `recurrent`, if that is there.
  Operand sum(const Group &group, const Operand &recurrent);
  /// The weighted cell state that a gate also sees.
  Operand peep(const Operand &x, int64_t index, const Operand &c);
  Operand activate(int64_t which, const Operand &x, const Twine &part);

  NodeImporter &n;
  const RecurrentLayer &layer;
  std::string name; ///< "", or "forward/" and "reverse/" where there are both
  bool isReverse;
  ArrayRef<Activation> activations;
  SmallVector<Group> groups;
  Operand peepholes; ///< null, or one vector for each of i, o, f
  int64_t time = 0;
};
} // namespace

LogicalResult Direction::prepare(const Operand &x, const Operand &w, const Operand &r,
                                 const Operand &bias, const Operand &peepholes,
                                 ArrayRef<GateGroup> gateGroups, StringRef keepsBias) {
  this->peepholes = peepholes;
  int64_t rowCount = w.getShape()[0];
  for (const GateGroup &gates : gateGroups) {
    Group group{gates, {}, rows(r, gates), {}};
    std::optional<Operand> inputBias;
    if (bias) {
      Operand own = rows(n.sliceAlong(bias, 0, 0, rowCount), gates),
              recurrent = rows(n.sliceAlong(bias, 0, rowCount, rowCount), gates);
      if (gates.name == keepsBias)
        group.recurrentBias = recurrent;
      else
        own = add(own, recurrent);
      inputBias = own;
    }
    enter("input/" + gates.name);
    group.products = n.fullyConnected(x, rows(w, gates), inputBias);
    if (!group.products || !group.recurrent)
      return failure();
    groups.push_back(group);
  }
  return success();
}

Operand Direction::recur(const Group &group, const Operand &h) {
  enterStep(group.gates.name + "/hidden");
  if (h)
    return n.fullyConnected(h, group.recurrent, group.recurrentBias);
  return group.recurrentBias ? *group.recurrentBias : Operand();
}

Operand Direction::sum(const Group &group, const Operand &recurrent) {
  enterStep(group.gates.name + "/sum");
  Operand step = n.reshape(n.sliceAlong(group.products, layer.timeAxis, time, 1),
                           {layer.batch, group.gates.count * layer.hidden});
  return recurrent ? add(recurrent, step) : step;
}

Operand Direction::peep(const Operand &x, int64_t index, const Operand &c) {
  if (!peepholes || !c)
    return x;
  enterStep(Twine("iof"[index]) + "/peephole");
  return add(x, multiply(c, n.sliceAlong(peepholes, 0, index * layer.hidden, layer.hidden)));
}

Operand Direction::activate(int64_t which, const Operand &x, const Twine &part) {
  enterStep(part);
  Operand bounded = layer.clip == infinity ? x : n.clamp(x, -layer.clip, layer.clip);
  return ::activate(n, activations[which], bounded);
}

/// Gates are f(..), the candidate g(..), the hidden state o * h(c).
State Direction::stepLSTM(const State &state) {
  auto pre = [&](const Group &group) { return sum(group, recur(group, state.h)); };
  Operand i, o, f, candidate;
  if (!peepholes) {
    Operand gates = activate(0, pre(groups[0]), "iof");
    i = gate(gates, 0);
    o = gate(gates, 1);
    f = gate(gates, 2);
    candidate = activate(1, pre(groups[1]), "candidate");
  } else {
    i = activate(0, peep(pre(groups[0]), 0, state.c), "i");
    o = pre(groups[1]);
    f = activate(0, peep(pre(groups[2]), 2, state.c), "f");
    candidate = activate(1, pre(groups[3]), "candidate");
  }
  enterStep("f");
  if (layer.inputForget)
    f = n.binary(BinaryKind::Sub, n.scalar(1), i);
  State next;
  enterStep("c/new");
  next.c = multiply(i, candidate);
  if (state.c) {
    enterStep("c/kept");
    Operand kept = multiply(f, state.c);
    enterStep("c");
    next.c = add(kept, next.c);
  }
  if (peepholes)
    o = activate(0, peep(o, 1, next.c), "o");
  enterStep("tanh");
  Operand shown = ::activate(n, activations[2], next.c);
  enterStep("h");
  next.h = multiply(o, shown);
  return next;
}

/// (1 - z) * candidate + z * h, with one product.
State Direction::stepGRU(const State &state) {
  Operand gates = activate(0, sum(groups[0], recur(groups[0], state.h)), "zr");
  Operand z = gate(gates, 0), r = gate(gates, 1), recurrent;
  if (layer.linearBeforeReset) {
    recurrent = recur(groups[1], state.h);
    recurrent = recurrent ? multiply(r, recurrent) : recurrent;
  } else if (state.h) {
    enterStep("reset");
    recurrent = recur(groups[1], multiply(r, state.h));
  }
  Operand candidate = activate(1, sum(groups[1], recurrent), "candidate");
  enterStep("h");
  Operand change = state.h ? n.binary(BinaryKind::Sub, state.h, candidate)
                           : n.binary(BinaryKind::Sub, n.scalar(0), candidate);
  return {add(candidate, multiply(z, change)), {}};
}

State Direction::stepRNN(const State &state) {
  return {activate(0, sum(groups[0], recur(groups[0], state.h)), "h"), {}};
}

SmallVector<Operand> Direction::run(Step step, State &state) {
  SmallVector<Operand> hidden(layer.length);
  for (int64_t i = 0; i < layer.length; ++i) {
    time = isReverse ? layer.length - 1 - i : i;
    state = (this->*step)(state);
    if (!state.h)
      return {};
    hidden[time] = state.h;
  }
  return hidden;
}

//===----------------------------------------------------------------------===//
// The operators
//===----------------------------------------------------------------------===//

namespace {
/// What distinguishes the three operators. Inputs are X, W, R, B, sequence_lens, initial_h, and of
/// an LSTM initial_c and P.
struct Cell {
  int64_t gates;
  SmallVector<GateGroup, 4> groups;
  SmallVector<StringRef, 3> activations;
  Direction::Step step;
  StringRef keepsBias = {};
};
} // namespace

/// The shape of an input must be `shape`; it may be left out.
static bool checkShape(NodeImporter &n, unsigned i, StringRef name, ArrayRef<int64_t> shape) {
  if (!n.hasInput(i) || n.input(i).getShape() == shape)
    return true;
  n.error() << name << " has the shape " << shapeText(n.input(i).getShape()) << "; it needs "
            << shapeText(shape);
  return false;
}

static bool checkWeights(NodeImporter &n, unsigned i, StringRef name) {
  if (!n.hasInput(i) || n.input(i).isConstant())
    return true;
  n.error() << name << " ('" << n.node.inputs[i] << "') must be constant";
  return false;
}

/// All sequences must be as long as the input.
static bool checkSequenceLengths(NodeImporter &n, int64_t length) {
  if (!n.hasInput(4))
    return true;
  std::optional<Shape> lengths = n.getConstantInts(4);
  if (!lengths)
    return false;
  if (llvm::all_of(*lengths, [&](int64_t each) { return each == length; }))
    return true;
  n.error() << "sequence_lens has other lengths than that of the input, " << length
            << ", which is not supported";
  return false;
}

/// Inputs have been read into `layer`; a false result comes with an error.
static bool checkInputs(NodeImporter &n, const RecurrentLayer &layer, int64_t gates,
                        int64_t directions) {
  int64_t hidden = layer.hidden, inputs = n.input(0).getShape().back();
  Shape state = layer.timeAxis == 0 ? Shape{directions, layer.batch, hidden}
                                    : Shape{layer.batch, directions, hidden};
  return checkWeights(n, 1, "W") && checkWeights(n, 2, "R") && checkWeights(n, 3, "B") &&
         checkWeights(n, 7, "P") && checkSequenceLengths(n, layer.length) &&
         checkShape(n, 1, "W", {directions, gates * hidden, inputs}) &&
         checkShape(n, 2, "R", {directions, gates * hidden, hidden}) &&
         checkShape(n, 3, "B", {directions, 2 * gates * hidden}) &&
         checkShape(n, 5, "initial_h", state) && checkShape(n, 6, "initial_c", state) &&
         checkShape(n, 7, "P", {directions, 3 * hidden});
}

/// Index `d` along `axis` of input `i`, without that dimension; null if the input is left out.
static Operand takeDirection(NodeImporter &n, unsigned i, int64_t d, int64_t axis = 0) {
  if (!n.hasInput(i))
    return {};
  Operand x = n.input(i);
  Shape shape(x.getShape());
  shape.erase(shape.begin() + axis);
  return n.reshape(n.sliceAlong(x, axis, d, 1), shape);
}

/// Tensors behind each other along `axis` of the shape `each`.
static Operand join(NodeImporter &n, ArrayRef<Operand> parts, ArrayRef<int64_t> each,
                    int64_t axis) {
  return n.concat(
      llvm::map_to_vector(parts, [&](const Operand &part) { return n.reshape(part, each); }), axis);
}

static LogicalResult importRecurrent(NodeImporter &n, const Cell &cell) {
  StringRef direction = n.getString("direction", "forward");
  bool isBidirectional = direction == "bidirectional";
  if (!isBidirectional && direction != "forward" && direction != "reverse")
    return n.error() << "direction = '" << direction
                     << "' is not known; it is forward, reverse or bidirectional";
  int64_t directions = isBidirectional ? 2 : 1;
  Operand x = n.input(0);
  if (!x || !n.input(1) || !n.input(2))
    return failure();
  if (x.getRank() != 3 || n.input(2).getRank() != 3)
    return n.error() << "has X of shape " << shapeText(x.getShape()) << " and R of shape "
                     << shapeText(n.input(2).getShape()) << "; they need rank 3";
  RecurrentLayer layer;
  layer.timeAxis = n.getInt("layout", 0) == 0 ? 0 : 1;
  layer.length = x.getShape()[layer.timeAxis];
  layer.batch = x.getShape()[1 - layer.timeAxis];
  layer.hidden = n.input(2).getShape().back();
  layer.linearBeforeReset = n.getInt("linear_before_reset", 0) != 0;
  layer.inputForget = n.getInt("input_forget", 0) != 0;
  layer.clip = n.getFloat("clip", infinity);
  std::optional<SmallVector<Activation>> activations =
      readActivations(n, cell.activations, directions);
  constexpr int64_t nodesOfStep = 12;
  if (!activations || !checkInputs(n, layer, cell.gates, directions) ||
      !n.reserveUnrolled(layer.length * directions * nodesOfStep))
    return failure();

  int64_t length = layer.length, batch = layer.batch, hidden = layer.hidden, time = layer.timeAxis;
  SmallVector<Operand> sequences, lastH, lastC;
  for (int64_t d = 0; d < directions; ++d) {
    bool isReverse = d == 1 || direction == "reverse";
    size_t count = cell.activations.size();
    Direction part(n, layer,
                   !isBidirectional ? ""
                   : isReverse      ? "reverse/"
                                    : "forward/",
                   isReverse, ArrayRef<Activation>(*activations).slice(d * count, count));
    if (failed(part.prepare(x, takeDirection(n, 1, d), takeDirection(n, 2, d),
                            takeDirection(n, 3, d), takeDirection(n, 7, d), cell.groups,
                            cell.keepsBias)))
      return failure();
    n.setPart("start");
    State state{takeDirection(n, 5, d, time), takeDirection(n, 6, d, time)};
    SmallVector<Operand> steps = part.run(cell.step, state);
    if (steps.empty())
      return failure();
    n.setPart("");
    if (n.isOutputUsed(0))
      sequences.push_back(time == 0 ? join(n, steps, {1, 1, batch, hidden}, 0)
                                    : join(n, steps, {batch, 1, 1, hidden}, 1));
    lastH.push_back(state.h);
    lastC.push_back(state.c);
  }
  n.setPart("");
  Shape sequence = time == 0 ? Shape{length, 1, batch, hidden} : Shape{batch, length, 1, hidden},
        last = time == 0 ? Shape{1, batch, hidden} : Shape{batch, 1, hidden};
  if (n.isOutputUsed(0) && failed(n.setOutput(0, join(n, sequences, sequence, 1 + time))))
    return failure();
  if (n.isOutputUsed(1) && failed(n.setOutput(1, join(n, lastH, last, time))))
    return failure();
  if (n.isOutputUsed(2) && failed(n.setOutput(2, join(n, lastC, last, time))))
    return failure();
  return success();
}

static LogicalResult importLSTM(NodeImporter &n) {
  Cell cell{
      4, {{"iof", 0, 3}, {"candidate", 3, 1}}, {"sigmoid", "tanh", "tanh"}, &Direction::stepLSTM};
  if (n.hasInput(7)) // gates see the cell state before and after the step
    cell.groups = {{"i", 0, 1}, {"o", 1, 1}, {"f", 2, 1}, {"candidate", 3, 1}};
  return importRecurrent(n, cell);
}

static LogicalResult importGRU(NodeImporter &n) {
  Cell cell{3, {{"zr", 0, 2}, {"candidate", 2, 1}}, {"sigmoid", "tanh"}, &Direction::stepGRU};
  if (n.getInt("linear_before_reset", 0) != 0)
    cell.keepsBias = "candidate"; // it is reset, too
  return importRecurrent(n, cell);
}

static LogicalResult importRNN(NodeImporter &n) {
  return importRecurrent(n, {1, {{"h", 0, 1}}, {"tanh"}, &Direction::stepRNN});
}

void nnq::onnximport::registerRecurrentOps(HandlerTable &table) {
  table.add("LSTM", {importLSTM, 3, 8});
  table.add("GRU", {importGRU, 3, 6});
  table.add("RNN", {importRNN, 3, 6});
}
