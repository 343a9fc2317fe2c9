// Rendering takes no memory from the system in its steady state. Counts every call of malloc and its kin by
// standing in for them, which is why it's a program of its own.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
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

TEST(Allocation, TransformsThatUseOurOwnLoopsRenderWithoutAny) {
  cv::setNumThreads(1);
  Sample sample;
  sample.image = wavy(200, 200, 3);
  std::vector<unsigned char> bytes(200 * 200 * 3);
  const Target target{bytes.data(), {200, 200}, 3, PixelType::U8, Layout::HWC};
  for (const char* name : {"HorizontalFlip", "VerticalFlip",  "Rotate",
                           "Affine",         "Perspective",   "RandomResizedCrop",
                           "Brightness",     "Contrast",      "ColorShift",
                           "ColorJitter",    "Hue",           "Gamma",
                           "ToneCurve",      "Negative",      "Solarize",
                           "Posterize",      "Equalize",      "AutoContrast",
                           "Gray",           "Sepia",         "ChannelShuffle",
                           "PcaLighting",    "GaussianNoise", "UniformNoise",
                           "LaplaceNoise",   "SpeckleNoise",  "ShotNoise",
                           "SaltPepper",     "IsoNoise",      "RowNoise",
                           "PixelDropout",   "CoarseDropout", "GridDropout",
                           "Rain",           "Snow",          "Fog",
                           "Shadow",         "Illumination",  "GaussianBlur",
                           "BoxBlur",        "MotionBlur",    "DefocusBlur",
                           "ZoomBlur",       "GlassBlur",     "AnisotropicBlur",
                           "MedianBlur",     "Sharpen",       "UnsharpMask",
                           "Emboss"}) {
    const std::string text =
        name == std::string("GridDropout") ? "- GridDropout: {p: 1}" : std::string("- ") + name + ": {p: 1}";
    Recipe recipe;
    try {
      recipe = Recipe::from_yaml(text);
    } catch (const std::exception&) { continue; }
    const Plan plan = recipe.draw(sample, {.seed = 4});
    if (plan.size() != target.size) continue;
    // OpenCV's resize takes two buffers of its own.
    const long theirs = name == std::string("RandomResizedCrop") ? 2 : 0;
    EXPECT_LE(steady_allocations([&] { render(plan, sample.image, target); }), theirs) << name;
  }
}

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
