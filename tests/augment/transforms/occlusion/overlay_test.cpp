#include "doppel/augment/transforms/occlusion/overlay.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <string>

#include "augment/flat_sample.h"
#include "dataset/temporary_folder.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Overlay, LaysAnImageOverByItsAlphaAndAddsItsBox) {
  const dataset::TemporaryFolder folder;
  const std::string file = (folder.path() / "half.png").string();
  cv::Mat image(10, 20, CV_8UC4, cv::Scalar(255, 0, 0, 0));  // red; its left half is opaque
  image.colRange(0, 10).setTo(cv::Scalar(255, 0, 0, 255));
  write_png(file, image);
  for (const double opacity : {0.0, 0.5, 1.0})
    for (std::uint64_t i = 0; i < 20; ++i) {
      const Overlay lay{
          .images = {file}, .scale = {0.5, 0.5}, .opacity = {opacity, opacity}, .label = 4, .p = 1};
      const Sample out = Recipe{lay}.apply(flat_sample(80, 100, 0), {.index = i});
      ASSERT_EQ(out.boxes.size(), 1U);
      const Box& box = out.boxes[0];
      EXPECT_EQ(box.label, 4);
      EXPECT_EQ(box.x1 - box.x0, 40);  // half of the short side
      EXPECT_EQ(box.y1 - box.y0, 20);
      cv::Mat wanted(80, 100, CV_32FC3, cv::Scalar::all(0));
      wanted(cv::Rect(static_cast<int>(box.x0), static_cast<int>(box.y0), 20, 20))
          .setTo(cv::Scalar(opacity, 0, 0));
      EXPECT_LE(cv::norm(out.image, wanted, cv::NORM_INF), 1e-5) << i;
    }
}

TEST(Overlay, ChoosesAmongItsImagesAndNamesOneThatIsMissing) {
  const dataset::TemporaryFolder folder;
  const std::string black = (folder.path() / "black.png").string(),
                    white = (folder.path() / "white.png").string();
  write_png(black, cv::Mat(4, 4, CV_8U, cv::Scalar(0)));
  write_png(white, cv::Mat(4, 4, CV_8U, cv::Scalar(255)));
  int whites = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Sample out = Recipe{Overlay{.images = {black, white}, .scale = {1, 1}, .p = 1}}.apply(
        flat_sample(4, 4, 0.5), {.index = i});
    EXPECT_TRUE(out.boxes.empty());  // no label, no object
    whites += out.image.at<cv::Vec3f>(2, 2)[0] > 0.9F;
  }
  EXPECT_NEAR(whites, 200, 50);
  const std::string missing = (folder.path() / "none.png").string();
  EXPECT_NE(error_of([&] {
              Recipe{Overlay{.images = {missing}, .p = 1}}.apply(flat_sample(4, 4, 0.5), {});
            }).find(missing),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
