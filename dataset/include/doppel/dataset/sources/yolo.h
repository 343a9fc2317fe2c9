#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

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

}  // namespace doppel::dataset
