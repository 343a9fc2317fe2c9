#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

class MaskColors;
struct SegmentationCase;

/// Images with a mask each, of the same stem (or the stem with _mask, _masks, _gt, _label or _labels after
/// it): one channel, a value per class, 255 by custom for what doesn't count; or in colour, where a table
/// beside them (class_dict.csv, labelmap.txt, label_colors.txt) says which colours are which classes, whose
/// names classes() then has. Of a volume (NIfTI) each slice is a sample, with the same slice of its mask.
/// As nnU-Net has them, `case_0000`, `case_0001` … are the channels of the image whose mask is `case`, and a
/// dataset.json below the root names the classes; the number of its label "ignore" becomes 255 in masks.
class SegmentationFolder final : public FileSource {
 public:
  /// `images` and `masks` lie below `root`; images at any depth, masks in the same folders. `progress` gets
  /// the images looked at, of all that have one. An image without a mask is left out, with a remark, and a
  /// mask without an image is remarked on. Throws Error where no image has a mask.
  SegmentationFolder(const std::filesystem::path& root, const std::filesystem::path& images,
                     const std::filesystem::path& masks, const OnProgress& progress = {});
  /// The mask folder below `root`, by its usual names in any case; empty where there is none with images.
  static std::filesystem::path mask_folder(const std::filesystem::path& root);
  ~SegmentationFolder() override;

  /// The table of colours that was read; empty where there is none.
  const std::filesystem::path& color_table() const { return color_table_; }
  /// nnU-Net's dataset.json, where it was read; empty where there is none.
  const std::filesystem::path& labels_file() const { return labels_file_; }

 private:
  void annotate(std::size_t index, Item& item) const override;
  void check_slices(const SegmentationCase& one) const;
  cv::Mat channels_of(std::size_t index) const;
  std::vector<SegmentationCase> cases_;
  std::vector<std::uint32_t> case_of_;  ///< per sample
  int uncounted_ = -1;                  ///< the number in masks that doesn't count
  std::filesystem::path color_table_, labels_file_;
  std::unique_ptr<const MaskColors> colors_;
};

}  // namespace doppel::dataset
