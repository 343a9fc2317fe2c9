// Images of a GAN on one sheet, also of mixtures of classes, and beside what was learned from.
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "doppel/nn/study/gan_run.h"

namespace doppel::apps {

/// What a sheet shows.
struct GeneratedSheet {
  std::size_t count = 64;    ///< images, 1 to 400
  std::vector<int> classes;  ///< that they are of, in turn
  std::string mixture = {};  ///< in place of these: see class_shares()
  std::string beside = {};   ///< data whose nearest image stands below each; empty: none
  std::uint64_t seed = 1;    ///< of the normal numbers
  std::uint64_t first = 0;   ///< number of the first image
  double truncation = 0;     ///< see nn::Generator::latents()
};

/// "A:0.5,B:0.5" as a share of each class; names may have commas and colons in them. Throws UsageError for
/// other texts, unknown classes, and shares that aren't above 0 and 1 together.
std::vector<float> class_shares(const std::string& text, const std::vector<std::string>& classes);

/// Draws it. Nearest are images by the features of a classifier that is trained on `beside`.
cv::Mat draw_generated(const nn::OpenedGan& gan, const GeneratedSheet& sheet);

}  // namespace doppel::apps
