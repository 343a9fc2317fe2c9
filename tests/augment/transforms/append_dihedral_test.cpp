#include "transforms/append_dihedral.h"

#include <gtest/gtest.h>

#include <array>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

cv::Mat dihedral_of(const cv::Mat& image, int element) {
  Sample sample;
  sample.image = image;
  Draft draft(sample);
  append_dihedral(draft, element);
  return render(draft.plan(), image);
}

TEST(AppendDihedral, MirrorsFirstAndThenTurnsCounterClockwise) {
  const cv::Mat image = (cv::Mat_<unsigned char>(2, 3) << 1, 2, 3, 4, 5, 6);
  const std::array<cv::Mat, 8> wanted{
      image.clone(),
      (cv::Mat_<unsigned char>(3, 2) << 3, 6, 2, 5, 1, 4),
      (cv::Mat_<unsigned char>(2, 3) << 6, 5, 4, 3, 2, 1),
      (cv::Mat_<unsigned char>(3, 2) << 4, 1, 5, 2, 6, 3),
      (cv::Mat_<unsigned char>(2, 3) << 3, 2, 1, 6, 5, 4),
      (cv::Mat_<unsigned char>(3, 2) << 1, 4, 2, 5, 3, 6),
      (cv::Mat_<unsigned char>(2, 3) << 4, 5, 6, 1, 2, 3),
      (cv::Mat_<unsigned char>(3, 2) << 6, 3, 5, 2, 4, 1),
  };
  for (int element = 0; element < 8; ++element)
    EXPECT_EQ(largest_difference(dihedral_of(image, element), wanted[static_cast<std::size_t>(element)]), 0)
        << element;
}

TEST(AppendDihedral, IsTheGroupOfTheSquareOnOddSizes) {
  // The product of two elements, mirrored first and then turned, by their numbers.
  const auto product = [](int a, int b) {  // a first, then b
    const int turn_a = a % 4, turn_b = b % 4;
    const bool mirror_a = a >= 4, mirror_b = b >= 4;
    const int turn = ((mirror_b ? -turn_a : turn_a) + turn_b + 8) % 4;
    return turn + (mirror_a != mirror_b ? 4 : 0);
  };
  for (int side = 1; side <= 17; side += 2) {
    const cv::Mat image = wavy(side, side, 3);
    for (int a = 0; a < 8; ++a)
      for (int b = 0; b < 8; ++b)
        EXPECT_EQ(
            largest_difference(dihedral_of(dihedral_of(image, a), b), dihedral_of(image, product(a, b))), 0)
            << side << " " << a << " " << b;
  }
}

}  // namespace
}  // namespace doppel::augment
