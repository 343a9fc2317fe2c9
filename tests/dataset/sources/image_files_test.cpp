#include "doppel/dataset/sources/image_files.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"

namespace doppel::dataset {
namespace {

TEST(ImageFiles, HaveNoLabelsAndAnyPlace) {
  const TemporaryFolder folder;
  const ImageFiles source(
      {put_image(folder.path() / "b.png"), put_image(folder.path() / "far/a.jpg", {20, 10})});
  ASSERT_EQ(source.size(), 2U);
  EXPECT_EQ(source.label(0), -1);
  EXPECT_TRUE(source.classes().empty());
  EXPECT_EQ(source.name(1), (folder.path() / "far/a.jpg").string());
  EXPECT_EQ(load(source, 1).image.size(), cv::Size(20, 10));
}

TEST(ImageFiles, BelowAFolderAreFoundAtAnyDepthInOrder) {
  const TemporaryFolder folder;
  EXPECT_EQ(ImageFiles::below(folder.path())->size(), 0U);
  for (const char* name : {"z.png", "a/b/c.png", "a/b.png"}) put_image(folder.path() / name);
  put_text(folder.path() / "a/film.mp4", "x");
  const auto source = ImageFiles::below(folder.path());
  ASSERT_EQ(source->size(), 3U);
  EXPECT_EQ(source->name(0), (folder.path() / "a/b/c.png").string());
  EXPECT_EQ(source->name(2), (folder.path() / "z.png").string());
  EXPECT_EQ(all_text(source->remarks()), "files that aren't read (.mp4): 1 (a/film.mp4)\n");
}

}  // namespace
}  // namespace doppel::dataset
