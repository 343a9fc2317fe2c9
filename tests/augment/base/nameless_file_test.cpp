#include "doppel/base/nameless_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace doppel {
namespace {

TEST(NamelessFile, GivesBackWhatWasWritten) {
  const NamelessFile file;
  ASSERT_TRUE(file.is_open());
  EXPECT_GT(file.free_space(), 0U);
  const std::vector<unsigned char> bytes{1, 2, 3, 4};
  EXPECT_TRUE(file.write(1000, bytes));
  std::vector<unsigned char> back(4);
  EXPECT_TRUE(file.read(1000, back));
  EXPECT_EQ(back, bytes);
  EXPECT_FALSE(file.read(1001, back)) << "beyond the end";
  EXPECT_TRUE(file.read(996, back)) << "what was never written is zeros";
  EXPECT_EQ(back, std::vector<unsigned char>(4));
}

TEST(NamelessFile, SaysWhereItCantBe) {
  ::setenv("TMPDIR", "/nowhere/at/all", 1);
  const NamelessFile file;
  ::unsetenv("TMPDIR");
  EXPECT_FALSE(file.is_open());
  EXPECT_EQ(file.free_space(), 0U);
  std::vector<unsigned char> one(1);
  EXPECT_FALSE(file.write(0, one));
  EXPECT_FALSE(file.read(0, one));
}

}  // namespace
}  // namespace doppel
