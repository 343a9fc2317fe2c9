// JPEGs of which parts alone are there.
#include "doppel/codec/jpeg_tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <opencv2/core.hpp>

#include "augment/codec/jpeg/jpeg_files.h"
#include "augment/test_images.h"
#include "doppel/base/random.h"
#include "doppel/codec/image.h"
#include "doppel/codec/jpeg.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

std::uint64_t bytes_of_parts(const std::vector<FilePart>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const FilePart& part) { return sum + part.size; });
}

/// A file as long as the other, of which the parts alone are there.
std::vector<unsigned char> only(const std::vector<unsigned char>& file, const std::vector<FilePart>& parts) {
  std::vector<unsigned char> some(file.size(), 0xa5);
  for (const FilePart& part : parts)
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(part.at), part.size,
                some.begin() + static_cast<std::ptrdiff_t>(part.at));
  return some;
}

cv::Rect some_region(const Stream& stream, cv::Size size) {
  const int x = stream.integer("x", 0, size.width - 1), y = stream.integer("y", 0, size.height - 1);
  return {x, y, stream.integer("w", 1, size.width - x), stream.integer("h", 1, size.height - y)};
}

/// A region of an image that was halved so often.
cv::Rect halved_region(const cv::Rect& region, int times) {
  const cv::Point tl(region.x >> times, region.y >> times);
  const auto up = [times](int n) { return (n + (1 << times) - 1) >> times; };
  return {tl, cv::Point(up(region.x + region.width), up(region.y + region.height))};
}

TEST(JpegTileTable, PartsOfTheFileGiveTheBitsOfTheWhole) {
  std::uint64_t turn = 0;
  for (const cv::Size size : {cv::Size(331, 217), {640, 480}, {200, 90}})
    for (const int channels : {1, 3})
      for (const Coding coding : {Coding{1, 1}, {2, 1}, {2, 2}, {1, 2}, {4, 1}}) {
        const auto file = with_restarts(encoded(wavy(size.height, size.width, channels), coding));
        const auto table = JpegTileTable::find(file);
        ASSERT_TRUE(table);
        EXPECT_EQ(table->size, size);
        EXPECT_EQ(table->channels, channels);
        EXPECT_EQ(table->starts.back(), file.size());
        ASSERT_EQ(table->starts.size(), static_cast<std::size_t>(table->columns() * table->rows()) + 1);
        for (int times = 0; times <= 3; ++times) {
          const auto up = [times](int n) { return (n + (1 << times) - 1) >> times; };
          cv::Mat whole(up(size.height), up(size.width), CV_8UC(channels));
          times == 0 ? JpegReader(file).read({{}, size}, whole)
                     : JpegReader(file).read_halved(times, {{}, size}, whole);
          for (int k = 0; k < 12; ++k, ++turn) {
            const cv::Rect region = some_region(Stream{.seed = 8}.split("region", turn), size);
            const auto some = only(file, table->parts(region, times));
            cv::Mat part(whole.size(), whole.type(), cv::Scalar::all(77));
            EncodedImage reader(some, 0, AlphaOver::White, {}, &*table);
            times == 0 ? reader.decode(region, part) : reader.decode_halved(times, region, part);
            // What areas of a halved image may read beside the region, too.
            cv::Rect seen = halved_region(region, times);
            if (times > 0) seen = cv::Rect(seen.x - 1, seen.y - 1, seen.width + 2, seen.height + 2);
            seen &= cv::Rect({}, whole.size());
            ASSERT_EQ(cv::norm(part(seen), whole(seen), cv::NORM_INF), 0)
                << region << " of " << size << ", " << coding.across << "x" << coding.down << ", halved "
                << times << " times";
          }
        }
      }
}

TEST(JpegTileTable, PartsAreInOrderApartAndNoMoreThanTheFile) {
  const auto file = with_restarts(encoded(wavy(480, 640, 3), {2, 2}));
  const auto table = JpegTileTable::find(file);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->parts({0, 0, 640, 480}), (std::vector<FilePart>{{0, file.size()}}));
  EXPECT_EQ(table->parts({0, 0, 640, 480}, 3), (std::vector<FilePart>{{0, file.size()}}));
  for (std::uint64_t k = 0; k < 200; ++k) {
    const cv::Rect region = some_region(Stream{.seed = 9, .index = k}, table->size);
    const auto parts = table->parts(region);
    ASSERT_EQ(parts[0].at, 0U);
    ASSERT_GE(parts[0].size, table->starts[0]);
    for (std::size_t i = 1; i < parts.size(); ++i)
      ASSERT_GT(parts[i].at, parts[i - 1].at + parts[i - 1].size + 1024) << "what lies near is read along";
    ASSERT_LE(parts.back().at + parts.back().size, file.size());
    const bool small = table->cover(region).area() * 4 < table->size.area();
    ASSERT_LE(bytes_of_parts(parts), small ? file.size() / 2 : file.size());
  }
}

TEST(JpegTileTable, IsNoneWhereTheWholeFileIsNeeded) {
  const cv::Mat image = wavy(96, 200, 3);
  EXPECT_FALSE(JpegTileTable::find(encoded(image, {2, 2})));                         // no tiles
  EXPECT_FALSE(JpegTileTable::find(with_restarts(encoded(wavy(8, 8, 1), {1, 1}))));  // one tile
  EXPECT_FALSE(JpegTileTable::find(with_orientation(with_restarts(encoded(image, {2, 2})), 6, true)));
  EXPECT_FALSE(JpegTileTable::find(with_restarts(encoded(wavy(96, 200, 4), {1, 1}))));  // CMYK
  EXPECT_FALSE(JpegTileTable::find({}));
}

TEST(JpegTileTable, OneOfAnotherFileIsAnError) {
  const auto file = with_restarts(encoded(wavy(96, 200, 3), {2, 2}));
  const auto good = JpegTileTable::find(file);
  ASSERT_TRUE(good);
  const auto error_for = [&](const std::vector<unsigned char>& bytes, const JpegTileTable& table, int times) {
    return error_of([&] {
      EncodedImage reader(bytes, 0, AlphaOver::White, {}, &table);
      cv::Mat part(96, 200, CV_8UC3);
      cv::Mat small = part({0, 0, 100, 48});
      times == 0 ? reader.decode({60, 30, 80, 40}, part) : reader.decode_halved(1, {60, 30, 80, 40}, small);
    });
  };
  EXPECT_EQ(error_for(file, *good, 0), "");
  for (const int times : {0, 1}) {
    for (int change = 0; change < 6; ++change) {
      JpegTileTable table = *good;
      if (change == 0) table.size.width = 201;
      if (change == 1) table.tile.width /= 2;
      if (change == 2) table.channels = 1;
      if (change == 3) table.starts[0] += 2;
      if (change == 4) table.starts.pop_back();
      if (change == 5) table.starts.back() = static_cast<std::uint32_t>(file.size()) + 1;
      EXPECT_NE(error_for(file, table, times).find("the table of its tiles isn't that of its header"),
                std::string::npos)
          << change;
    }
    JpegTileTable moved = *good;
    for (std::size_t k = 1; k < moved.starts.size() - 1; ++k) moved.starts[k] -= 1;
    EXPECT_NE(error_for(file, moved, times).find("doesn't end where the table of its tiles says"),
              std::string::npos);
    JpegTileTable backwards = *good;
    std::reverse(backwards.starts.begin() + 1, backwards.starts.end() - 1);
    EXPECT_NE(error_for(file, backwards, times), "");
  }
  EXPECT_NE(error_for(with_orientation(file, 6, true), *good, 0), "");
  EXPECT_NE(
      error_for({'P', '5', '\n', '1', ' ', '1', '\n', '2', '5', '5', '\n', 9}, *good, 0).find("no JPEG"),
      std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
