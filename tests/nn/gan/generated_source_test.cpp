#include "doppel/nn/gan/generated_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

TEST(GeneratedSource, NumbersBecomePixelsToTheNearest) {
  // Channel by channel: two pixels of three; what is out of range is held.
  const cv::Mat image = image_of(std::vector<float>{-1, 1, 0, -2, 1 / 255.F, 2}, {3, 1, 2});
  ASSERT_EQ(image.type(), CV_8UC3);
  EXPECT_EQ(image.at<cv::Vec3b>(0, 0), cv::Vec3b(0, 128, 128));
  EXPECT_EQ(image.at<cv::Vec3b>(0, 1), cv::Vec3b(255, 0, 255));
  for (int level = 0; level < 256; ++level) {
    const float value = static_cast<float>(level) / 127.5F - 1;
    EXPECT_EQ(image_of(std::vector{value}, {1, 1, 1}).at<unsigned char>(0, 0), level);
  }
}

TEST(GeneratedSource, GivesTheGansImagesWhateverIsAskedFirst) {
  GanOptions options = gan_preset("rpgan", {1, 28, 28});
  options.batch = 16;
  const auto gan = std::make_shared<Gan>(Shape{1, 28, 28}, 3, options);
  const std::vector<std::string> names{"a", "b", "c"};
  const GeneratedSource source(gan, names, 1100, 9, 4);
  EXPECT_EQ(source.size(), 1100U);
  // The last chunk first, from several threads.
  std::vector<std::future<dataset::Item>> items;
  for (const std::size_t i : {1099U, 1U, 1098U, 600U})
    items.push_back(std::async(std::launch::async, [&, i] { return source.read(i); }));
  for (const std::size_t i : {1099U, 1U, 1098U, 600U}) {
    const dataset::Item item = items[0].get();
    items.erase(items.begin());
    const int label = static_cast<int>((4 + i) % 3);
    EXPECT_EQ(item.sample.label, label);
    EXPECT_EQ(source.label(i), label);
    const auto alone = gan->generate(std::vector{label}, 9, 4 + i);
    const cv::Mat expected = image_of(alone, {1, 28, 28});
    EXPECT_TRUE(std::equal(expected.data, expected.data + 784, item.sample.image.data)) << i;
  }
  EXPECT_THROW(source.read(1100), Error);
  EXPECT_THROW(GeneratedSource(gan, {"a"}, 5, 1), UsageError);
}

}  // namespace
}  // namespace doppel::nn
