#include "nifti.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <type_traits>
#include <vector>

#include "doppel/base/deflate.h"
#include "doppel/base/error.h"
#include "doppel/base/geometry.h"
#include "doppel/codec/nifti.h"
#include "image_size.h"
#include "numbers_of_pixels.h"

namespace doppel {
namespace {

using NiftiBytes = std::span<const unsigned char>;
constexpr std::size_t kHead1 = 348, kHead2 = 540;
constexpr std::int64_t kLongestAxis = 1 << 30;  // of any length

bool is_gzip(NiftiBytes bytes) { return bytes.size() > 18 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

/// The first `count` bytes, or as many as there are.
std::vector<unsigned char> head_of(NiftiBytes bytes, std::size_t count) {
  std::vector<unsigned char> head(count);
  if (is_gzip(bytes))
    head.resize(GzipStream(bytes).read(head));
  else
    head.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(count, bytes.size())));
  return head;
}

/// 1 or 2; 0 for what is none.
int nifti_version(NiftiBytes head) {
  const auto is_size = [&](std::size_t size) {
    return number_at(head, 0, 4, ByteOrder::Little) == size || number_at(head, 0, 4, ByteOrder::Big) == size;
  };
  if (head.size() >= kHead1 && is_size(kHead1) && std::memcmp(head.data() + 344, "n+1", 4) == 0) return 1;
  if (head.size() >= kHead2 && is_size(kHead2) && std::memcmp(head.data() + 4, "n+2", 4) == 0) return 2;
  return 0;
}

/// Reads a header's numbers.
struct NiftiHead {
  NiftiBytes bytes;
  ByteOrder order;
  std::int64_t whole(std::size_t at, std::size_t size) const {
    if (size == 2) return static_cast<std::int16_t>(number_at(bytes, at, 2, order));
    return static_cast<std::int64_t>(eight(at));
  }
  double real(std::size_t at, std::size_t size) const {
    return size == 4 ? std::bit_cast<float>(number_at(bytes, at, 4, order))
                     : std::bit_cast<double>(eight(at));
  }

 private:
  std::uint64_t eight(std::size_t at) const {
    const std::uint64_t first = number_at(bytes, at, 4, order), second = number_at(bytes, at + 4, 4, order);
    return order == ByteOrder::Big ? first << 32 | second : second << 32 | first;
  }
};

/// Bytes of a pixel.
int size_of_type(std::int64_t type) {
  switch (type) {
    case 2:
    case 256:
      return 1;
    case 4:
    case 512:
      return 2;
    case 128:
      return 3;
    case 8:
    case 16:
    case 768:
    case 2304:
      return 4;
    case 64:
    case 1024:
    case 1280:
      return 8;
    default:
      throw Error(
          fmt::format("a NIfTI of numbers of type {}; whole and floating-point ones of up to 64 bits, "
                      "RGB and RGBA are read",
                      type));
  }
}

void read_scale(const NiftiHead& head, int version, NiftiForm& form) {
  const double slope = version == 1 ? head.real(112, 4) : head.real(176, 8),
               intercept = version == 1 ? head.real(116, 4) : head.real(184, 8);
  if (slope == 0 || !std::isfinite(slope) || form.channels > 1) return;
  form.slope = slope;
  form.intercept = std::isfinite(intercept) ? intercept : 0;
}

/// Volumes along the fourth axis are bands where an image can have as many; others are further slices.
void read_axes(const NiftiHead& head, int version, NiftiForm& form) {
  const std::size_t dims = version == 1 ? 40 : 16, step = version == 1 ? 2 : 8;
  const auto dim = [&](std::size_t i) { return head.whole(dims + step * i, step); };
  const std::int64_t axes = dim(0);
  if (axes < 1 || axes > 7) throw Error(fmt::format("a NIfTI of {} axes, where it has 1 to 7", axes));
  form.size = {static_cast<int>(std::clamp<std::int64_t>(dim(1), 0, kLongestAxis)),
               axes >= 2 ? static_cast<int>(std::clamp<std::int64_t>(dim(2), 0, kLongestAxis)) : 1};
  const auto long_of = [&](std::size_t i) {
    return std::int64_t(i) <= axes ? std::clamp<std::int64_t>(dim(i), 1, kLongestAxis) : 1;
  };
  std::int64_t volumes = 1;
  for (std::size_t i = 4; i <= 7; ++i) volumes = std::min(kLongestAxis, volumes * long_of(i));
  const bool are_bands = form.channels == 1 && volumes <= kMostChannels;
  form.bands = are_bands ? static_cast<int>(volumes) : 1;
  form.frames = static_cast<int>(std::min(kLongestAxis, long_of(3) * (are_bands ? 1 : volumes)));
}

/// The numbers of a slice, without its scale.
template <class T>
cv::Mat scaled_slice(const NiftiForm& form, NiftiBytes slice) {
  cv::Mat image(form.size, CV_32FC1);
  auto* out = image.ptr<float>();
  for (std::size_t i = 0; i < image.total(); ++i) {
    std::array<unsigned char, sizeof(T)> raw{};
    std::copy_n(slice.begin() + static_cast<std::ptrdiff_t>(i * sizeof(T)), sizeof(T), raw.begin());
    if (form.order == ByteOrder::Big) std::ranges::reverse(raw);
    out[i] = static_cast<float>(static_cast<double>(std::bit_cast<T>(raw)) * form.slope + form.intercept);
  }
  return image;
}

cv::Mat numbers_of_slice(const NiftiForm& form, NiftiBytes slice) {
  switch (form.type) {
    case 2:
      return scaled_slice<std::uint8_t>(form, slice);
    case 256:
      return scaled_slice<std::int8_t>(form, slice);
    case 4:
      return scaled_slice<std::int16_t>(form, slice);
    case 512:
      return scaled_slice<std::uint16_t>(form, slice);
    case 8:
      return scaled_slice<std::int32_t>(form, slice);
    case 768:
      return scaled_slice<std::uint32_t>(form, slice);
    case 16:
      return scaled_slice<float>(form, slice);
    case 64:
      return scaled_slice<double>(form, slice);
    case 1024:
      return scaled_slice<std::int64_t>(form, slice);
    default:
      return scaled_slice<std::uint64_t>(form, slice);
  }
}

std::size_t bytes_of_slice(const NiftiForm& form) {
  return static_cast<std::size_t>(form.size.width) * static_cast<std::size_t>(form.size.height) *
         static_cast<std::size_t>(form.bytes);
}

/// Sizes are below 2^31 each: they can't overflow, but for where the slices begin.
std::uint64_t begin_of_slice(const NiftiForm& form, int slice, int band) {
  const auto volume = static_cast<std::uint64_t>(form.frames);
  return form.pixels + (static_cast<std::uint64_t>(band) * volume + static_cast<std::uint64_t>(slice)) *
                           bytes_of_slice(form);
}

[[noreturn]] void throw_cut() { throw Error("not a whole NIfTI: its pixels aren't all there"); }

/// Out of which its numbers are read: those of each band one after the other.
std::vector<unsigned char> slice_in(NiftiBytes bytes, const NiftiForm& form, int frame) {
  const std::size_t size = bytes_of_slice(form);
  std::vector<unsigned char> slice;
  std::optional<GzipStream> stream;
  if (is_gzip(bytes)) stream.emplace(bytes);
  std::uint64_t unpacked = 0;
  for (int band = 0; band < form.bands; ++band) {
    const std::uint64_t at = begin_of_slice(form, frame, band);
    if (!stream && (at > bytes.size() || size > bytes.size() - at)) throw_cut();
    if (stream && !stream->skip(at - unpacked)) throw_cut();
    slice.resize(slice.size() + size);
    const auto to = std::span(slice).last(size);
    if (!stream)
      std::copy_n(bytes.data() + at, size, to.data());
    else if (stream->read(to) != size)
      throw_cut();
    unpacked = at + size;
  }
  return slice;
}

cv::Mat pixels_of_band(const NiftiForm& form, NiftiBytes slice) {
  if (form.depth() != CV_8U) return numbers_of_slice(form, slice);
  return cv::Mat(form.size, CV_8UC(form.channels), const_cast<unsigned char*>(slice.data())).clone();
}

cv::Mat pixels_of_slice(const NiftiForm& form, NiftiBytes slice) {
  if (form.bands == 1) return pixels_of_band(form, slice);
  std::vector<cv::Mat> bands;
  for (int band = 0; band < form.bands; ++band)
    bands.push_back(pixels_of_band(
        form, slice.subspan(static_cast<std::size_t>(band) * bytes_of_slice(form), bytes_of_slice(form))));
  cv::Mat image;
  cv::merge(bands, image);
  return image;
}

}  // namespace

int NiftiForm::depth() const {
  const bool has_bytes = type == 2 || channels > 1;
  return has_bytes && slope == 1 && intercept == 0 ? CV_8U : CV_32F;
}

bool begins_as_nifti(std::span<const unsigned char> bytes) {
  return nifti_version(head_of(bytes, kHead2)) != 0;
}

NiftiForm nifti_form(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  const std::vector<unsigned char> first = head_of(bytes, kHead2);
  const int version = nifti_version(first);
  if (version == 0) throw Error("not a NIfTI");
  const std::uint32_t size = version == 1 ? kHead1 : kHead2;
  const NiftiHead head{
      first, number_at(first, 0, 4, ByteOrder::Little) == size ? ByteOrder::Little : ByteOrder::Big};
  NiftiForm form;
  form.order = head.order;
  form.type = static_cast<int>(head.whole(version == 1 ? 70 : 12, 2));
  form.channels = form.type == 128 ? 3 : form.type == 2304 ? 4 : 1;
  read_axes(head, version, form);
  check_size(form.size.width, form.size.height, options.max_pixels, form.bands > 1 ? 4L * form.bands : 1);
  form.bytes = size_of_type(form.type);
  read_scale(head, version, form);
  const double at = version == 1 ? head.real(108, 4) : static_cast<double>(head.whole(168, 8));
  if (!(at >= size && at < static_cast<double>(kLongestAxis)))
    throw Error("a NIfTI whose pixels begin nowhere");
  form.pixels = static_cast<std::size_t>(at);
  check_frame("NIfTI", options.frame, form.frames);
  return form;
}

cv::Mat decode_nifti(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  const NiftiForm form = nifti_form(bytes, options);
  if (options.depth == ImageDepth::Eight)
    check_eight("NIfTI", form.image_channels(), form.channels == 4, form.depth());
  return pixels_of_slice(form, slice_in(bytes, form, options.frame));
}

NiftiVolume::NiftiVolume(std::span<const unsigned char> head)
    : form_(std::make_unique<NiftiForm>(nifti_form(head, {.depth = ImageDepth::AsStored}))) {}
NiftiVolume::~NiftiVolume() = default;
NiftiVolume::NiftiVolume(NiftiVolume&&) noexcept = default;
NiftiVolume& NiftiVolume::operator=(NiftiVolume&&) noexcept = default;

int NiftiVolume::slices() const { return form_->frames; }

cv::Size NiftiVolume::size() const { return form_->size; }

int NiftiVolume::depth() const { return form_->depth(); }

int NiftiVolume::channels() const { return form_->image_channels(); }

int NiftiVolume::bands() const { return form_->bands; }

std::uint64_t NiftiVolume::at(int slice, int band) const { return begin_of_slice(*form_, slice, band); }

std::size_t NiftiVolume::band_bytes() const { return bytes_of_slice(*form_); }

cv::Mat NiftiVolume::decode(std::span<const unsigned char> slice) const {
  if (slice.size() != static_cast<std::size_t>(bands()) * band_bytes()) throw_cut();
  cv::Mat image = pixels_of_slice(*form_, slice);
  check_finite(image);
  return image;
}

}  // namespace doppel
