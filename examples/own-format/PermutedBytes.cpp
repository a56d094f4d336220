// The weight encoding.

#include "Own.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace own;

/// The byte that lies at `at`: every eight stand in reverse. Vectors of a step are eights, whatever
/// the target.
static int64_t permute(int64_t at) { return at ^ 7; }

StringRef PermutedBytesAttr::getEncodingName() const { return getMnemonic(); }

bool PermutedBytesAttr::supports(Type input, Type weights) const {
  return (input.isInteger(8) || input.isInteger(16)) && weights.isInteger(8);
}

StringRef PermutedBytesAttr::describeElements() const { return "i8 below i8 or i16"; }

Type PermutedBytesAttr::getPackedType(Type) const { return IntegerType::get(getContext(), 8); }

ElementsAttr PermutedBytesAttr::pack(ElementsAttr weights, int64_t size,
                                     function_ref<int64_t(int64_t, int64_t)> source) const {
  auto type = RankedTensorType::get({size}, getPackedType(weights.getElementType()));
  return nnq::ConstantData::get(weights)->gather(
      type, [&](int64_t at) { return source(permute(at), /*step=*/0); });
}

Value PermutedBytesAttr::unpack(OpBuilder &builder, Location loc, Value packed, int64_t,
                                bool) const {
  int64_t size = cast<VectorType>(packed.getType()).getNumElements();
  auto order = llvm::map_to_vector(llvm::seq(size), permute);
  return vector::ShuffleOp::create(builder, loc, packed, packed, order);
}

double PermutedBytesAttr::getUnpackInstructions(bool) const { return 1; }
