// What is a target and a row, and where they are kept.

#include "nnq/Target/TargetRegistry.h"

#include "Families.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/TargetParser/Triple.h"

using namespace nnq;

TargetRegistry::TargetRegistry() {
  registerX86Targets(*this);
  registerArmTargets(*this);
}

TargetRegistry &TargetRegistry::get() {
  static TargetRegistry registry;
  return registry;
}

template <typename... Values> static llvm::Error error(const char *format, Values &&...values) {
  return llvm::createStringError(llvm::formatv(format, std::forward<Values>(values)...).str());
}

llvm::Expected<const TargetDescription *> TargetRegistry::lookup(llvm::StringRef name) const {
  auto found = llvm::find_if(all, [&](const TargetDescription &t) { return t.name == name; });
  if (found != all.end())
    return &*found;
  auto names = llvm::map_range(all, [](const TargetDescription &target) { return target.name; });
  return error("unknown target '{0}'; there are native, {1}", name, llvm::join(names, ", "));
}

/// What code generation can't do with a dot product.
static llvm::Error checkDotProduct(const DotProduct &dot) {
  if (dot.lanes < 1 || dot.depth < 1)
    return error("its dot product has {0} lanes of {1} products; both must be at least 1",
                 dot.lanes, dot.depth);
  if (dot.rows != 1 && (dot.rows != 2 || dot.lanes != 2))
    return error(
        "its dot product has {0} rows by {1} lanes; tiles are made of such with one row, or "
        "2 by 2",
        dot.rows, dot.lanes);
  if (dot.activationBits != 32 && !dot.emit)
    return error("its dot product of integers has no function that writes it");
  return llvm::Error::success();
}

/// What a row's dot product does not give its columns and its tiles.
static llvm::Error checkTiles(const ProductRow &row) {
  const DotProduct &dot = row.dot;
  if (row.channels < 1 || row.channels % dot.lanes != 0)
    return error("its columns of {0} channels are no multiple of the {1} lanes of its dot product",
                 row.channels, dot.lanes);
  if (llvm::none_of(row.tiles, [](TileShape tile) { return tile.columns == 1; }))
    return error("none of its tiles has one column, as a layer of few channels needs");
  for (TileShape tile : row.tiles)
    if (tile.rows < 1 || tile.columns < 1 || tile.rows % dot.rows != 0)
      return error("its tile {0}x{1} must have a multiple of the {2} rows of its dot product",
                   tile.rows, tile.columns, dot.rows);
  return llvm::Error::success();
}

static llvm::Error checkRow(const TargetDescription &target, const ProductRow &row) {
  if (target.findRow(row.activation, row.encoding))
    return error("the target has such a row already");
  unsigned bits;
  if (row.activation.substr(1).getAsInteger(10, bits) || bits != row.dot.activationBits)
    return error("its dot product takes activations of {0} bits", row.dot.activationBits);
  const DotProduct *other = target.dotOf(bits);
  if (other && other->unsignedActivations != row.dot.unsignedActivations)
    return error("its dot product takes {0} activations, those of the target's other rows {1} "
                 "ones; a network's activations have one sign",
                 row.dot.unsignedActivations ? "unsigned" : "signed",
                 other->unsignedActivations ? "unsigned" : "signed");
  if (llvm::Error wrong = checkDotProduct(row.dot))
    return wrong;
  return checkTiles(row);
}

static llvm::Error append(TargetDescription &target, ProductRow row) {
  if (llvm::Error wrong = checkRow(target, row))
    return error("target '{0}' can't have this row of {1} by {2}: {3}", target.name, row.activation,
                 row.encoding, llvm::toString(std::move(wrong)));
  target.rows.push_back(std::move(row));
  return llvm::Error::success();
}

llvm::Error TargetRegistry::addTarget(TargetDescription target) {
  if (target.name == "native" ||
      llvm::any_of(all, [&](const TargetDescription &t) { return t.name == target.name; }))
    return error("there is a target '{0}' already; give this one another name", target.name);
  if (target.vectorBits < 32 || target.vectorBits % 32 != 0)
    return error("target '{0}' has vectors of {1} bits; they must be a multiple of 32, a float's",
                 target.name, target.vectorBits);
  if (target.vectorBits > 8 * memoryAlignment)
    return error("target '{0}' has vectors of {1} bits; memory is aligned for {2} at most",
                 target.name, target.vectorBits, 8 * memoryAlignment);
  if (!target.family->hasTriple(llvm::Triple(target.triple)))
    return error("target '{0}' has the triple {1}, which is none of the family {2}", target.name,
                 target.triple, target.family->getName());
  for (ProductRow &row : std::exchange(target.rows, {}))
    if (llvm::Error wrong = append(target, std::move(row)))
      return wrong;
  all.push_back(std::move(target));
  return llvm::Error::success();
}

llvm::Error TargetRegistry::addRow(llvm::StringRef target, ProductRow row) {
  auto found = llvm::find_if(all, [&](const TargetDescription &t) { return t.name == target; });
  return found == all.end() ? lookup(target).takeError() : append(*found, std::move(row));
}
