// Where the images of a COCO file lie: people keep them in a dozen places, and name them by paths of
// others.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// Looks for images in the folders where they usually are: named after the file (instances_train2017.json:
/// train2017, images/train2017), images, JPEGImages, data, all of these beside the file or one above; beside
/// it; one above. Nothing outside these is ever opened.
class CocoImages {
 public:
  /// `images`: the one folder to look in, where it isn't empty. Throws Error where it's none.
  CocoImages(const std::filesystem::path& json, const std::filesystem::path& images);
  /// The image's path for each name, empty where it isn't there. A name may have folders, and backslashes;
  /// of one that begins elsewhere (absolute, on a drive, a URL, Label Studio's /data/local-files/?d=…) the
  /// longest end is taken that is there. Throws Error where one leaves the folders, two lead to one image,
  /// or none is there at all.
  std::vector<std::string> find(const std::vector<std::string>& names, Remarks& remarks);

 private:
  std::string find_one(const std::string& name, Remarks& remarks);
  std::optional<std::string> in_folders(const std::string& name);
  bool is_folder(std::string path);
  void put_best_first(const std::vector<std::string>& names);
  void check_all(const std::vector<std::string>& names, const std::vector<std::string>& found,
                 Remarks& remarks) const;

  std::vector<std::string> folders_;  ///< what comes before a name: "data/train/"
  std::unordered_map<std::string, bool> known_folders_;
};

}  // namespace doppel::dataset
