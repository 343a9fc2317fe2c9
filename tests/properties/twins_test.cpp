// Every transform on the widest vectors and as scalars: the same image on any machine.
#include <gtest/gtest.h>

#include "augment/kernels/twins.h"
#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

TEST(Twins, EveryTransformIsTheSameOnAnyMachine) {
  for (const auto& entry : catalogue()) {
    if (entry.family == "structure" || entry.family == "mix") continue;
    const Recipe recipe{entry.make().with_chance(1)};
    double far = 0, count = 0;
    for (std::uint64_t i = 0; i < 4; ++i) {
      Sample sample;
      sample.image = wavy(37, 41 + 2 * static_cast<int>(i), i % 2 ? 3 : 1);
      const Plan plan = recipe.draw(sample, {.seed = 2, .index = i});
      const cv::Mat wide = render(plan, sample.image);
      const ScalarOnly only;
      cv::Mat difference;
      cv::absdiff(wide.reshape(1), render(plan, sample.image).reshape(1), difference);
      far += cv::countNonZero(difference > (wide.depth() == CV_32F ? 1e-3 : 1));
      count += static_cast<double>(difference.total());
    }
    // A threshold (a noise's count, a dither's step) may fall to the other side at single pixels.
    EXPECT_LE(far, 0.002 * count) << entry.name;
  }
}

}  // namespace
}  // namespace doppel::augment
