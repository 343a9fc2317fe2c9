#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// A pair of IDX files (LeCun's format: big-endian header, then bytes), plain or .gz: images [N, H, W],
/// labels [N].
class IdxFiles final : public Source {
 public:
  /// Throws Error where a header lies about its count or size, or a label is not below `classes` (0: as many
  /// as occur).
  IdxFiles(const std::filesystem::path& images, const std::filesystem::path& labels, int classes = 0);
  std::size_t size() const override { return labels_.size(); }
  Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override { return stem_ + " " + std::to_string(index); }
  int label(std::size_t index) const override { return labels_[index]; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::string stem_;
  std::vector<unsigned char> pixels_, labels_;
  int height_ = 0, width_ = 0;
  std::vector<std::string> classes_;
};

}  // namespace doppel::dataset
