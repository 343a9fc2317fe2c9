#include "doppel/augment/plan/box_format.h"

#include <gtest/gtest.h>

namespace doppel::augment {
namespace {

TEST(BoxFormats, EachWritesItsOwnNumbers) {
  constexpr Size kAround{100, 200};
  const Box box{20, 10, 60, 50, 4};
  for (const auto& [format, numbers] : {std::pair{BoxFormat::Pascal, std::array{20.0, 10.0, 60.0, 50.0}},
                                        {BoxFormat::Coco, {20, 10, 40, 40}},
                                        {BoxFormat::Yolo, {0.2, 0.3, 0.2, 0.4}},
                                        {BoxFormat::Relative, {0.1, 0.1, 0.3, 0.5}}}) {
    const auto written = numbers_of(format, box, kAround);
    const Box read = box_from(format, numbers, kAround, 4);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(written[i], numbers[i], 1e-12);
    EXPECT_NEAR(read.x0, 20, 1e-12);
    EXPECT_NEAR(read.y0, 10, 1e-12);
    EXPECT_NEAR(read.x1, 60, 1e-12);
    EXPECT_NEAR(read.y1, 50, 1e-12);
    EXPECT_EQ(read.label, 4);
    EXPECT_EQ(read.visibility, 1);
  }
}

TEST(BoxFormats, RoundTripOnImagesOfAnySize) {
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
