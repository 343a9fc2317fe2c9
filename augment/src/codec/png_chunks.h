// What a PNG's chunks say besides its pixels.
#pragma once

#include <span>
#include <vector>

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

/// The file without its texts and profiles, of which nothing is read by the library, and which may become a
/// thousand times their bytes; without what is behind a chunk that breaks off, too, for which room would be
/// made. Empty where the file may stay as it is: its texts are few, and whole. Throws Error where the
/// checksum of what is left out doesn't fit.
std::vector<unsigned char> png_without_texts(std::span<const unsigned char> png);

}  // namespace doppel
