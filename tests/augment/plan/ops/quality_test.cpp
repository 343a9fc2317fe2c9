#include "doppel/augment/plan/ops/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(QualityFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"Jpeg: {quality: 30}", op::Jpeg{30}},
           {"Webp: {quality: 40}", op::Webp{40}},
           {"Downscale: {factor: 0.5, down: nearest, up: bicubic}",
            op::Downscale{0.5, Filter::Nearest, Filter::Bicubic}},
           {"BayerMosaic: {}", op::BayerMosaic{}},
           {"Interlace: {shift: -3}", op::Interlace{-3}},
           {"Clahe: {clip: 3, tiles: 4}", op::Clahe{3, 4}},
           {"Morphology: {mode: erode, radius: 2}", op::Morphology{op::Morphology::Mode::Erode, 2}},
           {"Superpixels: {count: 50, share: 0.5, seed: 3}", op::Superpixels{50, 0.5, 3}},
           {"Halftone: {cell: 6, angle: 30, share: 0.5}", op::Halftone{6, 30, 0.5}},
           {"Chromatic: {red: 0.1, blue: -0.2}", op::Chromatic{0.1, -0.2}},
           {"Edges: {share: 0.5}", op::Edges{0.5}},
           {"FourierAdapt: {file: 'a.png', beta: 0.1}", op::FourierAdapt{"a.png", 0.1}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(QualityFields, BoundsAreChecked) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"Jpeg: {quality: 0}", "p:3: Jpeg: quality is 0, but must be 1 to 100"},
           {"Webp: {quality: 101}", "p:3: Webp: quality is 101, but must be 1 to 100"},
           {"Downscale: {factor: 2}", "p:3: Downscale: factor is 2, but must be 0.001 to 1"},
           {"Downscale: {up: best}",
            "p:3: Downscale: up is 'best', but must be one of nearest, bilinear, bicubic, area, lanczos"},
           {"Morphology: {mode: open}", "p:3: Morphology: mode is 'open', but must be one of dilate, erode"},
           {"Superpixels: {count: 0}", "p:3: Superpixels: count is 0, but must be 1 to 100000"},
           {"Clahe: {tiles: 0}", "p:3: Clahe: tiles is 0, but must be 1 to 256"},
           {"Chromatic: {red: 0.6}", "p:3: Chromatic: red is 0.6, but must be -0.5 to 0.5"},
           {"FourierAdapt: {beta: 0.6}", "p:3: FourierAdapt: beta is 0.6, but must be 0 to 0.5"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
