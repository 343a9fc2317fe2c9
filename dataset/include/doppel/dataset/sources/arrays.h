// Images in arrays: NumPy's .npy and .npz, and HDF5.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

class Array;

/// An array in a file.
struct ArrayPlace {
  std::filesystem::path file;  ///< a .npy, a .npz, or HDF5 (.h5, .hdf5)
  std::string name = {};       ///< in the file: "x_train", "train/images"; empty: the only one
};

/// Images [N, H, W], [N, H, W, C] or [N, C, H, W] with 1, 3 or 4 channels, of 8 bits or what becomes that
/// without a loss: bool, whole numbers from 0 to 255, multiples of 1/255 from 0 to 1, and 16 bits of which
/// the upper 8 say all. HDF5 may hold encoded images, rows of bytes that differ in length. Labels are whole
/// numbers [N] or [N, 1], -1 for none; texts [N]; or [N, K], a 1 for each class that is there,
/// or shares that sum to 1.
///
/// Numbers are read where they lie in the file. Deflated members of a .npz and arrays in Fortran's order are
/// unpacked into memory when they are opened. Nothing that is pickled is read.
class ArrayImages final : public Source {
 public:
  /// `classes`: their names by number; without them labels are called by their numbers. `progress`: of
  /// images whose numbers are looked at, where they aren't bytes. Throws Error, naming the array, where one
  /// is damaged, has another shape or type, would lose something as bytes, or where there are other numbers
  /// of images and labels.
  explicit ArrayImages(const ArrayPlace& images, const std::optional<ArrayPlace>& labels = {},
                       const std::vector<std::string>& classes = {}, const OnProgress& progress = {});
  /// The same of arrays that are open; `labels` may be null.
  ArrayImages(std::shared_ptr<const Array> images, const std::shared_ptr<const Array>& labels,
              const std::vector<std::string>& classes, const OnProgress& progress = {});
  ~ArrayImages() override;

  std::size_t size() const override { return size_; }
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  std::string name(std::size_t index) const override;  ///< "mnist.npz: x_train 17"
  int label(std::size_t index) const override { return labels_.empty() ? -1 : labels_[index]; }
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override {
    return shares_.empty() ? std::vector<augment::LabelShare>() : shares_[index];
  }
  const std::vector<std::string>& classes() const override { return classes_; }
  std::vector<Remark> remarks() const override { return remarks_.list(); }

 private:
  struct Pixels;
  std::shared_ptr<const Array> images_;
  std::unique_ptr<const Pixels> pixels_;  ///< how numbers become images; null: they are files
  std::size_t size_ = 0;
  std::vector<int> labels_;
  std::vector<std::vector<augment::LabelShare>> shares_;
  std::vector<std::string> classes_;
  Remarks remarks_;
};

}  // namespace doppel::dataset
