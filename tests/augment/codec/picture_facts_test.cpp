#include "doppel/codec/picture_facts.h"

#include <gtest/gtest.h>

#include "augment/codec/stored_pictures.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel {
namespace {

TEST(PictureFacts, AreWhatOtherProgramsSay) {
  for (const StoredPicture& picture : stored_pictures()) {
    if (picture.name.ends_with(":grey")) continue;
    PictureFacts facts;
    const std::string problem = error_of([&] { facts = facts_of(picture.bytes); });
    if (lacks_plugin(problem)) continue;
    ASSERT_EQ(problem, "") << picture.name;
    EXPECT_EQ(facts.kind, picture_kind(picture.bytes)) << picture.name;
    EXPECT_EQ(facts.size, picture.pixels.size()) << picture.name;
    EXPECT_EQ(facts.channels, picture.pixels.channels()) << picture.name;
    EXPECT_EQ(facts.has_alpha, picture.pixels.channels() == 4) << picture.name;
    EXPECT_EQ(facts.bits, picture.bits) << picture.name;
    EXPECT_EQ(facts.orientation, picture.orientation) << picture.name;
    EXPECT_EQ(facts.frames, picture.frames) << picture.name;
  }
}

TEST(PictureFacts, AreKnownOfPicturesThatCannotBeDecoded) {
  const PictureFacts facts = facts_of(stored_bytes("floating.tif"));
  EXPECT_EQ(facts.size, cv::Size(7, 5));
  EXPECT_EQ(facts.bits, 32);
}

TEST(PictureFacts, RefuseWhatIsNoPictureOrTooLarge) {
  EXPECT_THROW(facts_of({}), Error);
  EXPECT_THROW(facts_of(std::vector<unsigned char>(100, 7)), Error);
  for (const StoredPicture& picture : stored_pictures()) EXPECT_THROW(facts_of(picture.bytes, 34), Error);
}

TEST(PictureFacts, ATiffWhoseDirectoriesRunInACircleEnds) {
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
