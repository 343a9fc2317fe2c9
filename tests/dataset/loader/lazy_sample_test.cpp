// Transparency, grey and orientation are the same by every path from file to batch.
#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/combine/cached.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/sources/image_folder.h"

namespace doppel::dataset {
namespace {

/// One image with every alpha, colours below the transparent ones too, and a mask.
class Transparent final : public Source {
 public:
  explicit Transparent(bool encoded) : encoded_(encoded) {
    for (int y = 0; y < 16; ++y)
      for (int x = 0; x < 16; ++x)
        image_.at<cv::Vec4b>(y, x) =
            cv::Vec4b(static_cast<unsigned char>(7 * x + 11 * y), static_cast<unsigned char>(255 - 9 * x),
                      static_cast<unsigned char>(31 * y), static_cast<unsigned char>(16 * y + x));
  }
  std::size_t size() const override { return 1; }
  Item read(std::size_t) const override {
    Item item;
    if (encoded_)
      item.encoded = encode_png(image_);
    else
      item.sample.image = image_.clone();
    item.sample.label = 0;
    item.sample.masks = {cv::Mat(16, 16, CV_8U, cv::Scalar(3))};
    return item;
  }
  std::string name(std::size_t) const override { return "transparent.png"; }
  int label(std::size_t) const override { return 0; }
  const std::vector<std::string>& classes() const override { return classes_; }
  const cv::Mat& image() const { return image_; }

 private:
  bool encoded_;
  cv::Mat image_ = cv::Mat(16, 16, CV_8UC4);
  std::vector<std::string> classes_{"one"};
};

cv::Mat first_of_batch(SourcePtr source, const LoaderOptions& options, const augment::Recipe& recipe = {}) {
  Loader loader(std::move(source), recipe, options);
  const Batch batch = loader.peek(0, 0);
  const auto shape = loader.shape();
  cv::Mat image(shape[1], shape[2], CV_8UC(shape[0]));
  std::copy_n(batch.images.values<std::uint8_t>().data(), image.total() * image.elemSize(), image.data);
  return image;
}

LoaderOptions in_bytes(int channels, AlphaOver alpha) {
  return {.batch = 1,
          .workers = 0,
          .channels = channels,
          .alpha = alpha,
          .type = augment::PixelType::U8,
          .layout = augment::Layout::HWC};
}

TEST(Transparency, IsTheSameByEveryPath) {
  const auto files = std::make_shared<Transparent>(true), pixels = std::make_shared<Transparent>(false);
  const TemporaryFolder folder;
  write_pack(*files, folder.path() / "files", {});
  const std::vector<SourcePtr> sources{files, pixels,
                                       std::make_shared<Cached>(files, 1 << 20, Cached::Keep::Encoded),
                                       std::make_shared<Cached>(files, 1 << 20, Cached::Keep::Decoded),
                                       std::make_shared<PackSource>(folder.path() / "files")};
  for (const auto alpha : {AlphaOver::White, AlphaOver::Black, AlphaOver::Drop})
    for (const int channels : {1, 3}) {
      const cv::Mat wanted = with_channels(files->image(), channels, alpha);
      for (const SourcePtr& source : sources)
        for (int again = 0; again < 2; ++again) {
          const augment::Sample sample = load(*source, 0, channels, alpha);
          ASSERT_EQ(cv::norm(sample.image, wanted, cv::NORM_INF), 0);
          ASSERT_EQ(cv::norm(sample.masks.at(0), cv::Mat(16, 16, CV_8U, cv::Scalar(3)), cv::NORM_INF), 0);
          ASSERT_EQ(cv::norm(first_of_batch(source, in_bytes(channels, alpha)), wanted, cv::NORM_INF), 0);
          const auto crop = augment::Recipe::from_yaml("- CenterCrop: {size: [6, 8]}\n");
          ASSERT_EQ(cv::norm(first_of_batch(source, in_bytes(channels, alpha), crop), wanted({4, 5, 8, 6}),
                             cv::NORM_INF),
                    0);
        }
    }
}

TEST(Transparency, IsKeptWhereThereIsRoomForItOnly) {
  const auto source = std::make_shared<Transparent>(true);
  for (const int channels : {0, 4}) {
    ASSERT_EQ(cv::norm(load(*source, 0, channels, AlphaOver::Keep).image, source->image(), cv::NORM_INF), 0);
    ASSERT_EQ(
        cv::norm(first_of_batch(source, in_bytes(channels, AlphaOver::Keep)), source->image(), cv::NORM_INF),
        0);
  }
  EXPECT_THROW(load(*source, 0, 3, AlphaOver::Keep), UsageError);
  EXPECT_THROW(Loader(source, {}, in_bytes(3, AlphaOver::Keep)), UsageError);
  EXPECT_THROW(Loader(source, {}, in_bytes(65, AlphaOver::White)), UsageError);
}

TEST(Transparency, PacksOfPixelsHaveWhiteBelow) {
  const auto source = std::make_shared<Transparent>(true);
  const TemporaryFolder folder;
  PackOptions options{.images = PackOptions::Images::Raw};
  const PackReport report = write_pack(*source, folder.path() / "white", options);
  ASSERT_EQ(report.mean.size(), 3U);
  const cv::Mat white = with_channels(source->image(), 3);
  EXPECT_NEAR(report.mean[1], cv::mean(white)[1] / 255, 1e-9);
  EXPECT_EQ(cv::norm(load(PackSource(folder.path() / "white"), 0).image, white, cv::NORM_INF), 0);
  options.alpha = AlphaOver::Black;
  write_pack(*source, folder.path() / "black", options);
  EXPECT_EQ(cv::norm(load(PackSource(folder.path() / "black"), 0).image,
                     with_channels(source->image(), 3, AlphaOver::Black), cv::NORM_INF),
            0);
  options.alpha = AlphaOver::Keep;
  EXPECT_THROW(write_pack(*source, folder.path() / "kept", options), UsageError);
}

TEST(LazySample, OpaqueRgbaOfAJpegIsItsRgbInPartAsWell) {
  cv::Mat image(64, 80, CV_8UC3);
  cv::randu(image, 0, 255);
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "one");
  write_file(folder.path() / "one/1.jpg", encode_jpeg(image, 90));
  const auto source = std::make_shared<ImageFolder>(folder.path());
  const auto crop = augment::Recipe::from_yaml("- CenterCrop: {size: [20, 24]}\n");
  const cv::Mat rgb = first_of_batch(source, in_bytes(3, AlphaOver::White), crop),
                rgba = first_of_batch(source, in_bytes(4, AlphaOver::Keep), crop);
  EXPECT_EQ(cv::norm(rgba, with_channels(rgb, 4), cv::NORM_INF), 0);
}

}  // namespace
}  // namespace doppel::dataset
