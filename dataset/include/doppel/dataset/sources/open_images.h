#pragma once

#include <filesystem>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/annotated_images.h"

namespace doppel::dataset {

/// The tables of an Open Images data set.
struct OpenImagesFiles {
  std::filesystem::path boxes = {};   ///< ImageID, LabelName, XMin, XMax, YMin, YMax …; empty: none
  std::filesystem::path labels = {};  ///< ImageID, LabelName, Confidence: of whole images; empty: none
  std::filesystem::path names = {};   ///< class-descriptions: LabelName, name; empty: none
  std::filesystem::path images = {};  ///< the folder below which ImageID.jpg lies
};

/// Open Images: tables of boxes in shares of the image, and of classes of whole images (several share
/// it equally). Only images that are there are read.
///
/// Remarks: groups (IsGroupOf), which are left out, labels of confidence 0, which say what isn't seen, rows
/// of images that aren't there, columns that aren't read, classes without a name.
class OpenImages final : public AnnotatedImages {
 public:
  /// `progress` gets bytes read, of all. Throws Error with file and line.
  explicit OpenImages(const OpenImagesFiles& files, const OnProgress& progress = {});

  /// Whether a table's first line has ImageID and LabelName, and which of the two it is.
  enum class Table { None, Boxes, Labels };
  static Table kind_of(const std::filesystem::path& csv);  ///< None where it can't be read

 private:
  struct Reader;
};

}  // namespace doppel::dataset
