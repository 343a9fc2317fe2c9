// Images that the program draws: captioned tiles, curves, confusion matrices.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <utility>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/nn/train/metrics.h"
#include "doppel/nn/train/trainer.h"

namespace doppel::apps {

/// An image with words below. Without an image it is a place left blank.
struct Tile {
  cv::Mat image;
  std::string caption;
};

/// Tiles in rows of `columns`, each scaled into `side` pixels (small ones by whole factors), on white.
/// Captions stay below their tile: words too long for a line are parted, and after 14 lines a caption ends.
cv::Mat tile_sheet(const std::vector<Tile>& tiles, int columns, int side);

/// What a screen shows of a sample; variants of an original as the original, so that one sees what changed.
/// `rgb`: as Plan::rgb.
augment::Sample on_screen(const augment::Sample& sample, const cv::Mat& original,
                          const std::vector<int>& rgb);

/// The image as 8-bit RGB as large as a tile of `side` pixels shows it: small ones by whole factors.
cv::Mat tile_image(const cv::Mat& image, int side);

/// The image as 8-bit RGB with its boxes, outlines, masks and keypoints drawn in.
cv::Mat with_targets(const augment::Sample& sample);

/// Loss and accuracy (mean average precision, of independent labels held out; R2 of numbers, which have no
/// accuracy) over the epochs, and a note below.
cv::Mat draw_curves(const std::vector<nn::EpochRecord>& history, const std::string& held_out,
                    const std::string& note, bool has_accuracy = true);

/// Rows are truths, columns predictions.
cv::Mat draw_confusion(const nn::Confusion& confusion, const std::vector<std::string>& classes);

}  // namespace doppel::apps
