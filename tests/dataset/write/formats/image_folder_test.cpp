#include <gtest/gtest.h>

#include "doppel/codec/picture.h"
#include "written.h"

namespace doppel::dataset {
namespace {

using Paths = std::vector<std::string>;

TEST(ImageFolderFormat, PutsAPictureIntoItsClassesFolder) {
  augment::Sample sample = plain_picture();
  sample.label = 1;
  const Written written(DataFormat::ImageFolder, sample, {"cat", "dog"});
  EXPECT_EQ(written.paths(), Paths{"train/dog/sample_0.png"});
  EXPECT_EQ(cv::norm(read_picture(written.out() / "train/dog/sample_0.png"), sample.image, cv::NORM_INF), 0);
}

TEST(ImageFolderFormat, NamesStayInsideTheFolderAndApart) {
  augment::Sample sample = plain_picture();
  sample.label = 1;
  EXPECT_EQ(Written(DataFormat::ImageFolder, sample, {"a_b", "a/b"}).paths(),
            Paths{"train/a_b-2/sample_0.png"});
  sample.label = 0;
  EXPECT_EQ(Written(DataFormat::ImageFolder, sample, {".."}).paths(), Paths{"train/_../sample_0.png"});
}

}  // namespace
}  // namespace doppel::dataset
