// Objects stay where their pixels went, for every geometric transform and thousands of chains: an object is
// painted, the picture augmented, the paint found again and compared with box, mask and keypoint.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/plan/box_format.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/augment/transforms/flip/dihedral.h"
#include "doppel/augment/transforms/flip/grid_shuffle.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/structure/some_of.h"
#include "doppel/base/error.h"
#include "transforms/append_dihedral.h"

namespace doppel::augment {
namespace {

constexpr int kHeight = 240, kWidth = 300;

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
  s.image = cv::Mat(kHeight, kWidth, CV_8UC1, cv::Scalar(0));
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
  return {s.integer("x", 8, kWidth - side - 8), s.integer("y", 8, kHeight - side - 8), side, side};
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

/// True where the box surrounds the paint to within `slack` pixels, and the mask lies on it.
void expect_box(const Sample& after, double slack, const std::string& what) {
  // Faint pixels count: an acute corner covers little of the last pixels that it reaches.
  const cv::Rect paint = cv::boundingRect(after.image > 12);
  if (std::min(paint.width, paint.height) < 6 || after.boxes.size() != 1) return;
  const Box& b = after.boxes[0];
  if (b.visibility < 0.3) return;  // a sliver at the edge has no size to speak of
  EXPECT_NEAR(b.x0, paint.x, slack) << what;
  EXPECT_NEAR(b.y0, paint.y, slack) << what;
  EXPECT_NEAR(b.x1, paint.x + paint.width, slack) << what;
  EXPECT_NEAR(b.y1, paint.y + paint.height, slack) << what;
  EXPECT_EQ(b.label, 3);
  const cv::Mat solid = after.image > 127, mask = after.masks[0] > 127;
  // Pixels apart lie along the edge only.
  EXPECT_LE(cv::countNonZero(solid != mask), 0.75 * slack * (paint.width + paint.height) + 8) << what;
}

TEST(PaintAndFind, BoxesAndMasksSurroundTheirPaintForEveryTransform) {
  for (const Transform& transform : movers()) {
    if (transform.name() == "GridShuffle") continue;  // a box becomes one per piece: below
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

TEST(PaintAndFind, ShuffledTilesTakeTheirPiecesOfTheBox) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Stream stream{.seed = 53, .index = i};
    const Sample after = Recipe{GridShuffle{.p = 1}}.apply(painted(random_square(stream, 40), false), stream);
    cv::Mat boxes(after.image.size(), CV_8U, cv::Scalar(0));
    double seen = 0;
    for (const Box& b : after.boxes) {
      boxes(cv::Rect(cv::Point(int(std::lround(b.x0)), int(std::lround(b.y0))),
                     cv::Point(int(std::lround(b.x1)), int(std::lround(b.y1)))))
          .setTo(255);
      seen += b.visibility;
    }
    EXPECT_EQ(cv::countNonZero(boxes != after.image), 0) << i;
    EXPECT_NEAR(seen, 1, 1e-6) << i;
  }
}

TEST(Dihedral, IsTheGroupOfTheSquareOnOddSizes) {
  // The product of two elements, mirrored first and then turned, by their numbers.
  const auto product = [](int a, int b) {  // a first, then b
    const int turn_a = a % 4, turn_b = b % 4;
    const bool mirror_a = a >= 4, mirror_b = b >= 4;
    const int turn = ((mirror_b ? -turn_a : turn_a) + turn_b + 8) % 4;
    return turn + (mirror_a != mirror_b ? 4 : 0);
  };
  const auto element = [](const cv::Mat& image, int e) {
    Sample s;
    s.image = image;
    Draft draft(s);
    append_dihedral(draft, e);
    return render(draft.plan(), image);
  };
  for (int side = 1; side <= 17; side += 2) {
    const cv::Mat image = wavy(side, side, 3);
    for (int a = 0; a < 8; ++a)
      for (int b = 0; b < 8; ++b)
        EXPECT_EQ(largest_difference(element(element(image, a), b), element(image, product(a, b))), 0)
            << side << " " << a << " " << b;
  }
}

TEST(RotatedBoxes, CutInHalfKeepTheirAngle) {
  Sample s;
  s.image = cv::Mat(100, 100, CV_8UC1, cv::Scalar(0));
  s.rotated_boxes = {{50, 50, 60, 20, 30, 2, 1, -1}};
  struct LeftHalf {
    void draw(Draft& draft, const Stream&) const { draft.append(op::Crop{0, 0, {100, 50}}); }
  };
  const Sample half = Recipe{LeftHalf{}}.apply(s, Stream{});
  ASSERT_EQ(half.rotated_boxes.size(), 1U);
  EXPECT_NEAR(half.rotated_boxes[0].angle, 30, 1e-6);
  EXPECT_NEAR(half.rotated_boxes[0].height, 20, 0.5);
  EXPECT_NEAR(half.rotated_boxes[0].visibility, 0.5, 0.01);
  const Sample turned = Recipe{Rotate{.angle = {45, 45}, .p = 1}}.apply(s, Stream{});
  ASSERT_EQ(turned.rotated_boxes.size(), 1U);
  EXPECT_NEAR(turned.rotated_boxes[0].angle, 75, 1e-6);
  EXPECT_NEAR(turned.rotated_boxes[0].width, 60, 0.5);
  const Sample mirrored = Recipe{HorizontalFlip{.p = 1}}.apply(s, Stream{});
  EXPECT_NEAR(std::fmod(mirrored.rotated_boxes.at(0).angle + 180, 180), 150, 1e-6);
}

TEST(Targets, AnObjectGoesAsAWhole) {
  // Box, mask and keypoint of instance 2 leave the picture together.
  Sample s;
  s.image = cv::Mat(60, 60, CV_8UC3, cv::Scalar::all(9));
  s.instance_mask = 0;
  s.masks = {cv::Mat(60, 60, CV_8U, cv::Scalar(0))};
  s.masks[0](cv::Rect(5, 5, 20, 20)).setTo(1);
  s.masks[0](cv::Rect(40, 40, 20, 20)).setTo(2);
  s.boxes = {{5, 5, 25, 25, 0, 1, 1}, {40, 40, 60, 60, 0, 1, 2}};
  s.keypoints = {{10, 10, 0, 1, 0, 1, 1}, {42, 42, 0, 1, 0, 1, 2}};
  struct Cut {
    void draw(Draft& draft, const Stream&) const { draft.append(op::Crop{0, 0, {46, 46}}); }
  };
  const Sample out = Recipe(std::vector<Transform>{Cut{}}, {.min_visibility = 0.5}).apply(s, Stream{});
  ASSERT_EQ(out.boxes.size(), 1U);
  EXPECT_EQ(out.boxes[0].instance, 1);
  ASSERT_EQ(out.keypoints.size(), 1U);
  EXPECT_EQ(out.keypoints[0].instance, 1);
  EXPECT_EQ(cv::countNonZero(out.masks[0] == 2), 0);
  EXPECT_EQ(cv::countNonZero(out.masks[0] == 1), 400);
}

TEST(Targets, MirrorPairsChangePlacesAndComeFromYaml) {
  const Recipe recipe = Recipe::from_yaml(
      "mirror_pairs: [[0, 1], [4, 5]]\ntransforms:\n- HorizontalFlip: {p: 1}\n- HorizontalFlip: {p: 0.5}\n");
  EXPECT_EQ(Recipe::from_yaml(recipe.yaml()).rules(), recipe.rules());
  Sample s;
  s.image = wavy(20, 20, 1);
  for (const int label : {0, 1, 2, 5}) s.keypoints.push_back({3.0 + label, 4, 0, 1, label, 1});
  bool once = false, twice = false;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Sample out = recipe.apply(s, Stream{.index = i});
    const bool mirrored = out.keypoints[0].x > 10;
    (mirrored ? once : twice) = true;
    const std::array<int, 4> swapped{1, 0, 2, 4}, same{0, 1, 2, 5};
    for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(out.keypoints[k].label, (mirrored ? swapped : same)[k]);
  }
  EXPECT_TRUE(once && twice);
  EXPECT_THROW(Recipe::from_yaml("mirror_pairs: [[0, left]]\ntransforms: [HorizontalFlip]\n"), UsageError);
}

TEST(Targets, OvershootIsClippedAndCounted) {
  Sample s;
  s.image = wavy(20, 30, 1);
  s.boxes = {{-0.4, 2, 30.3, 19, 1, 1}, {4, 4, 8, 8, 1, 1}, {40, 5, 50, 9, 1, 1}, {6, 6, 6, 9, 1, 1}};
  const Drawn drawn = Recipe{}.draft(s, {});
  EXPECT_EQ(drawn.clipped, 2);
  ASSERT_EQ(drawn.boxes.size(), 2U);  // one outside and one without area are gone
  EXPECT_EQ(drawn.boxes[0].x0, 0);
  EXPECT_EQ(drawn.boxes[0].x1, 30);
}

TEST(BoxFormats, RoundTripOnPicturesOfAnySize) {
  for (const BoxFormat format : {BoxFormat::Pascal, BoxFormat::Coco, BoxFormat::Yolo, BoxFormat::Relative})
    for (const Size size : {Size{1, 1}, Size{480, 640}, Size{3, 30000}}) {
      const Box box{0.25 * size.width, 0.5 * size.height, 0.75 * size.width, 1.0 * size.height, 4, 1};
      const Box back = box_from(format, numbers_of(format, box, size), size, 4);
      EXPECT_NEAR(back.x0, box.x0, 1e-9 * size.width);
      EXPECT_NEAR(back.y1, box.y1, 1e-9 * size.height);
    }
}

}  // namespace
}  // namespace doppel::augment
