#include "doppel/dataset/combine/mix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "dataset/levels.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(Mix, AnyPlaceHoldsEachSourcesShareToWithinOne) {
  const Mix mix({levels(32, 0), levels(20, 100), levels(5, 200)}, std::vector<double>{3, 1, 0.5}, 5000);
  ASSERT_EQ(mix.size(), 5000U);
  std::vector<int> from(3);
  for (std::size_t i = 0; i < 5000; ++i) {
    const std::size_t source = mix.source_of(i);
    ++from[source];
    EXPECT_EQ(level_of(mix, i) / 100, static_cast<int>(source)) << i;
    if (i % 1000 == 999) {
      EXPECT_NEAR(from[0], (i + 1) * 3 / 4.5, 1.01 * double(i + 1) / 1000);
      EXPECT_NEAR(from[2], (i + 1) * 0.5 / 4.5, 1.01 * double(i + 1) / 1000);
    }
  }
}

TEST(Mix, EachSourcesSamplesComeInTurn) {
  const Mix mix({levels(7, 0), levels(3, 100)}, std::vector<double>{1, 1}, 100);
  std::map<int, int> seen;
  for (std::size_t i = 0; i < 100; ++i) ++seen[level_of(mix, i)];
  EXPECT_EQ(seen.size(), 10U);
  for (const auto& [level, count] : seen) EXPECT_NEAR(count, level < 100 ? 50.0 / 7 : 50.0 / 3, 1) << level;
  EXPECT_EQ(Mix({levels(7, 0), levels(3, 100)}, std::vector<double>{1, 1}).size(), 10U);
  EXPECT_EQ(mix.label(0), mix.read(0).sample.label);
}

TEST(Mix, RefusesWeightsThatAreNone) {
  const SourcePtr one = levels(3, 0);
  EXPECT_THROW(Mix({one}, std::vector<double>{0}), UsageError);
  EXPECT_THROW(Mix({one}, std::vector<double>{1, 2}), UsageError);
  EXPECT_THROW(Mix({one, one}, std::vector<double>{1, -1}), UsageError);
  EXPECT_THROW(Mix({one, one}, std::vector<double>{1, NAN}), UsageError);
  EXPECT_NE(error_of([&] { Mix({one, levels(0, 0)}, std::vector<double>{1, 1}); }).find("source 1 is empty"),
            std::string::npos);
  EXPECT_EQ(Mix({one, levels(0, 0)}, std::vector<double>{1, 0}).size(), 3U);
}

}  // namespace
}  // namespace doppel::dataset
