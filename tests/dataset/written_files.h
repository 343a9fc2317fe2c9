// Small files for tests of what reads folders.
#pragma once

#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// Writes a text, and the folders that it lies in. Nothing is flushed to disk, as write_file() does: tests
/// write many.
inline std::filesystem::path put_text(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

inline std::filesystem::path put_bytes(const std::filesystem::path& file,
                                       const std::vector<unsigned char>& bytes) {
  return put_text(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// Writes an image of one colour: a JPEG or, by any other ending, a PNG; 8 wide and 6 high.
inline std::filesystem::path put_image(const std::filesystem::path& file, cv::Size size = {8, 6}) {
  const cv::Mat image(size, CV_8UC3, cv::Scalar(40, 90, 200));
  return put_bytes(file, file.extension() == ".jpg" ? encode_jpeg(image, 95) : encode_png(image));
}

/// Writes a grey PNG: a mask that is `value` everywhere.
inline std::filesystem::path put_mask(const std::filesystem::path& file, int value, cv::Size size = {8, 6}) {
  return put_bytes(file, encode_png(cv::Mat(size, CV_8UC1, cv::Scalar(value))));
}

/// All remarks, a line each.
inline std::string all_text(const std::vector<Remark>& remarks) {
  std::string text;
  for (const Remark& remark : remarks) text += remark.text() + "\n";
  return text;
}

}  // namespace doppel::dataset
