#include "dicom.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>

#include "dicom_form.h"
#include "numbers_of_pixels.h"

namespace doppel {
namespace {

/// The numbers of a frame, whose bits may hold others above and below.
class DicomNumbers {
 public:
  DicomNumbers(const DicomForm& form, std::span<const unsigned char> bytes)
      : form_(form), bytes_(bytes), size_(static_cast<std::size_t>(form.allocated / 8)) {}
  std::uint32_t whole(std::size_t i) const {
    const std::uint32_t raw =
        number_at(bytes_, i * size_, size_, form_.order) >> (form_.high + 1 - form_.stored);
    return form_.stored == 32 ? raw : raw & ((1U << form_.stored) - 1);
  }
  double in_units(std::size_t i) const { return number(i) * form_.slope + form_.intercept; }

 private:
  double number(std::size_t i) const {
    if (form_.numbers == DicomForm::Numbers::Floats)
      return std::bit_cast<float>(number_at(bytes_, i * 4, 4, form_.order));
    if (form_.numbers == DicomForm::Numbers::Doubles) {
      const std::uint64_t first = number_at(bytes_, i * 8, 4, form_.order),
                          second = number_at(bytes_, i * 8 + 4, 4, form_.order);
      return std::bit_cast<double>(form_.order == ByteOrder::Big ? first << 32 | second
                                                                 : second << 32 | first);
    }
    const std::uint32_t raw = whole(i);
    if (!form_.is_signed) return raw;
    const std::uint32_t sign = 1U << (form_.stored - 1);
    return static_cast<double>(static_cast<std::int64_t>(raw ^ sign) - static_cast<std::int64_t>(sign));
  }
  const DicomForm& form_;
  std::span<const unsigned char> bytes_;
  std::size_t size_;
};

/// Numbers of all pixels as `T`, a pixel's beside each other.
template <class T, class Number>
cv::Mat fill_pixels(const DicomForm& form, int type, const Number& number) {
  cv::Mat image(form.size, type);
  const std::size_t pixels = image.total(), samples = static_cast<std::size_t>(form.samples);
  auto* out = image.ptr<T>();
  const bool planes = form.planes && !form.is_packed();
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t c = 0; c < samples; ++c)
      *out++ = static_cast<T>(number(planes ? c * pixels + i : i * samples + c));
  return image;
}

/// Y, Cb and Cr, all of the full range, as RGB.
template <class T>
void make_rgb(cv::Mat& image, double most) {
  const double middle = std::floor(most / 2) + 1;
  for (int y = 0; y < image.rows; ++y) {
    T* pixel = image.ptr<T>(y);
    for (int x = 0; x < image.cols; ++x, pixel += 3) {
      const double luma = pixel[0], blue = pixel[1] - middle, red = pixel[2] - middle;
      const auto put = [&](double value) { return static_cast<T>(std::clamp(std::round(value), 0., most)); };
      pixel[0] = put(luma + 1.402 * red);
      pixel[1] = put(luma - 0.344136 * blue - 0.714136 * red);
      pixel[2] = put(luma + 1.772 * blue);
    }
  }
}

template <class T>
cv::Mat shares_of(const DicomForm& form, const DicomNumbers& numbers, int depth) {
  constexpr std::uint64_t kWhite = std::numeric_limits<T>::max();
  const std::uint64_t most = (std::uint64_t{1} << form.stored) - 1;
  const bool inverted = form.photometric == "MONOCHROME1";
  cv::Mat image = fill_pixels<T>(form, CV_MAKETYPE(depth, form.samples), [&](std::size_t i) {
    const std::uint64_t number = numbers.whole(i), share = (number * kWhite + most / 2) / most;
    return inverted ? kWhite - share : share;
  });
  if (form.packing() == DicomPacking::Jpeg) return image;  // it's RGB already
  if (form.photometric == "YBR_FULL" || form.photometric == "YBR_FULL_422")
    make_rgb<T>(image, static_cast<double>(kWhite));
  return image;
}

}  // namespace

cv::Mat decode_dicom(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  const DicomForm form = dicom_form(bytes, options);
  const bool eight = options.depth == ImageDepth::Eight;
  if (eight) check_eight("DICOM", form.samples, false, form.depth());
  const std::vector<unsigned char> frame = dicom_frame(form, options.frame);
  const DicomNumbers numbers(form, frame);
  if (form.depth() == CV_32F)
    return fill_pixels<float>(form, CV_32FC1, [&](std::size_t i) { return numbers.in_units(i); });
  if (form.depth() == CV_8U) return shares_of<std::uint8_t>(form, numbers, CV_8U);
  const cv::Mat wide = shares_of<std::uint16_t>(form, numbers, CV_16U);
  return eight ? upper_bytes(wide) : wide;
}

}  // namespace doppel
