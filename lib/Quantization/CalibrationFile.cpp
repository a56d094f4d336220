//===- CalibrationFile.cpp - Statistics of a model on disk ----------------===//

#include "JsonFile.h"

#include "nnq/Quantization/CalibrationFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>

using namespace llvm;

namespace nnq {

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// An array of exactly `size` elements, described in messages as `form`.
static Expected<const json::Array *> toTuple(const Twine &where, const json::Value &value,
                                             size_t size, StringRef form) {
  const json::Array *array = value.getAsArray();
  if (!array)
    return wrongType(where, form, value);
  if (array->size() != size)
    return makeError(where, "expected " + form + ", found " + Twine(array->size()) + " elements");
  return array;
}

static Expected<uint64_t> toCount(const Twine &where, const json::Value &value) {
  if (std::optional<uint64_t> count = value.getAsUINT64())
    return *count;
  return wrongType(where, "a non-negative integer", value);
}

static Expected<float> toFloat(const Twine &where, const json::Value &value) {
  std::optional<double> number = value.getAsNumber();
  if (!number)
    return wrongType(where, "a number", value);
  // Nine digits are so much closer to their f32 than its neighbours that rounding twice is
  // harmless.
  auto result = static_cast<float>(*number);
  if (!std::isfinite(result))
    return wrongType(where, "a finite f32", value);
  return result + 0.0f; // -0 is 0 here.
}

static Expected<std::map<uint64_t, SampleRange>> readSamples(const Twine &where,
                                                             const json::Value &value) {
  Expected<const json::Array *> list = toArray(where, value);
  if (!list)
    return list.takeError();
  std::map<uint64_t, SampleRange> samples;
  for (size_t i = 0; i < (*list)->size(); ++i) {
    std::string here = (where + "[" + Twine(i) + "]").str();
    Expected<const json::Array *> sample = toTuple(here, (**list)[i], 3, "[index, min, max]");
    if (!sample)
      return sample.takeError();
    Expected<uint64_t> index = toCount(here + "[0]", (**sample)[0]);
    if (!index)
      return index.takeError();
    Expected<float> min = toFloat(here + "[1]", (**sample)[1]);
    if (!min)
      return min.takeError();
    Expected<float> max = toFloat(here + "[2]", (**sample)[2]);
    if (!max)
      return max.takeError();
    if (!samples.emplace(*index, SampleRange{*min, *max}).second)
      return makeError(here, "sample " + Twine(*index) + " is listed twice");
  }
  return samples;
}

static Expected<Histogram> readHistogram(const Twine &where, const json::Value &value) {
  Expected<const json::Array *> list = toArray(where, value);
  if (!list)
    return list.takeError();
  Histogram histogram;
  int64_t previous = std::numeric_limits<int64_t>::min();
  for (size_t i = 0; i < (*list)->size(); ++i) {
    std::string here = (where + "[" + Twine(i) + "]").str();
    Expected<const json::Array *> entry = toTuple(here, (**list)[i], 2, "[bin, count]");
    if (!entry)
      return entry.takeError();
    const json::Value &number = (**entry)[0];
    std::optional<int64_t> bin = number.getAsInteger();
    if (!bin || !Histogram::isBin(*bin))
      return wrongType(here + "[0]", "the number of a histogram bin", number);
    if (*bin <= previous)
      return makeError(here, "bin " + Twine(*bin) + " does not ascend");
    previous = *bin;
    Expected<uint64_t> count = toCount(here + "[1]", (**entry)[1]);
    if (!count)
      return count.takeError();
    if (histogram.total() + *count < histogram.total())
      return makeError(here, "the counts add up to more than 2^64");
    histogram.addCount(static_cast<int32_t>(*bin), *count);
  }
  return histogram;
}

/// A tensor without the key has too many.
static Expected<DistinctValues> readDistinct(const Twine &where, const json::Value *value) {
  if (!value)
    return DistinctValues::tooMany();
  Expected<const json::Array *> list = toArray(where, *value);
  if (!list)
    return list.takeError();
  std::vector<float> values;
  for (size_t i = 0; i < (*list)->size(); ++i) {
    Expected<float> number = toFloat(where + "[" + Twine(i) + "]", (**list)[i]);
    if (!number)
      return number.takeError();
    if (!values.empty() && *number <= values.back())
      return makeError(where + "[" + Twine(i) + "]", "values do not ascend");
    values.push_back(*number);
  }
  DistinctValues distinct;
  distinct.add(values);
  return distinct;
}

/// Fails unless the redundant keys of a tensor say what its samples and histogram say.
static Error checkSummary(const Twine &where, const json::Object &object,
                          const TensorStatistics &statistics) {
  Expected<const json::Value *> countKey = getKey(where, object, "count");
  if (!countKey)
    return countKey.takeError();
  Expected<uint64_t> count = toCount(where + ".count", **countKey);
  if (!count)
    return count.takeError();
  if (*count != statistics.count())
    return makeError(where + ".count", Twine(*count) + " values, but the histogram counts " +
                                           Twine(statistics.count()));
  for (auto [key, known] : {std::pair<StringRef, float>{"min", statistics.min()},
                            std::pair<StringRef, float>{"max", statistics.max()}}) {
    Expected<const json::Value *> value = getKey(where, object, key);
    if (!value)
      return value.takeError();
    Expected<float> stated = toFloat(where + "." + key, **value);
    if (!stated)
      return stated.takeError();
    if (*stated != known)
      return makeError(where + "." + key,
                       formatv("{0}, but the samples say {1}", format("%.9g", double(*stated)),
                               format("%.9g", double(known)))
                           .str());
  }
  return Error::success();
}

static Expected<TensorStatistics> readTensor(const Twine &where, const json::Value &value) {
  Expected<const json::Object *> object = toObject(where, value);
  if (!object)
    return object.takeError();
  Expected<const json::Value *> sampleKey = getKey(where, **object, "samples");
  if (!sampleKey)
    return sampleKey.takeError();
  auto samples = readSamples(where + ".samples", **sampleKey);
  if (!samples)
    return samples.takeError();
  Expected<const json::Value *> histogramKey = getKey(where, **object, "histogram");
  if (!histogramKey)
    return histogramKey.takeError();
  Expected<Histogram> histogram = readHistogram(where + ".histogram", **histogramKey);
  if (!histogram)
    return histogram.takeError();
  auto distinct = readDistinct(where + ".values", (*object)->get("values"));
  if (!distinct)
    return distinct.takeError();
  auto statistics =
      TensorStatistics::create(std::move(*samples), std::move(*histogram), std::move(*distinct));
  if (!statistics)
    return makeError(where, llvm::toString(statistics.takeError()));
  if (Error error = checkSummary(where, **object, *statistics))
    return error;
  return statistics;
}

Expected<CalibrationFile> CalibrationFile::parse(StringRef text, StringRef name) {
  json::Value root = nullptr;
  auto object = parseVersion1(text, name, "nnq-calibration", root);
  if (!object)
    return object.takeError();
  Expected<const json::Value *> tensorsKey = getKey(name, **object, "tensors");
  if (!tensorsKey)
    return tensorsKey.takeError();
  Expected<const json::Object *> list = toObject(name + ": tensors", **tensorsKey);
  if (!list)
    return list.takeError();
  CalibrationFile file;
  if (const json::Value *equalized = (*object)->get("equalized")) {
    if (!equalized->getAsBoolean())
      return wrongType(name + ": equalized", "true or false", *equalized);
    file.equalized = *equalized->getAsBoolean();
  }
  if (const json::Value *network = (*object)->get("network")) {
    if (!network->getAsString())
      return wrongType(name + ": network", "a string", *network);
    file.network = network->getAsString()->str();
  }
  for (const auto &[key, value] : **list) {
    Expected<TensorStatistics> statistics =
        readTensor(name + ": tensors[\"" + StringRef(key) + "\"]", value);
    if (!statistics)
      return statistics.takeError();
    file.tensors.emplace(StringRef(key).str(), std::move(*statistics));
  }
  return file;
}

Expected<CalibrationFile> CalibrationFile::read(StringRef path) {
  Expected<std::string> text = readText(path);
  if (!text)
    return text.takeError();
  return parse(*text, path);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// Nine significant digits, in any locale.
static void printFloat(raw_ostream &os, float value) {
  char digits[32];
  auto [end, status] =
      std::to_chars(std::begin(digits), std::end(digits), value, std::chars_format::general, 9);
  assert(status == std::errc() && "nine digits fit");
  os.write(digits, end - digits);
}

static void printTensor(raw_ostream &os, const TensorStatistics &statistics) {
  os << "{\"count\": " << statistics.count() << ", \"min\": ";
  printFloat(os, statistics.min());
  os << ", \"max\": ";
  printFloat(os, statistics.max());
  os << ", \"samples\": [";
  ListSeparator sampleSeparator;
  for (const auto &[index, range] : statistics.samples()) {
    os << sampleSeparator << '[' << index << ", ";
    printFloat(os, range.min);
    os << ", ";
    printFloat(os, range.max);
    os << ']';
  }
  os << "], \"histogram\": [";
  ListSeparator binSeparator;
  for (const Histogram::Entry &entry : statistics.histogram().entries())
    os << binSeparator << '[' << entry.bin << ", " << entry.count << ']';
  os << ']';
  if (const std::set<float> *values = statistics.distinct().get()) {
    os << ", \"values\": [";
    ListSeparator separator;
    for (float value : *values) {
      os << separator;
      printFloat(os, value);
    }
    os << ']';
  }
  os << '}';
}

void CalibrationFile::print(raw_ostream &os) const {
  os << "{\"nnq-calibration\": 1" << (equalized ? ", \"equalized\": true" : "");
  if (!network.empty())
    os << ", \"network\": " << json::Value(network);
  os << ", \"tensors\": {";
  ListSeparator separator(",");
  for (const auto &[name, statistics] : tensors) {
    os << separator << '\n' << json::Value(name) << ": ";
    printTensor(os, statistics);
  }
  os << "\n}}\n";
}

Error CalibrationFile::write(StringRef path) const {
  for (const auto &tensor : tensors)
    if (!json::isUTF8(tensor.first))
      return makeError(path, "cannot be written: the tensor name \"" + json::fixUTF8(tensor.first) +
                                 "\" is not UTF-8");
  return writeText(path, [&](raw_ostream &os) { print(os); });
}

Error CalibrationFile::merge(const CalibrationFile &other) {
  if (!tensors.empty() && equalized != other.equalized)
    return createStringError("statistics of a network with equalized channels and of one without "
                             "do not add up; calibrate all shards alike");
  if (!network.empty() && !other.network.empty() && network != other.network)
    return createStringError("statistics of two networks do not add up, whose weights or shapes "
                             "differ; calibrate all shards with one model");
  std::map<std::string, TensorStatistics> merged = tensors;
  for (const auto &[name, statistics] : other.tensors)
    if (Error error = merged[name].merge(statistics))
      return makeError("tensor \"" + name + "\"", llvm::toString(std::move(error)));
  tensors = std::move(merged);
  equalized = other.equalized;
  if (network.empty())
    network = other.network;
  return Error::success();
}

} // namespace nnq
