#include <algorithm>

#include "dicom_form.h"
#include "doppel/base/error.h"

namespace doppel {
namespace {

using Packed = std::vector<unsigned char>;

[[noreturn]] void throw_short_frame() { throw Error("not a whole DICOM: its pixels aren't all there"); }

/// JPEG and its like begin with FF and a mark; so a fragment that does begins a frame.
bool begins_stream(std::span<const unsigned char> fragment) {
  return fragment.size() > 2 && fragment[0] == 0xff && (fragment[1] == 0xd8 || fragment[1] == 0x4f);
}

/// The number of the frame that each fragment is of.
std::vector<int> frames_of_fragments(const DicomForm& form) {
  std::vector<int> frames(form.fragments.size(), 0);
  if (form.frames == 1) return frames;
  const bool each_one = form.fragments.size() == static_cast<std::size_t>(form.frames);
  std::size_t at = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (each_one)
      frames[i] = static_cast<int>(i);
    else if (form.starts.size() > 1)
      frames[i] = static_cast<int>(std::ranges::upper_bound(form.starts, at) - form.starts.begin()) - 1;
    else
      frames[i] = (i == 0 ? -1 : frames[i - 1]) + (i == 0 || begins_stream(form.fragments[i]) ? 1 : 0);
    at += 8 + form.fragments[i].size();
  }
  return frames;
}

Packed packed_frame(const DicomForm& form, int frame) {
  const std::vector<int> frames = frames_of_fragments(form);
  Packed packed;
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (frames[i] == frame) packed.insert(packed.end(), form.fragments[i].begin(), form.fragments[i].end());
  if (packed.empty()) throw_short_frame();
  return packed;
}

/// PackBits: a length and that many bytes, or one byte that many times.
void unpack_runs(std::span<const unsigned char> runs, unsigned char* out, std::size_t count,
                 std::size_t step) {
  std::size_t done = 0, at = 0;
  while (done < count && at < runs.size()) {
    const int head = static_cast<signed char>(runs[at++]);
    if (head == -128) continue;
    const std::size_t length = static_cast<std::size_t>(head >= 0 ? head + 1 : 1 - head),
                      taken = std::min(length, count - done);
    if (at + (head >= 0 ? taken : 1) > runs.size()) throw_short_frame();
    for (std::size_t i = 0; i < taken; ++i) out[(done + i) * step] = runs[at + (head >= 0 ? i : 0)];
    at += head >= 0 ? length : 1;
    done += taken;
  }
  if (done < count) throw_short_frame();
}

/// DICOM's run lengths: first a sample's upper bytes of all pixels, then the lower ones.
Packed unpack_segments(const DicomForm& form, const Packed& packed, std::size_t size) {
  const std::size_t bytes = static_cast<std::size_t>(form.allocated / 8),
                    pixel = bytes * static_cast<std::size_t>(form.samples), segments = pixel;
  const auto word = [&](std::size_t i) {
    return std::size_t{number_at(packed, 4 * i, 4, ByteOrder::Little)};
  };
  if (packed.size() < 64 || word(0) != segments || segments > 15) throw_short_frame();
  Packed out(size);
  for (std::size_t s = 0; s < segments; ++s) {
    const std::size_t first = word(1 + s), last = s + 1 < segments ? word(2 + s) : packed.size();
    if (first > last || last > packed.size()) throw_short_frame();
    const std::size_t place = s / bytes * bytes + (bytes - 1 - s % bytes);
    unpack_runs(std::span(packed).subspan(first, last - first), out.data() + place, size / pixel, pixel);
  }
  return out;
}

}  // namespace

std::vector<unsigned char> dicom_frame(const DicomForm& form, int frame) {
  const std::size_t size =
      static_cast<std::size_t>(form.size.width) * static_cast<std::size_t>(form.size.height) *
      static_cast<std::size_t>(form.samples) * static_cast<std::size_t>(form.allocated / 8);
  if (!form.is_packed()) {
    const auto k = static_cast<std::size_t>(frame);
    if (k >= form.pixels.size() / size || form.pixels.size() / size < 1) throw_short_frame();
    const auto numbers = form.pixels.subspan(k * size, size);
    return {numbers.begin(), numbers.end()};
  }
  const Packed packed = packed_frame(form, frame);
  if (form.packing() == DicomPacking::Runs) return unpack_segments(form, packed, size);
  return coded_dicom_frame(form, packed);
}

}  // namespace doppel
