// Augmented data sets as files, for trainers in any language.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/fields.h"
#include "doppel/base/progress.h"
#include "doppel/dataset/sources/remark.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// What a data set may be written as; docs/data.md says what each looks like and can hold.
enum class DataFormat {
  ImageFolder,  ///< PART/CLASS/IMAGE
  Coco,         ///< annotations/instances_PART.json: boxes, keypoints, masks of instances, polygons
  Yolo,         ///< boxes, or boxes with keypoints where there are any
  YoloSeg,      ///< the outlines of instances as polygons
  YoloObb,      ///< rotated boxes as four corners
  Voc,          ///< Pascal VOC: boxes in whole pixels
  Csv,          ///< PART.csv: a class and boxes
  JsonLines,    ///< PART.jsonl: a class or shares of several, boxes, maps, polygons and lines
  MaskFolder,   ///< images/ and masks/ with class numbers
  WebDataset,   ///< PART-000000.tar with .cls, .json and masks
  Pack          ///< a pack (docs/pack-format.md), which holds everything
};
/// By their values: "folder", "coco", "yolo", "yolo-seg", "yolo-obb", "voc", "csv", "jsonl", "masks",
/// "webdataset", "pack".
inline constexpr std::array<std::string_view, 11> kDataFormatNames{
    "folder", "coco", "yolo", "yolo-seg", "yolo-obb", "voc", "csv", "jsonl", "masks", "webdataset", "pack"};

/// How it is written.
struct WriteOptions {
  /// Keep: as the source has them; pixels without a file, PNM, BMP and TIFF become PNG.
  enum class Images { Keep, Jpeg, Png, Webp };

  DataFormat format = DataFormat::ImageFolder;  ///< what is written
  int copies = 1;                               ///< augmented images of each of the training part; 0 converts
  bool originals = true;                        ///< whether the training part's own images are written, too
  Images images = Images::Keep;  ///< what images are encoded as; who is so already stays byte for byte
  int quality = 92;              ///< of JPEG and WebP, 1 to 100
  /// What becomes of transparency. Kept: where a file can hold it; JPEGs are put over white.
  AlphaOver alpha = AlphaOver::Keep;
  std::uint64_t seed = 1;  ///< copy k of a sample is what a Loader of this seed shows in epoch k - 1
  int shard = 1000;        ///< images in a shard of WebDataset and packs, about
  int threads = 0;         ///< that work, on which no byte depends; 0: all cores
  /// Of the images' numbers, where the sources give them as shares of it: see PackOptions::range.
  std::vector<double> range = {};

  /// All of them but `range`, as they are recorded and compared.
  void fields(FieldVisitor& visit);
};

/// A part of a data set, under the name that it gets.
struct WritePart {
  /// What a part is for.
  enum class Role { Train, Valid, Test };
  Role role = Role::Train;  ///< only the training part is augmented
  SourcePtr source;         ///< its samples
};

/// What was written.
struct WriteReport {
  /// What was written of a part.
  struct Part {
    std::string name;         ///< "train", "val" or "test"
    std::size_t samples = 0;  ///< that could be read
    std::size_t images = 0;   ///< that were written of them, originals among them
  };
  std::vector<Part> parts;              ///< as they were given
  std::size_t images = 0;               ///< in all parts
  std::size_t kept = 0;                 ///< samples that a run before this one had finished
  std::uint64_t bytes = 0;              ///< of images, masks and shards
  std::vector<std::string> unreadable;  ///< the first hundred samples that were left out, with the reason
  std::size_t unreadable_count = 0;     ///< how many there are
  std::vector<Remark> remarks;          ///< what the format can't hold, and what was changed to fit it
};

/// Writes the parts of a data set into the folder `out`. Labels move along with the pixels, as the Loader
/// moves them. Killed at any time, the same call goes on where it was, to the same bytes; no byte depends on
/// the number of threads. Beside the data there are augment.yaml, by which it is known what the folder was
/// made with, and provenance.jsonl, which says of each image its source, its copy number, its stream and
/// its plan.
///
/// `data` is what the data set is called, as a rule its path: `out` may neither lie in that folder nor hold
/// it. `progress` gets the samples done, of all.
///
/// Throws UsageError where `out` holds something else or was made with other settings (the first of which is
/// named), where the recipe normalises, and where the format has no place for what the samples are about;
/// Error where nothing can be read, or a file can't be written: what is there by then stays, and is gone on
/// from.
WriteReport write_dataset(std::span<const WritePart> parts, const augment::Recipe& recipe,
                          const std::filesystem::path& out, const WriteOptions& options,
                          const std::string& data = {}, const OnProgress& progress = {});

}  // namespace doppel::dataset
