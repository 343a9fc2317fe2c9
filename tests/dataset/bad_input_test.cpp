// What the world holds: bombs, lies, files that can't be read or change. An error that names the file, or a
// defined result.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/picture.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/idx.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/memory.h"
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

TEST(BadData, APngThatUnpacksToFarMoreThanItsPictureIsNotUnpacked) {
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
  // Either way, no more than the picture is unpacked.
  try {
    EXPECT_EQ(decode_picture(bomb).size(), cv::Size(8, 6));
  } catch (const Error&) {}
}

TEST(BadData, AGzipBombStopsAtTheLimit) {
  const TemporaryFolder folder;
  Bytes labels;
  big_endian(labels, 0x801);
  big_endian(labels, 1);
  labels.push_back(0);
  write_file(folder.path() / "l-idx1-ubyte", labels);
  write_file(folder.path() / "i-idx3-ubyte.gz", packed_zeros(std::size_t{64} << 20, MAX_WBITS + 16));
  EXPECT_NE(error_of([&] {
              IdxFiles(folder.path() / "i-idx3-ubyte.gz", folder.path() / "l-idx1-ubyte");
            }).find("i-idx3-ubyte"),
            std::string::npos);
  EXPECT_NE(
      error_of([&] { read_file_or_gzip(folder.path() / "i-idx3-ubyte.gz", 1 << 20); }).find("more than"),
      std::string::npos);
}

TEST(BadData, LongCommentsInAJpegCostNoMoreThanTheirBytes) {
  // The largest that a segment can be, many times over: 16 MB of comments before the picture.
  const Bytes jpeg = encode_jpeg(cv::Mat(20, 30, CV_8UC3, cv::Scalar(5, 60, 200)), 90);
  Bytes chatty(jpeg.begin(), jpeg.begin() + 2);
  for (int i = 0; i < 256; ++i) {
    chatty.insert(chatty.end(), {0xff, 0xfe, 0xff, 0xff});
    chatty.insert(chatty.end(), 65533, 'x');
  }
  chatty.insert(chatty.end(), jpeg.begin() + 2, jpeg.end());
  EXPECT_EQ(cv::norm(decode_picture(chatty), decode_picture(jpeg), cv::NORM_INF), 0);
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

TEST(BadData, NamesOfAnyBytesAreNames) {
  const TemporaryFolder folder;
  const fs::path odd = folder.path() / "class" / std::string("caf\xe9 \xff.png");
  fs::create_directories(odd.parent_path());
  write_file(odd, some_png());
  const ImageFolder source(folder.path());
  ASSERT_EQ(source.size(), 1U);
  EXPECT_EQ(load(source, 0).image.size(), cv::Size(8, 6));
  EXPECT_EQ(source.name(0), odd.string());
  // They survive packing, too.
  write_pack(source, folder.path() / "pack", {});
  EXPECT_NE(PackSource(folder.path() / "pack").name(0).find("caf\xe9 \xff.png"), std::string::npos);
}

/// While alive, root is nobody, who owns the folder and can't read every file.
class AsPlainUser {
 public:
  explicit AsPlainUser(const fs::path& folder) {
    constexpr uid_t kNobody = 65534;
    if (!was_root_) return;
    EXPECT_EQ(::chown(folder.c_str(), kNobody, static_cast<gid_t>(-1)), 0);
    EXPECT_EQ(::seteuid(kNobody), 0);
  }
  ~AsPlainUser() {
    if (!was_root_) return;
    EXPECT_EQ(::seteuid(0), 0);
  }
  AsPlainUser(const AsPlainUser&) = delete;
  AsPlainUser& operator=(const AsPlainUser&) = delete;

 private:
  const bool was_root_ = ::geteuid() == 0;
};

TEST(BadData, AFileThatCannotBeReadIsNamed) {
  const TemporaryFolder folder;
  const AsPlainUser user(folder.path());
  const fs::path secret = folder.path() / "a" / "secret.png";
  fs::create_directories(secret.parent_path());
  write_file(secret, some_png());
  ::chmod(secret.c_str(), 0);
  EXPECT_NE(error_of([&] { load(ImageFolder(folder.path()), 0); }).find("secret.png"), std::string::npos);
}

TEST(BadData, AFolderInAFilesPlaceIsNamed) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "manifest.csv");
  EXPECT_NE(error_of([&] { Manifest(folder.path() / "manifest.csv"); }).find("manifest.csv"),
            std::string::npos);
  EXPECT_NE(error_of([&] { TarShards({folder.path()}); }).find(folder.path().string()), std::string::npos);
}

TEST(BadData, AShardThatShrinksWhileItIsReadIsAnErrorNotASignal) {
  const TemporaryFolder folder;
  std::vector<augment::Sample> samples(40);
  for (auto& sample : samples) sample.image = cv::Mat(30, 40, CV_8UC3, cv::Scalar(9, 8, 7));
  write_pack(InMemory(samples, {}), folder.path(), {.images = PackOptions::Images::Raw});
  const auto pack = std::make_shared<PackSource>(folder.path());
  (void)load(*pack, 0);
  fs::resize_file(folder.path() / "00000.tar", 60'000);
  Loader loader(pack, {}, {.batch = 8, .workers = 2, .epochs = 1, .order = LoaderOptions::Order::Sequential});
  std::size_t rows = 0;
  for (const Batch& batch : loader.epoch(0)) rows += batch.size();
  EXPECT_GT(rows, 0U);
  EXPECT_EQ(rows + loader.report().skipped, samples.size());
  EXPECT_NE(loader.report().reasons.at(0).reason.find("too early"), std::string::npos);
}

TEST(BadData, LinksThatRunInCirclesAreWalkedOnce) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "a" / "deep");
  write_file(folder.path() / "a" / "1.png", some_png());
  fs::create_directory_symlink(folder.path() / "a", folder.path() / "a" / "deep" / "again");
  fs::create_symlink(folder.path() / "gone.png", folder.path() / "a" / "dangling.png");
  const ImageFolder source(folder.path());
  int readable = 0;
  for (std::size_t i = 0; i < source.size(); ++i) try {
      (void)load(source, i);
      ++readable;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("dangling.png"), std::string::npos);
    }
  EXPECT_EQ(readable, 1);
}

TEST(BadData, BmpsAreReadOrSayWhatIsWrong) {
  // A BMP of 2 by 2, 24 bits, rows from below, padded to four bytes: blue, green; red, white.
  Bytes bmp{'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0};
  bmp.resize(54);
  bmp[34] = 16;
  for (const int v : {0, 0, 255, 255, 255, 255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0})
    bmp.push_back(static_cast<unsigned char>(v));
  EXPECT_NE(error_of([&] { decode_picture(bmp, 3); }).find("limit"), std::string::npos);
  Bytes huge = bmp;
  huge[21] = huge[25] = 0x7f;
  EXPECT_NE(error_of([&] { decode_picture(huge); }).find("limit"), std::string::npos);
  const cv::Mat image = decode_picture(bmp);
  ASSERT_EQ(image.type(), CV_8UC3);
  EXPECT_EQ(image.at<cv::Vec3b>(0, 0), cv::Vec3b(0, 0, 255));
  EXPECT_EQ(image.at<cv::Vec3b>(0, 1), cv::Vec3b(0, 255, 0));
  EXPECT_EQ(image.at<cv::Vec3b>(1, 0), cv::Vec3b(255, 0, 0));
  EXPECT_NE(error_of([&] { decode_picture(std::span(bmp).first(60)); }).find("BMP"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
