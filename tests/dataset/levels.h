// A source of flat images that are told apart by their level.
#pragma once

#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "doppel/dataset/sources/memory.h"

namespace doppel::dataset {

/// Grey images of 2 x 3 pixels with levels `first`, first + 1 …, and labels in turn.
inline SourcePtr levels(int count, int first, std::vector<std::string> classes = {"a", "b"}) {
  std::vector<augment::Sample> samples(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    augment::Sample& sample = samples[static_cast<std::size_t>(i)];
    sample.image = cv::Mat(2, 3, CV_8UC1, cv::Scalar(first + i));
    sample.label = classes.empty() ? -1 : i % static_cast<int>(classes.size());
  }
  return std::make_shared<InMemory>(std::move(samples), std::move(classes));
}

inline int level_of(const Source& source, std::size_t index) {
  return source.read(index).sample.image.at<unsigned char>(0, 0);
}

}  // namespace doppel::dataset
