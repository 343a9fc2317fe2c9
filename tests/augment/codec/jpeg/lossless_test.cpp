// JPEG without loss, as an encoder made from the standard's text writes it: ITU-T T.81, annexes C, F.1.2.1
// and H.
#include "codec/jpeg/lossless.h"

#include <gtest/gtest.h>

#include <array>
#include <opencv2/core.hpp>
#include <random>
#include <string>

#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel {
namespace {

struct LosslessCase {
  int bits = 12, samples = 1, selection = 1, shift = 0;
  int rows_apart = 0;       ///< between restart markers
  bool in_one_scan = true;  ///< all samples of a pixel, else one scan each
  cv::Size size{23, 11};
};

/// Codes of 5 bits for each of the 17 sizes of a difference, from 0 on.
class LosslessEncoder {
 public:
  explicit LosslessEncoder(const LosslessCase& how) : how_(how) {}

  std::vector<unsigned char> encode(const cv::Mat& image) {
    put({0xff, 0xd8, 0xff, 0xc4, 0, 19 + 17, 0});
    for (int length = 1; length <= 16; ++length) put({length == 5 ? 17 : 0});
    for (int size = 0; size <= 16; ++size) put({size});
    put({0xff, 0xc3, 0, 8 + 3 * how_.samples, how_.bits, image.rows >> 8, image.rows & 255, image.cols >> 8,
         image.cols & 255, how_.samples});
    for (int c = 0; c < how_.samples; ++c) put({c + 1, 0x11, 0});
    const int interval = how_.rows_apart * image.cols;
    if (interval > 0) put({0xff, 0xdd, 0, 4, interval >> 8, interval & 255});
    const int scans = how_.in_one_scan ? 1 : how_.samples, parts = how_.samples / scans;
    for (int scan = 0; scan < scans; ++scan) {
      put({0xff, 0xda, 0, 6 + 2 * parts, parts});
      for (int c = 0; c < parts; ++c) put({scan + c + 1, 0});
      put({how_.selection, 0, how_.shift});
      put_scan(image, scan, parts);
    }
    put({0xff, 0xd9});
    return bytes_;
  }

 private:
  void put(std::initializer_list<int> numbers) {
    for (const int number : numbers) bytes_.push_back(static_cast<unsigned char>(number));
  }
  int sample(const cv::Mat& image, int y, int x, int c) const {
    return image.ptr<std::uint16_t>(y)[x * how_.samples + c] >> how_.shift;
  }
  int guess(const cv::Mat& image, int y, int x, int c) const {
    const bool begins = y == 0 || (how_.rows_apart > 0 && y % how_.rows_apart == 0);
    if (begins && x == 0) return 1 << (how_.bits - how_.shift - 1);
    if (begins) return sample(image, y, x - 1, c);
    if (x == 0) return sample(image, y - 1, x, c);
    const int a = sample(image, y, x - 1, c), b = sample(image, y - 1, x, c),
              corner = sample(image, y - 1, x - 1, c);
    const std::array guesses{
        0, a, b, corner, a + b - corner, a + ((b - corner) >> 1), b + ((a - corner) >> 1), (a + b) >> 1};
    return guesses[static_cast<std::size_t>(how_.selection)];
  }
  void put_scan(const cv::Mat& image, int first, int parts) {
    for (int y = 0; y < image.rows; ++y) {
      if (how_.rows_apart > 0 && y > 0 && y % how_.rows_apart == 0) {
        fill_byte();
        put({0xff, 0xd0 + (y / how_.rows_apart - 1) % 8});
      }
      for (int x = 0; x < image.cols; ++x)
        for (int c = first; c < first + parts; ++c)
          put_difference(sample(image, y, x, c) - guess(image, y, x, c));
    }
    fill_byte();
  }
  void put_difference(int difference) {
    const int wrapped = difference & 0xffff, number = wrapped > 32768 ? wrapped - 65536 : wrapped;
    int size = 0;
    while (number != 0 && std::abs(number) >> size != 0) ++size;
    put_bits(size, 5);
    if (size < 16) put_bits(number < 0 ? number - 1 : number, size);
  }
  void put_bits(int number, int count) {
    for (int i = count - 1; i >= 0; --i) {
      last_ = last_ << 1 | (number >> i & 1);
      if (++held_ < 8) continue;
      put({last_});
      if (last_ == 0xff) put({0});
      last_ = held_ = 0;
    }
  }
  void fill_byte() {
    while (held_ != 0) put_bits(1, 1);
  }

  LosslessCase how_;
  std::vector<unsigned char> bytes_;
  int last_ = 0, held_ = 0;
};

cv::Mat samples_of(const LosslessCase& how, unsigned seed) {
  std::mt19937 random(seed);
  cv::Mat image(how.size, CV_16UC(how.samples));
  const unsigned most = (1U << how.bits) - 1;
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols * how.samples; ++x)
      // Half of it smooth, half of it as wild as can be.
      image.ptr<std::uint16_t>(y)[x] = static_cast<std::uint16_t>(
          (y < image.rows / 2 ? static_cast<unsigned>(3 * x + 5 * y) : static_cast<unsigned>(random())) &
          most);
  return image;
}

TEST(LosslessJpeg, GivesWhatWasPackedForEveryPredictorAndWidth) {
  for (int selection = 1; selection <= 7; ++selection)
    for (int bits = 2; bits <= 16; ++bits)
      for (const int samples : {1, 3}) {
        const LosslessCase how{.bits = bits, .samples = samples, .selection = selection};
        const cv::Mat image = samples_of(how, static_cast<unsigned>(bits * 8 + selection));
        const auto jpeg = LosslessEncoder(how).encode(image);
        const LosslessJpegFacts facts = lossless_jpeg_facts(jpeg);
        EXPECT_EQ(facts.size, how.size);
        EXPECT_EQ(facts.samples, samples);
        EXPECT_EQ(facts.bits, bits);
        EXPECT_EQ(cv::norm(decode_lossless_jpeg(jpeg), image, cv::NORM_INF), 0)
            << "predictor " << selection << ", " << bits << " bits, " << samples << " samples";
      }
}

TEST(LosslessJpeg, ReadsRestartsScansPointTransformsAndNarrowImages) {
  for (const LosslessCase& how :
       {LosslessCase{.selection = 4, .rows_apart = 1},
        LosslessCase{.samples = 3, .selection = 7, .rows_apart = 2},
        LosslessCase{.samples = 3, .selection = 6, .in_one_scan = false},
        LosslessCase{.samples = 4, .selection = 5, .rows_apart = 3, .in_one_scan = false},
        LosslessCase{.bits = 16, .selection = 5, .shift = 3},
        LosslessCase{.bits = 2, .selection = 2, .shift = 1}, LosslessCase{.selection = 3, .size = {1, 40}},
        LosslessCase{.selection = 4, .size = {40, 1}},
        LosslessCase{.bits = 16, .selection = 6, .rows_apart = 1, .size = {1, 1}}}) {
    const cv::Mat image = samples_of(how, 5);
    cv::Mat wanted = image.clone();
    for (int y = 0; y < image.rows; ++y)
      for (int x = 0; x < image.cols * how.samples; ++x)
        wanted.ptr<std::uint16_t>(y)[x] =
            static_cast<std::uint16_t>(image.ptr<std::uint16_t>(y)[x] >> how.shift << how.shift);
    EXPECT_EQ(cv::norm(decode_lossless_jpeg(LosslessEncoder(how).encode(image)), wanted, cv::NORM_INF), 0)
        << "predictor " << how.selection << ", point transform " << how.shift;
  }
}

TEST(LosslessJpeg, OfWhichThereIsTooLittleItIsAnError) {
  for (const LosslessCase& how :
       {LosslessCase{.selection = 4, .rows_apart = 2}, LosslessCase{.samples = 3}}) {
    const auto jpeg = LosslessEncoder(how).encode(samples_of(how, 9));
    constexpr std::size_t kEnd = 3;  // the marker, and what fills up the byte before it
    for (std::size_t size = 0; size + kEnd < jpeg.size(); ++size)
      EXPECT_NE(error_of([&] { decode_lossless_jpeg(std::span(jpeg).first(size)); }), "") << size;
  }
}

TEST(LosslessJpeg, DamagedItIsAnErrorOrAsLargeAsItSays) {
  const LosslessCase how{.samples = 3, .selection = 7, .rows_apart = 2};
  const auto jpeg = LosslessEncoder(how).encode(samples_of(how, 11));
  for (std::size_t at = 0; at < jpeg.size(); ++at)
    for (const int change : {0x01, 0x10, 0x80, 0xff}) {
      auto bytes = jpeg;
      bytes[at] ^= static_cast<unsigned char>(change);
      try {
        const LosslessJpegFacts facts = lossless_jpeg_facts(bytes);
        if (facts.size.area() > 1 << 20) continue;
        const cv::Mat image = decode_lossless_jpeg(bytes);
        EXPECT_EQ(image.size(), facts.size);
      } catch (const Error&) {}
    }
}

TEST(LosslessJpeg, WhatIsWrongIsNamed) {
  const LosslessCase how{.selection = 4, .rows_apart = 2};
  const auto jpeg = LosslessEncoder(how).encode(samples_of(how, 3));
  const auto problem = [&](std::size_t at, int value) {
    auto bytes = jpeg;
    bytes[at] = static_cast<unsigned char>(value);
    return error_of([&] { decode_lossless_jpeg(bytes); });
  };
  const auto place_of = [&](int marker) {
    for (std::size_t i = 0; i + 1 < jpeg.size(); ++i)
      if (jpeg[i] == 0xff && jpeg[i + 1] == marker) return i;
    return jpeg.size();
  };
  EXPECT_EQ(problem(place_of(0xc3) + 1, 0xc0),
            "a JPEG of another kind (SOF0), where one without loss by Huffman codes (SOF3) is expected");
  EXPECT_EQ(problem(place_of(0xda) + 7, 0), "not a whole JPEG without loss: its predictor is none of 1 to 7");
  EXPECT_EQ(problem(place_of(0xdd) + 5, 47),
            "not a whole JPEG without loss: its restart interval isn't whole rows");
  EXPECT_EQ(problem(place_of(0xd1) + 1, 0xd3),
            "not a whole JPEG without loss: a restart marker isn't where it belongs");
  EXPECT_EQ(problem(7, 0xff), "not a whole JPEG without loss: a table of codes is damaged");
  EXPECT_EQ(problem(place_of(0xda) + 6, 0x10), "not a whole JPEG without loss: a table of codes is missing");
}

}  // namespace
}  // namespace doppel
