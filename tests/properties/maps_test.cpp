// A map goes where the picture of it goes, through every transform.
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

/// A plan's geometry by one filter and one colour: what a map is to be moved by.
Plan as_for_maps(const Plan& plan, Filter filter, double fill) {
  Plan geometry{plan.source, {}};
  for (Op op : plan.ops) {
    std::visit(
        [&](auto& o) {
          if constexpr (requires { o.filter; }) o.filter = filter;
          if constexpr (requires { o.fill.color; }) o.fill.color = {fill, fill, fill, fill};
        },
        op);
    const OpKind kind = kind_of(op);
    if (kind == OpKind::Geometry || kind == OpKind::Wall || std::holds_alternative<op::Tiles>(op))
      geometry.ops.push_back(op);
    else
      // What ends a run of geometry, and changes nothing.
      geometry.ops.push_back(op::GaussianBlur{.sigma = 0});
  }
  return geometry;
}

TEST(Maps, GoWhereAPictureOfThemGoes) {
  int moved = 0;
  for (const CatalogueEntry& entry : catalogue()) {
    const Transform transform = entry.make();
    const Recipe recipe{std::vector<Transform>{transform}};
    for (std::uint64_t i = 0; i < 6; ++i) {
      Sample sample;
      sample.image = wavy(41, 53, 3);
      sample.boxes = {{4, 5, 30, 28}};
      for (const Filter filter : {Filter::Nearest, Filter::Bilinear}) {
        sample.maps = {{.name = "map", .values = wavy(41, 53, 1, CV_32F), .filter = filter, .fill = 0.25F}};
        const Drawn drawn = recipe.draft(sample, {.seed = 5, .index = i});
        const cv::Mat map = render_map(drawn.plan, sample.maps[0]);
        ASSERT_EQ(size_of(map), drawn.plan.size()) << transform.name();
        const Plan plan = as_for_maps(drawn.plan, filter, 0.25);
        ASSERT_EQ(plan.size(), drawn.plan.size()) << transform.name();
        const cv::Mat picture = render(plan, sample.maps[0].values);
        EXPECT_EQ(cv::norm(map, picture, cv::NORM_INF), 0) << transform.name() << ": " << drawn.plan.text();
        const cv::Mat& source = sample.maps[0].values;
        moved += map.size() != source.size() || cv::norm(map, source, cv::NORM_INF) > 0;
      }
    }
  }
  EXPECT_GT(moved, 50);
}

}  // namespace
}  // namespace doppel::augment
