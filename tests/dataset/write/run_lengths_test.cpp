// Run-length codes that read back to the same mask.
#include "write/run_lengths.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <random>

#include "sources/run_length.h"

namespace doppel::dataset::write {
namespace {

TEST(RunLengths, ReadBackExactly) {
  std::mt19937 bits(2);
  for (int round = 0; round < 200; ++round) {
    cv::Mat mask(1 + static_cast<int>(bits() % 20), 1 + static_cast<int>(bits() % 20), CV_32S, cv::Scalar(0));
    for (int& number : cv::Mat_<int>(mask)) number = static_cast<int>(bits() % 4);
    cv::Mat again(mask.size(), CV_32S, cv::Scalar(0));
    for (const auto& [instance, runs] : runs_of_instances(mask)) {
      const auto read = runs_from_text(text_of_runs(runs.counts));
      ASSERT_EQ(read, runs.counts);
      check_runs(read, {mask.rows, mask.cols});
      paint_runs(read, instance, again);
      EXPECT_EQ(runs.area, static_cast<std::uint64_t>(cv::countNonZero(mask == instance)));
    }
    ASSERT_EQ(cv::norm(mask, again, cv::NORM_INF), 0) << "round " << round;
  }
}

}  // namespace
}  // namespace doppel::dataset::write
