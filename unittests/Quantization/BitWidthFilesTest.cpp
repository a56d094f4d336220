//===- BitWidthFilesTest.cpp ----------------------------------------------===//

#include "nnq/Quantization/BitWidthFiles.h"

#include "ExpectedMatchers.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

static constexpr StringLiteral sensitivities =
    R"({"nnq-sensitivity": 1, "network": "5f0c", "target": "x86-avx2", "samples": 32, "layers": [
{"name": "conv1", "candidates": [
  {"width": "w8a8", "noise": 0, "kl": 0.001, "agreement": 0.75, "sqnr_db": 30.5, "bytes": 432, "bops": 27648, "time_us": 3.5},
  {"width": "w4a8", "noise": 1.25e-05, "bytes": 216, "bops": 13824, "time_us": 3.25}]},
{"name": "fc \"1\"", "candidates": [
  {"width": "float", "noise": -0.5, "bytes": 4000000000000, "bops": 0, "time_us": 0}]}
]}
)";

static std::string errorOfSensitivity(StringRef text) {
  return errorOf(SensitivityFile::parse(text, "s.json"));
}

template <typename File> static std::string textOf(const File &file) {
  std::string text;
  raw_string_ostream os(text);
  file.print(os);
  return text;
}

/// A path in the folder of temporary files, which a test leaves empty.
static std::string temporaryPath() {
  SmallString<128> path;
  EXPECT_FALSE(sys::fs::createTemporaryFile("nnq-widths", "json", path));
  return path.str().str();
}

TEST(SensitivityFile, IsWrittenAsItIsRead) {
  auto file = SensitivityFile::parse(sensitivities, "s.json");
  ASSERT_TRUE(static_cast<bool>(file));
  EXPECT_EQ(file->network, "5f0c");
  EXPECT_EQ(file->target, "x86-avx2");
  EXPECT_EQ(file->samples, 32);
  ASSERT_EQ(file->layers.size(), 2u);
  const WidthCandidate &first = file->layers[0].candidates[0];
  EXPECT_EQ(first.width.str(), "w8a8");
  EXPECT_EQ(first.kl, 0.001);
  EXPECT_EQ(first.agreement, 0.75);
  EXPECT_EQ(first.sqnr, 30.5);
  EXPECT_EQ(first.bytes, 432);
  EXPECT_EQ(first.bops, 27648);
  EXPECT_EQ(first.time, 3.5);
  EXPECT_EQ(file->layers[0].candidates[1].noise, 1.25e-5);
  EXPECT_FALSE(file->layers[0].candidates[1].kl);
  EXPECT_EQ(file->layers[1].name, "fc \"1\"");
  EXPECT_EQ(file->layers[1].candidates[0].noise, -0.5);
  EXPECT_EQ(file->layers[1].candidates[0].bytes, 4000000000000);
  EXPECT_EQ(textOf(*file), sensitivities);
}

TEST(SensitivityFile, IgnoresUnknownKeysAndLacksWhatIsForReaders) {
  auto file = SensitivityFile::parse(
      R"({"nnq-sensitivity": 1, "note": [], "layers": [{"name": "a", "x": 1, "candidates": [
    {"width": "w2a16", "noise": 1, "bytes": 1, "bops": 1, "time_us": 1, "rank": 3},
    {"width": "w8a8", "noise": 1, "kl": null, "agreement": null, "bytes": 1, "bops": 1, "time_us": 1}]}]})",
      "s.json");
  ASSERT_TRUE(static_cast<bool>(file));
  EXPECT_EQ(file->layers[0].candidates[0].width.str(), "w2a16");
  EXPECT_FALSE(file->layers[0].candidates[1].kl);
}

TEST(SensitivityFile, NamesPlaceLayerAndKeyOfWhatIsWrong) {
  auto candidate = [](StringRef text) {
    return errorOfSensitivity(
        (R"({"nnq-sensitivity": 1, "layers": [{"name": "conv1", "candidates": [)" + text + "]}]}")
            .str());
  };
  StringRef good = R"({"width": "w8a8", "noise": 0, "bytes": 1, "bops": 2, "time_us": 3})";
  std::string where = "s.json: layer 'conv1': candidates[0]";
  EXPECT_EQ(candidate(good), "");
  EXPECT_EQ(candidate(""), "s.json: layer 'conv1': has no candidates");
  EXPECT_EQ(candidate("{}"), where + ": the key \"width\" is missing");
  EXPECT_EQ(candidate("7"), where + ": expected an object, found the number 7");
  EXPECT_EQ(candidate(R"({"width": "w4"})"),
            where +
                ".width: width 'w4' is neither float nor a format of weights, 'a' and the bits "
                "of activations, 8 or 16, such as w4a8, nf4a8, w4a8b32 in blocks of 32, or "
                "w8a8-4:8 with zeros in a pattern; formats are "
                "wN (integers of N bits, 2 to 8), ternary, binary, nf4, codebook16, codebook4 and "
                "codebook(A|B|...) of up to 16 levels");
  EXPECT_EQ(candidate(R"({"width": "w8a8"})"), where + " w8a8: the key \"noise\" is missing");
  EXPECT_EQ(candidate(R"({"width": "w8a8", "noise": "small"})"),
            where + " w8a8.noise: expected a finite number, found a string");
  EXPECT_EQ(candidate(R"({"width": "w8a8", "noise": 0, "bytes": 1.5})"),
            where + " w8a8.bytes: expected a non-negative integer, found the number 1.5");
  EXPECT_EQ(candidate(R"({"width": "w8a8", "noise": 0, "bytes": 1, "bops": -1})"),
            where + " w8a8.bops: expected a non-negative integer, found the number -1");
  EXPECT_EQ(candidate(R"({"width": "w8a8", "noise": 0, "bytes": 1, "bops": 1, "time_us": -2})"),
            where + " w8a8.time_us: expected a time of at least 0, found the number -2");
  EXPECT_EQ(candidate((good + "," + good).str()), "s.json: layer 'conv1': w8a8 is listed twice");
  EXPECT_EQ(errorOfSensitivity(R"({"nnq-sensitivity": 2, "layers": []})"),
            "s.json: nnq-sensitivity: expected the format version 1, found the number 2");
  EXPECT_EQ(errorOfSensitivity(R"({"nnq-sensitivity": 1})"),
            "s.json: the key \"layers\" is missing");
  EXPECT_EQ(errorOfSensitivity(R"({"nnq-sensitivity": 1, "layers": [{"candidates": []}]})"),
            "s.json: layers[0]: the key \"name\" is missing");
  EXPECT_EQ(errorOfSensitivity(R"({"nnq-sensitivity": 1, "target": 1, "layers": []})"),
            "s.json: target: expected a string, found the number 1");
  std::string layer = R"({"name": "a", "candidates": [)" + good.str() + "]}";
  EXPECT_EQ(
      errorOfSensitivity(R"({"nnq-sensitivity": 1, "layers": [)" + layer + "," + layer + "]}"),
      "s.json: layer 'a' is listed twice");
  EXPECT_EQ(errorOfSensitivity("{").substr(0, 8), "s.json: ");
  EXPECT_EQ(errorOf(SensitivityFile::read("/no/such/file")),
            "/no/such/file: cannot be read: No such file or directory");
}

TEST(SensitivityFile, GoesToDiskAndBack) {
  auto file = SensitivityFile::parse(sensitivities, "s.json");
  ASSERT_TRUE(static_cast<bool>(file));
  std::string path = temporaryPath();
  EXPECT_EQ(errorOf(file->write(path)), "");
  auto back = SensitivityFile::read(path);
  ASSERT_TRUE(static_cast<bool>(back));
  EXPECT_EQ(textOf(*back), sensitivities);
  sys::fs::remove(path);
  file->layers[0].name = "\xff";
  EXPECT_NE(errorOf(file->write(path)).find("is not UTF-8"), std::string::npos);
  EXPECT_FALSE(sys::fs::exists(path));
}

static BitWidthFile makeWidths() {
  BitWidthFile file;
  file.layers = {{"conv2", LayerWidth()}, {"conv1", cantFail(LayerWidth::parse("w4a8"))}};
  return file;
}

TEST(BitWidthFile, KeepsTheNetworksOrder) {
  BitWidthFile file = makeWidths();
  EXPECT_EQ(textOf(file), R"({"nnq-bit-widths": 1,
 "layers": {
"conv2": "w8a8",
"conv1": "w4a8"
}}
)");
  file.budgets.bytes = 100;
  file.budgets.time = 2.5;
  file.totals = WidthTotals{0.25, 90, 1000, 2.25};
  EXPECT_EQ(textOf(file), R"({"nnq-bit-widths": 1,
 "budgets": {"bytes": 100, "time_us": 2.5},
 "totals": {"noise": 0.25, "bytes": 90, "bops": 1000, "time_us": 2.25},
 "layers": {
"conv2": "w8a8",
"conv1": "w4a8"
}}
)");
  file.metric = WidthMetric::Agreement;
  EXPECT_TRUE(StringRef(textOf(file)).contains(R"("totals": {"disagreement": 0.25, )"));
}

TEST(BitWidthFile, GoesToDiskAndBack) {
  BitWidthFile file = makeWidths();
  file.totals = WidthTotals();
  std::string path = temporaryPath();
  EXPECT_EQ(errorOf(file.write(path)), "");
  auto back = BitWidthFile::read(path);
  ASSERT_TRUE(static_cast<bool>(back));
  ASSERT_EQ(back->layers.size(), 2u);
  EXPECT_EQ(back->layers[0].first, "conv1");
  EXPECT_EQ(back->layers[0].second.str(), "w4a8");
  EXPECT_FALSE(back->totals);
  sys::fs::remove(path);
}

TEST(BitWidthFile, ReadsTheNamesOfWideTensors) {
  auto file =
      BitWidthFile::parse(R"({"nnq-bit-widths": 1, "layers": {}, "wide": ["b", "a"]})", "w.json");
  ASSERT_TRUE(static_cast<bool>(file));
  EXPECT_EQ(file->wide, (std::vector<std::string>{"b", "a"}));
}

TEST(BitWidthFile, NamesLayerAndWidthOfWhatIsWrong) {
  auto message = [](StringRef text) { return errorOf(BitWidthFile::parse(text, "w.json")); };
  EXPECT_EQ(message(R"({"nnq-bit-widths": 1, "layers": {"conv1": "int4"}})"),
            "w.json: layer 'conv1': width 'int4' is neither float nor a format of weights, 'a' and "
            "the bits "
            "of activations, 8 or 16, such as w4a8, nf4a8, w4a8b32 in blocks of 32, or "
            "w8a8-4:8 with zeros in a pattern; formats are "
            "wN (integers of N bits, 2 to 8), ternary, binary, nf4, codebook16, codebook4 and "
            "codebook(A|B|...) of up to 16 levels");
  EXPECT_EQ(message(R"({"nnq-bit-widths": 1, "layers": {"conv1": 4}})"),
            "w.json: layer 'conv1': expected a string, found the number 4");
  EXPECT_EQ(message(R"({"nnq-bit-widths": 1, "layers": []})"),
            "w.json: layers: expected an object, found an array");
  EXPECT_EQ(message(R"({"nnq-bit-widths": 1})"), "w.json: the key \"layers\" is missing");
  EXPECT_EQ(message(R"({"layers": {}})"), "w.json: the key \"nnq-bit-widths\" is missing");
  EXPECT_EQ(message(R"({"nnq-bit-widths": 1, "layers": {}, "wide": "a"})"),
            "w.json: wide: expected an array, found a string");
  EXPECT_EQ(message(R"({"nnq-bit-widths": 1, "layers": {}, "wide": ["a", 7]})"),
            "w.json: wide[1]: expected a string, found the number 7");
  EXPECT_EQ(errorOf(BitWidthFile::read("/no/such/file")),
            "/no/such/file: cannot be read: No such file or directory");
}
