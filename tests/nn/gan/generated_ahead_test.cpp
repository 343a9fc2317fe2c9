#include "doppel/nn/gan/generated_ahead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <span>

#include "doppel/base/error.h"
#include "doppel/nn/gan/generated_source.h"

namespace doppel::nn {
namespace {

std::shared_ptr<Gan> gan_of_three() {
  GanOptions options;
  options.generator = "fc(16)-tanh-picture4x4";
  options.latent = 4;
  options.batch = 16;
  options.penalty = 0;
  options.discriminator = "fc(8)-lrelu(0.2)-fc";
  return std::make_shared<Gan>(Shape{1, 4, 4}, 3, options);
}

TEST(GeneratedAhead, GivesAGeneratedSourcesImagesInAnyOrderFromAnyThread) {
  const auto gan = gan_of_three();
  const std::vector<std::string> names{"a", "b", "c"};
  const GeneratedSource kept(gan, names, 3000, 9);
  const GeneratedAhead ahead(average_of(gan), names, 3000, 9);
  const auto same = [&](std::size_t i) {
    const dataset::Item one = ahead.read(i), other = kept.read(i);
    return one.sample.label == other.sample.label && ahead.label(i) == kept.label(i) &&
           std::equal(other.sample.image.data, other.sample.image.data + 16, one.sample.image.data);
  };
  std::vector<std::future<bool>> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.push_back(std::async(std::launch::async, [&, t] {
      bool all = true;
      for (std::size_t i = t; i < 3000; i += 4) all = all && same(i);
      return all;
    }));
  for (auto& thread : threads) EXPECT_TRUE(thread.get());
  for (const std::size_t i : {2999U, 3U, 1500U, 0U}) EXPECT_TRUE(same(i)) << i;
  EXPECT_THROW((void)ahead.read(3000), Error);
  EXPECT_THROW(GeneratedAhead(average_of(gan), {"a"}, 5, 1), UsageError);
}

TEST(GeneratedAhead, MakesWhatIsNeededAloneAndGivesTheRestAllTheSame) {
  const auto gan = gan_of_three();
  const std::vector<std::string> names{"a", "b", "c"};
  const GeneratedSource kept(gan, names, 3000, 9);
  const GeneratedAhead ahead(average_of(gan), names, 3000, 9, {4, [](std::size_t i) { return i % 8 < 2; }});
  const auto same = [&](std::size_t i) {
    return std::ranges::equal(std::span(kept.read(i).sample.image.data, 16),
                              std::span(ahead.read(i).sample.image.data, 16));
  };
  for (std::size_t i = 0; i < 1000; ++i)
    if (i % 8 < 2) { ASSERT_TRUE(same(i)) << i; }
  EXPECT_LE(ahead.made(), 750U);  // of three chunks of 1,024 numbers at most
  for (const std::size_t i : {2U, 7U, 999U}) EXPECT_TRUE(same(i)) << i;
}

TEST(GeneratedAhead, LetsGoOfWhatWasPassed) {
  const auto gan = gan_of_three();
  const GeneratedAhead ahead(average_of(gan), {"a", "b", "c"}, 100'000, 9);
  for (std::size_t i = 0; i < 20'000; i += 50) {
    (void)ahead.read(i);
    EXPECT_LE(ahead.chunks(), 4U);
  }
}

}  // namespace
}  // namespace doppel::nn
