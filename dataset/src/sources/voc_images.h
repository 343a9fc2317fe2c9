// Which image an annotation of Pascal VOC is of.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// Finds the image of an annotation.
class VocImages {
 public:
  explicit VocImages(std::vector<std::string> images);
  /// What `filename` names, or else what has the name of the annotation (`key`, its path without ending). The
  /// number of the image. Throws Error where it isn't there, where both are and differ, and where several
  /// could be it; remarks where `filename` alone isn't there.
  std::size_t of(const std::string& key, const std::string& filename, Remarks& remarks) const;
  const std::string& path(std::size_t image) const { return paths_[image]; }
  std::size_t size() const { return paths_.size(); }

 private:
  std::vector<std::size_t> called(const std::string& filename) const;
  std::vector<std::size_t> with_stem(const std::string& stem) const;
  std::vector<std::string> paths_;
  std::unordered_multimap<std::string, std::size_t> stems_, names_;  ///< by path and by name, without endings
};

}  // namespace doppel::dataset
