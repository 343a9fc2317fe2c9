// Pictures with objects in them: COCO, Pascal VOC, YOLO, and masks beside pictures.
#pragma once

#include "doppel/augment/sample.h"
#include "doppel/dataset/file_source.h"
#include "doppel/dataset/progress.h"

namespace doppel::dataset {

/// COCO's JSON: `images`, `annotations` with `bbox` [x, y, width, height], `segmentation` (polygons, or
/// run-length code, compressed or not), `keypoints` [x, y, v, …] (v 0: not labelled and left out; 1: hidden),
/// `categories`. Classes are the categories in the order of their ids. Crowds' boxes are left out, as
/// trainers do. Where any object has a segmentation, each sample has one mask (CV_32S) of instance numbers,
/// the n-th object n.
class Coco final : public FileSource {
 public:
  /// Images lie in `images`, or, where that is empty, beside the file, in a folder named after it
  /// (instances_train2017.json: train2017), or in images/. Throws Error that names the annotation.
  /// `progress` gets the annotations read, of all.
  explicit Coco(const std::filesystem::path& json, const std::filesystem::path& images = {},
                const OnProgress& progress = {});

  /// A segmentation as the file has it: polygons as numbers, or runs of background and object by columns.
  struct Outline {
    std::vector<std::vector<double>> polygons;
    std::vector<std::uint32_t> runs;
    augment::Size size;  ///< of the runs
  };
  struct Object {
    augment::Box box;
    std::vector<augment::Keypoint> keypoints;
    Outline outline;
  };

 private:
  struct Reader;
  void annotate(std::size_t index, Item& item) const override;
  std::vector<std::vector<Object>> objects_;
  bool has_masks_ = false;
};

/// Pascal VOC: one XML per picture. `root` holds Annotations/ and JPEGImages/ (or both kinds side by side);
/// where ImageSets/Main/<split>.txt is there, it says which belong to a split. Corners are 1-based and
/// inclusive, as the format has it. Classes are the objects' names in order.
class PascalVoc final : public FileSource {
 public:
  /// `progress` gets the annotations read, of all.
  explicit PascalVoc(const std::filesystem::path& root, const std::string& split = "",
                     const OnProgress& progress = {});

 private:
  void annotate(std::size_t index, Item& item) const override { item.sample.boxes = boxes_[index]; }
  std::vector<std::vector<augment::Box>> boxes_;
};

/// YOLO: images/… and labels/… with the same names, a line per object: class, centre x, centre y, width,
/// height in shares of the picture. Class names come from data.yaml's `names` or classes.txt.
class Yolo final : public FileSource {
 public:
  /// `split`: the folder below images/ and labels/, or of data.yaml's entry; empty where there is none.
  /// `progress` gets the pictures found, of nobody knows how many.
  explicit Yolo(const std::filesystem::path& root, const std::string& split = "",
                const OnProgress& progress = {});

 private:
  void annotate(std::size_t index, Item& item) const override;
  std::vector<std::filesystem::path> labels_;
};

/// images/ with a mask of the same stem in masks/ (or labels/, annotations/, SegmentationClass/): grey PNG, a
/// value per class.
class SegmentationFolder final : public FileSource {
 public:
  /// `progress` gets the pictures matched, of all.
  explicit SegmentationFolder(const std::filesystem::path& root, const OnProgress& progress = {});
  /// The mask folder below `root`, empty where there is none.
  static std::filesystem::path mask_folder(const std::filesystem::path& root);

 private:
  void annotate(std::size_t index, Item& item) const override;
  std::vector<std::string> masks_;
};

}  // namespace doppel::dataset
