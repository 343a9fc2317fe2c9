// Objects stay where their pixels went, for every geometric transform and thousands of chains: an object is
// painted, the image augmented, the paint found again and compared with box, mask and keypoint.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/crop/pad.h"
#include "doppel/augment/transforms/crop/random_crop.h"
#include "doppel/augment/transforms/crop/random_resized_crop.h"
#include "doppel/augment/transforms/flip/dihedral.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/flip/vertical_flip.h"
#include "doppel/augment/transforms/geometry/affine.h"
#include "doppel/augment/transforms/geometry/perspective.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/structure/some_of.h"

namespace doppel::augment {
namespace {

constexpr int kPaintHeight = 240, kPaintWidth = 300;

/// Gives every border the colour black, so that no paint is mirrored into it.
class BlackBorders final : public FieldVisitor {
  void visit(const FieldInfo&, const FieldValue& value) override {
    if (auto* const* fill = std::get_if<Fill*>(&value)) **fill = {Fill::Kind::Color, {0, 0, 0, 1}};
  }
};

/// All transforms that move pixels.
std::vector<Transform> movers() {
  std::vector<Transform> all;
  BlackBorders black;
  for (const auto& entry : catalogue())
    if (entry.family == "flip" || entry.family == "crop" || entry.family == "geometry") {
      all.push_back(entry.make().with_chance(1));
      all.back().fields(black);
    }
  return all;
}

/// A white shape on black, with its mask.
Sample painted(const cv::Rect& r, bool disc) {
  Sample s;
  s.image = cv::Mat(kPaintHeight, kPaintWidth, CV_8UC1, cv::Scalar(0));
  const cv::Point2d centre(r.x + r.width / 2.0, r.y + r.height / 2.0);
  if (disc)
    cv::circle(s.image, cv::Point(int(centre.x), int(centre.y)), r.width / 2, 255, cv::FILLED);
  else
    s.image(r).setTo(255);
  s.masks = {s.image.clone()};
  s.boxes = {{double(r.x), double(r.y), double(r.x + r.width), double(r.y + r.height), 3, 1}};
  // Pixel i covers [i, i + 1): the middle of the pixel that a disc was drawn about.
  s.keypoints = {{disc ? std::floor(centre.x) + 0.5 : centre.x, disc ? std::floor(centre.y) + 0.5 : centre.y,
                  0, 1, 0, 1}};
  return s;
}

cv::Rect random_square(const Stream& s, int side) {
  return {s.integer("x", 8, kPaintWidth - side - 8), s.integer("y", 8, kPaintHeight - side - 8), side, side};
}

/// Counts how often the paint was found whole, and how often the keypoint wasn't on it.
struct Tally {
  int found = 0, missed = 0;
  double worst = 0;
};

Tally find_discs(const Recipe& recipe, std::uint64_t count, double slack) {
  Tally tally;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Stream stream{.seed = 41, .index = i};
    const Sample before = painted(random_square(stream, 7), true);
    const Sample after = recipe.apply(before, stream);
    if (after.keypoints.empty() || after.keypoints[0].visibility == 0) continue;
    const Keypoint& k = after.keypoints[0];
    const cv::Moments m0 = cv::moments(before.image), m = cv::moments(after.image);
    const double area = m.m00 / (m0.m00 * k.scale * k.scale);
    if (area < 0.93 || area > 1.07) continue;  // cut by an edge, or bent
    const cv::Rect paint = cv::boundingRect(after.image > 12);
    if (std::max(paint.width, paint.height) > 14 * std::max(1.0, k.scale)) continue;  // in two tiles
    const double far =
        std::hypot(m.m10 / m.m00 + 0.5 - k.x, m.m01 / m.m00 + 0.5 - k.y) / std::max(1.0, k.scale);
    tally.worst = std::max(tally.worst, far);
    ++tally.found;
    tally.missed += far > slack;
  }
  return tally;
}

TEST(PaintAndFind, KeypointsSitOnTheirDiscForEveryTransform) {
  for (const Transform& transform : movers()) {
    // A small bend moves a disc's weight: its curvature, not its place.
    const Tally tally = find_discs(Recipe{transform}, 80, transform.name() == "Elastic" ? 0.6 : 0.5);
    EXPECT_GT(tally.found,
              transform.name() == "CropNearObject" || transform.name() == "ThinPlateSpline" ? 0 : 20)
        << transform.name();
    EXPECT_EQ(tally.missed, 0) << transform.name() << " " << tally.worst;
  }
}

/// Where there's enough paint to tell: the box surrounds it to within `slack` pixels, and the mask lies on
/// it.
bool expect_box(const Sample& after, double slack, const std::string& what) {
  // Faint pixels count: an acute corner covers little of the last pixels that it reaches.
  const cv::Rect paint = cv::boundingRect(after.image > 12);
  if (std::min(paint.width, paint.height) < 6 || after.boxes.size() != 1) return false;
  const Box& b = after.boxes[0];
  if (b.visibility < 0.3) return false;  // a sliver at the edge has no size to speak of
  EXPECT_NEAR(b.x0, paint.x, slack) << what;
  EXPECT_NEAR(b.y0, paint.y, slack) << what;
  EXPECT_NEAR(b.x1, paint.x + paint.width, slack) << what;
  EXPECT_NEAR(b.y1, paint.y + paint.height, slack) << what;
  EXPECT_EQ(b.label, 3);
  const cv::Mat solid = after.image > 127, mask = after.masks[0] > 127;
  // Pixels apart lie along the edge only.
  EXPECT_LE(cv::countNonZero(solid != mask), 0.75 * slack * (paint.width + paint.height) + 8) << what;
  return true;
}

TEST(PaintAndFind, BoxesAndMasksSurroundTheirPaintForEveryTransform) {
  for (const Transform& transform : movers()) {
    if (transform.name() == "GridShuffle") continue;  // a box becomes one per piece
    const Recipe recipe{transform};
    for (std::uint64_t i = 0; i < 60; ++i) {
      const Stream stream{.seed = 43, .index = i};
      const Sample before = painted(random_square(stream, stream.integer("side", 24, 120)), false);
      const Sample after = recipe.apply(before, stream);
      const double grown = std::max(1.0, after.keypoints.empty() ? 1.0 : after.keypoints[0].scale);
      expect_box(after, 1 + grown, std::string(transform.name()) + " " + std::to_string(i));
    }
  }
}

TEST(PaintAndFind, ThousandsOfChains) {
  std::vector<Transform> all;
  for (const Transform& t : movers())
    if (t.name() != "GridShuffle" && t.name() != "CropNearObject") all.push_back(t);
  const Recipe recipe{SomeOf{.of = all, .n = {2, 5}, .replace = true}};
  int seen = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Stream stream{.seed = 47, .index = i};
    const Sample before = painted(random_square(stream, stream.integer("side", 24, 120)), false);
    const Plan plan = recipe.draw(before, stream);
    if (double(plan.size().width) * plan.size().height > 4e5) continue;
    const Sample after = recipe.apply(before, stream);
    const double grown = std::max(1.0, after.keypoints.empty() ? 1.0 : after.keypoints[0].scale);
    expect_box(after, 2 + 1.5 * grown, std::to_string(i) + " " + plan.text());
    seen += after.boxes.size() == 1;
  }
  EXPECT_GT(seen, 1000);
  const Tally tally = find_discs(recipe, 1500, 1.0);
  EXPECT_GT(tally.found, 200);
  EXPECT_EQ(tally.missed, 0) << tally.worst;
}

/// The same for random rectangles under one recipe, a third of which must be found.
void expect_boxes(const Recipe& recipe, int count, double slack) {
  int found = 0;
  for (int i = 0; i < count; ++i) {
    const Stream stream{.seed = 17, .index = static_cast<std::uint64_t>(i)};
    const cv::Rect paint(stream.integer("x", 0, 240), stream.integer("y", 0, 180),
                         stream.integer("w", 20, 60), stream.integer("h", 20, 60));
    found += expect_box(recipe.apply(painted(paint, false), stream), slack, std::to_string(i));
  }
  EXPECT_GT(found, count / 3);
}

TEST(PaintAndFind, LatticeMovesAreExact) {
  expect_boxes(Recipe{HorizontalFlip{}, VerticalFlip{}, Dihedral{}, RandomCrop{.size = {140, 200}, .p = 0.5},
                      Pad{.left = 3, .right = 1, .top = 7, .p = 0.5}},
               150, 1e-9);
}

/// Where the border's rule changes the image is resampled in between: what was cut off stays cut off.
TEST(PaintAndFind, WhatOneWarpCutsOffTheNextDoesNotBringBack) {
  const Fill dark{Fill::Kind::Color, {0.02, 0.02, 0.02, 1}};
  expect_boxes(Recipe{Perspective{.distortion = {0.1, 0.2}, .p = 1},
                      Affine{.scale = {0.5, 0.8}, .fill = dark, .p = 1}},
               80, 3);
}

TEST(PaintAndFind, OtherChoicesOfWarpsDoAsTheirDefaults) {
  expect_boxes(Recipe{Rotate{.angle = {-180, 180}, .p = 1}}, 25, 2);
  expect_boxes(Recipe{Rotate{.angle = {-180, 180}, .expand = true, .p = 1}}, 25, 2);
  expect_boxes(Recipe{Rotate{.angle = {-180, 180}, .valid_only = true, .p = 1}}, 25, 2);
  expect_boxes(Recipe{Perspective{.border = Perspective::Border::Fill, .keep_size = false, .p = 1}}, 25, 2);
  expect_boxes(Recipe{RandomResizedCrop{.size = {100, 100}, .scale = {0.3, 1}}}, 25, 2);
}

}  // namespace
}  // namespace doppel::augment
