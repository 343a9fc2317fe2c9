// What written images are called.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset::write {

/// What a file may be called everywhere, from how a source calls a sample: the last part of its path without
/// an ending, letters, digits, "-", "_" and what isn't ASCII; at most 60 bytes.
std::string stem_of(std::string_view source_name);

/// Names of a part's samples, in order, of which no two are alike, be it in another case or as the name of
/// another's copy: where they would be, the sample's number comes behind.
class StemList {
 public:
  /// `taken` holds the names that others have, and gets these.
  StemList(const Source& source, int copies, std::unordered_set<std::string>& taken);
  const std::string& operator[](std::size_t index) const { return stems_[index]; }
  /// Of one of its images: copy 0 is the original.
  std::string image(std::size_t index, int copy) const;

 private:
  std::vector<std::string> stems_;
  int digits_;  ///< of a copy's number
};

}  // namespace doppel::dataset::write
