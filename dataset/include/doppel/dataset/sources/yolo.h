#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// What data.yaml, or a list of names, says of a YOLO data set.
struct YoloConfig {
  std::filesystem::path root = {};        ///< the data set's folder; no path leaves it
  std::string file = {};                  ///< where the names are from, for messages
  std::string path = {};                  ///< of another place, as data.yaml has it; it isn't followed
  std::vector<std::string> classes = {};  ///< names, by number
  int keypoints = 0;                      ///< of each object, from kpt_shape; 0: none
  int keypoint_numbers = 3;  ///< of a keypoint: 2: x, y; 3: and its visibility (0: not labelled, 1:
                             ///< hidden, 2: seen)
  /// Folders and lists of images, by the part's name in the file.
  std::map<std::string, std::vector<std::string>> parts = {};
  std::vector<std::string> unused = {};  ///< other keys of the file

  /// From data.yaml. Names are a list, a map from numbers, of which those left out are named by their number,
  /// or a file of names; a class number that isn't among them is an error of its row. Throws Error with the
  /// file.
  static YoloConfig from_yaml(const std::filesystem::path& file);
  /// From classes.txt, obj.names: a name a line. Throws Error with the file.
  static YoloConfig from_names(const std::filesystem::path& file, const std::filesystem::path& root);
  /// From Darknet's obj.data: lines `names = obj.names`, `train = train.txt` and `valid = …`. Throws Error
  /// with the file.
  static YoloConfig from_darknet(const std::filesystem::path& file);
};

/// YOLO: images, and for each a text file of its name, in labels/ where the image is in images/ (image,
/// imgs, img, JPEGImages), or else beside it; folders and endings in any case. A line is an object, in shares
/// of the image's width and height:
///   class, centre x, centre y, width, height (and a confidence, which isn't used): a box
///   the same, then kpt_shape's numbers: a box with keypoints
///   class, then x, y of three corners or more: a polygon, which becomes a box and a place in the mask of
///   instances class, then x, y of four corners in each such line: an oriented box; a box where it is upright
/// An image without a text file shows background.
class Yolo final : public FileSource {
 public:
  /// `from`: folders of images at any depth and .txt lists of their paths, all below config.root; there may
  /// be no images. Lists' paths from another machine are looked for below the root. Throws Error, naming
  /// it, where a folder or list isn't there, or a list's line names no image. `progress` gets the images
  /// found, of nobody knows how many.
  Yolo(const YoloConfig& config, const std::vector<std::filesystem::path>& from,
       const OnProgress& progress = {});

  /// Images with a text file.
  std::size_t labelled() const;
  const std::filesystem::path& root() const { return root_; }  ///< the folder that texts' paths begin at
  /// Text files below the root, in the folders that these images' are in, that are no image's. Remarked
  /// on where no list of images was given: of a list's, they may be other parts'.
  const std::vector<std::string>& unused_texts() const { return unused_texts_; }
  /// Images' text files below the root, in their order; empty for background.
  const std::vector<std::string>& texts() const { return labels_; }
  /// Reads the image's text file; of one that can't be read, what it says up to there.
  std::vector<int> object_labels(std::size_t index) const override;

 private:
  /// What lines of several corners are.
  enum class Corners { Polygons, Oriented };
  void annotate(std::size_t index, Item& item) const override;
  void add_folder(const std::filesystem::path& folder, const OnProgress& progress);
  void add_list(const std::filesystem::path& list);
  void find_labels();
  Corners kind_of_corners() const;

  std::string names_file_;
  int keypoints_ = 0, keypoint_numbers_ = 3;
  Corners corners_ = Corners::Polygons;
  std::vector<std::string> labels_;  ///< below the root; empty: background
  std::vector<std::string> unused_texts_;
};

}  // namespace doppel::dataset
