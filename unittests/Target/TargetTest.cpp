// Names of targets, and what holds for every row of the table.

#include "nnq/Target/Target.h"

#include "llvm/ADT/STLExtras.h"

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
#ifdef __x86_64__
  EXPECT_TRUE((*native)->isX86());
#else
  EXPECT_FALSE((*native)->isX86());
#endif
}

TEST(TargetTest, AnUnknownNameIsAnErrorThatListsAllNames) {
  llvm::Expected<const TargetDescription *> found = lookupTarget("z80");
  ASSERT_FALSE(bool(found));
  std::string message = llvm::toString(found.takeError());
  EXPECT_NE(message.find("'z80'"), std::string::npos);
  for (const TargetDescription &target : allTargets())
    EXPECT_NE(message.find(target.name.str()), std::string::npos) << message;
}

TEST(TargetTest, BlocksAreMultiplesOfTheDotProduct) {
  for (const TargetDescription &target : allTargets()) {
    EXPECT_EQ(target.outputBlock % target.dot.lanes, 0) << target.name.str();
    EXPECT_EQ(target.outputBlock % target.floatLanes(), 0) << target.name.str();
    for (TileShape tile : llvm::concat<const TileShape>(target.tiles, target.nibbleTiles))
      EXPECT_EQ(tile.rows % target.dot.rows, 0)
          << target.name.str() << ": " << tile.rows << "x" << tile.columns;
    EXPECT_EQ(target.outputBlock % target.wordDot.lanes, 0) << target.name.str();
    for (TileShape tile : target.wordTiles)
      EXPECT_EQ(tile.rows % target.wordDot.rows, 0)
          << target.name.str() << ": " << tile.rows << "x" << tile.columns;
  }
}

TEST(TargetTest, DotProductsAreFoundByTheWidthOfActivations) {
  for (const TargetDescription &target : allTargets())
    for (unsigned bits : {8, 16})
      EXPECT_EQ(target.dotOf(bits).activationBits, bits) << target.name.str();
}

TEST(TargetTest, SomeTileHasOneColumn) {
  auto hasOneColumn = [](llvm::ArrayRef<TileShape> tiles) {
    for (TileShape tile : tiles)
      if (tile.columns == 1)
        return true;
    return false;
  };
  for (const TargetDescription &target : allTargets()) {
    EXPECT_TRUE(hasOneColumn(target.tiles)) << target.name.str();
    EXPECT_TRUE(hasOneColumn(target.nibbleTiles)) << target.name.str();
    EXPECT_TRUE(hasOneColumn(target.wordTiles)) << target.name.str();
    EXPECT_TRUE(hasOneColumn(target.floatTiles)) << target.name.str();
  }
}
