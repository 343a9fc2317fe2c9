// Masks in colour: which colour is which class, as a table beside them says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <string>
#include <unordered_map>
#include <vector>

namespace doppel::dataset {

/// Numbers by colours: that of the table's n-th row, from 0.
class MaskColors {
 public:
  /// Reads class_dict.csv (columns name, r, g, b; RGB's values 0 to 255), CVAT's labelmap.txt (lines
  /// name:r,g,b:parts:actions, # before a remark) or CamVid's label_colors.txt (lines r g b name). Throws
  /// Error with file and line: no such row, a colour that came before.
  explicit MaskColors(const std::filesystem::path& file);
  /// A table of one of these names in a folder, in any case; empty where there is none.
  static std::filesystem::path in(const std::filesystem::path& folder);

  /// Of the rows.
  const std::vector<std::string>& names() const { return names_; }
  /// Numbers (CV_8U; CV_32S beyond 256 rows) of an image (CV_8UC3, RGB; CV_8UC1: the three alike). Throws
  /// Error, naming the pixel, for a colour that isn't in the table.
  cv::Mat numbers(const cv::Mat& image) const;

 private:
  void add(std::string name, const std::vector<std::string>& rgb);
  void read_csv(const std::string& text);
  void read_lines(const std::string& text);

  std::vector<std::string> names_;
  std::unordered_map<std::uint32_t, int> number_of_;  ///< by 0xrrggbb
};

}  // namespace doppel::dataset
