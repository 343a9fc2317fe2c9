#include "train/optimizers/orthogonalize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "doppel/base/random.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

TEST(Orthogonalize, SingularValuesComeNearOneAndDirectionsStay) {
  for (const auto& [rows, columns] : {std::pair{6, 20}, {20, 6}, {8, 8}, {1, 5}, {1, 1}})
    for (const float size : {1e-3F, 1.F, 1e4F}) {
      cv::Mat m(rows, columns, CV_32F);
      for (int i = 0; i < rows * columns; ++i)
        m.ptr<float>()[i] =
            size * static_cast<float>(Stream{.seed = 7}.split("at", std::uint64_t(i)).normal("v"));
      cv::Mat made = m.clone(), before, u, vt, after;
      cv::SVD::compute(m, before, u, vt);
      orthogonalize(made.ptr<float>(), rows, columns);
      cv::SVD::compute(made, after);
      // What was a hundredth of the largest or less may lag.
      for (int i = 0; i < after.rows; ++i)
        if (before.at<float>(i) > 0.05F * before.at<float>(0)) {
          EXPECT_GT(after.at<float>(i), 0.6F) << rows << 'x' << columns;
          EXPECT_LT(after.at<float>(i), 1.25F) << rows << 'x' << columns;
        }
      // The nearest such matrix is u · vt, which has its singular vectors: u and vt make it diagonal.
      const cv::Mat diagonal = u.t() * made * vt.t();
      for (int r = 0; r < diagonal.rows; ++r)
        for (int c = 0; c < diagonal.cols; ++c)
          if (r != c) { EXPECT_NEAR(diagonal.at<float>(r, c), 0, 1e-3) << rows << 'x' << columns; }
    }
}

TEST(Orthogonalize, NothingStaysNothing) {
  std::vector<float> zeros(12, 0.F);
  orthogonalize(zeros.data(), 3, 4);
  EXPECT_EQ(zeros, std::vector<float>(12, 0.F));
}

TEST(Orthogonalize, OnlyMatricesBetweenHiddenValuesAre) {
  const auto hidden = [](const char* text) {
    Model model(build_graph(parse_network(text), {1, 5, 5}, 2), 1);
    std::string names;
    for (std::size_t p = 0; p < model.parameters().size(); ++p)
      if (is_hidden_matrix(model, p)) names += model.parameters()[p].name + ' ';
    return names;
  };
  EXPECT_EQ(hidden("conv3x3(4)-bn-conv3x3(8)-bn-prelu-fc(6)-fc"), "conv2.weight fc1.weight ");
  EXPECT_EQ(hidden("fc(6)-fc"), "");
  EXPECT_EQ(hidden("fc"), "");
}

}  // namespace
}  // namespace doppel::nn
