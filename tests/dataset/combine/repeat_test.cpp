#include "doppel/dataset/combine/repeat.h"

#include <gtest/gtest.h>

#include "dataset/levels.h"
#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

TEST(RepeatedSource, ComesRoundAgain) {
  const Repeat thrice(levels(4, 10), 3);
  ASSERT_EQ(thrice.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(level_of(thrice, i), 10 + static_cast<int>(i % 4));
    EXPECT_EQ(thrice.label(i), static_cast<int>(i % 2));
    EXPECT_EQ(thrice.name(i), "sample " + std::to_string(i % 4));
  }
  EXPECT_EQ(Repeat(levels(4, 10), 1).size(), 4U);
  EXPECT_EQ(Repeat(levels(0, 0), 5).size(), 0U);
  EXPECT_THROW(Repeat(levels(4, 10), 0), UsageError);
}

}  // namespace
}  // namespace doppel::dataset
