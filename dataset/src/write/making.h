// From a sample to the images that are written of it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/random.h"
#include "doppel/dataset/sources/source.h"
#include "doppel/dataset/write/write_dataset.h"

namespace doppel::dataset::write {

/// An image, encoded, and what is said about it.
struct Made {
  int copy = 0;            ///< 0: the original
  augment::Sample sample;  ///< without pixels
  Size size;
  int channels = 3;
  std::string ending;  ///< ".jpg"
  std::vector<unsigned char> bytes;
  std::string plan;  ///< as JSON; empty of an original
  Stream stream;     ///< what it was drawn from
};

/// What a sample is known by: its encoded bytes, or its pixels, and all of its targets.
std::uint64_t fingerprint_of(const Item& item);

/// What is made of each sample of a part.
struct Wanted {
  bool original = true;
  int copies = 0;
};

/// What becomes of BMP and TIFF files that would stay as they are.
enum class Rare { Keep, ToPng };

/// A pure function of the sample's number; for any number of threads.
class Maker {
 public:
  Maker(const augment::Recipe& recipe, const WriteOptions& options, Rare rare)
      : recipe_(recipe), options_(options), rare_(rare) {}
  /// The original first, then the copies. A file that is already encoded as it should be stays byte for byte,
  /// once it's clear that it can be decoded. Throws Error with the sample's name.
  /// `fingerprint`: of what was read.
  std::vector<Made> make(const Source& source, std::size_t index, const Wanted& wanted,
                         std::uint64_t& fingerprint) const;

 private:
  class Job;
  const augment::Recipe& recipe_;
  const WriteOptions& options_;
  Rare rare_;
  mutable std::mutex large_;
};

}  // namespace doppel::dataset::write
