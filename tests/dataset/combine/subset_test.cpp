#include "doppel/dataset/combine/subset.h"

#include <gtest/gtest.h>

#include "dataset/levels.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(Subset, HasTheSamplesThatWereNamedInTheirOrder) {
  const Subset some(levels(10, 0), {7, 2, 7});
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(level_of(some, 0), 7);
  EXPECT_EQ(level_of(some, 1), 2);
  EXPECT_EQ(level_of(some, 2), 7);
  EXPECT_EQ(some.label(1), 0);
  EXPECT_EQ(some.name(0), "sample 7");
  EXPECT_EQ(some.classes().size(), 2U);
  some.prepare(2);
  EXPECT_EQ(Subset(levels(10, 0), {}).size(), 0U);
}

TEST(Subset, RefusesWhatIsntThere) {
  EXPECT_THROW(Subset(levels(10, 0), {3, 10}), UsageError);
  EXPECT_NE(error_of([] { Subset(levels(10, 0), {10}); }).find("sample 10 of 10"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
