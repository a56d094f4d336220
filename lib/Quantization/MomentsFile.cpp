//===- MomentsFile.cpp - Moments of a network's layers on disk ------------===//

#include "nnq/Quantization/MomentsFile.h"
#include "nnq/Quantization/AtomicFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace nnq {

/// The value in the first line of `bytes`, which is dropped; null where that is no JSON.
static json::Value takeLine(StringRef &bytes) {
  auto [line, rest] = bytes.split('\n');
  bytes = rest;
  Expected<json::Value> value = json::parse(line);
  if (value)
    return *value;
  consumeError(value.takeError());
  return nullptr;
}

/// Non-negative integers, ascending; nothing where `value` is something else.
static std::optional<std::vector<uint64_t>> toSamples(const json::Value *value) {
  const json::Array *list = value ? value->getAsArray() : nullptr;
  if (!list)
    return std::nullopt;
  std::vector<uint64_t> samples;
  for (const json::Value &entry : *list) {
    std::optional<uint64_t> sample = entry.getAsUINT64();
    if (!sample || (!samples.empty() && *sample <= samples.back()))
      return std::nullopt;
    samples.push_back(*sample);
  }
  return samples;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

Expected<MomentsFile> MomentsFile::open(StringRef path) {
  auto fail = [&](const Twine &message) { return createStringError(path + ": " + message); };
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fail("cannot be read: " + buffer.getError().message());
  MomentsFile file;
  file.name = path.str();
  file.buffer = std::move(*buffer);
  StringRef rest = file.buffer->getBuffer();

  json::Value header = rest.starts_with(magic) ? takeLine(rest) : nullptr;
  const json::Object *root = header.getAsObject();
  if (!root || root->getInteger("nnq-moments") != 1)
    return fail("is no file of moments of version 1, as nnq calibrate --moments writes it");
  std::optional<std::vector<uint64_t>> samples = toSamples(root->get("samples"));
  if (!samples)
    return fail("needs \"samples\", an array of ascending numbers");
  file.seen = std::move(*samples);

  StringSet<> names;
  while (true) {
    json::Value line = takeLine(rest);
    if (const json::Object *end = line.getAsObject()) {
      if (end->getInteger("layers") != static_cast<int64_t>(file.sections.size()) || !rest.empty())
        return fail("does not hold as many layers as its last line says");
      return file;
    }
    std::optional<StringRef> layer = line.getAsString();
    if (!layer)
      return fail("ends early, or is damaged behind " + Twine(file.sections.size()) + " layers");
    if (!names.insert(*layer).second)
      return fail("has layer '" + *layer + "' twice");
    StringRef from = rest;
    if (Error error = InputMoments::skip(rest))
      return fail("layer '" + *layer + "' " + toString(std::move(error)));
    file.sections.push_back({layer->str(), from.drop_back(rest.size())});
  }
}

std::vector<std::string> MomentsFile::layers() const {
  std::vector<std::string> names;
  for (const Section &section : sections)
    names.push_back(section.layer);
  return names;
}

const MomentsFile::Section *MomentsFile::find(StringRef layer) const {
  auto found =
      llvm::find_if(sections, [&](const Section &section) { return section.layer == layer; });
  return found == sections.end() ? nullptr : &*found;
}

Expected<InputMoments> MomentsFile::load(StringRef layer) const {
  const Section *section = find(layer);
  if (!section)
    return createStringError(name + ": has no moments of layer '" + layer + "'");
  StringRef bytes = section->bytes;
  Expected<InputMoments> moments = InputMoments::read(bytes);
  if (!moments)
    return createStringError(name + ": layer '" + layer + "' " + toString(moments.takeError()));
  return moments;
}

//===----------------------------------------------------------------------===//
// Merging
//===----------------------------------------------------------------------===//

/// The samples of all files, ascending. Error: one that two have.
static Expected<std::vector<uint64_t>> joinSamples(ArrayRef<MomentsFile> files) {
  std::vector<std::pair<uint64_t, size_t>> all;
  for (auto [i, file] : llvm::enumerate(files))
    for (uint64_t sample : file.samples())
      all.emplace_back(sample, i);
  llvm::sort(all);
  std::vector<uint64_t> samples;
  for (auto [i, entry] : llvm::enumerate(all)) {
    auto [sample, file] = entry;
    if (i && all[i - 1].first == sample)
      return createStringError("sample " + Twine(sample) + " is in both " +
                               files[all[i - 1].second].path() + " and " + files[file].path() +
                               "; number the samples of each shard by their place in the whole");
    samples.push_back(sample);
  }
  return samples;
}

Error MomentsFile::merge(ArrayRef<std::string> inputs, StringRef output) {
  std::vector<MomentsFile> files;
  for (const std::string &path : inputs) {
    Expected<MomentsFile> file = open(path);
    if (!file)
      return file.takeError();
    files.push_back(std::move(*file));
  }
  Expected<std::vector<uint64_t>> samples = joinSamples(files);
  if (!samples)
    return samples.takeError();
  std::vector<std::string> names;
  for (const MomentsFile &file : files) {
    if (&file != &files.front() && file.layers() != names)
      return createStringError(file.name + ": has other layers than " + files.front().name +
                               "; join shards of one network");
    names = file.layers();
  }
  Expected<MomentsWriter> writer = MomentsWriter::create(output, *samples);
  if (!writer)
    return writer.takeError();
  for (const std::string &layer : names) {
    InputMoments sum;
    for (const MomentsFile &file : files) {
      Expected<InputMoments> moments = file.load(layer);
      if (!moments)
        return moments.takeError();
      if (&file == &files.front())
        sum = std::move(*moments);
      else if (Error error = sum.merge(*moments))
        return createStringError(file.name + ": layer '" + layer +
                                 "': " + toString(std::move(error)) +
                                 "; take the moments of all shards with the same statistics");
    }
    if (Error error = writer->add(layer, sum))
      return error;
  }
  return writer->commit();
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

MomentsWriter::MomentsWriter(std::unique_ptr<AtomicFile> file) : file(std::move(file)) {}
MomentsWriter::MomentsWriter(MomentsWriter &&) = default;
MomentsWriter::~MomentsWriter() = default;

Expected<MomentsWriter> MomentsWriter::create(StringRef path, ArrayRef<uint64_t> samples) {
  Expected<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  MomentsWriter writer(std::move(*file));
  writer.file->os() << json::Value(
                           json::Object{{"nnq-moments", 1}, {"samples", json::Array(samples)}})
                    << '\n';
  return writer;
}

Error MomentsWriter::add(StringRef layer, const InputMoments &moments) {
  if (!json::isUTF8(layer))
    return createStringError("the layer's name \"" + json::fixUTF8(layer) + "\" is not UTF-8");
  ++layers;
  file->os() << json::Value(layer) << '\n';
  moments.write(file->os());
  return file->check();
}

Error MomentsWriter::commit() {
  file->os() << json::Value(json::Object{{"layers", layers}}) << '\n';
  return file->commit();
}

} // namespace nnq
