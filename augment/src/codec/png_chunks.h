// What a PNG's chunks say besides its pixels.
#pragma once

#include <span>

namespace doppel {

struct PngChunks {
  int orientation = 1;   ///< EXIF's, from eXIf or from the text "Raw profile type exif"
  bool has_end = false;  ///< IEND is there, with its checksum
  /// A chunk that isn't the pixels' promises more bytes than follow.
  bool breaks_off = false;
  int frames = 1;  ///< of an APNG; its default image counts, whether it's one of the animation's or not
};

/// Walks over all chunks, whose pixels stay packed. Ends without a word where they are damaged.
PngChunks png_chunks(std::span<const unsigned char> png);

}  // namespace doppel
