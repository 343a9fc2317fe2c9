// What a study found, in numbers, images and one sentence for each amount of data.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "doppel/nn/study/experiment.h"
#include "doppel/nn/study/statistics.h"

namespace doppel::apps {

/// One arm beside the first, over all seeds; in points (hundredths).
struct Comparison {
  std::string arm;
  nn::Interval accuracy;     ///< in percent; of data with rare classes the mean of their recall
  nn::Interval difference;   ///< to the first arm, seed by seed
  nn::Interval of_all = {};  ///< with rare classes: the same difference of all test images' accuracy
  double mcnemar = 1;        ///< over all seeds' answers together; with rare classes 1: it isn't asked
  std::string verdict;       ///< "helps", "hurts", "no evidence"
  std::vector<nn::Interval> by_class;
  std::string classes_lost;  ///< ", class 6 lost 2.1" for each that surely did
};

/// All arms of one amount of real images.
struct Finding {
  std::size_t images = 0;
  int imbalance = 1;                 ///< of the arms
  std::vector<std::uint64_t> seeds;  ///< those that all arms have
  std::vector<Comparison> arms;      ///< the first is what the others are held against
  std::string sentence;
};

/// `labels` names the classes. All arms have one imbalance. Arms without a result for any seed are left out.
Finding find_out(const nn::Study& run, std::size_t images, const std::vector<std::uint64_t>& seeds,
                 const std::vector<nn::Arm>& arms, const std::vector<std::string>& labels);

/// Differences with their intervals, arm by arm, one panel for each amount.
std::string difference_svg(const std::vector<Finding>& findings);
void write_study_report(const std::filesystem::path& path, const std::string& title,
                        const std::vector<std::pair<std::string, std::string>>& facts,
                        const std::vector<Finding>& findings, const std::vector<std::string>& labels);
nlohmann::json to_json(const Finding& finding, const std::vector<std::string>& labels);

}  // namespace doppel::apps
