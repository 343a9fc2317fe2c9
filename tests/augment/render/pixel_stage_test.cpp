#include "render/pixel_stage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace doppel::augment {
namespace {

TEST(PixelStage, SomeOpsAskAboutTheWholeImage) {
  for (const Op& op : {Op(op::Contrast{}), Op(op::Exposure{}), Op(op::Rain{}),
                       Op(op::Cover{{}, CoverFill::Mean}), Op(op::Normalize{.per_image = true})})
    EXPECT_EQ(need_of(op), ImageNeed::Means) << name_of(op);
  for (const Op& op :
       {Op(op::AutoContrast{}), Op(op::Equalize{}), Op(op::MatchHistogram{}), Op(op::PlasmaFog{})})
    EXPECT_EQ(need_of(op), ImageNeed::Histogram) << name_of(op);
  for (const Op& op : {Op(op::Cover{}), Op(op::Normalize{}), Op(op::Gamma{}), Op(op::Fog{}), Op(op::Noise{})})
    EXPECT_EQ(need_of(op), ImageNeed::Nothing) << name_of(op);
}

template <std::size_t I = 0>
void check_that_pixel_ops_have_stages(const StageContext& context) {
  if constexpr (I < std::variant_size_v<AnyOp>) {
    const Op op{std::variant_alternative_t<I, AnyOp>{}};
    // MatchHistogram has nothing to match yet.
    const bool none =
        std::holds_alternative<op::Normalize>(op) || std::holds_alternative<op::MatchHistogram>(op);
    if (kind_of(op) == OpKind::Pixel) { EXPECT_EQ(make_stage(op, context) == nullptr, none) << name_of(op); }
    if (kind_of(op) == OpKind::Geometry) { EXPECT_EQ(make_stage(op, context), nullptr) << name_of(op); }
    check_that_pixel_ops_have_stages<I + 1>(context);
  }
}

TEST(PixelStage, EveryPixelOpHasOneButThoseThatDoNothing) {
  std::pmr::monotonic_buffer_resource memory;
  const ImageStats stats;
  check_that_pixel_ops_have_stages({{16, 20}, 3, stats, &memory});
  const StageContext grey{{16, 20}, 1, stats, &memory};
  EXPECT_EQ(make_stage(op::Hsv{.turn = 0.2, .gain = 2}, grey), nullptr);  // grey has no hue
  EXPECT_NE(make_stage(op::Hsv{.value = 0.2}, grey), nullptr);
  EXPECT_EQ(make_stage(op::Stain{}, grey), nullptr);
}

TEST(PixelStage, LumaIsRec601s) {
  ImageStats stats;
  stats.mean = {0.1, 0.5, 0.9};
  EXPECT_NEAR(stats.luma(3), 0.299 * 0.1 + 0.587 * 0.5 + 0.114 * 0.9, 1e-12);
  EXPECT_EQ(stats.luma(1), 0.1);
}

TEST(PixelStage, ScratchRowsAreOnePerSlotAndThread) {
  float* first = scratch_row(0, 100);
  std::fill_n(first, 100 + kScratchPadding, 5.F);
  std::fill_n(scratch_row(1, 100), 100 + kScratchPadding, 6.F);
  EXPECT_EQ(scratch_row(0, 50), first);  // less fits, too
  EXPECT_EQ(first[99 + kScratchPadding], 5);
  std::thread([&] { EXPECT_NE(scratch_row(0, 100), first); }).join();
}

}  // namespace
}  // namespace doppel::augment
