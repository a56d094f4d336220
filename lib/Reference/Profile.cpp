// Numerics profiles: the registry, what they share, and `onnx`.

#include "nnq/Reference/Profile.h"

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include <cmath>

using namespace mlir;

namespace nnq::reference {

double Profile::getFactor(ArrayRef<double> numerators, ArrayRef<double> denominators) const {
  float above = 1, below = 1;
  for (double value : numerators)
    above *= static_cast<float>(value);
  for (double value : denominators)
    below *= static_cast<float>(value);
  return above / below;
}

double Profile::scale(int64_t accumulator, double factor) const {
  float product = static_cast<float>(accumulator) * static_cast<float>(factor);
  return round(product);
}

namespace {
/// docs/NumericsOnnx.md.
class OnnxProfile : public Profile {
public:
  double round(double real) const override { return std::nearbyint(real); }

  bool evaluateOnBytes(Operation *op, Operands operands, HostTensor &result) const override {
    auto areBytes = [&] {
      return llvm::all_of(operands, [](const HostTensor *x) { return isByte(*x); });
    };
    if (!areBytes())
      return false;
    if (auto softmax = dyn_cast<SoftmaxOp>(op))
      softmaxOfBytes(*this, softmax, *operands[0], result);
    else if (!isByte(result))
      return false;
    else if (auto sum = dyn_cast<AddOp>(op))
      addBytes(*this, sum, operands, result);
    else if (auto product = dyn_cast<MulOp>(op))
      multiplyBytes(*this, product, operands, result);
    else if (auto pool = dyn_cast<AvgPool2DOp>(op))
      averageBytes(*this, pool, *operands[0], result);
    else
      return false;
    return true;
  }
};
} // namespace

static llvm::StringMap<std::unique_ptr<const Profile>> &getProfiles() {
  static llvm::StringMap<std::unique_ptr<const Profile>> profiles = [] {
    llvm::StringMap<std::unique_ptr<const Profile>> known;
    known["onnx"] = std::make_unique<OnnxProfile>();
    return known;
  }();
  return profiles;
}

void registerProfile(StringRef name, std::unique_ptr<const Profile> profile) {
  getProfiles()[name] = std::move(profile);
}

const Profile *lookupProfile(Operation *op) {
  auto found = getProfiles().find(getNumerics(op).getName());
  return found == getProfiles().end() ? nullptr : found->second.get();
}

} // namespace nnq::reference
