#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

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

}  // namespace doppel::dataset
