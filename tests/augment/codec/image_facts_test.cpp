#include "doppel/codec/image_facts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/codec/stored_images.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel {
namespace {

TEST(ImageFacts, AreWhatOtherProgramsSay) {
  for (const StoredImage& image : stored_images()) {
    if (image.name.ends_with(":grey")) continue;
    ImageFacts facts;
    const std::string problem = error_of([&] { facts = facts_of(image.bytes); });
    if (lacks_plugin(problem)) continue;
    ASSERT_EQ(problem, "") << image.name;
    EXPECT_EQ(facts.kind, image_kind(image.bytes)) << image.name;
    EXPECT_EQ(facts.size, image.pixels.size()) << image.name;
    EXPECT_EQ(facts.channels, image.pixels.channels()) << image.name;
    EXPECT_EQ(facts.has_alpha, image.pixels.channels() == 4) << image.name;
    EXPECT_EQ(facts.bits, image.bits) << image.name;
    EXPECT_EQ(facts.orientation, image.orientation) << image.name;
    EXPECT_EQ(facts.frames, image.frames) << image.name;
  }
}

TEST(ImageFacts, AreKnownOfImagesThatCannotBeDecoded) {
  const ImageFacts facts = facts_of(stored_bytes("floating.tif"));
  EXPECT_EQ(facts.size, cv::Size(7, 5));
  EXPECT_EQ(facts.bits, 32);
}

TEST(ImageFacts, RefuseWhatIsNoImageOrTooLarge) {
  EXPECT_THROW(facts_of({}), Error);
  EXPECT_THROW(facts_of(std::vector<unsigned char>(100, 7)), Error);
  for (const StoredImage& image : stored_images())
    EXPECT_THROW(facts_of(image.bytes, {.max_pixels = 34}), Error);
}

TEST(ImageFacts, ATiffWhoseDirectoriesRunInACircleEnds) {
  std::vector<unsigned char> bytes = stored_bytes("pages.tif");
  const auto number = [&](std::size_t at, std::size_t count) {
    std::size_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | bytes[at + i];
    return value;
  };
  const std::size_t first = number(4, 4), link = first + 2 + 12 * number(first, 2);
  std::copy_n(bytes.begin() + 4, 4, bytes.begin() + static_cast<std::ptrdiff_t>(link));
  EXPECT_GE(facts_of(bytes).frames, 1);
}

}  // namespace
}  // namespace doppel
