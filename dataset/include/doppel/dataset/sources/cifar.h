// CIFAR-10 and CIFAR-100 in their binary form.
#pragma once

#include <filesystem>
#include <optional>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Records of one label byte (CIFAR-10), or coarse and fine label (CIFAR-100, of which the fine one is
/// taken), and 3 x 32 x 32 bytes by planes. Class names come from batches.meta.txt or fine_label_names.txt
/// beside them, where they are.
class Cifar final : public Source {
 public:
  /// CIFAR-10 or CIFAR-100.
  enum class Kind { Ten, Hundred };
  /// The part that is read.
  enum class Split { Train, Test };
  /// Throws Error where a file isn't a whole number of records or a label is too large.
  Cifar(const std::filesystem::path& folder, Kind kind, Split split);
  /// Which kind lies in a folder, if any.
  static std::optional<Kind> kind_in(const std::filesystem::path& folder);

  std::size_t size() const override { return labels_.size(); }
  Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override { return stem_ + " " + std::to_string(index); }
  int label(std::size_t index) const override { return labels_[index]; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::string stem_;
  std::vector<unsigned char> pixels_;
  std::vector<int> labels_;
  std::vector<std::string> classes_;
};

}  // namespace doppel::dataset
