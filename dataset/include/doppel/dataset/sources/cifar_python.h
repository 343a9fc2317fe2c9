// CIFAR-10 and CIFAR-100 as Python's pickles: the files that most people have.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// data_batch_1 to data_batch_5 and test_batch (CIFAR-10), or train and test (CIFAR-100, of which the fine
/// labels are taken): pickles of a dictionary with the images as bytes [N, 3 x 32 x 32] by planes, and a list
/// of labels. Class names come from batches.meta or meta beside them. Nothing that a pickle calls is
/// executed.
class CifarPython final : public Source {
 public:
  /// CIFAR-10 or CIFAR-100.
  enum class Kind { Ten, Hundred };
  /// Which of the two parts.
  enum class Split { Train, Test };
  /// Throws Error, naming the file, where one is missing, is damaged, calls for more than an array, or has
  /// other numbers of images and labels or a label too large.
  CifarPython(const std::filesystem::path& folder, Kind kind, Split split);
  /// Which kind lies in a folder, if any.
  static std::optional<Kind> kind_in(const std::filesystem::path& folder);

  std::size_t size() const override { return labels_.size(); }
  Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override { return names_[index]; }
  int label(std::size_t index) const override { return labels_[index]; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  void add(const std::filesystem::path& file, const char* labels);
  std::vector<unsigned char> pixels_;
  std::vector<int> labels_;
  std::vector<std::string> names_, classes_;
};

}  // namespace doppel::dataset
