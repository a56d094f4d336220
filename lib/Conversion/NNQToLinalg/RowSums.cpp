// The sum of a layer's input over the window of each result pixel.

#include "RowSums.h"

#include "Rounding.h"
#include "Structured.h"

using namespace mlir;

namespace nnq {
namespace {

/// With so few channels, vectors along the image's rows beat sums within a pixel.
constexpr int64_t fewChannels = 8;
/// The sum of so many bytes has 16 bits.
constexpr int64_t bytesIn16Bits = 256;

class RowSumEmitter {
public:
  RowSumEmitter(OpBuilder &builder, Location loc, const Nest &nest, ArrayRef<int64_t> window,
                Value input, bool isSigned, int32_t factor)
      : b(builder), loc(loc), nest(nest), window(window), input(input), isSigned(isSigned),
        factor(factor), rows(ArrayRef(nest.shape).drop_back()), numRows(rows.size()),
        inputShape(shapeOf(input)), channels(inputShape.back()) {}

  RowSums emit() {
    if (ShapedType::getNumElements(window) == 1)
      return emitOneTap();
    bool isImage = numRows == 3; // (n, oh, ow): no groups
    bool isNarrow = channels <= fewChannels && channels * window.back() <= bytesIn16Bits;
    return isImage && isNarrow ? emitFewChannels() : emitPixelsFirst();
  }

private:
  AffineExpr d(unsigned i) { return getAffineDimExpr(i, b.getContext()); }
  AffineExpr constant(int64_t value) { return getAffineConstantExpr(value, b.getContext()); }
  AffineMap mapOf(unsigned numDims, ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(numDims, 0, exprs, b.getContext());
  }
  AffineMap rowMap() {
    return selectDims(b.getContext(), numRows + 1,
                      llvm::to_vector(llvm::seq<unsigned>(0, numRows)));
  }

  /// Where the nest reads along dimension `i` of the input, on loops that begin with the rows.
  /// `tap` gives the index of a loop of the window; the channels' is the first behind the rows.
  AffineExpr inputIndex(unsigned i, function_ref<AffineExpr(unsigned)> tap) {
    SmallVector<AffineExpr> dims(nest.inputMap.getNumDims(), constant(0));
    for (unsigned row = 0; row < numRows; ++row)
      dims[row] = d(row);
    for (unsigned t = 0; t < window.size(); ++t)
      dims[numRows + 1 + t] = tap(t);
    dims.back() = d(numRows);
    return nest.inputMap.getResult(i).replaceDims(dims);
  }

  /// `scale` times what is read of `terms`, inputs or sums of them, added up in `bits`. `window`
  /// are the sizes of the last loops where no other operand has them.
  Value emitSum(Value terms, AffineMap map, ArrayRef<int64_t> shape, ArrayRef<int64_t> window,
                int32_t scale, unsigned bits = 32) {
    Type type = b.getIntegerType(bits);
    SmallVector<Value> inputs{terms};
    SmallVector<AffineMap> maps{map};
    unsigned numLoops = map.getNumDims(), numReductions = numLoops - shape.size();
    if (!window.empty()) {
      inputs.push_back(emitEmpty(b, loc, window, b.getI32Type()));
      maps.push_back(selectDims(b.getContext(), numLoops,
                                llvm::to_vector(llvm::seq<unsigned>(shape.size(), numLoops))));
    }
    Value zeros = emitFill(b, loc, shape, b.getIntegerAttr(type, 0));
    return emitReduction(b, loc, inputs, maps, zeros, numReductions,
                         [&](OpBuilder &builder, Location l, ValueRange args) -> Value {
                           Value x = emitExtend(builder, l, args[0], isSigned, type);
                           if (scale != 1)
                             x = arith::MulIOp::create(builder, l, x,
                                                       emitInteger(builder, l, type, scale));
                           return arith::AddIOp::create(builder, l, args.back(), x);
                         });
  }

  RowSums emitOneTap() {
    SmallVector<AffineExpr> exprs;
    for (unsigned i = 0; i < inputShape.size(); ++i)
      exprs.push_back(inputIndex(i, [&](unsigned) { return constant(0); }));
    return {emitSum(input, mapOf(numRows + 1, exprs), rows, {}, factor), rowMap()};
  }

  /// First each row of a window, from every element of an image's row on, then all its rows:
  ///
  ///     lines[n, h, i] = sum over (kw, c) of x[n, h, i + offset(kw) + c]         i in elements
  ///     sums[n, oh, i] = sum over kh of lines[n, row(oh, kh), i]
  ///
  /// of which the pixel ow asks for i = start(ow).
  RowSums emitFewChannels() {
    AffineExpr row = inputIndex(1, [&](unsigned) { return d(3); }),
               column = inputIndex(2, [&](unsigned) { return d(3); }) * channels,
               start = column.replace(d(3), constant(0)),
               offset = column.replace(d(2), constant(0));
    AffineExpr last = simplifyAffineExpr(start.replace(d(2), constant(rows[2] - 1)), 4, 0);
    int64_t images = inputShape[0], height = inputShape[1],
            numStarts = cast<AffineConstantExpr>(last).getValue() + 1;
    Value flat = emitReshape(b, loc, input, {images, height, inputShape[2] * channels});
    unsigned bits = getElementTypeOrSelf(input).isInteger(8) ? 16 : 32;
    Value lines = emitSum(flat, mapOf(5, {d(0), d(1), d(2) + offset + d(4)}),
                          {images, height, numStarts}, {window.back(), channels}, 1, bits);
    Value sums = emitSum(lines, mapOf(4, {d(0), row, d(2)}), {images, rows[1], numStarts},
                         window.front(), factor);
    return {sums, mapOf(4, {d(0), d(1), start})};
  }

  /// First the channels of each pixel, in one loop over pixels: each is in many windows.
  RowSums emitPixelsFirst() {
    SmallVector<int64_t> shape(inputShape.drop_back());
    int64_t numPixels = ShapedType::getNumElements(shape);
    Value pixels = emitSum(emitReshape(b, loc, input, {numPixels, channels}),
                           b.getMultiDimIdentityMap(2), numPixels, {}, factor);
    pixels = emitReshape(b, loc, pixels, shape);
    SmallVector<AffineExpr> exprs;
    for (unsigned i = 0; i < shape.size(); ++i)
      exprs.push_back(inputIndex(i, [&](unsigned t) { return d(numRows + t); }));
    return {emitSum(pixels, mapOf(numRows + window.size(), exprs), rows, window, 1), rowMap()};
  }

  OpBuilder &b;
  Location loc;
  const Nest &nest;
  ArrayRef<int64_t> window;
  Value input;
  bool isSigned;
  int32_t factor;
  ArrayRef<int64_t> rows;
  unsigned numRows;
  ArrayRef<int64_t> inputShape;
  int64_t channels;
};

} // namespace

RowSums emitRowSums(OpBuilder &builder, Location loc, const Nest &nest, ArrayRef<int64_t> window,
                    Value input, bool isSigned, int32_t factor) {
  return RowSumEmitter(builder, loc, nest, window, input, isSigned, factor).emit();
}

} // namespace nnq
