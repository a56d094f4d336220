// --nnq-choose-tiles: each contraction says how many of its sums stay in registers.

#include "Contraction.h"

#include "nnq/Codegen/Codegen.h"
#include "nnq/Codegen/Passes.h"
#include "nnq/Dialect/NNQ/IR/NNQDialect.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_CHOOSETILES
#include "nnq/Codegen/Passes.h.inc"

namespace {

/// A user's tiles by the names of layers.
class TileFile {
public:
  /// `{"LAYER": {"rows": R, "columns": C}, ...}`
  static llvm::Expected<TileFile> read(StringRef path) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    if (!buffer)
      return llvm::createStringError(llvm::formatv("{0}: {1}", path, buffer.getError().message()));
    llvm::Expected<llvm::json::Value> json = llvm::json::parse((*buffer)->getBuffer());
    if (!json)
      return llvm::createStringError(
          llvm::formatv("{0}: {1}", path, llvm::toString(json.takeError())));
    TileFile file;
    auto *layers = json->getAsObject();
    if (!layers)
      return llvm::createStringError(llvm::formatv("{0}: is no object of layers", path));
    for (auto &[layer, value] : *layers) {
      auto *tile = value.getAsObject();
      if (tile && tile->size() != 2)
        tile = nullptr;
      std::optional<int64_t> rows = tile ? tile->getInteger("rows") : std::nullopt,
                             columns = tile ? tile->getInteger("columns") : std::nullopt;
      if (!rows || !columns || *rows < 1 || *columns < 1)
        return llvm::createStringError(llvm::formatv(
            "{0}: '{1}' must be like {{\"rows\": 6, \"columns\": 4}", path, layer.str()));
      file.tiles[layer.str()] = {{*rows, *columns}, /*used=*/false};
    }
    return file;
  }

  std::optional<TileShape> lookUp(StringRef layer) {
    auto found = tiles.find(layer);
    if (found == tiles.end())
      return std::nullopt;
    found->second.second = true;
    return found->second.first;
  }

  /// Names that no contraction has asked for, in order.
  SmallVector<StringRef> unused() const {
    SmallVector<StringRef> names;
    for (auto &[layer, tile] : tiles)
      if (!tile.second)
        names.push_back(layer);
    llvm::sort(names);
    return names;
  }

private:
  llvm::StringMap<std::pair<TileShape, bool>> tiles;
};

struct ChooseTiles : impl::ChooseTilesBase<ChooseTiles> {
  using ChooseTilesBase::ChooseTilesBase;

  void runOnOperation() override {
    llvm::Expected<const TargetDescription *> description = lookupTarget(target);
    if (!description)
      return fail(llvm::toString(description.takeError()));
    TileFile given;
    if (!file.empty()) {
      llvm::Expected<TileFile> read = TileFile::read(file);
      if (!read)
        return fail(llvm::toString(read.takeError()));
      given = std::move(*read);
    }
    RewritePatternSet patterns(&getContext());
    populateGeneralizeContractionPatterns(patterns);
    FrozenRewritePatternSet generalize(std::move(patterns));
    SmallVector<ContractOp> contractions;
    getOperation().walk([&](ContractOp op) { contractions.push_back(op); });
    for (ContractOp op : contractions)
      if (failed(choose(op, **description, given, generalize)))
        return signalPassFailure();
    if (SmallVector<StringRef> unused = given.unused(); !unused.empty())
      fail(file + ": no product is called '" + llvm::join(unused, "', '") + "'");
  }

private:
  void fail(const Twine &message) {
    getOperation().emitError() << message;
    signalPassFailure();
  }

  /// Takes the encoding of fewest bits that the target multiplies by, if there is one.
  static void encodeOtherwise(ContractOp op, const TargetDescription &target) {
    Type input = getElementTypeOrSelf(op.getInput()),
         weights = getElementTypeOrSelf(op.getWeights());
    WeightEncoding encoding =
        cast<KernelDialect>(op->getDialect())
            ->findWeightEncoding(input, weights, {}, [&](WeightEncoding other) {
              return findRow(op, other, target) && op.sumsHoldProducts(other);
            });
    if (!encoding)
      return;
    op.emitRemark() << "has weights as " << op.getEncoding().getEncodingName() << ", by which "
                    << target.name << " does not multiply: they are kept as "
                    << encoding.getEncodingName();
    op.setEncodingAttr(encoding);
  }

  LogicalResult choose(ContractOp op, const TargetDescription &target, TileFile &given,
                       const FrozenRewritePatternSet &generalize) {
    if (!findRow(op, op.getEncoding(), target))
      encodeOtherwise(op, target);
    std::string reason;
    std::optional<Contraction> contraction = Contraction::get(op, target, reason);
    std::optional<TileShape> tile = given.lookUp(getLayerName(op));
    if (!contraction) {
      if (tile || op.getTiling())
        return op.emitOpError() << "can't be tiled: " << reason;
      op.emitRemark() << "is a product that runs without dot products: " << reason;
      return applyOpPatternsGreedily({op}, generalize);
    }
    if (!tile && op.getTiling())
      tile = TileShape{op.getTiling()->getRows(), op.getTiling()->getColumns()};
    if (tile) {
      if (std::string misfit = explainMisfit(*contraction, target, *tile); !misfit.empty())
        return op.emitOpError() << "can't have a tile of " << tile->rows << " rows and "
                                << tile->columns << " columns on " << target.name << ": " << misfit;
    } else {
      tile = chooseTile(*contraction, target);
      ++numChosen;
    }
    op.setTilingAttr(TilingAttr::get(op.getContext(), tile->rows, tile->columns));
    return success();
  }
};

} // namespace
} // namespace nnq
