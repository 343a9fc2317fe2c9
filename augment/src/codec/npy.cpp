#include "npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "doppel/base/error.h"
#include "doppel/base/geometry.h"
#include "image_size.h"
#include "numbers_of_pixels.h"

namespace doppel {
namespace {

[[noreturn]] void throw_no_picture(const NpyHeader& header) {
  throw Error(fmt::format(
      "a .npy of shape {}, where an image is H x W, H x W x C or C x H x W, with 1 to {} channels, fewer "
      "than it has rows and columns",
      header.shape.empty() ? "()" : fmt::format("{}", fmt::join(header.shape, " x ")), kMostChannels));
}

void read_axes_of(NpyForm& form) {
  const auto& s = form.header.shape;
  if (s.size() != 2 && s.size() != 3) throw_no_picture(form.header);
  constexpr std::uint64_t kLongest = 1 << 30;
  if (std::ranges::any_of(s, [](std::uint64_t axis) { return axis > kLongest; }))
    throw_no_picture(form.header);
  const auto sized = [&](std::size_t h, std::size_t w) {
    form.size = {static_cast<int>(s[w]), static_cast<int>(s[h])};
  };
  if (s.size() == 2) return sized(0, 1);
  const auto is_fewest = [&](std::size_t axis, std::size_t a, std::size_t b) {
    return s[axis] > 0 && s[axis] <= kMostChannels && s[axis] < s[a] && s[axis] < s[b];
  };
  form.planes = is_fewest(0, 1, 2);
  if (!form.planes && !is_fewest(2, 0, 1)) throw_no_picture(form.header);
  form.channels = static_cast<int>(s[form.planes ? 0 : 2]);
  sized(form.planes ? 1 : 0, form.planes ? 2 : 1);
}

/// From one number to the next along an image's axes, in numbers.
struct Strides {
  std::size_t row = 1, column = 1, channel = 1;
};
Strides strides_of(const NpyForm& form) {
  const auto h = static_cast<std::size_t>(form.size.height), w = static_cast<std::size_t>(form.size.width),
             c = static_cast<std::size_t>(form.channels);
  if (form.header.fortran_order) return form.planes ? Strides{c, c * h, 1} : Strides{1, h, h * w};
  return form.planes ? Strides{w, 1, h * w} : Strides{w * c, c, 1};
}

/// What a number becomes.
template <class To, class From>
To pixel_of(From value, NumberType::Kind kind) {
  if constexpr (std::is_same_v<To, float>)
    return static_cast<float>(static_cast<double>(value));
  else if constexpr (std::is_same_v<From, HalfFloat>)
    return {};  // becomes a float, above
  else
    return static_cast<To>(kind == NumberType::Kind::Bool && value ? 255 : value);
}

template <class To>
void fill(cv::Mat& image, const NpyForm& form, const unsigned char* numbers) {
  const Strides step = strides_of(form);
  const NumberType& type = form.header.type;
  const auto bytes = static_cast<std::size_t>(type.bytes);
  for_type(type, [&](auto zero) {
    for (int y = 0; y < image.rows; ++y) {
      To* out = image.ptr<To>(y);
      for (std::size_t x = 0; x < static_cast<std::size_t>(image.cols); ++x)
        for (std::size_t c = 0; c < static_cast<std::size_t>(form.channels); ++c) {
          const std::size_t at = static_cast<std::size_t>(y) * step.row + x * step.column + c * step.channel;
          *out++ =
              pixel_of<To>(stored_number<decltype(zero)>(numbers + at * bytes, type.big_endian), type.kind);
        }
    }
  });
}

}  // namespace

int NpyForm::depth() const {
  const NumberType& type = header.type;
  if (type.is_byte() || type.kind == NumberType::Kind::Bool) return CV_8U;
  return type.kind == NumberType::Kind::Unsigned && type.bytes == 2 ? CV_16U : CV_32F;
}

NpyForm npy_form(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  NpyForm form{.header = NpyHeader::read(bytes.first(std::min(bytes.size(), NpyHeader::kMost))), .size = {}};
  if (form.header.kind != NpyHeader::Kind::Numbers)
    throw Error(fmt::format(
        "a .npy that is no image: {}; bools, whole numbers and floats of up to 8 bytes are read",
        form.header.problem.empty() ? "it holds texts"
                                    : form.header.problem.substr(0, form.header.problem.find(';'))));
  read_axes_of(form);
  check_size(form.size.width, form.size.height, options.max_pixels,
             static_cast<long>(CV_ELEM_SIZE1(form.depth())) * form.channels);
  check_frame(".npy", options.frame, 1);
  return form;
}

cv::Mat decode_npy(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  const NpyForm form = npy_form(bytes, options);
  if (options.depth == ImageDepth::Eight) check_eight(".npy", form.channels, false, form.depth());
  const std::size_t pixels = static_cast<std::size_t>(form.size.width) *
                             static_cast<std::size_t>(form.size.height),
                    promised = pixels * static_cast<std::size_t>(form.channels) * form.header.item_bytes,
                    there = bytes.size() - form.header.data_offset;
  if (promised != there)
    throw Error(fmt::format("not a whole .npy: its header promises {} bytes of numbers, but {} follow",
                            promised, there));
  const unsigned char* const numbers = bytes.data() + form.header.data_offset;
  const int type = CV_MAKETYPE(form.depth(), form.channels);
  if (form.header.type.is_byte() && !form.planes && !form.header.fortran_order)
    return {form.size, type, const_cast<unsigned char*>(numbers)};
  cv::Mat image(form.size, type);
  if (form.depth() == CV_8U)
    fill<std::uint8_t>(image, form, numbers);
  else if (form.depth() == CV_16U)
    fill<std::uint16_t>(image, form, numbers);
  else
    fill<float>(image, form, numbers);
  return image;
}

}  // namespace doppel
