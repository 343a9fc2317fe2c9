// Frames of DICOMs that are JPEGs or their like.
#include <fmt/format.h>

#include <opencv2/core.hpp>

#include "codec/jpeg/lossless.h"
#include "dicom_form.h"
#include "doppel/base/error.h"
#include "doppel/codec/jpeg.h"
#include "plugin.h"

namespace doppel {
namespace {

using CodedBytes = std::span<const unsigned char>;

std::string words_of_syntax(const std::string& syntax) {
  const std::string_view tail = std::string_view(syntax).substr(std::min<std::size_t>(syntax.size(), 18));
  if (tail == "4.51") return "JPEG of 12 bits";
  if (tail.starts_with("4.10")) return "MPEG or its like";
  if (tail.starts_with("4.11")) return "JPEG XL";
  if (tail.starts_with("4.20")) return "High-Throughput JPEG 2000";
  return fmt::format("a way that isn't known ({})", syntax);
}

/// Throws where the stream's own header says anything else than the file.
void check_stream(const DicomForm& form, cv::Size size, int samples, int bits) {
  if (size == form.size && samples == form.samples && bits <= form.allocated) return;
  throw Error(
      fmt::format("not a whole DICOM: a frame's own header says {}x{} pixels of {} samples of {} bits, "
                  "the file's {}x{} of {} of {}",
                  size.width, size.height, samples, bits, form.size.width, form.size.height, form.samples,
                  form.allocated));
}

/// Of JPEG with loss, whose colours become RGB.
cv::Mat jpeg_samples(const DicomForm& form, CodedBytes stream) {
  constexpr int kBits = 8;
  const long pixels = form.size.area();
  const JpegReader reader(stream, 0, pixels);
  check_stream(form, reader.size(), reader.channels(), kBits);
  return decode_jpeg(stream, pixels);
}

cv::Mat lossless_jpeg_samples(const DicomForm& form, CodedBytes stream) {
  const LosslessJpegFacts facts = lossless_jpeg_facts(stream);
  check_stream(form, facts.size, facts.samples, facts.bits);
  return decode_lossless_jpeg(stream);
}

cv::Mat plugin_samples(const DicomForm& form, CodedBytes stream, const PluginFormat& format,
                       const PluginCalls& calls) {
  if (calls.facts == nullptr || calls.pixels == nullptr) throw_no_plugin(format);
  FormatFacts facts;
  std::string problem;
  const auto check = [&](int good) {
    if (good == 0)
      throw Error(fmt::format("not a whole {}, or of a kind that isn't read: {}", format.name, problem));
  };
  check(calls.facts(stream.data(), stream.size(), facts, problem));
  check_stream(form, {facts.width, facts.height}, facts.channels, facts.bits);
  cv::Mat samples(form.size, CV_MAKETYPE(facts.depth, facts.channels));
  check(calls.pixels(stream.data(), stream.size(), 0, samples, problem));
  return samples;
}

cv::Mat coded_samples(const DicomForm& form, CodedBytes stream) {
  switch (form.packing()) {
    case DicomPacking::Jpeg:
      return jpeg_samples(form, stream);
    case DicomPacking::LosslessJpeg:
      return lossless_jpeg_samples(form, stream);
    case DicomPacking::JpegLs: {
      static const PluginCalls calls = plugin_calls(kJpegLsFrames);
      return plugin_samples(form, stream, kJpegLsFrames, calls);
    }
    case DicomPacking::Jpeg2000: {
      static const PluginCalls calls = plugin_calls(kJpeg2000Frames);
      return plugin_samples(form, stream, kJpeg2000Frames, calls);
    }
    default:
      throw Error(
          fmt::format("a DICOM packed by {}; plain ones, run lengths, JPEG of 8 bits and without loss, "
                      "JPEG-LS and JPEG 2000 are read (gdcmconv --raw unpacks others)",
                      words_of_syntax(form.syntax)));
  }
}

}  // namespace

std::vector<unsigned char> coded_dicom_frame(const DicomForm& form, std::span<const unsigned char> stream) {
  const cv::Mat samples = coded_samples(form, stream);
  const std::size_t count = samples.total() * static_cast<std::size_t>(samples.channels()),
                    size = static_cast<std::size_t>(form.allocated / 8);
  std::vector<unsigned char> numbers(count * size);
  const bool wide = samples.depth() == CV_16U;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned number = wide ? samples.ptr<std::uint16_t>()[i] : samples.ptr()[i];
    numbers[i * size] = static_cast<unsigned char>(number);
    if (size > 1) numbers[i * size + 1] = static_cast<unsigned char>(number >> 8);
  }
  return numbers;
}

}  // namespace doppel
