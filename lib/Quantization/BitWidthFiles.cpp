//===- BitWidthFiles.cpp - Sensitivities and bit-widths on disk -----------===//

#include "nnq/Quantization/BitWidthFiles.h"

#include "JsonFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;

namespace nnq {

/// Fails, for the file, unless all texts that it would hold are UTF-8.
static Error verifyText(StringRef path, StringRef text) {
  if (json::isUTF8(text))
    return Error::success();
  return makeError(path, "cannot be written: \"" + json::fixUTF8(text) + "\" is not UTF-8");
}

static Expected<LayerWidth> toWidth(const Twine &where, const json::Value &value) {
  Expected<StringRef> text = toText(where, value);
  if (!text)
    return text.takeError();
  Expected<LayerWidth> width = LayerWidth::parse(*text);
  if (!width)
    return makeError(where, toString(width.takeError()));
  return width;
}

//===----------------------------------------------------------------------===//
// SensitivityFile
//===----------------------------------------------------------------------===//

static Error readCost(const Twine &where, const json::Object &object, StringRef key,
                      int64_t &cost) {
  Expected<const json::Value *> value = getKey(where, object, key);
  if (!value)
    return value.takeError();
  std::optional<int64_t> integer = (*value)->getAsInteger();
  if (!integer || *integer < 0)
    return wrongType(where + "." + key, "a non-negative integer", **value);
  cost = *integer;
  return Error::success();
}

static Expected<double> readNumber(const Twine &where, const json::Object &object, StringRef key) {
  Expected<const json::Value *> value = getKey(where, object, key);
  if (!value)
    return value.takeError();
  return toNumber(where + "." + key, **value);
}

static Error readOptional(const Twine &where, const json::Object &object, StringRef key,
                          std::optional<double> &result) {
  const json::Value *value = object.get(key);
  if (!value || value->kind() == json::Value::Null)
    return Error::success();
  Expected<double> number = readNumber(where, object, key);
  if (!number)
    return number.takeError();
  result = *number;
  return Error::success();
}

static Expected<WidthCandidate> readCandidate(const Twine &where, const json::Value &value) {
  Expected<const json::Object *> object = toObject(where, value);
  if (!object)
    return object.takeError();
  Expected<const json::Value *> widthKey = getKey(where, **object, "width");
  if (!widthKey)
    return widthKey.takeError();
  Expected<LayerWidth> width = toWidth(where + ".width", **widthKey);
  if (!width)
    return width.takeError();
  WidthCandidate candidate;
  candidate.width = *width;
  std::string here = (where + " " + width->str()).str();
  Expected<double> noise = readNumber(here, **object, "noise");
  if (!noise)
    return noise.takeError();
  candidate.noise = *noise;
  if (Error error = readCost(here, **object, "bytes", candidate.bytes))
    return std::move(error);
  if (Error error = readCost(here, **object, "bops", candidate.bops))
    return std::move(error);
  Expected<double> time = readNumber(here, **object, "time_us");
  if (!time)
    return time.takeError();
  if (*time < 0)
    return wrongType(here + ".time_us", "a time of at least 0", *(*object)->get("time_us"));
  candidate.time = *time;
  if (Error error = readOptional(here, **object, "kl", candidate.kl))
    return std::move(error);
  if (Error error = readOptional(here, **object, "agreement", candidate.agreement))
    return std::move(error);
  if (Error error = readOptional(here, **object, "sqnr_db", candidate.sqnr))
    return std::move(error);
  return candidate;
}

static Expected<LayerSensitivity> readLayer(StringRef file, size_t index,
                                            const json::Value &value) {
  std::string where = (file + ": layers[" + Twine(index) + "]").str();
  Expected<const json::Object *> object = toObject(where, value);
  if (!object)
    return object.takeError();
  Expected<const json::Value *> nameKey = getKey(where, **object, "name");
  if (!nameKey)
    return nameKey.takeError();
  Expected<StringRef> name = toText(where + ".name", **nameKey);
  if (!name)
    return name.takeError();
  where = (file + ": layer '" + *name + "'").str();
  Expected<const json::Value *> listKey = getKey(where, **object, "candidates");
  if (!listKey)
    return listKey.takeError();
  Expected<const json::Array *> list = toArray(where + ".candidates", **listKey);
  if (!list)
    return list.takeError();
  if ((*list)->empty())
    return makeError(where, "has no candidates");
  LayerSensitivity layer;
  layer.name = name->str();
  for (size_t i = 0; i < (*list)->size(); ++i) {
    Expected<WidthCandidate> candidate =
        readCandidate(where + ": candidates[" + Twine(i) + "]", (**list)[i]);
    if (!candidate)
      return candidate.takeError();
    if (any_of(layer.candidates,
               [&](const WidthCandidate &other) { return other.width == candidate->width; }))
      return makeError(where, candidate->width.str() + " is listed twice");
    layer.candidates.push_back(std::move(*candidate));
  }
  return layer;
}

Expected<SensitivityFile> SensitivityFile::parse(StringRef text, StringRef name) {
  json::Value root = nullptr;
  auto object = parseVersion1(text, name, "nnq-sensitivity", root);
  if (!object)
    return object.takeError();
  SensitivityFile file;
  for (auto [key, member] : {std::pair("network", &SensitivityFile::network),
                             std::pair("target", &SensitivityFile::target)})
    if (const json::Value *value = (*object)->get(key)) {
      Expected<StringRef> string = toText(name + ": " + key, *value);
      if (!string)
        return string.takeError();
      file.*member = string->str();
    }
  if ((*object)->get("samples"))
    if (Error error = readCost(name, **object, "samples", file.samples))
      return std::move(error);
  Expected<const json::Value *> layersKey = getKey(name, **object, "layers");
  if (!layersKey)
    return layersKey.takeError();
  Expected<const json::Array *> list = toArray(name + ": layers", **layersKey);
  if (!list)
    return list.takeError();
  StringSet<> names;
  for (size_t i = 0; i < (*list)->size(); ++i) {
    Expected<LayerSensitivity> layer = readLayer(name, i, (**list)[i]);
    if (!layer)
      return layer.takeError();
    if (!names.insert(layer->name).second)
      return makeError(name, "layer '" + layer->name + "' is listed twice");
    file.layers.push_back(std::move(*layer));
  }
  return file;
}

Expected<SensitivityFile> SensitivityFile::read(StringRef path) {
  Expected<std::string> text = readText(path);
  if (!text)
    return text.takeError();
  return parse(*text, path);
}

static void printMember(raw_ostream &os, StringRef key, double value) {
  os << ", \"" << key << "\": ";
  printNumber(os, value);
}

static void printCandidate(raw_ostream &os, const WidthCandidate &candidate) {
  os << "{\"width\": \"" << candidate.width.str() << '"';
  printMember(os, "noise", candidate.noise);
  if (candidate.kl)
    printMember(os, "kl", *candidate.kl);
  if (candidate.agreement)
    printMember(os, "agreement", *candidate.agreement);
  if (candidate.sqnr)
    printMember(os, "sqnr_db", *candidate.sqnr);
  os << ", \"bytes\": " << candidate.bytes << ", \"bops\": " << candidate.bops;
  printMember(os, "time_us", candidate.time);
  os << '}';
}

void SensitivityFile::print(raw_ostream &os) const {
  os << "{\"nnq-sensitivity\": 1, \"network\": " << json::Value(network)
     << ", \"target\": " << json::Value(target) << ", \"samples\": " << samples
     << ", \"layers\": [";
  ListSeparator layerSeparator(",");
  for (const LayerSensitivity &layer : layers) {
    os << layerSeparator << "\n{\"name\": " << json::Value(layer.name) << ", \"candidates\": [";
    ListSeparator candidateSeparator(",");
    for (const WidthCandidate &candidate : layer.candidates) {
      os << candidateSeparator << "\n  ";
      printCandidate(os, candidate);
    }
    os << "]}";
  }
  os << "\n]}\n";
}

Error SensitivityFile::write(StringRef path) const {
  for (StringRef text : {StringRef(network), StringRef(target)})
    if (Error error = verifyText(path, text))
      return error;
  for (const LayerSensitivity &layer : layers)
    if (Error error = verifyText(path, layer.name))
      return error;
  return writeText(path, [&](raw_ostream &os) { print(os); });
}

//===----------------------------------------------------------------------===//
// BitWidthFile
//===----------------------------------------------------------------------===//

Expected<BitWidthFile> BitWidthFile::parse(StringRef text, StringRef name) {
  json::Value root = nullptr;
  auto object = parseVersion1(text, name, "nnq-bit-widths", root);
  if (!object)
    return object.takeError();
  Expected<const json::Value *> layersKey = getKey(name, **object, "layers");
  if (!layersKey)
    return layersKey.takeError();
  Expected<const json::Object *> layers = toObject(name + ": layers", **layersKey);
  if (!layers)
    return layers.takeError();
  BitWidthFile file;
  for (const auto &[key, value] : **layers) {
    Expected<LayerWidth> width = toWidth(name + ": layer '" + StringRef(key) + "'", value);
    if (!width)
      return width.takeError();
    file.layers.emplace_back(StringRef(key).str(), *width);
  }
  llvm::sort(file.layers, less_first());
  if (const json::Value *wide = (*object)->get("wide")) {
    Expected<const json::Array *> list = toArray(name + ": wide", *wide);
    if (!list)
      return list.takeError();
    for (size_t i = 0; i < (*list)->size(); ++i) {
      Expected<StringRef> tensor = toText(name + ": wide[" + Twine(i) + "]", (**list)[i]);
      if (!tensor)
        return tensor.takeError();
      file.wide.push_back(tensor->str());
    }
  }
  return file;
}

Expected<BitWidthFile> BitWidthFile::read(StringRef path) {
  Expected<std::string> text = readText(path);
  if (!text)
    return text.takeError();
  return parse(*text, path);
}

void BitWidthFile::print(raw_ostream &os) const {
  os << "{\"nnq-bit-widths\": 1,\n";
  if (budgets.bytes || budgets.bops || budgets.time) {
    ListSeparator separator;
    os << " \"budgets\": {";
    if (budgets.bytes)
      os << separator << "\"bytes\": " << *budgets.bytes;
    if (budgets.bops)
      os << separator << "\"bops\": " << *budgets.bops;
    if (budgets.time) {
      os << separator << "\"time_us\": ";
      printNumber(os, *budgets.time);
    }
    os << "},\n";
  }
  if (totals) {
    os << " \"totals\": {\"" << getLossName(metric) << "\": ";
    printNumber(os, totals->loss);
    os << ", \"bytes\": " << totals->bytes << ", \"bops\": " << totals->bops;
    printMember(os, "time_us", totals->time);
    os << "},\n";
  }
  os << " \"layers\": {";
  ListSeparator separator(",");
  for (const auto &[name, width] : layers)
    os << separator << '\n' << json::Value(name) << ": \"" << width.str() << '"';
  os << "\n}}\n";
}

Error BitWidthFile::write(StringRef path) const {
  for (const auto &[name, width] : layers)
    if (Error error = verifyText(path, name))
      return error;
  return writeText(path, [&](raw_ostream &os) { print(os); });
}

Expected<BitWidthChoice> chooseBitWidths(StringRef path, std::array<StringRef, 3> budgets,
                                         StringRef metric) {
  Expected<SensitivityFile> file = SensitivityFile::read(path);
  if (!file)
    return file.takeError();
  Expected<WidthMetric> by = parseWidthMetric(metric);
  if (!by)
    return by.takeError();
  Expected<WidthBudgets> within = WidthBudgets::parse(budgets, file->layers);
  if (!within)
    return within.takeError();
  Expected<BitWidthChoice> choice = chooseBitWidths(file->layers, *within, *by);
  if (!choice)
    return createStringError(path + ": " + toString(choice.takeError()));
  return choice;
}

} // namespace nnq
