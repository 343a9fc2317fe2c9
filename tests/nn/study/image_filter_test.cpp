#include "doppel/nn/study/image_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "nn/study/tiny_images.h"

namespace doppel::nn {
namespace {

/// Images as a GAN gives them, numbers in [-1, 1].
std::vector<float> as_generated(const std::vector<augment::Sample>& samples) {
  std::vector<float> values;
  for (const augment::Sample& sample : samples)
    for (int k = 0; k < 16; ++k) values.push_back(static_cast<float>(sample.image.data[k]) / 127.5F - 1);
  return values;
}

// One filter for all: it trains a classifier of its own, for many more steps than a test would.
TEST(ImageFilter, WrongOnesAndCopiesAndWhatIsFoundOutAreDroppedByName) {
  const auto train = tiny_samples(60, 1);
  const auto gan = std::make_shared<Gan>(Shape{1, 4, 4}, 2, tiny_gan_options());
  ImageFilter filter(tiny_info(), tiny_source(train), gan, {.confidence = 0.5, .quantile = 0.5});
  // 20 new ones, the first two called what they aren't; then 13 that are known.
  auto given = tiny_samples(20, 2);
  given.insert(given.end(), train.begin(), train.begin() + 13);
  std::vector<int> labels;
  for (const augment::Sample& sample : given) labels.push_back(sample.label);
  std::swap(labels[0], labels[1]);
  const auto images = as_generated(given);
  const auto decisions = filter.decide(images, labels);
  ASSERT_EQ(decisions.size(), 33U);
  EXPECT_EQ(decisions[0].dropped, "taken for up");
  EXPECT_EQ(decisions[1].dropped, "taken for down");
  EXPECT_LT(decisions[0].confidence, 0.5);
  const auto scores = gan->scores(images, labels);
  auto sorted = scores;
  std::ranges::sort(sorted);
  const double bound = sorted[16];  // the middle one: half of these first images are below
  std::map<std::string, int> known, others;
  for (std::size_t i = 2; i < 33; ++i) {
    EXPECT_EQ(decisions[i].score, scores[i]) << i;
    EXPECT_EQ(decisions[i].dropped == "the discriminator finds it out", scores[i] < bound) << i;
    if (scores[i] >= bound) ++(i < 20 ? others : known)[decisions[i].dropped];
    if (i >= 20) { EXPECT_NEAR(decisions[i].distance, 0, 0.01) << i; }
  }
  ASSERT_EQ(known.size(), 1U);
  EXPECT_GT(known["a copy of a training image"], 2);
  EXPECT_GT(others[""], 2);
  // As a source they are read from pixels.
  for (std::size_t i = 0; i < given.size(); ++i) given[i].label = labels[i];
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < decisions.size(); ++i)
    if (decisions[i].dropped.empty()) places.push_back(i);
  EXPECT_EQ(filter.kept(*tiny_source(given)), places);
  // Later ones are held to the bound of the first.
  const auto least = static_cast<std::size_t>(std::ranges::min_element(scores) - scores.begin());
  const auto one = filter.decide(std::span(images).subspan(16 * least, 16), {labels[least]});
  EXPECT_EQ(one[0].dropped, decisions[least].dropped);
  EXPECT_NE(one[0].dropped, "");
}

}  // namespace
}  // namespace doppel::nn
