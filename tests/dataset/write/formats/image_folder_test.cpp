#include <gtest/gtest.h>

#include "doppel/codec/image.h"
#include "written.h"

namespace doppel::dataset {
namespace {

using Paths = std::vector<std::string>;

TEST(ImageFolderFormat, PutsAnImageIntoItsClassesFolder) {
  augment::Sample sample = plain_image();
  sample.label = 1;
  const Written written(DataFormat::ImageFolder, sample, {"cat", "dog"});
  EXPECT_EQ(written.paths(), Paths{"train/dog/sample_0.png"});
  EXPECT_EQ(cv::norm(read_image(written.out() / "train/dog/sample_0.png"), sample.image, cv::NORM_INF), 0);
}

TEST(ImageFolderFormat, NamesStayInsideTheFolderAndApart) {
  augment::Sample sample = plain_image();
  sample.label = 1;
  EXPECT_EQ(Written(DataFormat::ImageFolder, sample, {"a_b", "a/b"}).paths(),
            Paths{"train/a_b-2/sample_0.png"});
  sample.label = 0;
  EXPECT_EQ(Written(DataFormat::ImageFolder, sample, {".."}).paths(), Paths{"train/_../sample_0.png"});
}

}  // namespace
}  // namespace doppel::dataset
