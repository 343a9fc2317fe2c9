#pragma once

#include <filesystem>
#include <string>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/annotated_images.h"

namespace doppel::dataset {

/// Label Studio's JSON export: a list of tasks with `annotations` and `data`. Rectangles, turned ones too,
/// polygons, ellipses, keypoints and brushes; what is chosen for the whole image is its class, or its
/// classes. Of several annotations of a task the first that wasn't cancelled counts.
///
/// An image is what a task's `data` names (/data/upload/…, /data/local-files/?d=…, a URL), by the longest of
/// its ends that lies below the folder of the file (or the one above, where that is called annotations or
/// labels); also without the eight letters that an upload puts before a name.
///
/// Remarks: tasks without an annotation, predictions, choices of regions, relations, kinds of results that
/// aren't read, images that aren't there. read() throws Error where original_width and original_height
/// aren't the image's.
class LabelStudio final : public AnnotatedImages {
 public:
  /// `progress` gets tasks read, of all. Throws Error with the file, the task's place from 1, and what is
  /// wrong.
  explicit LabelStudio(const std::filesystem::path& json, const OnProgress& progress = {});

  /// Whether a file looks like it, by its first bytes.
  static bool is_label_studio(const std::filesystem::path& json);

 private:
  struct Reader;
};

}  // namespace doppel::dataset
