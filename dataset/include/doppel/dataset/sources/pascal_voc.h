#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/base/geometry.h"
#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// How Pascal VOC's files are taken.
struct PascalVocOptions {
  /// What becomes of objects marked `difficult`.
  enum class Difficult { Keep, Drop };
  /// Objects marked `difficult`, which VOC's own benchmark doesn't count: kept as all others, or left out. A
  /// remark counts them either way.
  Difficult difficult = Difficult::Keep;
};

/// Pascal VOC: one XML per image. `root` holds Annotations/ and JPEGImages/ (or images/), in any case and
/// at any depth below them, or both kinds side by side. Corners are 1-based and inclusive, as the format has
/// it; exchanged ones are put in order. Classes are the objects' names in order. An image is the one that
/// `filename` names, or else the one with the annotation's own name.
///
/// Remarks: images without an annotation, annotations that no list names, marks and elements that aren't
/// read, boxes put in order. read() throws Error where `size` isn't the image's.
class PascalVoc final : public FileSource {
 public:
  /// `split`: a list of ImageSets/Main, ImageSets/Segmentation or ImageSets, without its ending and in any
  /// case, or a folder of its own below `root` (train/, valid/). Lists with a second column of -1, 0 and 1
  /// are one class's: those of -1 don't belong to them. Empty: all annotations. `progress` gets the
  /// annotations read, of all. Throws Error with the file and what is wrong in it: a list that isn't there,
  /// or names an annotation that isn't there (with its line); an annotation whose image isn't there, or is
  /// two.
  explicit PascalVoc(const std::filesystem::path& root, const std::string& split = "",
                     const OnProgress& progress = {}, const PascalVocOptions& options = {});

  /// Which of train, trainval, val and test there are, as lists, or else as folders of their own (also
  /// valid): what `split` may be.
  static std::vector<std::string> parts(const std::filesystem::path& root);
  /// Whether a folder, or one of its parts' folders, looks like this: XML whose root is <annotation>.
  static bool is_voc(const std::filesystem::path& root);
  std::vector<int> object_labels(std::size_t index) const override;

 private:
  struct Note {
    std::vector<augment::Box> boxes;
    Size size;         ///< the image's, as its annotation says; 0 x 0 where it doesn't
    std::string file;  ///< below annotations_
  };
  struct Reader;
  void annotate(std::size_t index, Item& item) const override;

  std::filesystem::path annotations_;
  std::vector<Note> notes_;
};

}  // namespace doppel::dataset
