#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "doppel/codec/image.h"
#include "image_size.h"
#include "numbers_of_pixels.h"
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
struct TiffPages {
  int count = 0;
  std::size_t wanted = 0;  ///< the directory of the page that is asked for; 0: there is none
};

TiffPages pages_of(const TiffBlock& tiff, std::size_t bytes, int wanted) {
  constexpr std::uint32_t kReduced = 1, kMask = 4;
  TiffPages pages;
  std::size_t seen = 0;
  for (std::size_t at = tiff.first_directory(); at != 0; at = tiff.next_directory(at)) {
    seen += tiff.size_of(at);
    if (seen > bytes) break;  // one led back to another
    if ((tiff.number_of(at, tag::kSubfile, 0) & (kReduced | kMask)) != 0) continue;
    if (pages.count++ == wanted) pages.wanted = at;
  }
  // A file of nothing but copies has its first.
  if (wanted == 0 && pages.wanted == 0) pages.wanted = tiff.first_directory();
  pages.count = std::max(1, pages.count);
  return pages;
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

TiffForm::Numbers numbers_of_format(std::uint32_t format) {
  using Numbers = TiffForm::Numbers;
  return format == 2   ? Numbers::Signed
         : format == 3 ? Numbers::Floating
         : format >= 5 ? Numbers::Complex
                       : Numbers::Unsigned;
}

/// True where samples can be taken as they are.
bool takes_samples(const TiffForm& form, ImageDepth depth) {
  using Numbers = TiffForm::Numbers;
  if (depth == ImageDepth::Eight || form.numbers == Numbers::Unsigned)
    return (form.bits >= 8 && form.bits <= 16) ||
           (depth == ImageDepth::AsStored && (form.bits == 32 || form.bits == 64));
  if (form.numbers == Numbers::Complex) return false;
  return form.bits == 16 || form.bits == 32 || form.bits == 64 ||
         (form.bits == 8 && form.numbers == Numbers::Signed);
}

int depth_of_samples(const TiffForm& form) {
  if (form.numbers != TiffForm::Numbers::Unsigned || form.bits > 16) return CV_32F;
  return form.bits > 8 ? CV_16U : CV_8U;
}

/// Which samples a pixel's channels are.
void choose_samples(TiffForm& form, const TiffBlock& tiff, int samples, ImageDepth depth) {
  form.alpha = alpha_of(tiff.numbers_of(form.directory, tag::kExtra), samples, form.colors);
  int taken = form.colors + (form.alpha == TiffForm::Alpha::None ? 0 : 1);
  const bool unit = form.depth == CV_32F && form.numbers != TiffForm::Numbers::Floating;
  if (depth == ImageDepth::AsStored && (samples != taken || (unit && samples > form.colors))) {
    if (samples > kMostChannels)
      throw Error(
          fmt::format("a TIFF of {} samples a pixel, where up to {} are read", samples, kMostChannels));
    form.alpha = TiffForm::Alpha::None;
    form.inverted = false;
    form.colors = taken = samples;
  }
  form.samples.resize(static_cast<std::size_t>(taken));
  std::iota(form.samples.begin(), form.samples.end(), 0);
}

}  // namespace

TiffForm tiff_form(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  const auto tiff = TiffBlock::open(bytes);
  if (!tiff) throw Error("not a TIFF");
  const TiffPages pages = pages_of(*tiff, bytes.size(), options.frame);
  check_frame("TIFF", options.frame, pages.count);
  const std::size_t page = pages.wanted;
  const long width = tiff->number_of(page, tag::kWidth, 0), height = tiff->number_of(page, tag::kHeight, 0);
  if (width < 1 || height < 1) throw Error("a TIFF without a size");
  check_size(width, height, options.max_pixels);
  TiffForm form{
      .size = {static_cast<int>(width), static_cast<int>(height)}, .directory = page, .samples = {}};
  form.bits = static_cast<int>(std::min(tiff->number_of(page, tag::kBits, 1), 64U));
  const std::uint32_t orientation = tiff->number_of(page, tag::kOrientation, 1);
  form.orientation = orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
  form.frames = pages.count;
  const std::uint32_t photometric = tiff->number_of(page, tag::kPhotometric, kBlackIsZero);
  const int samples = static_cast<int>(std::min(tiff->number_of(page, tag::kSamples, 1), 0xffffU));
  form.colors = photometric <= kBlackIsZero ? 1 : 3;
  form.numbers = numbers_of_format(tiff->number_of(page, tag::kFormat, 1));
  if (photometric > kRgb || samples < form.colors) return form;
  if (takes_samples(form, ImageDepth::AsStored)) form.depth = depth_of_samples(form);
  if (!takes_samples(form, options.depth)) return form;
  form.inverted = photometric == kWhiteIsZero;
  choose_samples(form, *tiff, samples, options.depth);
  check_size(width, height, options.max_pixels,
             static_cast<long>(CV_ELEM_SIZE(CV_MAKETYPE(form.depth, form.channels()))));
  return form;
}

}  // namespace doppel
