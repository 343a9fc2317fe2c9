// Hashes that tell a data set from another of as many samples: for what goes on with it later, or elsewhere.
#pragma once

#include <cstdint>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Of all that is known of samples before they are read: the classes, and each sample's name without its
/// folder (which may lie elsewhere on another machine), label, shares, objects' labels and numbers.
std::uint64_t listing_hash(const Source& source);

/// What images_hash() is of.
enum class HashedImages {
  Encoded,  ///< files of images alone: of what is decoded or made already other processors may round
            ///< otherwise
  All,      ///< also pixels of whole numbers
};
/// Of up to 64 images that are spread over the data, 8 of a far one: another copy of it may have the same
/// names. What can't be read counts as such.
std::uint64_t images_hash(const Source& source, HashedImages which);

}  // namespace doppel::dataset
