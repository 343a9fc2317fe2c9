#include "doppel/dataset/sources/source.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <stdexcept>

#include "doppel/base/error.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

/// Of one sample; a test says what reading and naming it do.
class OneSample final : public Source {
 public:
  std::function<Item()> reads;
  std::function<std::string()> is_called = [] { return std::string("shelf/7"); };
  std::size_t size() const override { return 1; }
  Item read(std::size_t) const override { return reads(); }
  std::string name(std::size_t) const override { return is_called(); }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::vector<std::string> classes_;
};

TEST(Source, LoadingDecodesInTheChannelsThatAreAskedFor) {
  OneSample source;
  const cv::Mat red(4, 5, CV_8UC3, cv::Scalar(200, 0, 0));
  for (const bool encoded : {true, false}) {
    source.reads = [&red, encoded] {
      Item item;
      if (encoded)
        item.encoded = encode_png(red);
      else
        item.sample.image = red;
      item.sample.label = 3;
      return item;
    };
    EXPECT_EQ(cv::norm(load(source, 0).image, red, cv::NORM_INF), 0);
    const augment::Sample grey = load(source, 0, 1);
    EXPECT_EQ(grey.image.type(), CV_8UC1);
    EXPECT_NEAR(grey.image.at<unsigned char>(0, 0), 0.299 * 200, 1);
    EXPECT_EQ(grey.label, 3);
    EXPECT_EQ(load(source, 0, 3).image.channels(), 3);
  }
  EXPECT_THROW((void)load(source, 0, 2), Error);
  EXPECT_THROW((void)load(source, 0, 65), UsageError);
}

TEST(Source, ErrorsBeginWithTheSamplesName) {
  OneSample source;
  source.reads = []() -> Item { throw Error("the shelf is empty"); };
  EXPECT_EQ(error_of([&] { (void)load(source, 0); }), "shelf/7: the shelf is empty");
  source.reads = []() -> Item { throw Error("shelf/7 is empty"); };
  EXPECT_EQ(error_of([&] { (void)load(source, 0); }), "shelf/7 is empty");
  source.reads = [] { return Item{{1, 2, 3}, {}}; };
  EXPECT_TRUE(error_of([&] { (void)load(source, 0); }).starts_with("shelf/7: "));
}

TEST(Source, ASampleWithoutANameHasItsNumber) {
  OneSample source;
  EXPECT_EQ(name_of(source, 0), "shelf/7");
  source.is_called = []() -> std::string { throw std::runtime_error("no name either"); };
  EXPECT_EQ(name_of(source, 0), "sample 0");
  EXPECT_EQ(named(source, 0, "broken"), "sample 0: broken");
}

}  // namespace
}  // namespace doppel::dataset
