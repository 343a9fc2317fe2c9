// Rendering takes no memory from the system in its steady state.
#include <gtest/gtest.h>

#include <map>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "counter.h"
#include "doppel/augment/plan/op.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

constexpr const char* kTraining = R"(
- RandomResizedCrop: {size: [224, 224]}
- HorizontalFlip: {p: 1}
- Rotate: {p: 1}
- Perspective: {p: 1}
- ColorJitter: {p: 1}
- GaussianNoise: {p: 1}
- SaltPepper: {p: 1}
- CoarseDropout: {p: 1}
- Fog: {p: 1}
- Rain: {p: 1}
- Normalize
)";

TEST(Allocation, CountsAtAll) {
  EXPECT_GT(steady_allocations(Counted::All,
                               [] {
                                 std::vector<int> v(100);
                                 EXPECT_EQ(v.size(), 100U);
                               }),
            0);
}

TEST(Allocation, AFusedChainRendersWithoutAny) {
  cv::setNumThreads(1);
  Sample sample;
  sample.image = wavy(256, 256, 3);
  std::vector<float> tensor(224 * 224 * 3);
  const Target target{tensor.data(), {224, 224}, 3};
  const Plan plan = Recipe::from_yaml(kTraining).draw(sample, {.seed = 4});
  EXPECT_LE(steady_allocations(Counted::All, [&] { render(plan, sample.image, target); }), 0);
}

/// What a library takes for itself on every call.
long taken_by_libraries(std::string_view transform) {
  constexpr long kAny = 1000;
  static const std::map<std::string_view, long> kTaken{{"JpegCompression", kAny},  // libjpeg
                                                       {"WebpCompression", kAny},  // libwebp
                                                       {"Clahe", kAny},            // OpenCV's CLAHE
                                                       {"TextOverlay", kAny},      // its putText
                                                       {"RandomResizedCrop", 2}};  // its resize
  const auto found = kTaken.find(transform);
  return found == kTaken.end() ? 0 : found->second;
}

class EveryTransform : public testing::TestWithParam<bool> {};

TEST_P(EveryTransform, RendersWithoutAny) {
  cv::setNumThreads(1);
  Sample sample;
  sample.image = wavy(256, 256, GetParam() ? 3 : 1);
  sample.boxes = {{20, 20, 200, 180, 0}};
  int counted = 0;
  for (const auto& entry : catalogue()) {
    if (entry.family == "structure" || entry.family == "mix") continue;
    const Plan plan = Recipe{entry.make().with_chance(1)}.draw(sample, {.seed = 4});
    const Size size = plan.size();
    const auto channels = static_cast<std::size_t>(sample.image.channels());
    std::vector<float> floats(static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width) *
                              channels);
    const bool normalizes = !plan.ops.empty() && std::holds_alternative<op::Normalize>(plan.ops.back());
    const Target target{floats.data(), size, sample.image.channels(),
                        normalizes ? PixelType::F32 : PixelType::U8, Layout::HWC};
    EXPECT_LE(steady_allocations(Counted::All, [&] { render(plan, sample.image, target); }),
              taken_by_libraries(entry.name))
        << entry.name;
    ++counted;
  }
  EXPECT_GT(counted, 100);
}

INSTANTIATE_TEST_SUITE_P(, EveryTransform, testing::Values(false, true),
                         [](const auto& tested) { return tested.param ? "Colour" : "Grey"; });

// A plan is a value: its ops, and the holes of a cover, live in vectors of its own.
TEST(Allocation, DrawingAPlanTakesAFew) {
  Sample sample;
  sample.image = wavy(256, 256, 3);
  const Recipe recipe = Recipe::from_yaml(kTraining);
  std::uint64_t i = 0;
  EXPECT_LE(steady_allocations(Counted::All, [&] { recipe.draw(sample, {.seed = 4, .index = ++i}); }), 40);
}

}  // namespace
}  // namespace doppel::augment
