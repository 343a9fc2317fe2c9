// Samples, of which those with large images are in memory one at a time.
#pragma once

#include <mutex>

#include "doppel/codec/image_facts.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// A sample with its pixels, and what its file's header says, if it has one.
struct LoadedAlone {
  std::unique_lock<std::mutex> alone;  ///< held where the image takes more than 16 MB
  augment::Sample sample;              ///< with its pixels
  ImageFacts facts;                    ///< of its file; as they begin where there is none
};

/// As load(source, index), grey, RGB or RGBA as it is: images of more than 16 MB are decoded one at a time,
/// by whoever has the same `large`, and wait for the one before to be let go of. What a thread does until
/// then mustn't take up other work that loads images, as waiting for tasks may.
LoadedAlone load_alone(const Source& source, std::size_t index, std::mutex& large);

/// Holds `large` where an encoded image's pixels, by its header, take more than 16 MB.
std::unique_lock<std::mutex> alone_with(std::span<const unsigned char> encoded, std::mutex& large);

}  // namespace doppel::dataset
