// JPEG 2000 by OpenJPEG: samples as they are stored, colours as RGB where the codestream itself says how.
#include <openjpeg.h>

#include <cstring>
#include <memory>
#include <opencv2/core.hpp>

#include "jpeg2000_header.h"

namespace doppel {
namespace {

/// What OpenJPEG reads from.
struct Jpeg2000Input {
  Jpeg2000Span bytes;
  std::size_t at = 0;

  static OPJ_SIZE_T read(void* to, OPJ_SIZE_T count, void* self) {
    auto& [bytes, at] = *static_cast<Jpeg2000Input*>(self);
    const std::size_t taken = std::min<std::size_t>(count, bytes.size() - at);
    if (taken == 0) return static_cast<OPJ_SIZE_T>(-1);
    std::memcpy(to, bytes.data() + at, taken);
    at += taken;
    return taken;
  }
  static OPJ_OFF_T skip(OPJ_OFF_T count, void* self) {
    auto& [bytes, at] = *static_cast<Jpeg2000Input*>(self);
    if (count < 0 || static_cast<std::size_t>(count) > bytes.size() - at) return -1;
    at += static_cast<std::size_t>(count);
    return count;
  }
  static OPJ_BOOL seek(OPJ_OFF_T to, void* self) {
    auto& [bytes, at] = *static_cast<Jpeg2000Input*>(self);
    if (to < 0 || static_cast<std::size_t>(to) > bytes.size()) return OPJ_FALSE;
    at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
  }
};

struct FreeCodec {
  void operator()(opj_codec_t* codec) const { opj_destroy_codec(codec); }
};
struct FreeStream {
  void operator()(opj_stream_t* stream) const { opj_stream_destroy(stream); }
};
struct FreeImage {
  void operator()(opj_image_t* image) const { opj_image_destroy(image); }
};

/// OpenJPEG only warns where a packet is damaged, and leaves out what it would have held.
void note_problem(const char*, void* damaged) { *static_cast<bool*>(damaged) = true; }

std::unique_ptr<opj_image_t, FreeImage> decode_stream(Jpeg2000Span bytes) {
  Jpeg2000Input input{.bytes = bytes};
  const std::unique_ptr<opj_codec_t, FreeCodec> codec(opj_create_decompress(OPJ_CODEC_J2K));
  const std::unique_ptr<opj_stream_t, FreeStream> stream(
      opj_stream_create(OPJ_J2K_STREAM_CHUNK_SIZE, OPJ_TRUE));
  if (!codec || !stream) throw std::bad_alloc();
  bool damaged = false;
  opj_set_warning_handler(codec.get(), note_problem, &damaged);
  opj_set_error_handler(codec.get(), note_problem, &damaged);
  opj_stream_set_user_data(stream.get(), &input, nullptr);
  opj_stream_set_user_data_length(stream.get(), bytes.size());
  opj_stream_set_read_function(stream.get(), Jpeg2000Input::read);
  opj_stream_set_skip_function(stream.get(), Jpeg2000Input::skip);
  opj_stream_set_seek_function(stream.get(), Jpeg2000Input::seek);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t* header = nullptr;
  const bool begins = opj_setup_decoder(codec.get(), &parameters) == OPJ_TRUE &&
                      opj_read_header(stream.get(), codec.get(), &header) == OPJ_TRUE;
  std::unique_ptr<opj_image_t, FreeImage> image(header);
  expect(begins && image && opj_decode(codec.get(), stream.get(), image.get()) == OPJ_TRUE && !damaged,
         "truncated or damaged");
  return image;
}

template <class T>
void interleave(const opj_image_t& decoded, cv::Mat& image) {
  const int channels = image.channels();
  for (int c = 0; c < channels; ++c) {
    const OPJ_INT32* in = decoded.comps[c].data;
    T* out = image.ptr<T>() + c;
    for (std::size_t i = 0; i < image.total(); ++i, out += channels) *out = static_cast<T>(in[i]);
  }
}

void read_jpeg2000(Jpeg2000Span bytes, cv::Mat& image) {
  const Jpeg2000Span stream = jpeg2000_stream(bytes);
  const auto decoded = decode_stream(stream);
  expect(decoded->numcomps == static_cast<OPJ_UINT32>(image.channels()), "its header contradicts itself");
  for (OPJ_UINT32 c = 0; c < decoded->numcomps; ++c) {
    const opj_image_comp_t& component = decoded->comps[c];
    expect(component.data != nullptr && component.w == static_cast<OPJ_UINT32>(image.cols) &&
               component.h == static_cast<OPJ_UINT32>(image.rows),
           "truncated or damaged");
  }
  if (image.depth() == CV_8U)
    interleave<std::uint8_t>(*decoded, image);
  else
    interleave<std::uint16_t>(*decoded, image);
}

}  // namespace
}  // namespace doppel

extern "C" int doppel_format2_facts(const unsigned char* bytes, std::size_t size, doppel::FormatFacts& facts,
                                    std::string& problem) noexcept {
  return doppel::without_throwing(
      problem, [&] { facts = doppel::Jpeg2000Header(doppel::jpeg2000_stream({bytes, size})).facts(); });
}

extern "C" int doppel_format2_pixels(const unsigned char* bytes, std::size_t size, int, cv::Mat& image,
                                     std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { doppel::read_jpeg2000({bytes, size}, image); });
}
