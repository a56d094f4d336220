// Names of targets, what their rows are found by, and what the registry refuses.

#include "nnq/Target/TargetRegistry.h"

#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include "gtest/gtest.h"

using namespace nnq;

TEST(TargetTest, FindsEachTargetByItsName) {
  for (const TargetDescription &target : allTargets()) {
    llvm::Expected<const TargetDescription *> found = lookupTarget(target.name);
    ASSERT_TRUE(bool(found));
    EXPECT_EQ(*found, &target);
  }
}

TEST(TargetTest, NativeIsATargetOfThisArchitecture) {
  llvm::Expected<const TargetDescription *> native = lookupTarget("native");
  ASSERT_TRUE(bool(native)) << llvm::toString(native.takeError());
  EXPECT_EQ(llvm::Triple((*native)->triple).getArch(),
            llvm::Triple(llvm::sys::getProcessTriple()).getArch());
}

TEST(TargetTest, AnUnknownNameIsAnErrorThatListsAllNames) {
  llvm::Expected<const TargetDescription *> found = lookupTarget("z80");
  ASSERT_FALSE(bool(found));
  std::string message = llvm::toString(found.takeError());
  EXPECT_NE(message.find("'z80'"), std::string::npos);
  for (const TargetDescription &target : allTargets())
    EXPECT_NE(message.find(target.name.str()), std::string::npos) << message;
}

TEST(TargetTest, RowsAreFoundByActivationAndEncoding) {
  for (const TargetDescription &target : allTargets()) {
    for (auto [activation, encoding] : {std::pair{"i8", "bytes"},
                                        {"i8", "nibbles"},
                                        {"i8", "crumbs"},
                                        {"i8", "codebook16"},
                                        {"i8", "codebook4"},
                                        {"i8", "signs"},
                                        {"f32", "codebook16"},
                                        {"f32", "codebook4"},
                                        {"f32", "signs"},
                                        {"i16", "bytes"},
                                        {"f32", "floats"},
                                        {"f32", "nibbles"}}) {
      const ProductRow *row = target.findRow(activation, encoding);
      ASSERT_TRUE(row) << target.name.str() << ": " << activation << " by " << encoding;
      EXPECT_EQ(row->activation, activation);
      EXPECT_EQ(row->encoding, encoding);
    }
    EXPECT_FALSE(target.findRow("i16", "nibbles")) << target.name.str();
  }
}

TEST(TargetTest, DotProductsAreFoundByTheWidthOfActivations) {
  for (const TargetDescription &target : allTargets()) {
    for (unsigned bits : {8, 16, 32})
      EXPECT_EQ(target.dotOf(bits)->activationBits, bits) << target.name.str();
    EXPECT_FALSE(target.dotOf(64)) << target.name.str();
  }
}

TEST(TargetTest, FloatsFillAVector) {
  for (const TargetDescription &target : allTargets())
    EXPECT_EQ(target.findRow("f32", "floats")->channels, target.floatLanes()) << target.name.str();
}

struct TargetRegistryTest : testing::Test {
  /// A row that x86-avx2 could have, under a name that no other test uses.
  static ProductRow goodRow() {
    ProductRow row = *(*lookupTarget("x86-avx2"))->findRow("i8", "bytes");
    row.encoding = "wonders";
    return row;
  }

  static std::string errorOf(ProductRow row, llvm::StringRef target = "x86-avx2") {
    return llvm::toString(TargetRegistry::get().addRow(target, std::move(row)));
  }

  static void expectRefused(ProductRow row, llvm::StringRef reason) {
    std::string error = errorOf(row);
    EXPECT_EQ(error, ("target 'x86-avx2' can't have this row of " + row.activation + " by " +
                      row.encoding + ": " + reason)
                         .str());
  }
};

TEST_F(TargetRegistryTest, AddsARowThatIsFoundFromThenOn) {
  const TargetDescription &target = **lookupTarget("x86-avx2");
  const ProductRow *before = target.findRow("i8", "bytes");
  ProductRow row = goodRow();
  row.encoding = "permuted-bytes";
  EXPECT_EQ(errorOf(row), "");
  EXPECT_EQ(target.findRow("i8", "permuted-bytes")->channels, row.channels);
  EXPECT_EQ(target.findRow("i8", "bytes"), before) << "rows that are there don't move";
}

TEST_F(TargetRegistryTest, RefusesARowOfAnUnknownTarget) {
  EXPECT_NE(errorOf(goodRow(), "z80")
                .find("unknown target 'z80'; there are native, x86-avx512vbmi, x86-avx512vnni"),
            std::string::npos);
}

TEST_F(TargetRegistryTest, RefusesARowTwice) {
  ProductRow row = goodRow();
  row.encoding = "bytes";
  expectRefused(row, "the target has such a row already");
}

TEST_F(TargetRegistryTest, RefusesADotProductOfOtherActivations) {
  ProductRow row = goodRow();
  row.activation = "i16";
  expectRefused(row, "its dot product takes activations of 8 bits");
}

TEST_F(TargetRegistryTest, RefusesActivationsOfTheOtherSign) {
  ProductRow row = goodRow();
  row.dot.unsignedActivations = false;
  expectRefused(row, "its dot product takes signed activations, those of the target's other rows "
                     "unsigned ones; a network's activations have one sign");
}

TEST_F(TargetRegistryTest, RefusesColumnsThatLanesDoNotFill) {
  ProductRow row = goodRow();
  row.channels = 12;
  expectRefused(row,
                "its columns of 12 channels are no multiple of the 8 lanes of its dot product");
}

TEST_F(TargetRegistryTest, RefusesTilesOfManyColumnsAlone) {
  ProductRow row = goodRow();
  row.tiles = {{6, 2}};
  expectRefused(row, "none of its tiles has one column, as a layer of few channels needs");
}

TEST_F(TargetRegistryTest, RefusesDotProductsThatCodeGenerationCannotUse) {
  ProductRow row = goodRow();
  row.dot.depth = 0;
  expectRefused(row, "its dot product has 8 lanes of 0 products; both must be at least 1");
  row = goodRow();
  row.dot.rows = 2;
  expectRefused(row, "its dot product has 2 rows by 8 lanes; tiles are made of such with one row, "
                     "or 2 by 2");
  row = goodRow();
  row.dot.emit = nullptr;
  expectRefused(row, "its dot product of integers has no function that writes it");
}

TEST_F(TargetRegistryTest, RefusesTilesThatCutADotProduct) {
  ProductRow row = goodRow();
  row.dot.rows = row.dot.lanes = 2;
  row.tiles = {{4, 1}, {3, 1}};
  expectRefused(row, "its tile 3x1 must have a multiple of the 2 rows of its dot product");
}

TEST_F(TargetRegistryTest, RefusesATargetOfATakenName) {
  TargetDescription target = **lookupTarget("x86-avx2");
  EXPECT_EQ(llvm::toString(TargetRegistry::get().addTarget(target)),
            "there is a target 'x86-avx2' already; give this one another name");
  target.name = "native";
  EXPECT_EQ(llvm::toString(TargetRegistry::get().addTarget(target)),
            "there is a target 'native' already; give this one another name");
}

TEST_F(TargetRegistryTest, RefusesVectorsThatAreNoneOfFloatsOrLargerThanMemoryIsAlignedTo) {
  TargetDescription target = **lookupTarget("x86-avx2");
  target.name = "x86-odd";
  target.vectorBits = 80;
  EXPECT_EQ(llvm::toString(TargetRegistry::get().addTarget(target)),
            "target 'x86-odd' has vectors of 80 bits; they must be a multiple of 32, a float's");
  target.vectorBits = 1024;
  EXPECT_EQ(llvm::toString(TargetRegistry::get().addTarget(target)),
            "target 'x86-odd' has vectors of 1024 bits; memory is aligned for 512 at most");
}

TEST_F(TargetRegistryTest, RefusesATripleOfAnotherFamily) {
  TargetDescription target = **lookupTarget("x86-avx2");
  target.name = "x86-odd";
  target.triple = "aarch64-unknown-linux-gnu";
  EXPECT_EQ(
      llvm::toString(TargetRegistry::get().addTarget(target)),
      "target 'x86-odd' has the triple aarch64-unknown-linux-gnu, which is none of the family "
      "x86");
}

TEST_F(TargetRegistryTest, ATargetComesWithRowsThatAreCheckedToo) {
  TargetDescription target = **lookupTarget("x86-avx2");
  target.name = "x86-copy";
  target.rows.front().channels = 12;
  EXPECT_EQ(
      llvm::toString(TargetRegistry::get().addTarget(target)),
      "target 'x86-copy' can't have this row of i8 by bytes: its columns of 12 channels are no "
      "multiple of the 8 lanes of its dot product");
  EXPECT_NE(llvm::toString(lookupTarget("x86-copy").takeError()), "");
  target.rows.front().channels = 16;
  EXPECT_EQ(llvm::toString(TargetRegistry::get().addTarget(target)), "");
  EXPECT_EQ((*lookupTarget("x86-copy"))->findRow("i8", "bytes")->channels, 16);
}
