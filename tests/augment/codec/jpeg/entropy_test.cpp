#include "codec/jpeg/entropy.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/codec/jpeg/jpeg_files.h"
#include "augment/test_images.h"
#include "codec/jpeg/errors.h"
#include "doppel/base/error.h"
#include "doppel/codec/jpeg.h"

namespace doppel::augment {
namespace {

TEST(JpegEntropy, PixelsAreLibjpegsWhateverTheCodes) {
  // Noise at the highest quality has coefficients of ten bits behind codes of sixteen.
  cv::RNG rng(5);
  for (const int channels : {1, 3})
    for (const int quality : {15, 60, 92, 100})
      for (const bool noise : {false, true})
        for (const Coding& kind :
             {Coding{1, 1}, {2, 1}, {2, 2}, {1, 2}, {4, 1}, {2, 2, false, 3}, {2, 2, true}})
          for (const bool own : {false, true}) {
            cv::Mat image = wavy(83, 117, channels);
            if (noise) rng.fill(image, cv::RNG::UNIFORM, 0, 256);
            Coding coding = kind;
            coding.quality = quality;
            coding.own_codes = own;
            const auto bytes = encoded(image, coding);
            ASSERT_EQ(cv::norm(decode_jpeg(bytes), by_libjpeg(bytes, channels), cv::NORM_INF), 0)
                << channels << " channels, quality " << quality << ", noise " << noise << ", own codes "
                << own;
          }
}

TEST(JpegEntropy, StandsInForSequentialHuffmanCodesAlone) {
  const auto reads = [](const std::vector<unsigned char>& bytes) {
    jpeg_decompress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    const bool answer = JpegEntropy::reads(jpeg);
    jpeg_destroy_decompress(&jpeg);
    return answer;
  };
  EXPECT_TRUE(reads(encoded(wavy(40, 30, 3), {2, 2})));
  EXPECT_TRUE(reads(encoded(wavy(40, 30, 1), {1, 1, false, 2})));
  EXPECT_FALSE(reads(encoded(wavy(40, 30, 3), {2, 2, true})));
}

TEST(JpegEntropy, EndsAtTheMarkerBehindTheData) {
  for (const int restart : {0, 3}) {
    auto bytes = encoded(wavy(40, 70, 3), {2, 1, false, restart});
    bytes.insert(bytes.end(), {1, 2, 3});  // what follows the image
    jpeg_decompress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    JpegEntropy entropy;
    entropy.attach(jpeg);
    cv::Mat image(40, 70, CV_8UC3);
    while (jpeg.output_scanline < jpeg.output_height) {
      unsigned char* row = image.ptr(static_cast<int>(jpeg.output_scanline));
      jpeg_read_scanlines(&jpeg, &row, 1);
    }
    entropy.leave(jpeg);
    ASSERT_EQ(jpeg.src->bytes_in_buffer, 5U);
    EXPECT_EQ(jpeg.src->next_input_byte[0], 0xff);
    EXPECT_EQ(jpeg.src->next_input_byte[1], 0xd9);
    EXPECT_EQ(jpeg_finish_decompress(&jpeg), TRUE);
    jpeg_destroy_decompress(&jpeg);
    EXPECT_EQ(cv::norm(image, by_libjpeg(bytes, 3), cv::NORM_INF), 0);
  }
}

TEST(JpegEntropy, MissingAndWrongDataAreErrors) {
  const auto whole = encoded(wavy(64, 64, 1), {1, 1});
  // Cut anywhere in the data, even by its last byte.
  for (const std::size_t missing : {3U, 4U, 30U, 300U}) {
    std::vector<unsigned char> cut(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(missing));
    cut.insert(cut.end(), {0xff, 0xd9});
    EXPECT_THROW(decode_jpeg(cut), Error) << missing;
  }
  // A marker in the wrong turn.
  auto turned = encoded(wavy(64, 64, 1), {1, 1, false, 8});
  for (std::size_t i = 600; i + 1 < turned.size(); ++i)
    if (turned[i] == 0xff && turned[i + 1] == 0xd2) turned[i + 1] = 0xd5;
  EXPECT_THROW(decode_jpeg(turned), Error);
}

}  // namespace
}  // namespace doppel::augment
