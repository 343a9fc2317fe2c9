// What label formats have in common: images, and for each what is drawn on it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {

struct DrawnImage;

/// Images with boxes (upright or turned), polygons, bitmaps and keypoints. Polygons, ellipses and bitmaps
/// become one mask of instance numbers, in which upper ones cover lower ones; each has a box around it, as
/// have lines. Polygons, ellipses (as polygons) and lines are outlines, too. Several shapes of one object are
/// one instance. Several classes of an image are each there in full.
class AnnotatedImages : public FileSource {
 public:
  ~AnnotatedImages() override;
  /// What keypoints' labels mean: their names in order.
  const std::vector<std::string>& point_names() const { return point_names_; }
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override;
  std::vector<int> object_labels(std::size_t index) const override;

 protected:
  /// As FileSource; paths begin at `root`.
  explicit AnnotatedImages(std::filesystem::path root);
  /// Adds an image that lies at `path` below the root. Throws Error where it leads elsewhere.
  void add_image(std::string_view path, DrawnImage drawn);
  /// The number of a point's name, which becomes known where it wasn't.
  int point_of(std::string_view name);
  /// Once all are there: sorts the names of classes and points, and says how points are numbered.
  void sort_names();
  /// Throws Error where the image isn't of the size that it was annotated with.
  void annotate(std::size_t index, Item& item) const override;
  /// What is drawn on an image.
  const DrawnImage& drawn(std::size_t index) const;

 private:
  std::vector<DrawnImage> drawn_;
  std::vector<std::string> point_names_;
};

}  // namespace doppel::dataset
