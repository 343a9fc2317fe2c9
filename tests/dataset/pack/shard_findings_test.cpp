#include "pack/shard_findings.h"

#include <gtest/gtest.h>

#include "doppel/base/error.h"

namespace doppel::dataset::pack {
namespace {

ShardFindings some_findings(std::uint32_t shard) {
  ShardFindings f{shard, 2, shard == 1, std::uint64_t{1} << 40, {"a.jpg: cut off"}, {}, {}};
  f.sums.add({1.0 / 3, 2, 3, 4}, {5, 6, 7, 8}, 3, 100);
  f.shown.push_back({{~std::uint64_t{0}, 7, {}}, "caf\xe9.jpg", -1});
  f.shown.back().print.thumbnail[255] = 200;
  return f;
}

TEST(ShardFindings, GoToAnotherProcessAndBack) {
  const std::string text = text_of({some_findings(1), some_findings(2)});
  const auto back = findings_of(text);
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(text_of(back), text);
  EXPECT_EQ(back[0].sums.sums[0], 1.0 / 3 * 100);
  EXPECT_EQ(back[1].shown[0].print.content, ~std::uint64_t{0});
  EXPECT_EQ(back[1].shown[0].print.thumbnail[255], 200);
  EXPECT_EQ(back[1].shown[0].name, "caf\xe9.jpg");
  EXPECT_EQ(back[0].bytes, std::uint64_t{1} << 40);
}

TEST(ShardFindings, DamageIsAnError) {
  const std::string text = text_of({some_findings(1)});
  for (std::size_t size = 0; size < text.size(); size += 7)
    EXPECT_THROW(findings_of(text.substr(0, size)), Error) << size;
}

TEST(ShardFindings, SumsOfShardsAreThoseOfAll) {
  PixelSums all, first, second;
  first.add({10, 20, 30, 0}, {100, 400, 900, 0}, 3, 50);
  second.add({20, 20, 60, 0}, {400, 400, 3600, 0}, 3, 150);
  all.add(first);
  all.add(second);
  PackReport report;
  all.write(report);
  ASSERT_EQ(report.mean.size(), 3U);
  EXPECT_NEAR(report.mean[0], 17.5 / 255, 1e-12);
  second.add({1, 0, 0, 0}, {1, 0, 0, 0}, 1, 1);
  all.add(second);
  PackReport mixed;
  all.write(mixed);
  EXPECT_TRUE(mixed.mean.empty());
}

}  // namespace
}  // namespace doppel::dataset::pack
