// What each transform of the catalogue does, as a small picture.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "serve/pictures.h"

namespace doppel::apps {

/// Pictures of one image after one transform each, kept once they're drawn. Any thread may call.
class ExamplePictures {
 public:
  /// `pictures` must outlive it.
  explicit ExamplePictures(Pictures& pictures) : pictures_(pictures) {}
  /// A JPEG of 96 pixels: the transform with its own fields, applied for certain; of a few draws the one that
  /// is seen best. Throws UsageError where there is no such transform or image, Error where it can't be
  /// drawn.
  std::vector<unsigned char> of(const std::string& transform, std::size_t index);

  /// Those of an image are drawn anew: its file was written.
  void forget(std::size_t index);

 private:
  Pictures& pictures_;
  std::mutex mutex_;
  std::map<std::pair<std::size_t, std::string>, std::vector<unsigned char>> drawn_;
};

}  // namespace doppel::apps
