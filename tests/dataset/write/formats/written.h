// What a format writes of one image, file by file, so that its tests can say what other programs find
// there.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/dataset/write/write_dataset.h"

namespace doppel::dataset {

/// Every file that is written of an image, by its path, but for how the set was made.
class Written {
 public:
  Written(DataFormat format, const augment::Sample& sample, const std::vector<std::string>& classes) {
    const auto source = std::make_shared<InMemory>(std::vector{sample}, classes);
    report =
        write_dataset(std::vector{WritePart{.source = source}}, {}, out(), {.format = format, .copies = 0});
    for (const auto& entry : std::filesystem::recursive_directory_iterator(out())) {
      const std::string path = entry.path().lexically_relative(out());
      if (!entry.is_regular_file() || path == "augment.yaml" || path == "provenance.jsonl" || path[0] == '.')
        continue;
      const auto bytes = read_file(entry.path());
      files_[path] = {bytes.begin(), bytes.end()};
    }
  }
  /// The files' paths, sorted.
  std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    for (const auto& [path, content] : files_) paths.push_back(path);
    return paths;
  }
  std::string text(const std::string& path) const {
    const auto found = files_.find(path);
    if (found != files_.end()) return found->second;
    ADD_FAILURE() << "no " << path << " among " << testing::PrintToString(paths());
    return "";
  }
  /// Whether a remark has these words.
  bool says(const std::string& words) const {
    return std::ranges::any_of(
        report.remarks, [&](const Remark& one) { return one.text().find(words) != std::string::npos; });
  }
  std::filesystem::path out() const { return folder_.path() / "out"; }

  WriteReport report;

 private:
  TemporaryFolder folder_;
  std::map<std::string, std::string> files_;
};

/// 40 pixels wide and 20 high, with numbers that come out even.
inline augment::Sample plain_image() {
  augment::Sample sample;
  sample.image = cv::Mat(20, 40, CV_8UC3, cv::Scalar(10, 20, 30));
  return sample;
}

/// With an object of class 1 from (10, 5) to (30, 15).
inline augment::Sample image_with_box() {
  augment::Sample sample = plain_image();
  sample.boxes = {{.x0 = 10, .y0 = 5, .x1 = 30, .y1 = 15, .label = 1, .instance = 1}};
  return sample;
}

/// And a mask that shows all of the object but for its upper right pixel.
inline augment::Sample image_with_instance() {
  augment::Sample sample = image_with_box();
  cv::Mat mask(20, 40, CV_8U, cv::Scalar(0));
  mask(cv::Rect(10, 5, 20, 10)).setTo(1);
  mask.at<unsigned char>(5, 29) = 0;
  sample.masks = {mask};
  sample.instance_mask = 0;
  return sample;
}

}  // namespace doppel::dataset
