// Decides what of a kernel gets memory and what is computed where it is read.

#include "KernelLowering.h"

#include "Contraction.h"
#include "Loops.h"
#include "NestFusion.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace nnq {

static MemRefType bufferType(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return MemRefType::get(type.getShape(), type.getElementType());
}

/// Two codes of 4 bits in a byte: element i in the low half of byte i, as long as there is one, the
/// rest in the high halves, so that unpacking moves nothing between lanes.
static ElementsAttr packHalves(ElementsAttr codes) {
  ConstantData data = *ConstantData::get(codes);
  int64_t size = codes.getNumElements(), half = llvm::divideCeil(size, 2);
  std::vector<int8_t> bytes(half);
  for (int64_t i = 0; i < half; ++i) {
    int32_t low = data.getInteger(i, /*isSigned=*/true),
            high = half + i < size ? data.getInteger(half + i, /*isSigned=*/true) : 0;
    bytes[i] = static_cast<int8_t>((low & 15) | (high << 4));
  }
  Type byte = IntegerType::get(codes.getContext(), 8);
  return makeConstant<int8_t>(RankedTensorType::get({half}, byte), bytes);
}

/// Whether vectors of an integer are no whole bytes in memory, and loops unpack none of it.
static bool hasOddBits(Type element) {
  auto integer = dyn_cast<IntegerType>(element);
  return integer && integer.getWidth() > 1 && integer.getWidth() < 8 && integer.getWidth() != 4;
}

static ElementsAttr widenToBytes(ElementsAttr codes) {
  ConstantData data = *ConstantData::get(codes);
  std::vector<int8_t> bytes(codes.getNumElements());
  for (auto [i, byte] : llvm::enumerate(bytes))
    byte = static_cast<int8_t>(data.getInteger(i, /*isSigned=*/true));
  return makeConstant<int8_t>(RankedTensorType::get(codes.getShapedType().getShape(),
                                                    IntegerType::get(codes.getContext(), 8)),
                              bytes);
}

/// Whether some body takes elements of `constant` for numbers without a sign.
static bool isReadUnsigned(Value constant) {
  return llvm::any_of(constant.getUses(), [](OpOperand &use) {
    auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
    return op && llvm::any_of(op.getMatchingBlockArgument(&use).getUsers(),
                              llvm::IsaPred<arith::ExtUIOp, arith::UIToFPOp>);
  });
}

Value KernelLowering::addArgument(KernelArgument argument) {
  arguments.push_back(argument);
  return body->addArgument(argument.type, kernel.getLoc());
}

LogicalResult KernelLowering::run() {
  Region &region = kernel.getBody();
  Block *old = &region.front();
  body = new Block();
  builder.setInsertionPointToStart(body);
  for (BlockArgument argument : old->getArguments())
    reader.memory[argument] = addArgument(
        {KernelArgument::Input, argument.getArgNumber(), {}, bufferType(argument.getType())});
  Operation *terminator = old->getTerminator();
  SmallVector<Value> outputs;
  for (auto [i, result] : llvm::enumerate(terminator->getOperands()))
    outputs.push_back(addArgument(
        {KernelArgument::Output, static_cast<unsigned>(i), {}, bufferType(result.getType())}));
  for (auto [result, output] : llvm::zip(terminator->getOperands(), outputs))
    if (failed(emitInto(result, output))) {
      delete body;
      return failure();
    }
  func::ReturnOp::create(builder, terminator->getLoc());
  region.push_back(body);
  old->dropAllUses();
  // Erase back to front, so that uses go before definitions.
  while (!old->empty())
    old->back().erase();
  old->erase();
  kernel.setFunctionType(builder.getFunctionType(body->getArgumentTypes(), {}));
  kernel.removeArgAttrsAttr();
  kernel.removeResAttrsAttr();
  // Buffers of one call never overlap: the caller plans them so.
  for (unsigned i = 0; i < kernel.getNumArguments(); ++i)
    kernel.setArgAttr(i, "llvm.noalias", builder.getUnitAttr());
  return success();
}

/// The memref `destination` of a reshape's result, seen in the shape of its source.
static Value reshapeLike(OpBuilder &builder, Location loc, Value destination,
                         ArrayRef<int64_t> shape) {
  auto type = cast<MemRefType>(destination.getType());
  if (type.getShape() == shape)
    return destination;
  if (type.getRank() > 1) {
    SmallVector<ReassociationIndices> all{llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()))};
    destination = memref::CollapseShapeOp::create(builder, loc, destination, all);
  } else if (type.getRank() == 0) {
    destination = memref::ExpandShapeOp::create(builder, loc, ArrayRef<int64_t>{1}, destination,
                                                ArrayRef<ReassociationIndices>{});
  }
  if (shape.size() == 1)
    return destination;
  if (shape.empty())
    return memref::CollapseShapeOp::create(builder, loc, destination,
                                           ArrayRef<ReassociationIndices>{});
  SmallVector<ReassociationIndices> all{llvm::to_vector(llvm::seq<int64_t>(0, shape.size()))};
  return memref::ExpandShapeOp::create(builder, loc, shape, destination, all);
}

Value KernelLowering::flatten(Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  return reshapeLike(builder, memref.getLoc(), memref, {type.getNumElements()});
}

static Value subviewOf(OpBuilder &builder, Location loc, Value memref,
                       OffsetSizeAndStrideOpInterface slice, ArrayRef<int64_t> shape) {
  auto type = memref::SubViewOp::inferRankReducedResultType(
      shape, cast<MemRefType>(memref.getType()), slice.getMixedOffsets(), slice.getMixedSizes(),
      slice.getMixedStrides());
  return memref::SubViewOp::create(builder, loc, cast<MemRefType>(type), memref,
                                   slice.getMixedOffsets(), slice.getMixedSizes(),
                                   slice.getMixedStrides());
}

LogicalResult KernelLowering::emitInto(Value value, Value destination) {
  Operation *definition = value.getDefiningOp();
  if (auto insert = dyn_cast_or_null<tensor::InsertSliceOp>(definition);
      insert && !reader.memory.contains(value)) {
    if (failed(emitInto(insert.getDest(), destination)))
      return failure();
    auto slice = cast<OffsetSizeAndStrideOpInterface>(definition);
    return emitInto(insert.getSource(), subviewOf(builder, value.getLoc(), destination, slice,
                                                  insert.getSourceType().getShape()));
  }
  if (isa_and_nonnull<tensor::EmptyOp>(definition))
    return success();
  bool isContiguous = cast<MemRefType>(destination.getType()).getLayout().isIdentity();
  if (isa_and_nonnull<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(definition) && isContiguous &&
      !reader.memory.contains(value)) {
    Value source = definition->getOperand(0);
    return emitInto(source, reshapeLike(builder, value.getLoc(), destination,
                                        cast<ShapedType>(source.getType()).getShape()));
  }
  Operation *root = findRoot(value);
  if (failed(prepareResult(value)))
    return failure();
  return emitCompute(value, root, destination);
}

LogicalResult KernelLowering::materialize(Value value) {
  if (reader.memory.contains(value))
    return success();
  Operation *definition = value.getDefiningOp();
  Location loc = value.getLoc();
  ElementsAttr constant;
  if (matchPattern(value, m_Constant(&constant))) {
    if (!isa<DenseElementsAttr>(constant) && failed(ConstantData::get(constant)))
      return definition->emitError() << "has values of " << constant.getShapedType()
                                     << " that can't be read; they are dense, or a resource that "
                                        "comes with its data";
    bool isPacked = constant.getElementType().isInteger(4);
    if ((isPacked || hasOddBits(constant.getElementType())) && isReadUnsigned(value))
      return definition->emitError() << "has elements of " << constant.getElementType()
                                     << " that are read without a sign, which bytes in memory "
                                        "give them; widen them to i8 first";
    if (isPacked) {
      reader.memory[value] = unpack(loc, constant);
      return success();
    }
    if (hasOddBits(constant.getElementType()))
      constant = widenToBytes(constant);
    reader.memory[value] =
        addArgument({KernelArgument::Constant, 0, constant, bufferType(constant.getShapedType())});
    return success();
  }
  // Views of what is in memory stay views.
  if (auto extract = dyn_cast<tensor::ExtractSliceOp>(definition)) {
    if (failed(materialize(extract.getSource())))
      return failure();
    reader.memory[value] =
        subviewOf(builder, loc, reader.memory[extract.getSource()],
                  cast<OffsetSizeAndStrideOpInterface>(definition), extract.getType().getShape());
    return success();
  }
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(definition)) {
    Value source = definition->getOperand(0);
    if (failed(materialize(source)))
      return failure();
    Value memory = reader.memory[source];
    if (cast<MemRefType>(memory.getType()).getLayout().isIdentity()) {
      reader.memory[value] =
          reshapeLike(builder, loc, memory, cast<ShapedType>(value.getType()).getShape());
      return success();
    }
    // A strided view has no other shape: copy it first.
    Value copy = addArgument({KernelArgument::Scratch, 0, {}, bufferType(source.getType())});
    if (failed(emitCompute(source, nullptr, copy)))
      return failure();
    reader.memory[value] =
        reshapeLike(builder, loc, copy, cast<ShapedType>(value.getType()).getShape());
    return success();
  }
  Value scratch = addArgument({KernelArgument::Scratch, 0, {}, bufferType(value.getType())});
  if (failed(emitInto(value, scratch)))
    return failure();
  reader.memory[value] = scratch;
  return success();
}

Value KernelLowering::unpack(Location loc, ElementsAttr codes) {
  ElementsAttr packed = packHalves(codes);
  Type byte = packed.getElementType();
  Value from = addArgument({KernelArgument::Constant, 0, packed, bufferType(packed.getType())}),
        scratch = addArgument(
            {KernelArgument::Scratch,
             0,
             {},
             MemRefType::get(cast<RankedTensorType>(codes.getShapedType()).getShape(), byte)}),
        into = flatten(scratch);
  int64_t half = packed.getNumElements(), pairs = codes.getNumElements() - half,
          lanes = target.vectorBits / 8, whole = pairs - pairs % lanes;
  AffineExpr d = builder.getAffineDimExpr(0);
  auto unpackAt = [&](OpFoldResult at, int64_t width, bool hasHigh) {
    auto index = [&](AffineExpr offset) {
      return getValueOrCreateConstantIndexOp(
          builder, loc, affine::makeComposedFoldedAffineApply(builder, loc, offset, {at}));
    };
    auto type = VectorType::get({width}, byte);
    Value bytes = vector::LoadOp::create(builder, loc, type, from, index(d)),
          four = arith::ConstantOp::create(
              builder, loc, DenseElementsAttr::get(type, builder.getI8IntegerAttr(4)));
    Value low = arith::ShRSIOp::create(builder, loc,
                                       arith::ShLIOp::create(builder, loc, bytes, four), four);
    vector::StoreOp::create(builder, loc, low, into, index(d));
    if (hasHigh)
      vector::StoreOp::create(builder, loc, arith::ShRSIOp::create(builder, loc, bytes, four), into,
                              index(d + half));
  };
  emitLoop(builder, loc, 0, whole, lanes, [&](OpFoldResult i) { unpackAt(i, lanes, true); });
  if (whole < pairs)
    unpackAt(builder.getIndexAttr(whole), pairs - whole, true);
  if (pairs < half)
    unpackAt(builder.getIndexAttr(pairs), 1, false);
  return scratch;
}

/// One value for all, which loops write where they read it.
static bool isSplat(Value value) {
  ElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) && constant.isSplat() &&
         isa<DenseElementsAttr>(constant);
}

LogicalResult KernelLowering::prepare(OpOperand &use) {
  Value value = use.get();
  if (isComputedWhereRead(use))
    return prepareOperands(value.getDefiningOp());
  return isSplat(value) && readsOnce(use) ? success() : materialize(value);
}

LogicalResult KernelLowering::prepareOperands(Operation *definition) {
  if (auto op = dyn_cast<ContractOp>(definition)) {
    // Constant weights are packed, not read as they are.
    bool readsWeights = !matchPattern(op.getWeights(), m_Constant());
    return failure(failed(materialize(op.getInput())) ||
                   (readsWeights && failed(materialize(op.getWeights()))) ||
                   failed(prepare(op.getStartMutable())));
  }
  auto op = dyn_cast<linalg::GenericOp>(definition);
  if (!op)
    return success();
  for (OpOperand &operand : op->getOpOperands())
    if (!op.getMatchingBlockArgument(&operand).use_empty() && failed(prepare(operand)))
      return failure();
  WalkResult tables = op.getBody()->walk([&](tensor::ExtractOp extract) {
    return failed(materialize(extract.getTensor())) ? WalkResult::interrupt()
                                                    : WalkResult::advance();
  });
  return failure(tables.wasInterrupted());
}

LogicalResult KernelLowering::prepareResult(Value value) {
  if (reader.memory.contains(value) || isSplat(value))
    return success();
  Operation *definition = value.getDefiningOp();
  if (isa<linalg::FillOp, linalg::GenericOp, ContractOp>(definition))
    return prepareOperands(definition);
  if (isa<tensor::ExtractSliceOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp,
          tensor::InsertSliceOp, arith::ConstantOp>(definition))
    return materialize(value);
  return definition->emitError() << "'" << definition->getName()
                                 << "' can't be lowered inside a kernel";
}

LogicalResult KernelLowering::emitCompute(Value value, Operation *root, Value destination) {
  if (auto op = dyn_cast_or_null<ContractOp>(root))
    return emitTiled(value, op, destination);
  emitVectorNest(builder, reader, cast_or_null<linalg::GenericOp>(root), value, destination,
                 target);
  ++numNests;
  return success();
}

Value KernelLowering::readFlat(Value tensor) {
  Value memory = reader.memory[tensor];
  if (!cast<MemRefType>(memory.getType()).getLayout().isIdentity()) {
    // Rows of a view are not a constant distance apart in a flat buffer; read a copy.
    memory = addArgument({KernelArgument::Scratch, 0, {}, bufferType(tensor.getType())});
    emitVectorNest(builder, reader, nullptr, tensor, memory, target);
  }
  return flatten(memory);
}

LogicalResult KernelLowering::emitTiled(Value value, ContractOp op, Value destination) {
  std::string reason;
  std::optional<Contraction> contraction = Contraction::get(op, target, reason);
  if (!contraction)
    return op.emitOpError() << "can't be tiled: " << reason
                            << "; --nnq-generalize-contractions makes other loops of it";
  if (std::optional<TilingAttr> own = op.getTiling())
    if (std::string misfit =
            explainMisfit(*contraction, target, {own->getRows(), own->getColumns()});
        !misfit.empty())
      return op.emitOpError() << "can't have the tile that it brings, " << own->getRows()
                              << " rows and " << own->getColumns() << " columns, on " << target.name
                              << ": " << misfit;
  ContractionTiling tiling = getTiling(*contraction, target);
  auto addConstant = [&](ElementsAttr constant) {
    return addArgument(
        {KernelArgument::Constant, 0, constant, bufferType(constant.getShapedType())});
  };
  ContractionMemory memory;
  ElementsAttr weights;
  if (matchPattern(op.getWeights(), m_Constant(&weights))) {
    ElementsAttr packed = packWeights(*contraction, tiling, weights);
    if (!packed)
      return op.emitError() << "has weights that are no "
                            << contraction->encoding.describeElements();
    memory.weights = addConstant(packed);
  } else {
    auto type = MemRefType::get({numPackedWeights(*contraction, tiling)},
                                getElementTypeOrSelf(op.getWeights()));
    memory.weights = addArgument({KernelArgument::Scratch, 0, {}, type});
    emitPackWeights(builder, *contraction, tiling, readFlat(op.getWeights()), memory.weights);
  }
  for (unsigned i = 0; i < op.getScales().size(); ++i)
    memory.scales.push_back(addConstant(packScales(*contraction, tiling, i)));
  if (int64_t zeroPoint = contraction->accumulation.getInputZeroPoint()) {
    Type element = getElementTypeOrSelf(op.getInput());
    APInt code(element.getIntOrFloatBitWidth(), zeroPoint, /*isSigned=*/true,
               /*implicitTrunc=*/true);
    memory.zeroPoints =
        addConstant(DenseElementsAttr::get(RankedTensorType::get({tiling.depth}, element), code));
  }
  memory.input = readFlat(op.getInput());
  emitContraction(builder, *contraction, tiling, memory, reader, value, destination);
  ++numContractions;
  return success();
}

} // namespace nnq
