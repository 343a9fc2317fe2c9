#include <algorithm>

#include "image_size.h"
#include "tiff.h"
#include "tiff_block.h"

namespace doppel {
namespace {

namespace tag {
constexpr unsigned kSubfile = 254, kWidth = 256, kHeight = 257, kBits = 258, kPhotometric = 262,
                   kOrientation = 274, kSamples = 277, kExtra = 338, kFormat = 339;
}
/// Values of kPhotometric that are read as they are; others are converted.
constexpr unsigned kWhiteIsZero = 0, kBlackIsZero = 1, kRgb = 2;

/// Images in their own right: neither smaller copies nor masks of others.
int pages_of(const TiffBlock& tiff, std::size_t bytes) {
  constexpr std::uint32_t kReduced = 1, kMask = 4;
  int pages = 0;
  std::size_t seen = 0;
  for (std::size_t at = tiff.first_directory(); at != 0; at = tiff.next_directory(at)) {
    seen += tiff.size_of(at);
    if (seen > bytes) break;  // one led back to another
    if ((tiff.number_of(at, tag::kSubfile, 0) & (kReduced | kMask)) == 0) ++pages;
  }
  return std::max(1, pages);
}

/// Of the first sample behind the colours, which alone counts: 1 says premultiplied, 2 straight. Four samples
/// of which nothing is said are RGBA.
TiffForm::Alpha alpha_of(const std::vector<std::uint32_t>& extra, int samples, int colors) {
  if (samples <= colors) return TiffForm::Alpha::None;
  if (extra.empty()) return samples == 4 && colors == 3 ? TiffForm::Alpha::Straight : TiffForm::Alpha::None;
  return extra[0] == 1   ? TiffForm::Alpha::Premultiplied
         : extra[0] == 2 ? TiffForm::Alpha::Straight
                         : TiffForm::Alpha::None;
}

}  // namespace

TiffForm tiff_form(std::span<const unsigned char> bytes, long max_pixels) {
  const auto tiff = TiffBlock::open(bytes);
  if (!tiff) throw Error("not a TIFF");
  const std::size_t first = tiff->first_directory();
  const long width = tiff->number_of(first, tag::kWidth, 0), height = tiff->number_of(first, tag::kHeight, 0);
  if (width < 1 || height < 1) throw Error("a TIFF without a size");
  check_size(width, height, max_pixels);
  TiffForm form{.size = {static_cast<int>(width), static_cast<int>(height)}, .samples = {}};
  form.bits = static_cast<int>(std::min(tiff->number_of(first, tag::kBits, 1), 64U));
  const std::uint32_t orientation = tiff->number_of(first, tag::kOrientation, 1);
  form.orientation = orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
  form.frames = pages_of(*tiff, bytes.size());
  const std::uint32_t photometric = tiff->number_of(first, tag::kPhotometric, kBlackIsZero);
  const int samples = static_cast<int>(tiff->number_of(first, tag::kSamples, 1));
  form.colors = photometric <= kBlackIsZero ? 1 : 3;
  const std::uint32_t format = tiff->number_of(first, tag::kFormat, 1);
  if (format == 2) form.numbers = TiffForm::Numbers::Signed;
  if (format == 3) form.numbers = TiffForm::Numbers::Floating;
  const bool whole = (form.bits == 8 || form.bits == 16) && photometric <= kRgb && samples >= form.colors;
  if (!whole) return form;
  form.inverted = photometric == kWhiteIsZero;
  form.alpha = alpha_of(tiff->numbers_of(first, tag::kExtra), samples, form.colors);
  for (int i = 0; i < form.colors + (form.alpha == TiffForm::Alpha::None ? 0 : 1); ++i)
    form.samples.push_back(i);
  return form;
}

}  // namespace doppel
