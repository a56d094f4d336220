#include "nnq/Quantization/CalibrationFile.h"
#include "DirectoryTest.h"
#include "ExpectedMatchers.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <algorithm>
#include <csignal>
#include <limits>
#include <random>
#include <sys/resource.h>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

namespace {
class CalibrationFileTest : public DirectoryTest {};
} // namespace

static std::string textOf(const CalibrationFile &file) {
  std::string text;
  raw_string_ostream os(text);
  file.print(os);
  return text;
}

static std::string bytesOf(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "cannot be read";
}

static void observe(CalibrationFile &file, StringRef tensor, ArrayRef<float> values,
                    uint64_t sample) {
  EXPECT_EQ(errorOf(file.tensors[tensor.str()].observe(values, sample)), "");
}

static const char example[] = R"({"nnq-calibration": 1, "tensors": {
"a\"b": {"count": 1, "min": 0.100000001, "max": 0.100000001, "samples": [[4, 0.100000001, 0.100000001]], "histogram": [[15820, 1]], "values": [0.100000001]},
"conv1": {"count": 3, "min": -1, "max": 2.5, "samples": [[0, -1, 2.5]], "histogram": [[-16256, 1], [0, 1], [16416, 1]], "values": [-1, 0, 2.5]}
}}
)";

TEST_F(CalibrationFileTest, WritesTheDocumentedFormat) {
  CalibrationFile file;
  observe(file, "conv1", {2.5f, 0, -1}, 0);
  observe(file, "a\"b", {0.1f}, 4);
  EXPECT_EQ(textOf(file), example);
  EXPECT_EQ(textOf({}), "{\"nnq-calibration\": 1, \"tensors\": {\n}}\n");
}

TEST_F(CalibrationFileTest, ReadsWhatItWrites) {
  std::string path = pathOf("c.json");
  CalibrationFile file;
  observe(file, "x", {std::numeric_limits<float>::max(), -1e-45f, 0x1.fffffep-3f}, 1u << 31);
  observe(file, "x", {-0.0f}, std::numeric_limits<uint64_t>::max());
  observe(file, "none", {}, 0);
  EXPECT_EQ(errorOf(file.write(path)), "");
  CalibrationFile again = valueOf(CalibrationFile::read(path));
  EXPECT_EQ(again.tensors, file.tensors);
  EXPECT_EQ(textOf(again), bytesOf(path));
  EXPECT_EQ(filesInDirectory(), 1u);
}

TEST_F(CalibrationFileTest, FloatsReadBackBitExact) {
  std::mt19937 random(4);
  CalibrationFile file;
  for (uint64_t i = 0; i < 20000; ++i) {
    uint32_t bits = static_cast<uint32_t>(random());
    float value = bit_cast<float>(bits);
    if (std::isfinite(value))
      observe(file, "x", {value}, i);
  }
  EXPECT_EQ(valueOf(CalibrationFile::parse(textOf(file), "text")).tensors, file.tensors);
}

TEST_F(CalibrationFileTest, ShardsMergeToTheSameBytesInAnyOrder) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  std::vector<CalibrationFile> shards(4);
  CalibrationFile whole;
  for (uint64_t sample = 0; sample < 12; ++sample)
    for (const char *tensor : {"conv", "relu", "fc"}) {
      // The tensors do not appear in every shard.
      if (sample % 4 == 3 && tensor[0] == 'f')
        continue;
      std::vector<float> values(200);
      for (float &value : values)
        value = normal(random);
      observe(shards[sample % 4], tensor, values, sample);
      observe(whole, tensor, values, sample);
    }
  std::vector<int> order = {0, 1, 2, 3};
  do {
    CalibrationFile merged;
    for (int shard : order)
      // Through text, as between machines.
      EXPECT_EQ(
          errorOf(merged.merge(valueOf(CalibrationFile::parse(textOf(shards[shard]), "shard")))),
          "");
    ASSERT_EQ(textOf(merged), textOf(whole));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(CalibrationFileTest, MergeRejectsASampleInBothAndKeepsTheFile) {
  CalibrationFile a, b;
  observe(a, "z", {1}, 3);
  observe(b, "a", {1}, 2);
  observe(b, "z", {1}, 3);
  std::string before = textOf(a);
  EXPECT_EQ(errorOf(a.merge(b)), "tensor \"z\": sample 3 is in both sets of statistics; give each "
                                 "shard its own sample indices");
  EXPECT_EQ(textOf(a), before);
}

/// The error for the example with one piece of text replaced.
static std::string errorAfter(StringRef from, StringRef to) {
  std::string text = example;
  size_t at = text.find(from.str());
  EXPECT_NE(at, std::string::npos) << from.str();
  text.replace(at, from.size(), to.str());
  return errorOf(CalibrationFile::parse(text, "c.json"));
}

TEST_F(CalibrationFileTest, EqualizedNetworksAreKeptApart) {
  CalibrationFile plain, equalized, empty;
  observe(plain, "a", {1}, 0);
  observe(equalized, "a", {1}, 1);
  equalized.equalized = true;
  std::string text = textOf(equalized);
  EXPECT_EQ(text.find("{\"nnq-calibration\": 1, \"equalized\": true, \"tensors\": {\n"), 0u)
      << text;
  CalibrationFile read = valueOf(CalibrationFile::parse(text, "c.json"));
  EXPECT_EQ(textOf(read), text);
  EXPECT_EQ(errorOf(plain.merge(read)),
            "statistics of a network with equalized channels and of one without do not add up; "
            "calibrate all shards alike");
  EXPECT_EQ(errorOf(empty.merge(read)), "");
  EXPECT_EQ(textOf(empty), text);
  EXPECT_EQ(errorAfter("\"tensors\"", "\"equalized\": 1, \"tensors\""),
            "c.json: equalized: expected true or false, found the number 1");
}

TEST_F(CalibrationFileTest, NetworksAreKeptApart) {
  CalibrationFile one, other, unknown;
  observe(one, "a", {1}, 0);
  observe(other, "a", {1}, 1);
  observe(unknown, "a", {1}, 2);
  one.network = "0a", other.network = "1b";
  std::string text = textOf(one);
  EXPECT_EQ(text.find("{\"nnq-calibration\": 1, \"network\": \"0a\", \"tensors\": {\n"), 0u)
      << text;
  EXPECT_EQ(textOf(valueOf(CalibrationFile::parse(text, "c.json"))), text);
  EXPECT_EQ(errorOf(one.merge(other)), "statistics of two networks do not add up, whose weights or "
                                       "shapes differ; calibrate all shards with one model");
  EXPECT_EQ(textOf(one), text);
  EXPECT_EQ(errorOf(unknown.merge(one)), "");
  EXPECT_EQ(unknown.network, "0a");
  EXPECT_EQ(errorAfter("\"tensors\"", "\"network\": 1, \"tensors\""),
            "c.json: network: expected a string, found the number 1");
}

TEST_F(CalibrationFileTest, MissingFileIsNamed) {
  std::string path = pathOf("absent.json");
  EXPECT_EQ(errorOf(CalibrationFile::read(path)),
            path + ": cannot be read: No such file or directory");
}

TEST_F(CalibrationFileTest, EachMalformedFileHasOneClearError) {
  EXPECT_EQ(errorAfter("\"tensors\"", "\"tensor\""), "c.json: the key \"tensors\" is missing");
  EXPECT_EQ(errorAfter("\"nnq-calibration\": 1", "\"nnq-calibration\": 2"),
            "c.json: nnq-calibration: expected the format version 1, found the number 2");
  EXPECT_EQ(errorAfter("\"nnq-calibration\"", "\"version\""),
            "c.json: the key \"nnq-calibration\" is missing");
  for (const char *key : {"count", "min", "max", "samples", "histogram"})
    EXPECT_EQ(errorAfter(("\"" + Twine(key) + "\": ").str(), "\"other\": "),
              ("c.json: tensors[\"a\"b\"]: the key \"" + Twine(key) + "\" is missing").str());
  EXPECT_EQ(errorAfter("\"count\": 3", "\"count\": \"3\""),
            "c.json: tensors[\"conv1\"].count: expected a non-negative integer, found a string");
  EXPECT_EQ(errorAfter("\"count\": 3", "\"count\": 4"),
            "c.json: tensors[\"conv1\"].count: 4 values, but the histogram counts 3");
  EXPECT_EQ(errorAfter("\"min\": -1", "\"min\": -2"),
            "c.json: tensors[\"conv1\"].min: -2, but the samples say -1");
  EXPECT_EQ(errorAfter("[[0, -1, 2.5]]", "{}"),
            "c.json: tensors[\"conv1\"].samples: expected an array, found an object");
  EXPECT_EQ(errorAfter("[0, -1, 2.5]", "[0, -1]"),
            "c.json: tensors[\"conv1\"].samples[0]: expected [index, min, max], found 2 elements");
  EXPECT_EQ(
      errorAfter("[0, -1, 2.5]", "[0, -1, 1e39]"),
      "c.json: tensors[\"conv1\"].samples[0][2]: expected a finite f32, found the number 1e+39");
  EXPECT_EQ(errorAfter("[0, -1, 2.5]", "[0, -1, 2.5], [0, -1, 2.5]"),
            "c.json: tensors[\"conv1\"].samples[1]: sample 0 is listed twice");
  EXPECT_EQ(errorAfter("[0, -1, 2.5]", "[-1, -1, 2.5]"),
            "c.json: tensors[\"conv1\"].samples[0][0]: expected a non-negative integer, found the "
            "number -1");
  EXPECT_EQ(errorAfter("[0, 1]", "[5, 1]"),
            "c.json: tensors[\"conv1\"].histogram[1][0]: expected the number of a histogram bin, "
            "found the number 5");
  EXPECT_EQ(errorAfter("[0, 1]", "[-16256, 1]"),
            "c.json: tensors[\"conv1\"].histogram[1]: bin -16256 does not ascend");
  EXPECT_EQ(errorAfter("[0, 1]", "[0, 18446744073709551615]"),
            "c.json: tensors[\"conv1\"].histogram[1]: the counts add up to more than 2^64");
  EXPECT_EQ(errorAfter("[-1, 0, 2.5]", "[-1, -1, 2.5]"),
            "c.json: tensors[\"conv1\"].values[1]: values do not ascend");
  EXPECT_EQ(errorAfter("[-1, 0, 2.5]", "[-1, \"0\", 2.5]"),
            "c.json: tensors[\"conv1\"].values[1]: expected a number, found a string");
  EXPECT_EQ(errorAfter("[-1, 0, 2.5]", "[-1, 0]"),
            "c.json: tensors[\"conv1\"]: 2 distinct values do not begin and end with the samples' "
            "range [-1, 2.5]");
}

TEST_F(CalibrationFileTest, WithoutTheKeyDistinctValuesAreTooMany) {
  std::string text = example;
  text.erase(text.find(", \"values\": [-1"), StringRef(", \"values\": [-1, 0, 2.5]").size());
  CalibrationFile file = valueOf(CalibrationFile::parse(text, "text"));
  EXPECT_FALSE(file.tensors["conv1"].distinct().get());
  EXPECT_TRUE(file.tensors["a\"b"].distinct().get());
  EXPECT_EQ(textOf(file), text);
}

TEST_F(CalibrationFileTest, NaNIsNoJson) {
  std::string error = errorAfter("\"min\": -1", "\"min\": NaN");
  EXPECT_EQ(error.rfind("c.json: [3:", 0), 0u) << error;
  EXPECT_NE(error.find("NaN and Infinity are no JSON"), std::string::npos) << error;
}

TEST_F(CalibrationFileTest, TruncatedFilesAreErrorsEverywhere) {
  StringRef text(example);
  for (size_t length = 0; length + 2 < text.size(); ++length)
    EXPECT_NE(errorOf(CalibrationFile::parse(text.take_front(length), "c.json")), "") << length;
}

TEST_F(CalibrationFileTest, FailedWriteLeavesTheOldFileAndNoOther) {
  std::string path = pathOf("c.json");
  EXPECT_EQ(errorOf(CalibrationFile().write(path)), "");
  std::string before = bytesOf(path);
  CalibrationFile file;
  std::vector<float> values;
  for (int i = 1; i < 4000; ++i)
    values.push_back(float(i));
  observe(file, "x", values, 0);
  // A limit on file size stands for the full disk: the write fails the same way.
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  auto oldHandler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small{1000, old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string error = errorOf(file.write(path));
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, oldHandler);
  EXPECT_EQ(error, path + ": cannot be written: File too large");
  EXPECT_EQ(bytesOf(path), before);
  EXPECT_EQ(filesInDirectory(), 1u);
}

TEST_F(CalibrationFileTest, UnwritablePathsAreErrors) {
  std::string absent = pathOf("absent/c.json");
  EXPECT_EQ(errorOf(CalibrationFile().write(absent)),
            absent + ": cannot be written: No such file or directory");
  std::string folder = pathOf("folder");
  ASSERT_FALSE(sys::fs::create_directory(folder));
  EXPECT_NE(errorOf(CalibrationFile().write(folder)), "");
  EXPECT_EQ(filesInDirectory(), 1u);
  CalibrationFile file;
  file.tensors["\xff"];
  EXPECT_NE(errorOf(file.write(pathOf("c.json"))).find("is not UTF-8"), std::string::npos);
}
