#include <gtest/gtest.h>

#include "doppel/augment/plan/plan.h"

namespace doppel::augment {
namespace {

TEST(PlanWords, TextIsShort) {
  const Plan plan{{10, 10}, {op::Crop{1, 2, {5, 6}}, op::Flip{}, op::Resize{{8, 8}}}};
  EXPECT_EQ(plan.text(), "crop 6x5 at 1,2 · flip horizontal · resize 8x8");
  EXPECT_EQ(Plan{}.text(), "unchanged");
}

TEST(PlanWords, WarpsAreSaidInWords) {
  const auto words = [](const Matrix3& map, Size to = {40, 60}) {
    const Matrix3 about = translation(to.width / 2.0, to.height / 2.0) * map * translation(-30, -20);
    return Plan{{40, 60}, {op::Warp{about, to, {}}}}.words();
  };
  EXPECT_EQ(words(rotation(12)), "rotate 12° left");
  EXPECT_EQ(words(rotation(-3.44)), "rotate 3.4° right");
  EXPECT_EQ(words(scaling(1.08, 1.08)), "zoom 1.08");
  EXPECT_EQ(words(scaling(0.912, 1.2)), "width x0.91, height x1.2");
  EXPECT_EQ(words(scaling(0.912, 1)), "width x0.91");
  EXPECT_EQ(words(Matrix3{{1, 0.25, 0, 0, 1, 0, 0, 0, 1}}), "shear 14° left");
  EXPECT_EQ(words(translation(4, -2.25)), "move 4 right 2.3 up");
  EXPECT_EQ(words(translation(0, 31.4)), "move 31 down");
  EXPECT_EQ(words(scaling(-1, 1)), "flip horizontal");
  EXPECT_EQ(words(rotation(180) * scaling(-1, 1)), "flip vertical");
  EXPECT_EQ(words(translation(-4, 2) * rotation(20) * scaling(-1.5, 1.5)),
            "flip horizontal, zoom 1.5, rotate 20° left, move 4 left 2 down");
  EXPECT_EQ(words(rotation(90), {60, 40}), "rotate 90° left, onto 40x60");
  EXPECT_EQ(words(rotation(0.01)), "hardly moved");
  EXPECT_EQ(words(Matrix3{{1, 0, 0, 0, 1, 0, 1e-3, 0, 1}}), "perspective");
  EXPECT_EQ(words(scaling(0, 1)), "warp");
}

TEST(PlanWords, TextShowsMatricesBehindTheWords) {
  const Plan plan{{10, 10}, {op::Warp{translation(2, 1), {10, 10}, {}}, op::Jpeg{30}}};
  EXPECT_EQ(plan.words(), "move 2 right 1 down · jpeg quality 30");
  EXPECT_EQ(plan.text(), "move 2 right 1 down [1 0 2; 0 1 1] · jpeg quality 30");
}

TEST(PlanWords, OpsAreSaidByWhatOneSees) {
  const auto words = [](const Op& op) { return Plan{{40, 60}, {op}}.words(); };
  EXPECT_EQ(words(op::Flip{op::Flip::Axis::Diagonal}), "transpose");
  EXPECT_EQ(words(op::Pad{1, 0, 0, 4, {}}), "pad 1 left 4 below");
  EXPECT_EQ(words(op::ColorMatrix{{1.2, 0, 0, 0, 0, 1.2, 0, 0, 0, 0, 1.2, 0}}), "brightness x1.20");
  EXPECT_EQ(words(op::ColorMatrix{{1, 0, 0, 0.1, 0, 1, 0, 0, 0, 0, 1, -0.2}}),
            "red +0.10, green +0.00, blue -0.20");
  EXPECT_EQ(words(op::ColorMatrix{{-1, 0, 0, 1, 0, -1, 0, 1, 0, 0, -1, 1}}), "negative");
  EXPECT_EQ(words(op::ColorMatrix{{0.3, 0.6, 0.1, 0, 0.3, 0.6, 0.1, 0, 0.3, 0.6, 0.1, 0}}), "grey");
  EXPECT_EQ(words(op::ColorMatrix{{0.65, 0.3, 0.05, 0, 0.15, 0.8, 0.05, 0, 0.15, 0.3, 0.55, 0}}),
            "saturation x0.50");
  EXPECT_EQ(words(op::ColorMatrix{{0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0}}), "colours mixed");
  EXPECT_EQ(words(op::Hsv{0.1, 1, 0, -0.25}), "hue +36° brightness -0.25");
  EXPECT_EQ(words(op::Noise{.law = op::Noise::Law::Multiplicative, .std = 0.05}), "speckle noise 0.050");
  EXPECT_EQ(words(op::Cover{{1, 2, 3, 4}, CoverFill::Color, {}, 0}), "cover 1 hole");
  EXPECT_EQ(words(op::Cover{{1, 2, 3, 4, 5, 6, 7, 8}, CoverFill::Color, {}, 0}), "cover 2 holes");
  EXPECT_EQ(words(op::Blend{{{{40, 60}, {op::Flip{}}}}, {1}, 0.4}), "blend 40 % (flip horizontal)");
  op::Join join;
  join.share = 0.3;
  EXPECT_EQ(words(join), "mix in 30 % of another image");
  join.mode = op::Join::Mode::Cut;
  join.x = 5;
  EXPECT_EQ(words(join), "paste objects of another image at 5,0");
}

TEST(PlanWords, OthersAreSaidByTheFieldsThatMatter) {
  const auto words = [](const Op& op) { return Plan{{40, 60}, {op}}.words(); };
  EXPECT_EQ(words(op::Equalize{}), "equalize");
  EXPECT_EQ(words(op::Gamma{1.25}), "gamma 1.25");  // not "gamma gamma 1.25"
  EXPECT_EQ(words(op::EllipseBlur{2, 1, 30}), "ellipse blur sigma_x 2 angle 30°");
  EXPECT_EQ(words(op::Morphology{op::Morphology::Mode::Erode, 2.34567}), "morphology mode erode radius 2.35");
  // Neither seeds nor fills nor long lists.
  EXPECT_EQ(words(op::Scatter{.shift = 3, .seed = 77}), "scatter shift 3");
  EXPECT_EQ(words(op::Swirl{30, 20, 90, 15, {Fill::Kind::Wrap, {}}}), "swirl x 30 y 20 angle 90° radius 15");
  EXPECT_EQ(words(op::Gravel{{1, 2, 3}, 4}), "gravel");
  EXPECT_EQ(text_of(op::Gamma{1.25}, {40, 60}), "gamma 1.25");
}

}  // namespace
}  // namespace doppel::augment
