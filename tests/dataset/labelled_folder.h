// A folder of images and of what is said about them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/source.h"
#include "error_of.h"

namespace doppel::dataset {

class LabelledFolder : public testing::Test {
 protected:
  std::filesystem::path root() const { return folder_.path(); }
  void put(const std::filesystem::path& file, std::string_view text) const {
    std::filesystem::create_directories((root() / file).parent_path());
    write_file(root() / file, text);
  }
  /// Of 32 x 24 pixels.
  void image(const std::filesystem::path& file) const {
    std::filesystem::create_directories((root() / file).parent_path());
    write_file(root() / file, encode_png(cv::Mat(24, 32, CV_8UC1, cv::Scalar(9))));
  }
  static std::string text_of(const std::vector<Remark>& remarks) {
    std::string all;
    for (const Remark& remark : remarks) all += remark.text() + "\n";
    return all;
  }
  /// What goes wrong while a source is opened and read whole.
  static std::string problem(const auto& open) {
    return error_of([&] {
      const auto source = open();
      for (std::size_t i = 0; i < source.size(); ++i) (void)load(source, i);
    });
  }
  static augment::Box box(double x0, double y0, double x1, double y1, int label, int instance) {
    return {x0, y0, x1, y1, label, 1, instance};
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace doppel::dataset
