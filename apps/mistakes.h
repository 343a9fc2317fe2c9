// What a network is sure of, against the labels.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "doppel/nn/model/model.h"
#include "doppel/nn/study/run_info.h"
#include "report/report.h"

namespace doppel::apps {

constexpr std::size_t kMistakesShown = 24;

/// Which classes a sample of independent labels shows.
std::vector<bool> classes_there(const dataset::Source& source, std::size_t index, std::size_t classes);

/// Training samples that the network, unaugmented, is sure to be of another class.
std::vector<Mistake> likely_mislabelled(nn::Model& model, const dataset::Source& train,
                                        const nn::RunInfo& info, int threads);

/// The surest mistakes as a contact sheet, RGB: each image with what it is and what it was taken for.
cv::Mat mistake_sheet(const std::vector<Mistake>& mistakes, const dataset::Source& source,
                      const std::vector<std::string>& classes);

}  // namespace doppel::apps
