// Objects stay where their pixels went; crops keep their promises; draws have their distributions.

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/crop/object_safe_crop.h"
#include "doppel/augment/transforms/crop/pad.h"
#include "doppel/augment/transforms/crop/random_crop.h"
#include "doppel/augment/transforms/crop/random_resized_crop.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/augment/transforms/flip/alternating_flip.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/flip/vertical_flip.h"
#include "doppel/augment/transforms/geometry/affine.h"
#include "doppel/augment/transforms/geometry/perspective.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

/// A white rectangle on black, with its box, mask, and a keypoint in its middle.
Sample painted(cv::Rect r, int h = 120, int w = 150) {
  Sample s;
  s.image = cv::Mat(h, w, CV_8UC1, cv::Scalar(0));
  s.image(r).setTo(255);
  s.masks = {s.image.clone()};
  s.boxes = {{double(r.x), double(r.y), double(r.x + r.width), double(r.y + r.height), 3, 1}};
  s.keypoints = {{r.x + r.width / 2.0, r.y + r.height / 2.0, 30, 2, 0, 1}};
  return s;
}

void expect_found(const Recipe& recipe, std::uint64_t chains, double slack) {
  for (std::uint64_t i = 0; i < chains; ++i) {
    const Stream s{.seed = 17, .index = i};
    const cv::Rect r(s.integer("x", 0, 110), s.integer("y", 0, 80), s.integer("w", 20, 40),
                     s.integer("h", 20, 40));
    const Sample moved = recipe.apply(painted(r & cv::Rect(0, 0, 150, 120)), s);
    // Faint pixels count: an acute corner covers little of the last pixels that it reaches.
    const cv::Rect paint = cv::boundingRect(moved.image > 12);
    if (std::min(paint.width, paint.height) < 4) continue;
    ASSERT_EQ(moved.boxes.size(), 1U) << i;
    const Box& b = moved.boxes[0];
    if (b.visibility < 0.3) continue;  // a sliver at the edge has no size to speak of
    EXPECT_NEAR(b.x0, paint.x, slack) << i;
    EXPECT_NEAR(b.y0, paint.y, slack) << i;
    EXPECT_NEAR(b.x1, paint.x + paint.width, slack) << i;
    EXPECT_NEAR(b.y1, paint.y + paint.height, slack) << i;
    EXPECT_EQ(b.label, 3);
    const cv::Rect mask = cv::boundingRect(moved.masks[0] > 127), solid = cv::boundingRect(moved.image > 127);
    EXPECT_LE(std::abs(mask.x - solid.x) + std::abs(mask.y - solid.y), 2) << i;
    EXPECT_LE(std::abs(mask.width - solid.width) + std::abs(mask.height - solid.height), 3) << i;
  }
}

TEST(PaintAndFind, LatticeMovesAreExact) {
  expect_found(Recipe{HorizontalFlip{}, VerticalFlip{}, RandomCrop{.size = {90, 100}, .p = 0.5},
                      Pad{.left = 3, .right = 1, .top = 7, .p = 0.5}},
               500, 1e-9);
}

TEST(PaintAndFind, WarpsAreWithinTwoPixels) {
  expect_found(Recipe{Rotate{.angle = {-180, 180}}}, 500, 2.0);
  expect_found(Recipe{Affine{.p = 1}}, 500, 2.0);
  expect_found(Recipe{Perspective{.p = 1}}, 500, 2.0);
  expect_found(Recipe{Perspective{.border = Perspective::Border::Fill, .keep_size = false, .p = 1}}, 300,
               2.0);
  expect_found(Recipe{Rotate{.expand = true, .p = 1}}, 300, 2.0);
  expect_found(Recipe{RandomResizedCrop{.size = {100, 100}, .scale = {0.3, 1}}}, 500, 2.0);
}

TEST(PaintAndFind, WholeChainsAreToo) {
  expect_found(Recipe{HorizontalFlip{}, Rotate{}, RandomResizedCrop{.size = {96, 128}, .scale = {0.4, 1}},
                      VerticalFlip{}, Affine{}, Resize{.size = {140, 110}}, Perspective{}},
               1000, 3.0);
}

TEST(Keypoints, FollowTheirPixelAndTheJacobian) {
  // A disc on the keypoint: its weighted centre afterwards is the keypoint.
  const Recipe recipe{Rotate{.angle = {-90, 90}, .p = 1}, Affine{.p = 1}, HorizontalFlip{}};
  for (std::uint64_t i = 0; i < 200; ++i) {
    Sample s;
    s.image = cv::Mat(128, 128, CV_8UC1, cv::Scalar(0));
    cv::circle(s.image, {64, 60}, 6, 255, cv::FILLED);
    s.keypoints = {{64.5, 60.5, 0, 1, 0, 1}};
    const Sample moved = recipe.apply(s, Stream{.index = i});
    const cv::Moments m = cv::moments(moved.image);
    const double x = m.m10 / m.m00 + 0.5, y = m.m01 / m.m00 + 0.5;
    if (moved.keypoints[0].visibility > 0 && x > 10 && y > 10 && x < 118 && y < 118) {
      EXPECT_NEAR(moved.keypoints[0].x, x, 0.5);
      EXPECT_NEAR(moved.keypoints[0].y, y, 0.5);
    }
  }
  Sample s = painted({40, 40, 20, 20});
  const Sample flipped = Recipe{HorizontalFlip{.p = 1}}.apply(s, Stream{});
  EXPECT_NEAR(flipped.keypoints[0].angle, 150, 1e-9);
  EXPECT_NEAR(flipped.keypoints[0].x, 100, 1e-9);
  const Sample turned = Recipe{Rotate{.angle = {90, 90}, .p = 1}}.apply(s, Stream{});
  EXPECT_NEAR(turned.keypoints[0].angle, 120, 1e-9);
  const Sample scaled = Recipe{Resize{.size = {240, 300}}}.apply(s, Stream{});
  EXPECT_NEAR(scaled.keypoints[0].scale, 4, 1e-9);
}

TEST(AlternatingFlip, ShowsEachSampleBothWaysInTwoEpochs) {
  const Sample s = painted({40, 40, 20, 20});
  const Recipe recipe{AlternatingFlip{}};
  const auto flips = [&](std::uint64_t epoch, std::uint64_t index) {
    return !recipe.draw(s, Stream{.seed = 3, .epoch = epoch, .index = index}).ops.empty();
  };
  int first = 0;
  for (std::uint64_t index = 0; index < 1000; ++index) {
    first += flips(0, index);
    for (std::uint64_t epoch = 0; epoch < 4; ++epoch)
      ASSERT_NE(flips(epoch, index), flips(epoch + 1, index)) << index;
  }
  EXPECT_NEAR(first, 500, 60);
}

TEST(Visibility, IsCumulativeThroughCropsAndCovers) {
  // Three crops that keep 60 % each leave 21.6 %: dropped at min_visibility 0.5.
  Sample s = painted({0, 0, 100, 100}, 100, 100);
  struct LeftPart {
    void draw(Draft& draft, const Stream&) const {
      const Size now = draft.size();
      draft.append(op::Crop{0, 0, {now.height, static_cast<int>(now.width * 0.6)}});
      draft.append(op::Noise{});
    }
  };
  const Recipe thrice(std::vector<Transform>{LeftPart{}, LeftPart{}, LeftPart{}}, {.min_visibility = 0.5});
  EXPECT_TRUE(thrice.apply(s, Stream{}).boxes.empty());
  const Recipe kept(std::vector<Transform>{LeftPart{}, LeftPart{}, LeftPart{}});
  EXPECT_NEAR(kept.apply(s, Stream{}).boxes.at(0).visibility, 0.21, 0.011);

  struct CoverMost {
    void draw(Draft& draft, const Stream&) const {
      draft.append(op::Cover{{0, 0, 100, 80}, CoverFill::Color, {}, 0});
    }
  };
  const Sample covered = Recipe{CoverMost{}}.apply(s, Stream{});
  EXPECT_NEAR(covered.boxes.at(0).visibility, 0.2, 0.01);
  EXPECT_EQ(covered.keypoints.at(0).visibility, 0);
}

TEST(Visibility, TargetsOutsideAreFlaggedOrDropped) {
  Sample s = painted({100, 80, 40, 30});
  struct Corner {
    void draw(Draft& draft, const Stream&) const { draft.append(op::Crop{0, 0, {50, 50}}); }
  };
  const Sample flagged = Recipe{Corner{}}.apply(s, Stream{});
  EXPECT_TRUE(flagged.boxes.empty());
  EXPECT_EQ(flagged.keypoints.at(0).visibility, 0);
  const Recipe dropping(std::vector<Transform>{Corner{}}, {.keypoints = TargetRules::Outside::Drop});
  EXPECT_TRUE(dropping.apply(s, Stream{}).keypoints.empty());
}

TEST(RandomResizedCrop, DrawsAreaAndLogAspectEvenly) {
  Sample s;
  s.image = cv::Mat(1000, 1000, CV_8UC1, cv::Scalar(0));
  const Recipe recipe{RandomResizedCrop{.scale = {0.1, 0.6}}};
  std::array<int, 5> areas{}, aspects{};
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const Plan plan = recipe.draw(s, Stream{.index = i});
    const Size c = std::get<op::Crop>(plan.ops.at(0)).size;
    const double area = double(c.height) * c.width / 1e6,
                 aspect = std::log(double(c.width) / c.height) / std::log(4.0 / 3);
    ++areas[static_cast<std::size_t>(std::clamp(int((area - 0.1) / 0.1), 0, 4))];
    ++aspects[static_cast<std::size_t>(std::clamp(int((aspect + 1) / 0.4), 0, 4))];
  }
  for (const int n : areas) EXPECT_NEAR(n, 1000, 140);
  for (const int n : aspects) EXPECT_NEAR(n, 1000, 140);
}

TEST(RandomCrop, LargerThanThePictureSaysWhatToDo) {
  Sample s;
  s.image = wavy(20, 30, 1);
  try {
    Recipe{RandomCrop{.size = {40, 40}}}.draw(s, Stream{});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(
        error.what(),
        "RandomCrop of 40x40 is larger than the picture of 20x30; set pad_if_needed: true, or Resize first");
  }
  EXPECT_EQ((Recipe{RandomCrop{.size = {40, 40}, .pad_if_needed = true}}.draw(s, Stream{}).size()),
            (Size{40, 40}));
}

TEST(ObjectSafeCrop, KeepsEveryBox) {
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const Stream s{.seed = 4, .index = i};
    Sample sample;
    sample.image = cv::Mat(s.integer("H", 1, 90), s.integer("W", 1, 90), CV_8UC1, cv::Scalar(0));
    const int count = s.integer("count", 1, 4);
    for (int k = 0; k < count; ++k) {
      const Stream b = s.split("box", static_cast<std::uint64_t>(k));
      const double x0 = b.uniform("x", 0, sample.image.cols), y0 = b.uniform("y", 0, sample.image.rows);
      sample.boxes.push_back({x0, y0, b.uniform("X", x0, sample.image.cols) + 1e-3,
                              b.uniform("Y", y0, sample.image.rows) + 1e-3, k, 1});
    }
    const double keep = s.chance("all", 0.5) ? 1 : s.uniform("keep", 0.3, 1);
    Draft before(sample);
    const std::size_t visible = before.boxes().size();
    const auto drawn = Recipe{ObjectSafeCrop{.keep = keep, .scale = {0.05, 1}}}.draft(sample, s);
    ASSERT_EQ(drawn.boxes.size(), visible) << i;
    for (const Box& b : drawn.boxes) ASSERT_GE(b.visibility, keep - 1e-6) << i;
  }
}

TEST(ObjectSafeCrop, KeepsMasksAndSalientRegions) {
  int cropped = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Stream s{.seed = 5, .index = i};
    Sample sample;
    sample.image = cv::Mat(80, 100, CV_8UC3, cv::Scalar::all(90));
    const cv::Point centre(s.integer("x", 15, 85), s.integer("y", 15, 65));
    cv::circle(sample.image, centre, 8, cv::Scalar(255, 40, 40), cv::FILLED);
    cv::Mat mask(80, 100, CV_8UC1, cv::Scalar(0));
    cv::circle(mask, centre, 8, 1, cv::FILLED);
    const Recipe recipe{ObjectSafeCrop{.keep = 0.8, .scale = {0.1, 0.5}}};
    Sample with_mask = sample;
    with_mask.masks = {mask};
    const auto crop = std::get<op::Crop>(recipe.draw(with_mask, s).ops.at(0));
    ++cropped;
    EXPECT_GE(cv::countNonZero(mask(cv::Rect(crop.x, crop.y, crop.size.width, crop.size.height))),
              0.8 * cv::countNonZero(mask));
    // With no annotation the disc is what stands out.
    const auto safe =
        std::get<op::Crop>((Recipe{ObjectSafeCrop{.scale = {0.1, 0.4}}}.draw(sample, s)).ops.at(0));
    EXPECT_GE(cv::countNonZero(mask(cv::Rect(safe.x, safe.y, safe.size.width, safe.size.height))),
              0.7 * cv::countNonZero(mask))
        << i;
  }
  EXPECT_EQ(cropped, 300);
}

TEST(Rotate, ValidOnlyShowsNoBorder) {
  Sample s;
  s.image = cv::Mat(91, 140, CV_8UC1, cv::Scalar(255));
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Sample out =
        Recipe{
            Rotate{
                .angle = {-180, 180}, .valid_only = true, .fill = {Fill::Kind::Color, {0, 0, 0, 1}}, .p = 1}}
            .apply(s, Stream{.index = i});
    double low = 0;
    cv::minMaxLoc(out.image, &low);
    EXPECT_GT(low, 120) << i;  // the corner pixels may touch the edge by rounding
  }
}

TEST(Rotate, ANinetyDegreeTurnIsCounterClockwise) {
  cv::Mat image(8, 8, CV_8UC1, cv::Scalar(0));
  image.at<unsigned char>(0, 7) = 255;  // upper right goes to upper left
  Sample s;
  s.image = image;
  EXPECT_EQ((Recipe{Rotate{.angle = {90, 90}, .p = 1}}.apply(s, Stream{}).image.at<unsigned char>(0, 0)),
            255);
}

}  // namespace
}  // namespace doppel::augment
