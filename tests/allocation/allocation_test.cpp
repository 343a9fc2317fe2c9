// Rendering takes no memory from the system in its steady state. Counts every call of malloc and its kin by
// standing in for them, which is why it's a program of its own.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/catalogue.h"
#include "doppel/augment/op.h"
#include "doppel/augment/recipe.h"
#include "doppel/augment/render.h"

namespace {
std::atomic<long> allocations{0};
}

// glibc's own names for what these stand in for.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
  ++allocations;
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
  ++allocations;
  *out = __libc_memalign(alignment, size);
  return *out ? 0 : ENOMEM;
}
}

namespace doppel::augment {
namespace {

/// Allocations of one call, after a few to warm up: the fewest of several, since OpenCV and the system may
/// take some at any time.
template <class F>
long steady_allocations(const F& f) {
  for (int i = 0; i < 4; ++i) f();
  long fewest = 1L << 40;
  for (int i = 0; i < 5; ++i) {
    const long before = allocations;
    f();
    fewest = std::min(fewest, allocations - before);
  }
  return fewest;
}

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
  EXPECT_GT(steady_allocations([] {
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
  EXPECT_LE(steady_allocations([&] { render(plan, sample.image, target); }), 0);
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
    EXPECT_LE(steady_allocations([&] { render(plan, sample.image, target); }), taken_by_libraries(entry.name))
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
  EXPECT_LE(steady_allocations([&] { recipe.draw(sample, {.seed = 4, .index = ++i}); }), 40);
}

}  // namespace
}  // namespace doppel::augment
