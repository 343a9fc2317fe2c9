// JPEGs decoded in part: the same bits as decoded whole.
#include "doppel/codec/jpeg.h"

#include <gtest/gtest.h>

// jpeglib.h needs these two before it.
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include <opencv2/core.hpp>
#include <span>

#include "augment/test_images.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

struct Coding {
  int across, down;  ///< chroma subsampling
  bool progressive = false;
  int restart = 0;
  int quality = 92;
  bool own_codes = false;  ///< Huffman codes of this picture
};

std::vector<unsigned char> encoded(const cv::Mat& image, const Coding& coding) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &data, &size);
  jpeg.image_width = static_cast<JDIMENSION>(image.cols);
  jpeg.image_height = static_cast<JDIMENSION>(image.rows);
  jpeg.input_components = image.channels();
  jpeg.in_color_space = image.channels() == 1 ? JCS_GRAYSCALE : image.channels() == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, coding.quality, TRUE);
  jpeg.optimize_coding = coding.own_codes ? TRUE : FALSE;
  if (image.channels() == 3) {
    jpeg.comp_info[0].h_samp_factor = coding.across;
    jpeg.comp_info[0].v_samp_factor = coding.down;
  }
  if (coding.progressive) jpeg_simple_progression(&jpeg);
  jpeg.restart_interval = static_cast<unsigned>(coding.restart);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<unsigned char*>(image.ptr(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::vector<unsigned char> bytes(data, data + size);
  jpeg_destroy_compress(&jpeg);
  std::free(data);
  return bytes;
}

/// The same file with an EXIF block that names an orientation.
std::vector<unsigned char> with_orientation(std::vector<unsigned char> jpeg, int orientation, bool little) {
  std::vector<unsigned char> block{'E', 'x', 'i', 'f', 0, 0};
  const auto put = [&](std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i)
      block.push_back(static_cast<unsigned char>(value >> (8 * (little ? i : size - 1 - i))));
  };
  block.push_back(little ? 'I' : 'M');
  block.push_back(little ? 'I' : 'M');
  put(42, 2), put(8, 4), put(2, 2);
  put(0x0100, 2), put(3, 2), put(1, 4), put(7, 2), put(0, 2);
  put(0x0112, 2), put(3, 2), put(1, 4), put(static_cast<std::uint32_t>(orientation), 2), put(0, 2);
  const std::size_t length = block.size() + 2;
  std::vector<unsigned char> segment{0xff, 0xe1, static_cast<unsigned char>(length >> 8),
                                     static_cast<unsigned char>(length)};
  segment.insert(segment.end(), block.begin(), block.end());
  jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
  return jpeg;
}

/// By libjpeg alone.
cv::Mat by_libjpeg(std::span<const unsigned char> bytes, int channels) {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  if (channels == 1) jpeg.out_color_space = JCS_GRAYSCALE;
  jpeg_start_decompress(&jpeg);
  cv::Mat image(static_cast<int>(jpeg.output_height), static_cast<int>(jpeg.output_width), CV_8UC(channels));
  while (jpeg.output_scanline < jpeg.output_height) {
    unsigned char* row = image.ptr(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return image;
}

TEST(JpegReader, PixelsAreLibjpegsWhateverTheCodes) {
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

TEST(JpegReader, PartsOfColourReadAsGreyAreThoseOfTheWhole) {
  const auto bytes = with_restarts(encoded(wavy(90, 200, 3), {2, 2}));
  const cv::Mat whole = by_libjpeg(bytes, 1);
  const cv::Rect region(70, 30, 60, 40);
  cv::Mat part(whole.size(), CV_8UC1);
  JpegReader(bytes, 1).read(region, part);
  EXPECT_EQ(cv::norm(part(region), whole(region), cv::NORM_INF), 0);
}

TEST(JpegReader, ARegionHasTheBitsOfTheWhole) {
  const Stream stream{.seed = 3};
  std::uint64_t turn = 0;
  for (const cv::Size size : {cv::Size(131, 97), {64, 48}, {17, 200}, {9, 5}})
    for (const int channels : {1, 3})
      for (const Coding coding : {Coding{1, 1, false, 0},
                                  {2, 1, false, 0},
                                  {2, 2, false, 0},
                                  {1, 2, false, 0},
                                  {2, 2, true, 0},
                                  {2, 2, false, 3}}) {
        const cv::Mat image = wavy(size.height, size.width, channels);
        const auto bytes = encoded(image, coding);
        const cv::Mat whole = decode_jpeg(bytes);
        ASSERT_EQ(whole.size(), size);
        for (int k = 0; k < 25; ++k, ++turn) {
          const Stream one = stream.split("region", turn);
          const int x = one.integer("x", 0, size.width - 1), y = one.integer("y", 0, size.height - 1);
          const cv::Rect region(x, y, one.integer("w", 1, size.width - x),
                                one.integer("h", 1, size.height - y));
          cv::Mat part(size, whole.type(), cv::Scalar::all(77));
          JpegReader(bytes).read(region, part);
          ASSERT_EQ(cv::norm(part(region), whole(region), cv::NORM_INF), 0)
              << region << " of " << size << ", " << coding.across << "x" << coding.down
              << (coding.progressive ? " progressive" : "");
        }
      }
}

/// Random parts of `bytes` are those of `whole`.
void expect_parts(const std::vector<unsigned char>& bytes, const cv::Mat& whole, int times) {
  for (int k = 0; k < times; ++k) {
    const Stream one = Stream{.seed = 4}.split("region", static_cast<std::uint64_t>(k));
    const int x = one.integer("x", 0, whole.cols - 1), y = one.integer("y", 0, whole.rows - 1);
    const cv::Rect region(x, y, one.integer("w", 1, whole.cols - x), one.integer("h", 1, whole.rows - y));
    cv::Mat part(whole.size(), whole.type(), cv::Scalar::all(77));
    JpegReader(bytes).read(region, part);
    ASSERT_EQ(cv::norm(part(region), whole(region), cv::NORM_INF), 0) << region << " of " << whole.size();
  }
}

TEST(Restarts, ChangeNoPixelOfTheWholeOrAPart) {
  // Rows of MCUs that parts of 4 divide, that 3 and 5 divide, and prime ones.
  for (const cv::Size size : {cv::Size(500, 61), {131, 97}, {75, 200}, {9, 5}, {177, 90}})
    for (const int channels : {1, 3, 4})
      for (const Coding coding : {Coding{1, 1, false, 0},
                                  {2, 1, false, 0},
                                  {2, 2, false, 0},
                                  {1, 2, false, 0},
                                  {4, 1, false, 0},
                                  {2, 2, true, 0},
                                  {2, 2, false, 3}}) {
        const auto before = encoded(wavy(size.height, size.width, channels), coding);
        const auto after = with_restarts(before);
        const cv::Mat whole = decode_jpeg(before);
        ASSERT_EQ(cv::norm(decode_jpeg(after), whole, cv::NORM_INF), 0) << size << " " << channels;
        expect_parts(after, whole, 12);
      }
}

TEST(Restarts, ManyRowsInOneIntervalAreTilesToo) {
  const cv::Mat image = wavy(203, 90, 3);
  for (const int rows : {1, 2, 5}) {
    const auto bytes = encoded(image, {2, 2, false, 6 * rows});
    expect_parts(bytes, decode_jpeg(bytes), 40);
  }
}

TEST(Restarts, TheOrientationStays) {
  const auto before = with_orientation(encoded(wavy(40, 70, 3), {2, 2}), 6, true);
  const auto after = with_restarts(before);
  const cv::Mat whole = decode_jpeg(before);
  ASSERT_EQ(whole.size(), cv::Size(40, 70));
  EXPECT_EQ(cv::norm(decode_jpeg(after), whole, cv::NORM_INF), 0);
  expect_parts(after, whole, 10);
}

TEST(Restarts, MakeAPartCheaper) {
  // What is decoded of a corner doesn't reach the damage in the other half.
  auto bytes = with_restarts(encoded(wavy(256, 512, 3), {2, 2}));
  const cv::Mat whole = decode_jpeg(bytes);
  for (std::size_t i = bytes.size() * 7 / 10; i < bytes.size() * 9 / 10; ++i)
    if (bytes[i] != 0xff && bytes[i - 1] != 0xff) bytes[i] = 0x55;
  const cv::Rect corner(400, 10, 100, 60);
  cv::Mat part(whole.size(), whole.type());
  JpegReader(bytes).read(corner, part);
  EXPECT_EQ(cv::norm(part(corner), whole(corner), cv::NORM_INF), 0);
}

TEST(Restarts, DamageIsAnErrorOrAPictureAndNeverACrash) {
  const auto good = with_restarts(encoded(wavy(96, 200, 3), {2, 2}));
  const cv::Rect region(60, 30, 80, 40);
  int errors = 0;
  for (std::uint64_t k = 0; k < 3000; ++k) {
    const Stream one = Stream{.seed = 5}.split("damage", k);
    auto bytes = good;
    for (int i = 0; i < 3; ++i) {
      const Stream place = one.split("byte", static_cast<std::uint64_t>(i));
      const int end = k % 2 == 0 ? 700 : static_cast<int>(bytes.size()) - 1;
      bytes[static_cast<std::size_t>(
          place.integer("at", 2, std::min(end, static_cast<int>(bytes.size()) - 1)))] =
          static_cast<unsigned char>(place.integer("value", 0, 255));
    }
    if (k % 5 == 0)
      bytes.resize(static_cast<std::size_t>(one.integer("size", 4, static_cast<int>(bytes.size()))));
    try {
      JpegReader reader(bytes, 0, 1 << 20);
      cv::Mat part(reader.size(), CV_8UC(reader.channels()));
      const cv::Rect inside = region & cv::Rect({}, reader.size());
      if (!inside.empty()) reader.read(inside, part);
    } catch (const Error&) { ++errors; }
  }
  EXPECT_GT(errors, 100);
  EXPECT_THROW(with_restarts(std::span(good).first(good.size() / 2)), Error);
}

TEST(JpegReader, MayBeReadTwiceAndSeveralAtOnce) {
  const auto a = encoded(wavy(50, 60, 3), {2, 2}), b = encoded(wavy(40, 30, 1), {1, 1});
  JpegReader first(a), second(b);
  cv::Mat whole(first.size(), CV_8UC3), grey(second.size(), CV_8UC1);
  first.read({10, 10, 20, 20}, whole);
  second.read({{}, grey.size()}, grey);
  first.read({{}, whole.size()}, whole);
  EXPECT_EQ(cv::norm(whole, decode_jpeg(a), cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(grey, decode_jpeg(b), cv::NORM_INF), 0);
}

TEST(JpegReader, GivesTheChannelsThatAreAskedFor) {
  const auto color = encoded(wavy(20, 24, 3), {2, 2}), grey = encoded(wavy(20, 24, 1), {1, 1}),
             ink = encoded(wavy(20, 24, 4), {1, 1});
  for (const auto& bytes : {color, grey, ink})
    for (const int channels : {1, 3}) {
      JpegReader reader(bytes, channels);
      ASSERT_EQ(reader.channels(), channels);
      cv::Mat image(reader.size(), CV_8UC(channels), cv::Scalar::all(0));
      reader.read({{}, image.size()}, image);
      EXPECT_GT(cv::mean(image)[0], 20);
    }
  EXPECT_EQ(JpegReader(ink).channels(), 3);
}

TEST(JpegReader, StandsPicturesUpright) {
  // A bright corner, and where each orientation has it once the picture is upright.
  cv::Mat stored(32, 48, CV_8UC3, cv::Scalar::all(20));
  stored(cv::Rect(0, 0, 16, 16)).setTo(cv::Scalar::all(240));
  const auto bytes = encoded(stored, {1, 1});
  struct Expected {
    int orientation;
    bool right, bottom;
  };
  for (const Expected e : {Expected{1, false, false},
                           {2, true, false},
                           {3, true, true},
                           {4, false, true},
                           {5, false, false},
                           {6, true, false},
                           {7, true, true},
                           {8, false, true}})
    for (const bool little : {true, false}) {
      const cv::Mat image = decode_jpeg(with_orientation(bytes, e.orientation, little));
      ASSERT_EQ(image.size(), e.orientation < 5 ? cv::Size(48, 32) : cv::Size(32, 48)) << e.orientation;
      for (const bool right : {false, true})
        for (const bool bottom : {false, true}) {
          const int value = image.ptr(bottom ? image.rows - 4 : 4)[3 * (right ? image.cols - 4 : 4)];
          EXPECT_EQ(value > 128, right == e.right && bottom == e.bottom) << e.orientation;
        }
    }
  EXPECT_EQ(decode_jpeg(with_orientation(bytes, 99, true)).size(), cv::Size(48, 32));
}

TEST(JpegReader, RefusesWhatIsDamaged) {
  const auto bytes = encoded(wavy(60, 80, 3), {2, 2});
  EXPECT_THROW(JpegReader({bytes.data(), 20}), Error);
  EXPECT_THROW(JpegReader(bytes, 0, 60 * 80 - 1), Error);
  const std::span<const unsigned char> cut(bytes.data(), bytes.size() * 2 / 3);
  EXPECT_THROW(decode_jpeg(cut), Error);
  cv::Mat image(60, 80, CV_8UC3);
  JpegReader(cut).read({0, 0, 80, 8}, image);  // what's needed is there
  EXPECT_THROW(JpegReader(cut).read({0, 50, 80, 10}, image), Error);
  // A header that lies about its length, and one that ends inside EXIF.
  auto lying = with_orientation(bytes, 6, true);
  lying[4] = 0xff, lying[5] = 0xff;
  EXPECT_THROW(decode_jpeg(lying), Error);
}

}  // namespace
}  // namespace doppel::augment
