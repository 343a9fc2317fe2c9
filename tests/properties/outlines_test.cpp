// Polygons and masks of the same thing stay the same thing, through every transform.
#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

constexpr int kFinest = 16;  // parts of a pixel

/// Pixels whose centres polygons hold.
cv::Mat painted(const std::vector<Outline>& outlines, Size size) {
  cv::Mat fine(size.height * 4, size.width * 4, CV_8U, cv::Scalar(0)), mask;
  for (const Outline& outline : outlines) {
    std::vector<cv::Point> corners;
    for (const Point p : outline.points)
      corners.emplace_back(cvRound((p.x * 4 - 0.5) * kFinest), cvRound((p.y * 4 - 0.5) * kFinest));
    cv::fillPoly(fine, std::vector{corners}, cv::Scalar(255), cv::LINE_8, 4);
  }
  cv::resize(fine, mask, {size.width, size.height}, 0, 0, cv::INTER_AREA);
  return mask > 127;
}

TEST(Outlines, StayWhereTheirMaskIs) {
  // Concave: what crops leave of it may fall into pieces.
  const std::vector<Point> horseshoe{{30, 20},  {130, 25}, {125, 100}, {100, 98},
                                     {104, 48}, {58, 45},  {62, 104},  {34, 100}};
  int compared = 0;
  for (const CatalogueEntry& entry : catalogue()) {
    const Recipe recipe{std::vector<Transform>{entry.make()}};
    for (std::uint64_t i = 0; i < 4; ++i) {
      Sample sample;
      sample.image = wavy(121, 163, 3);
      sample.outlines = {{.points = horseshoe, .instance = 1}};
      sample.masks = {painted(sample.outlines, size_of(sample.image)) & 1};
      const Drawn drawn = recipe.draft(sample, {.seed = 8, .index = i});
      const cv::Mat mask = render_mask(drawn.plan, sample.masks[0]) != 0;
      const bool copies = std::ranges::any_of(drawn.plan.ops, [](const Op& op) {
        return std::visit(
            [](const auto& o) {
              if constexpr (requires { o.fill.kind; })
                return o.fill.kind != Fill::Kind::Color;
              else
                return false;
            },
            op);
      });
      if (copies) continue;  // a mask comes again beyond the edge, a polygon doesn't
      const cv::Mat polygons = painted(drawn.outlines, drawn.plan.size());
      const double both = cv::countNonZero(mask & polygons), any = cv::countNonZero(mask | polygons);
      if (any < 200) continue;
      ++compared;
      EXPECT_GT(both / any, 0.9) << entry.name << " " << i << ": " << drawn.plan.text();
      // They differ along edges alone.
      cv::Mat apart;
      cv::erode(mask ^ polygons, apart, cv::Mat());
      EXPECT_EQ(cv::countNonZero(apart), 0) << entry.name << " " << i << ": " << drawn.plan.text();
    }
  }
  EXPECT_GT(compared, 300);
}

}  // namespace
}  // namespace doppel::augment
