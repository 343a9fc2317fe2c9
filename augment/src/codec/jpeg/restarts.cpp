#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/codec/jpeg.h"
#include "errors.h"

namespace doppel {
namespace {

/// The part of a row of MCUs nearest to 4 that divides it; the row itself where only 1 does.
unsigned tile_of(unsigned row) {
  unsigned best = row;
  const auto distance = [](unsigned n) { return std::abs(std::log2(n / 4.0)); };
  for (unsigned n = 2; n <= row; ++n)
    if (row % n == 0 && distance(n) < distance(best)) best = n;
  return best;
}

bool transcode(JpegFailure& failure, jpeg_decompress_struct& in, jpeg_compress_struct& out,
               std::span<const unsigned char> jpeg, EncodedJpeg& result) {
  if (setjmp(failure.jump) != 0) return false;
  jpeg_create_decompress(&in);
  jpeg_create_compress(&out);
  jpeg_save_markers(&in, JPEG_APP0 + 1, 0xffff);
  jpeg_save_markers(&in, JPEG_APP0 + 2, 0xffff);
  jpeg_mem_src(&in, jpeg.data(), jpeg.size());
  jpeg_read_header(&in, TRUE);
  jvirt_barray_ptr* coefficients = jpeg_read_coefficients(&in);
  jpeg_copy_critical_parameters(&in, &out);
  const auto mcu = static_cast<unsigned>(in.num_components == 1 ? 8 : 8 * in.max_h_samp_factor);
  out.optimize_coding = TRUE;
  out.restart_interval = tile_of((in.image_width + mcu - 1) / mcu);
  jpeg_mem_dest(&out, &result.data, &result.size);
  jpeg_write_coefficients(&out, coefficients);
  for (const jpeg_marker_struct* m = in.marker_list; m != nullptr; m = m->next)
    jpeg_write_marker(&out, m->marker, m->data, m->data_length);
  jpeg_finish_compress(&out);
  jpeg_finish_decompress(&in);
  return true;
}

}  // namespace

std::vector<unsigned char> with_restarts(std::span<const unsigned char> jpeg) {
  JpegFailure failure{};
  jpeg_decompress_struct in{};
  jpeg_compress_struct out{};
  set_jpeg_errors(failure, in.err);
  out.err = in.err;
  EncodedJpeg result;
  const bool good = transcode(failure, in, out, jpeg, result);
  jpeg_destroy_compress(&out);
  jpeg_destroy_decompress(&in);
  if (!good) throw Error(jpeg_problem(failure.code));
  return {result.data, result.data + result.size};
}

}  // namespace doppel
