#include "nnq/Quantization/MomentsFile.h"
#include "DirectoryTest.h"
#include "ExpectedMatchers.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <algorithm>
#include <csignal>
#include <sys/resource.h>

using namespace nnq;
using namespace nnq::test;
using namespace llvm;

namespace {

class MomentsFileTest : public DirectoryTest {
protected:
  std::string bytesOf(StringRef name) const {
    auto buffer = MemoryBuffer::getFile(pathOf(name), false, false);
    return buffer ? (*buffer)->getBuffer().str() : "cannot be read";
  }
  void writeBytes(StringRef name, StringRef bytes) const {
    std::error_code code;
    raw_fd_ostream(pathOf(name), code) << bytes;
    ASSERT_FALSE(code);
  }

  /// What layer `layer` reads in one sample.
  static InputMoments momentsOf(int64_t layer, uint64_t sample, float scale = 0.5f) {
    InputMoments moments(2 + layer, 2, scale);
    std::vector<float> reals;
    std::vector<int16_t> codes;
    for (int64_t i = 0; i < 3 * moments.inputs(); ++i) {
      codes.push_back(static_cast<int16_t>((sample * 37 + i * 11) % 200));
      reals.push_back(static_cast<float>(codes.back()) * scale + 0.01f * float(i));
    }
    EXPECT_EQ(errorOf(moments.add(reals, codes)), "");
    return moments;
  }
  /// Writes the moments of two layers over some samples.
  std::string write(StringRef name, std::vector<uint64_t> samples, float scale = 0.5f) const {
    MomentsWriter writer = cantFail(MomentsWriter::create(pathOf(name), samples));
    for (int64_t layer : {0, 1}) {
      InputMoments sum(2 + layer, 2, scale);
      for (uint64_t sample : samples)
        EXPECT_EQ(errorOf(sum.merge(momentsOf(layer, sample, scale))), "");
      EXPECT_EQ(errorOf(writer.add(layer ? "a" : "conv \"1\"", sum)), "");
    }
    EXPECT_EQ(errorOf(writer.commit()), "");
    return pathOf(name);
  }
};

} // namespace

TEST_F(MomentsFileTest, ReadsWhatItWrites) {
  MomentsFile file = cantFail(MomentsFile::open(write("m", {2, 7})));
  EXPECT_EQ(file.samples(), (ArrayRef<uint64_t>{2, 7}));
  EXPECT_EQ(file.layers(), (std::vector<std::string>{"conv \"1\"", "a"}));
  EXPECT_TRUE(file.contains("a"));
  EXPECT_FALSE(file.contains("b"));
  InputMoments expected = momentsOf(1, 2);
  EXPECT_EQ(errorOf(expected.merge(momentsOf(1, 7))), "");
  EXPECT_TRUE(valueOf(file.load("a")) == expected);
  EXPECT_EQ(errorOf(file.load("b")), pathOf("m") + ": has no moments of layer 'b'");
}

TEST_F(MomentsFileTest, WritesTheDocumentedFormat) {
  MomentsWriter writer = cantFail(MomentsWriter::create(pathOf("m"), {0, 3}));
  InputMoments moments = momentsOf(0, 0);
  std::string section;
  raw_string_ostream os(section);
  moments.write(os);
  EXPECT_EQ(errorOf(writer.add("fc", moments)), "");
  EXPECT_EQ(errorOf(writer.commit()), "");
  std::string expected =
      "{\"nnq-moments\":1,\"samples\":[0,3]}\n\"fc\"\n" + section + "{\"layers\":1}\n";
  EXPECT_EQ(bytesOf("m"), expected);
  EXPECT_TRUE(StringRef(expected).starts_with(MomentsFile::magic));
}

TEST_F(MomentsFileTest, ShardsInAnyOrderAreTheWhole) {
  write("whole", {0, 1, 2, 3, 4});
  std::vector<std::string> shards{write("0", {0, 3}), write("1", {1, 2}), write("2", {4})};
  do {
    EXPECT_EQ(errorOf(MomentsFile::merge(shards, pathOf("merged"))), "");
    EXPECT_EQ(bytesOf("merged"), bytesOf("whole"));
  } while (std::next_permutation(shards.begin(), shards.end()));
}

TEST_F(MomentsFileTest, AFileMayBeReplacedByItsSum) {
  std::string first = write("0", {0}), second = write("1", {1});
  EXPECT_EQ(errorOf(MomentsFile::merge({first, second}, first)), "");
  write("whole", {0, 1});
  EXPECT_EQ(bytesOf("0"), bytesOf("whole"));
}

TEST_F(MomentsFileTest, WhatDoesNotAddUpIsRefused) {
  std::string first = write("0", {0, 5}), second = write("1", {5, 6}), other = write("2", {7}, 2);
  auto errorOfMerge = [&](const std::string &a, const std::string &b) {
    return errorOf(MomentsFile::merge({a, b}, pathOf("merged")));
  };
  EXPECT_EQ(errorOfMerge(first, second),
            "sample 5 is in both " + first + " and " + second +
                "; number the samples of each shard by their place in the whole");
  EXPECT_EQ(errorOfMerge(first, first).find("sample 0 is in both "), 0u);
  EXPECT_EQ(errorOfMerge(first, other),
            other +
                ": layer 'conv \"1\"': moments of 2 inputs in sections of 2 with scale 2 do not "
                "add to those of 2, 2 and 0.5; take the moments of all shards with the same "
                "statistics");
  MomentsWriter writer = cantFail(MomentsWriter::create(pathOf("3"), {8}));
  EXPECT_EQ(errorOf(writer.add("a", momentsOf(1, 8))), "");
  EXPECT_EQ(errorOf(writer.commit()), "");
  EXPECT_EQ(errorOfMerge(first, pathOf("3")),
            pathOf("3") + ": has other layers than " + first + "; join shards of one network");
  EXPECT_EQ(filesInDirectory(), 4u);
}

TEST_F(MomentsFileTest, EachBadFileHasOneClearError) {
  EXPECT_EQ(errorOf(MomentsFile::open(pathOf("m"))),
            pathOf("m") + ": cannot be read: No such file or directory");
  auto errorOfBytes = [&](const std::string &bytes) {
    writeBytes("m", bytes);
    std::string error = errorOf(MomentsFile::open(pathOf("m")));
    StringRef message = error;
    EXPECT_TRUE(message.empty() || message.consume_front(pathOf("m") + ": ")) << error;
    return message.str();
  };
  std::string no = "is no file of moments of version 1, as nnq calibrate --moments writes it";
  EXPECT_EQ(errorOfBytes(""), no);
  EXPECT_EQ(errorOfBytes("{\"nnq-calibration\": 1}"), no);
  EXPECT_EQ(errorOfBytes("{\"nnq-moments\":2,\"samples\":[]}\n"), no);
  for (const char *samples : {"3", "[1.5]", "[-1]", "[2,1]", "[1,1]"})
    EXPECT_EQ(errorOfBytes("{\"nnq-moments\":1,\"samples\":" + std::string(samples) + "}\n"),
              "needs \"samples\", an array of ascending numbers");
  std::string start = "{\"nnq-moments\":1,\"samples\":[0]}\n",
              section = "\"a\"\n{\"sectionWidth\":1,\"columns\":1,\"inputs\":1,\"scale\":1}\n" +
                        std::string(32, '\0');
  EXPECT_EQ(errorOfBytes(start + section + "{\"layers\":1}\n"), "");
  EXPECT_EQ(errorOfBytes(start + section), "ends early, or is damaged behind 1 layers");
  EXPECT_EQ(errorOfBytes(start + section + "{\"layers\":2}\n"),
            "does not hold as many layers as its last line says");
  EXPECT_EQ(errorOfBytes(start + section + "{\"layers\":1}\n{}"),
            "does not hold as many layers as its last line says");
  EXPECT_EQ(errorOfBytes(start + section + section), "has layer 'a' twice");
  EXPECT_EQ(errorOfBytes((start + section).substr(0, start.size() + section.size() - 1)),
            "layer 'a' has 31 bytes of sums instead of 32");
  section.back() = '\xff';
  EXPECT_EQ(errorOfBytes(start + section + "{\"layers\":1}\n"), "");
  EXPECT_EQ(errorOf(MomentsFile::open(pathOf("m"))->load("a")),
            pathOf("m") + ": layer 'a' holds a sum that is no integer below 2^53");
}

TEST_F(MomentsFileTest, TruncatedFilesAreErrorsEverywhere) {
  write("m", {0});
  std::string bytes = bytesOf("m");
  for (size_t length = 0; length < bytes.size() - 1; ++length) {
    writeBytes("m", StringRef(bytes).take_front(length));
    EXPECT_NE(errorOf(MomentsFile::open(pathOf("m"))), "") << length;
  }
}

TEST_F(MomentsFileTest, WhatIsNotCommittedLeavesNoFile) {
  {
    MomentsWriter writer = cantFail(MomentsWriter::create(pathOf("m"), {0}));
    EXPECT_EQ(errorOf(writer.add("a", momentsOf(0, 0))), "");
    EXPECT_NE(errorOf(writer.add("\xff", momentsOf(0, 0))).find("is not UTF-8"), std::string::npos);
    EXPECT_EQ(filesInDirectory(), 1u);
  }
  EXPECT_EQ(filesInDirectory(), 0u);
  EXPECT_EQ(errorOf(MomentsWriter::create(pathOf("absent/m"), {})),
            pathOf("absent/m") + ": cannot be written: No such file or directory");
}

TEST_F(MomentsFileTest, AFullDiskLeavesTheOldFileAndNoOther) {
  std::string path = write("m", {0}), before = bytesOf("m");
  // A limit on file size stands for the full disk: the write fails the same way.
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  auto oldHandler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small{1000, old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    MomentsWriter writer = cantFail(MomentsWriter::create(path, {1}));
    EXPECT_EQ(errorOf(writer.add("a", InputMoments(20, 20, 1))),
              path + ": cannot be written: File too large");
  }
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, oldHandler);
  EXPECT_EQ(bytesOf("m"), before);
  EXPECT_EQ(filesInDirectory(), 1u);
}
