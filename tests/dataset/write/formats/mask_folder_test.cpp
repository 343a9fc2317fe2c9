#include <gtest/gtest.h>

#include <algorithm>

#include "doppel/codec/png.h"
#include "written.h"

namespace doppel::dataset {
namespace {

cv::Mat mask_of(const Written& written) {
  return decode_mask(read_file(written.out() / "masks/train/sample_0.png"));
}

TEST(MaskFolderFormat, PutsAMaskOfClassNumbersBesideTheImage) {
  augment::Sample sample = plain_image();
  cv::Mat mask(20, 40, CV_8U, cv::Scalar(0));
  mask.row(3).setTo(4);
  sample.masks = {mask};
  const Written written(DataFormat::MaskFolder, sample, {});
  EXPECT_EQ(written.paths(),
            (std::vector<std::string>{"images/train/sample_0.png", "masks/train/sample_0.png"}));
  EXPECT_EQ(cv::norm(mask_of(written), mask, cv::NORM_INF), 0);
}

TEST(MaskFolderFormat, InstancesBecomeTheirClassesAfterBackground) {
  const augment::Sample sample = image_with_instance();
  const Written written(DataFormat::MaskFolder, sample, {"cat", "dog"});
  EXPECT_EQ(cv::norm(mask_of(written), 2 * sample.masks[0], cv::NORM_INF), 0);
  EXPECT_TRUE(written.says("0 is background, k + 1 is class k"));
}

}  // namespace
}  // namespace doppel::dataset
