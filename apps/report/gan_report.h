// A GAN's run as one page.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "doppel/nn/study/gan_trainer.h"

namespace doppel::apps {

struct GanPage {
  std::string title;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<nn::GanLine> lines;
  std::vector<std::string> events;  ///< what was done about the game, and why
  std::vector<std::string> classes;
  nn::GanQuality quality;
  bool is_flow = false;    ///< it has one loss, and no discriminator
  double score_floor = 0;  ///< Fréchet's distance of real images at the count that lines are measured at
  cv::Mat sheet, nearest_sheet;  ///< samples; and pairs, the generated above the real
};

/// One self-contained HTML page: curves, samples, measures by class, and the nearest training images.
void write_gan_report(const std::filesystem::path& path, const GanPage& page);
nlohmann::json to_json(const nn::GanQuality& quality, const std::vector<std::string>& classes);

}  // namespace doppel::apps
