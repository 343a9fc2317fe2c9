#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/plan/custom_op.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

FloatMap flow_of(int height, int width, float u, float v) {
  return {
      .name = "flow", .values = cv::Mat(height, width, CV_32FC2, cv::Scalar(u, v)), .kind = MapKind::Flow};
}

cv::Vec2f vector_at(const Plan& plan, const FloatMap& flow, int x, int y) {
  return render_map(plan, flow).at<cv::Vec2f>(y, x);
}

TEST(RenderMap, AFlipNegatesAFlowAlongItsAxisAndAQuarterTurnSwapsIt) {
  const FloatMap flow = flow_of(4, 6, 3, 1);
  const Plan mirrored{{4, 6}, {op::Flip{op::Flip::Axis::Horizontal}}};
  EXPECT_EQ(vector_at(mirrored, flow, 2, 2), cv::Vec2f(-3, 1));
  const Plan upside_down{{4, 6}, {op::Flip{op::Flip::Axis::Vertical}}};
  EXPECT_EQ(vector_at(upside_down, flow, 2, 2), cv::Vec2f(3, -1));
  const Plan transposed{{4, 6}, {op::Flip{op::Flip::Axis::Diagonal}}};
  EXPECT_EQ(vector_at(transposed, flow, 2, 2), cv::Vec2f(1, 3));
  // A quarter turn counter-clockwise: what went right goes up.
  const Plan turned{{4, 6}, {op::Flip{op::Flip::Axis::Diagonal}, op::Flip{op::Flip::Axis::Vertical}}};
  EXPECT_EQ(vector_at(turned, flow, 2, 2), cv::Vec2f(1, -3));
}

TEST(RenderMap, AScaleMultipliesAFlow) {
  for (const Filter filter : {Filter::Bilinear, Filter::Area, Filter::Lanczos}) {
    const Plan doubled{{4, 6}, {op::Resize{{12, 12}, filter}}};
    const cv::Vec2f v = vector_at(doubled, flow_of(4, 6, 3, 1), 5, 5);
    EXPECT_NEAR(v[0], 6, 1e-5);
    EXPECT_NEAR(v[1], 3, 1e-5);
  }
}

TEST(RenderMap, AFurtherImageGetsTheGeometryAndByChoiceTheColours) {
  cv::Mat image;
  wavy(48, 64, 3).convertTo(image, CV_32F, 1 / 255.0);
  Sample sample;
  sample.image = image;
  FloatMap twin{.name = "other eye", .values = image, .kind = MapKind::Image};
  const auto colours = Recipe::from_yaml(
      "- Affine: {angle: [20, 20], p: 1}\n- Brightness: {factor: [1.5, 1.5], p: 1}\n"
      "- GaussianNoise: {std: [0.05, 0.05], p: 1}\n- RandomErasing: {p: 1}\n");
  const auto geometry = Recipe::from_yaml("- Affine: {angle: [20, 20], p: 1}\n");
  const Plan plan = colours.draw(sample, {.seed = 3});
  // With colours it is what the same image becomes; without them what the geometry alone makes of it.
  twin.colors = true;
  EXPECT_LT(cv::norm(render_map(plan, twin), render(plan, image), cv::NORM_INF), 1e-4);
  twin.colors = false;
  twin.fill = 0;
  const cv::Mat moved = render(geometry.draw(sample, {.seed = 3}), image);
  EXPECT_LT(cv::norm(render_map(plan, twin), moved, cv::NORM_INF), 1e-4);
  EXPECT_GT(cv::norm(render(plan, image), moved, cv::NORM_INF), 0.1);
  FloatMap depth{.name = "depth", .values = image, .kind = MapKind::Depth, .colors = true};
  EXPECT_EQ(error_of([&] { render_map(plan, depth); }),
            "the map 'depth' is no image, and can't get the image's colours");
}

TEST(RenderMap, FurtherChannelsOfAFlowStay) {
  FloatMap flow{
      .name = "kitti", .values = cv::Mat(4, 6, CV_32FC3, cv::Scalar(3, 1, 7)), .kind = MapKind::Flow};
  const cv::Mat moved = render_map({{4, 6}, {op::Flip{op::Flip::Axis::Horizontal}}}, flow);
  EXPECT_EQ(moved.at<cv::Vec3f>(1, 1), cv::Vec3f(-3, 1, 7));
}

/// The derivative of where a plan moves points, by central differences.
cv::Matx22d derivative(const Plan& plan, Point p) {
  constexpr double h = 1e-3;
  const Point left = plan.map({p.x - h, p.y}), right = plan.map({p.x + h, p.y}),
              above = plan.map({p.x, p.y - h}), below = plan.map({p.x, p.y + h});
  return {(right.x - left.x) / (2 * h), (below.x - above.x) / (2 * h), (right.y - left.y) / (2 * h),
          (below.y - above.y) / (2 * h)};
}

/// Whether vectors that are the same all over arrive multiplied by the derivative at their places.
void expect_turned_by_derivative(const Plan& plan, double tolerance) {
  const FloatMap flow = flow_of(plan.source.height, plan.source.width, 2, -1);
  const cv::Mat moved = render_map(plan, flow);
  int seen = 0;
  for (int y = 6; y + 6 < plan.source.height; y += 5)
    for (int x = 6; x + 6 < plan.source.width; x += 5) {
      const Point from{x + 0.5, y + 0.5}, to = plan.map(from);
      const int tx = static_cast<int>(std::floor(to.x)), ty = static_cast<int>(std::floor(to.y));
      if (tx < 2 || ty < 2 || tx + 2 >= moved.cols || ty + 2 >= moved.rows) continue;
      ++seen;
      const cv::Matx21d wanted = derivative(plan, from) * cv::Matx21d(2, -1);
      const cv::Vec2f got = moved.at<cv::Vec2f>(ty, tx);
      EXPECT_NEAR(got[0], wanted(0), tolerance) << x << ", " << y;
      EXPECT_NEAR(got[1], wanted(1), tolerance) << x << ", " << y;
    }
  EXPECT_GT(seen, 20);
}

TEST(RenderMap, AFlowIsMultipliedByTheDerivativeOfTheGeometry) {
  const Size size{64, 80};
  const Matrix3 turn = translation(40, 32) * rotation(25) * scaling(1.3, 0.9) * translation(-40, -32);
  expect_turned_by_derivative({size, {op::Warp{.map = turn, .size = size, .fill = {}}}}, 1e-4);
  Matrix3 tilt = turn;
  tilt.m[6] = 0.002;
  expect_turned_by_derivative({size, {op::Warp{.map = tilt, .size = size, .fill = {}}}}, 0.05);
  expect_turned_by_derivative({size, {op::Lens{.k = 0.2, .fill = {}}}}, 0.06);
  expect_turned_by_derivative({size, {op::Swirl{.x = 40, .y = 32, .angle = 40, .radius = 40, .fill = {}}}},
                              0.12);
  expect_turned_by_derivative({size,
                               {op::Warp{.map = turn, .size = size, .fill = {}},
                                op::Wave{.amplitude = 2, .wavelength = 40, .direction = 30, .fill = {}},
                                op::Flip{op::Flip::Axis::Horizontal}}},
                              0.12);
}

TEST(RenderMap, WhereAnImageIsMirroredBeyondItsEdgeSoIsItsFlow) {
  const Fill reflect{Fill::Kind::Reflect, {}};
  const FloatMap flow = flow_of(6, 6, 3, 1);
  const cv::Mat padded = render_map({{6, 6}, {op::Pad{.left = 3, .top = 2, .fill = reflect}}}, flow);
  EXPECT_EQ(padded.at<cv::Vec2f>(4, 1), cv::Vec2f(-3, 1));
  EXPECT_EQ(padded.at<cv::Vec2f>(0, 5), cv::Vec2f(3, -1));
  EXPECT_EQ(padded.at<cv::Vec2f>(4, 5), cv::Vec2f(3, 1));
  const cv::Mat shifted =
      render_map({{6, 6}, {op::Warp{.map = translation(3, 0), .size = {6, 6}, .fill = reflect}}}, flow);
  EXPECT_EQ(shifted.at<cv::Vec2f>(4, 1), cv::Vec2f(-3, 1));
  EXPECT_EQ(shifted.at<cv::Vec2f>(4, 4), cv::Vec2f(3, 1));
}

TEST(RenderMap, ItsOwnFillShowsBeyondTheImage) {
  FloatMap depth{.name = "depth", .values = cv::Mat(4, 4, CV_32F, cv::Scalar(9)), .fill = -1};
  const cv::Mat padded =
      render_map({{4, 4}, {op::Pad{.left = 2, .fill = {Fill::Kind::Color, {1, 1, 1, 1}}}}}, depth);
  EXPECT_EQ(padded.at<float>(2, 1), -1);
  EXPECT_EQ(padded.at<float>(2, 2), 9);
  const cv::Mat shifted =
      render_map({{4, 4}, {op::Warp{.map = translation(2, 0), .size = {4, 4}, .fill = {}}}}, depth);
  EXPECT_EQ(shifted.at<float>(2, 0), -1);
  EXPECT_EQ(shifted.at<float>(2, 3), 9);
  // A flow's fill is no vector of the image: it isn't turned.
  FloatMap flow = flow_of(4, 4, 3, 1);
  flow.fill = 5;
  const cv::Mat moved = render_map({{4, 4},
                                    {op::Flip{op::Flip::Axis::Horizontal},
                                     op::Warp{.map = translation(2, 0), .size = {4, 4}, .fill = {}}}},
                                   flow);
  EXPECT_EQ(moved.at<cv::Vec2f>(1, 0), cv::Vec2f(5, 5));
  EXPECT_EQ(moved.at<cv::Vec2f>(1, 3), cv::Vec2f(-3, 1));
}

TEST(RenderMap, NanStaysWhereItIsReadNearestAndSpreadsWhereItHasAPart) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  FloatMap depth{.name = "depth", .values = cv::Mat(5, 5, CV_32F, cv::Scalar(1)), .filter = Filter::Nearest};
  depth.values.at<float>(2, 2) = nan;
  const auto nans = [](const cv::Mat& values) {
    int count = 0;
    for (int i = 0; i < values.rows * values.cols; ++i) count += std::isnan(values.at<float>(i));
    return count;
  };
  const Plan half_a_pixel{{5, 5}, {op::Warp{.map = translation(0.5, 0.5), .size = {5, 5}, .fill = {}}}};
  EXPECT_EQ(nans(render_map(half_a_pixel, depth)), 1);
  depth.filter = Filter::Bilinear;
  EXPECT_EQ(nans(render_map(half_a_pixel, depth)), 4);
  EXPECT_EQ(nans(render_map({{5, 5}, {op::Flip{}}}, depth)), 1);
}

TEST(RenderMap, ColoursAndCoversLeaveMaps) {
  FloatMap map{.name = "depth", .values = wavy(8, 8, 1, CV_32F)};
  const Plan plan{{8, 8}, {op::Cover{.holes = {1, 1, 4, 4}}, op::GaussianBlur{.sigma = 2}}};
  EXPECT_EQ(cv::norm(render_map(plan, map), map.values, cv::NORM_INF), 0);
}

TEST(RenderMap, PartnersMapsArePastedAsTheirImages) {
  Sample partner;
  partner.image = cv::Mat(3, 3, CV_8UC1, cv::Scalar(7));
  partner.maps = {{.name = "depth", .values = cv::Mat(3, 3, CV_32F, cv::Scalar(2))}};
  const FloatMap ours{.name = "depth", .values = cv::Mat(6, 6, CV_32F, cv::Scalar(1)), .fill = -5};
  op::Join join{.mode = op::Join::Mode::Paste, .plan = {Plan{{3, 3}, {}}}, .x = 2, .y = 1};
  const cv::Mat pasted = render_map({{6, 6}, {join}}, ours, std::span(&partner, 1));
  EXPECT_EQ(pasted.at<float>(1, 2), 2);
  EXPECT_EQ(pasted.at<float>(0, 2), 1);
  EXPECT_EQ(cv::sum(pasted)[0], 27 + 18);
  FloatMap other = ours;
  other.name = "heat";
  EXPECT_EQ(render_map({{6, 6}, {join}}, other, std::span(&partner, 1)).at<float>(2, 3), -5);
  join.mode = op::Join::Mode::Average;
  EXPECT_EQ(cv::sum(render_map({{6, 6}, {join}}, ours, std::span(&partner, 1)))[0], 36);
}

TEST(RenderMap, OneThatDoesNotFitIsRefusedByName) {
  Sample sample;
  sample.image = cv::Mat(4, 5, CV_8UC3, cv::Scalar::all(1));
  sample.maps = {{.name = "depth", .values = cv::Mat(5, 4, CV_32F, cv::Scalar(1))}};
  EXPECT_NE(error_of([&] { Recipe().draw(sample, {}); }).find("map 'depth' is 5x4, but its image is 4x5"),
            std::string::npos);
  sample.maps[0].values = cv::Mat(4, 5, CV_8U, cv::Scalar(1));
  EXPECT_NE(error_of([&] { Recipe().draw(sample, {}); }).find("must hold floats"), std::string::npos);
  sample.maps[0] = {.name = "f", .values = cv::Mat(4, 5, CV_32F, cv::Scalar(1)), .kind = MapKind::Flow};
  EXPECT_NE(error_of([&] { Recipe().draw(sample, {}); }).find("needs two channels"), std::string::npos);
  sample.maps[0].kind = MapKind::Values;
  sample.maps[0].filter = Filter::Bicubic;
  EXPECT_NE(error_of([&] { Recipe().draw(sample, {}); }).find("nearest or bilinear, not bicubic"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
