// What the world holds: bombs, lies, files that can't be read or change. An error that names the file, or a
// defined result.
#include <gtest/gtest.h>

#include <algorithm>

#include <zlib.h>

#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/image.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/tar_shards.h"
#include "error_of.h"
#include "temporary_folder.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<unsigned char>;

Bytes some_png() { return encode_png(cv::Mat(6, 8, CV_8UC3, cv::Scalar(1, 2, 3))); }

void big_endian(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<unsigned char>(value >> shift));
}

/// zlib or gzip of `count` zeros.
Bytes packed_zeros(std::size_t count, int window) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  const Bytes zeros(1 << 20);
  Bytes out(1 << 20);
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  for (std::size_t done = 0; done < count; done += zeros.size()) {
    stream.next_in = const_cast<unsigned char*>(zeros.data());
    stream.avail_in = static_cast<uInt>(std::min(zeros.size(), count - done));
    deflate(&stream, Z_NO_FLUSH);
  }
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(BadData, APngThatUnpacksToFarMoreThanItsImageIsNotUnpacked) {
  Bytes png = some_png();
  const auto data_at =
      std::search(png.begin(), png.end(), std::begin("IDAT"), std::end("IDAT") - 1) - png.begin();
  Bytes bomb(png.begin(), png.begin() + data_at - 4);
  const Bytes zeros = packed_zeros(std::size_t{200} << 20, MAX_WBITS);
  big_endian(bomb, static_cast<std::uint32_t>(zeros.size()));
  const std::size_t chunk = bomb.size();
  bomb.insert(bomb.end(), {'I', 'D', 'A', 'T'});
  bomb.insert(bomb.end(), zeros.begin(), zeros.end());
  big_endian(bomb, static_cast<std::uint32_t>(crc32_z(0, bomb.data() + chunk, bomb.size() - chunk)));
  bomb.insert(bomb.end(), {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82});
  // Either way, no more than the image is unpacked.
  try {
    EXPECT_EQ(decode_image(bomb).size(), cv::Size(8, 6));
  } catch (const Error&) {}
}

TEST(BadData, LongCommentsInAJpegCostNoMoreThanTheirBytes) {
  // The largest that a segment can be, many times over: 16 MB of comments before the image.
  const Bytes jpeg = encode_jpeg(cv::Mat(20, 30, CV_8UC3, cv::Scalar(5, 60, 200)), 90);
  Bytes chatty(jpeg.begin(), jpeg.begin() + 2);
  for (int i = 0; i < 256; ++i) {
    chatty.insert(chatty.end(), {0xff, 0xfe, 0xff, 0xff});
    chatty.insert(chatty.end(), 65533, 'x');
  }
  chatty.insert(chatty.end(), jpeg.begin() + 2, jpeg.end());
  EXPECT_EQ(cv::norm(decode_image(chatty), decode_image(jpeg), cv::NORM_INF), 0);
}

TEST(BadData, JsonNestedWithoutEndIsRefused) {
  const TemporaryFolder folder;
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const auto put = [&](const char* name, const std::string& text) {
    write_file(folder.path() / name, {reinterpret_cast<const unsigned char*>(text.data()), text.size()});
    return folder.path() / name;
  };
  EXPECT_NE(error_of([&] { Coco(put("deep.json", "{\"images\": " + deep + "}")); }).find("deep.json"),
            std::string::npos);
  EXPECT_NE(error_of([&] { Manifest(put("deep.jsonl", "{\"path\": " + deep + "}")); }).find("deep.jsonl"),
            std::string::npos);
}

TEST(BadData, CocoSaysWhichNumberComesTwice) {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& images, const std::string& categories) {
    const std::string text =
        "{\"images\": [" + images + "], \"categories\": [" + categories + "], \"annotations\": []}";
    write_file(folder.path() / "a.json", {reinterpret_cast<const unsigned char*>(text.data()), text.size()});
    return error_of([&] { Coco(folder.path() / "a.json"); });
  };
  const std::string image = R"({"id": 7, "file_name": "1.png", "width": 3, "height": 3})",
                    cat = R"({"id": 3, "name": "x"})";
  EXPECT_NE(error(image + "," + image, cat).find("7"), std::string::npos) << error(image + "," + image, cat);
  EXPECT_NE(error(image, cat + "," + cat).find("3"), std::string::npos) << error(image, cat + "," + cat);
}

TEST(BadData, AFolderInAFilesPlaceIsNamed) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "manifest.csv");
  EXPECT_NE(error_of([&] { Manifest(folder.path() / "manifest.csv"); }).find("manifest.csv"),
            std::string::npos);
  EXPECT_NE(error_of([&] { TarShards({folder.path()}); }).find(folder.path().string()), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
