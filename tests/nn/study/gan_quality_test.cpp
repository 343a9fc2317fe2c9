#include "doppel/nn/study/gan_quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "nn/study/tiny_images.h"

namespace doppel::nn {
namespace {

TEST(GanQuality, AScoreIsOfAsManyImagesAsItsFloor) {
  const RunInfo info = tiny_info();
  GanEvaluator evaluator(info, tiny_source(60, 1), tiny_source(20, 2), tiny_classifier());
  EXPECT_GE(evaluator.floor(), 0);
  const auto gan = std::make_shared<Gan>(info.input, 2, tiny_gan_options());
  const GanScore score = evaluator.score(gan);
  EXPECT_EQ(score.step, 0U);
  // What hasn't learned anything is nothing like the real ones.
  EXPECT_GT(score.frechet, 3 * evaluator.floor());
  EXPECT_GT(score.kernel.value, 0);
  ASSERT_TRUE(score.agreement);
  EXPECT_GE(*score.agreement, 0);
  EXPECT_LE(*score.agreement, 1);
  // The same images each time.
  EXPECT_EQ(evaluator.score(gan).frechet, score.frechet);
  // Where none was asked for, none can agree.
  const auto unconditional = std::make_shared<Gan>(info.input, 1, tiny_gan_options());
  const GanScore without = evaluator.score(unconditional);
  EXPECT_FALSE(without.agreement);
  EXPECT_TRUE(std::isfinite(without.frechet));
}

TEST(GanQuality, AFinishedGanIsMeasuredByClass) {
  const RunInfo info = tiny_info();
  GanEvaluator evaluator(info, tiny_source(60, 1), tiny_source(20, 2), tiny_classifier());
  for (const int classes : {2, 1}) {
    const auto gan = std::make_shared<Gan>(info.input, classes, tiny_gan_options());
    const GanQuality quality = evaluator.quality(gan);
    EXPECT_EQ(quality.count, 1000U);
    EXPECT_EQ(evaluator.images(gan)->size(), quality.count);
    EXPECT_GT(quality.all.frechet, quality.floor);
    EXPECT_EQ(quality.real_score, 1);
    EXPECT_EQ(quality.score.has_value(), classes == 2);
    // Each image once, as many as the classifier's batches hold.
    EXPECT_EQ(quality.learned, classes == 2 ? tiny_classifier().steps * tiny_classifier().batch : 0);
    EXPECT_EQ(quality.all.agreement.has_value(), classes == 2);
    ASSERT_EQ(quality.classes.size(), 2U);  // of an unconditional GAN by what images are taken for
    EXPECT_NEAR(quality.classes[0].share + quality.classes[1].share, 1, 1e-9);
    double agreement = 0;
    for (const ClassQuality& of : quality.classes) agreement += of.agreement.value_or(0) / 2;
    if (classes == 2) { EXPECT_NEAR(agreement, *quality.all.agreement, 1e-9); }  // classes in turn
    ASSERT_EQ(quality.nearest.size(), 20U);
    EXPECT_TRUE(std::ranges::is_sorted(quality.nearest, {}, &NearestPair::distance));
    for (const NearestPair& pair : quality.nearest) {
      EXPECT_LT(pair.generated, 1000U);
      EXPECT_LT(pair.real, 60U);
    }
  }
}

TEST(GanQuality, OneImageIsEnoughToGoOn) {
  const RunInfo info = tiny_info();
  GanEvaluator evaluator(info, tiny_source(1, 1), tiny_source(1, 2), tiny_classifier());
  const auto gan = std::make_shared<Gan>(info.input, 2, tiny_gan_options());
  EXPECT_EQ(evaluator.floor(), 0);
  EXPECT_TRUE(std::isfinite(evaluator.score(gan).frechet));
}

}  // namespace
}  // namespace doppel::nn
