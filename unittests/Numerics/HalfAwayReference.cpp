// The profile `half_away` for the reference, which shares nothing with the compiler's.

#include "HalfAway.h"

#include "nnq/Reference/Profile.h"

#include <cmath>

namespace nnq::test {
namespace {
struct HalfAwayReference : reference::Profile {
  double round(double real) const override {
    double magnitude = std::fabs(real), whole = std::floor(magnitude);
    return std::copysign(magnitude - whole >= 0.5 ? whole + 1 : whole, real);
  }
  double getFactor(llvm::ArrayRef<double> numerators,
                   llvm::ArrayRef<double> denominators) const override {
    double factor = 1, divisor = 1;
    for (double value : numerators)
      factor *= value;
    for (double value : denominators)
      divisor *= value;
    return factor / divisor;
  }
  double scale(int64_t accumulator, double factor) const override {
    return round(static_cast<double>(accumulator) * factor);
  }
};
} // namespace

void registerHalfAwayReference() {
  reference::registerProfile("half_away", std::make_unique<HalfAwayReference>());
}

} // namespace nnq::test
