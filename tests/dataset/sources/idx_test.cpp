#include "doppel/dataset/sources/idx.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::vector<unsigned char> idx_bytes(std::vector<unsigned> dims, std::size_t payload, unsigned char value = 0,
                                     int type = 8) {
  std::vector<unsigned char> bytes{0, 0, static_cast<unsigned char>(type),
                                   static_cast<unsigned char>(dims.size())};
  for (const unsigned d : dims)
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<unsigned char>(d >> shift));
  bytes.insert(bytes.end(), payload, value);
  return bytes;
}

TEST(Idx, PixelsAndLabelsStandInTheOrderOfTheFormat) {
  const TemporaryFolder folder;
  std::vector<unsigned char> images = idx_bytes({2, 2, 3}, 0), labels = idx_bytes({2}, 0);
  for (unsigned char value = 0; value < 12; ++value) images.push_back(value);
  labels.insert(labels.end(), {3, 1});
  write_file(folder.path() / "some-images", images);
  write_file(folder.path() / "some-labels", labels);
  const IdxFiles source(folder.path() / "some-images", folder.path() / "some-labels");
  ASSERT_EQ(source.size(), 2U);
  EXPECT_EQ(source.classes(), (std::vector<std::string>{"0", "1", "2", "3"}));
  EXPECT_EQ(source.label(0), 3);
  EXPECT_EQ(source.name(1), "some-images 1");
  const cv::Mat second = load(source, 1).image;
  EXPECT_EQ(second.size(), cv::Size(3, 2));
  EXPECT_EQ(second.at<unsigned char>(1, 2), 11);
  EXPECT_EQ(second.at<unsigned char>(0, 1), 7);
}

TEST(Idx, PlainAndGzipAreTheSame) {
  const TemporaryFolder folder;
  const fs::path sample(DOPPEL_SAMPLE_FOLDER);
  write_file(folder.path() / "train-images-idx3-ubyte",
             read_file_or_gzip(sample / "digits/train-images-idx3-ubyte.gz"));
  write_file(folder.path() / "train-labels-idx1-ubyte",
             read_file_or_gzip(sample / "digits/train-labels-idx1-ubyte.gz"));
  const SourcePtr plain = open_data(folder.path().string()).train, packed = open_data("sample:digits").train;
  ASSERT_EQ(plain->size(), packed->size());
  for (const std::size_t i : {0U, 999U, 1999U}) {
    EXPECT_EQ(plain->label(i), packed->label(i));
    EXPECT_EQ(cv::norm(load(*plain, i).image, load(*packed, i).image, cv::NORM_INF), 0);
  }
  // Samples outlive their source.
  EXPECT_NE(packed->read(3).sample.image.data, packed->read(3).sample.image.data);
}

TEST(Idx, LyingHeadersAreRefused) {
  const TemporaryFolder folder;
  const fs::path images = folder.path() / "i", labels = folder.path() / "l";
  const auto open = [&] { IdxFiles(images, labels, 10); };
  write_file(labels, idx_bytes({3}, 3));
  write_file(images, idx_bytes({3, 4, 5}, 59));
  EXPECT_NE(error_of(open).find("promises 60 bytes of data (3 x 4 x 5), but 59 follow"), std::string::npos)
      << error_of(open);
  write_file(images, idx_bytes({4, 4, 5}, 80));
  EXPECT_NE(error_of(open).find("has 4 images, but"), std::string::npos);
  write_file(images, idx_bytes({0xffffffff, 0xffffffff, 0xffffffff}, 8));
  EXPECT_NE(error_of(open).find("asks for more than"), std::string::npos);
  write_file(images, idx_bytes({3, 0, 5}, 0));
  EXPECT_NE(error_of(open).find("holds no pixels"), std::string::npos);
  write_file(images, idx_bytes({3, 4, 5}, 60, 0, 13));
  EXPECT_NE(error_of(open).find("needs unsigned bytes in 3 dimensions"), std::string::npos);
  write_file(images, std::string_view("\0\0\x08", 3));
  EXPECT_NE(error_of(open).find("not an IDX file"), std::string::npos);
  write_file(images, std::string_view("\0\0\x08\x03\0\0", 6));
  EXPECT_NE(error_of(open).find("ends inside its header"), std::string::npos);
}

TEST(Idx, ALabelOutsideTheClassesIsNamed) {
  const TemporaryFolder folder;
  write_file(folder.path() / "i", idx_bytes({2, 1, 1}, 2));
  write_file(folder.path() / "l", idx_bytes({2}, 2, 12));
  const auto what = error_of([&] { IdxFiles(folder.path() / "i", folder.path() / "l", 10); });
  EXPECT_NE(what.find("label 12 at position 0 is outside the 10 classes"), std::string::npos);
}

TEST(Idx, CutAndBottomlessGzipAreErrors) {
  const TemporaryFolder folder;
  const fs::path whole = fs::path(DOPPEL_SAMPLE_FOLDER) / "digits/train-images-idx3-ubyte.gz";
  const auto packed = read_file(whole);
  write_file(folder.path() / "i.gz", std::span(packed).first(packed.size() / 2));
  write_file(folder.path() / "l", idx_bytes({1}, 1));
  EXPECT_NE(error_of([&] { IdxFiles(folder.path() / "i.gz", folder.path() / "l"); }).find("not a whole gzip"),
            std::string::npos);
  EXPECT_NE(error_of([&] { read_file_or_gzip(whole, 1000); }).find("more than 1000"), std::string::npos);
  // 64 MB of zeros in 64 kB: the header, zeros as all else, is no IDX file's.
  std::vector<unsigned char> bomb(1 << 20);
  const std::vector<unsigned char> zeros(1 << 20);
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_out = bomb.data();
  stream.avail_out = static_cast<uInt>(bomb.size());
  for (int i = 0; i < 64; ++i) {
    stream.next_in = const_cast<unsigned char*>(zeros.data());
    stream.avail_in = static_cast<uInt>(zeros.size());
    deflate(&stream, i == 63 ? Z_FINISH : Z_NO_FLUSH);
  }
  bomb.resize(stream.total_out);
  deflateEnd(&stream);
  write_file(folder.path() / "i-idx3-ubyte.gz", bomb);
  EXPECT_NE(error_of([&] {
              IdxFiles(folder.path() / "i-idx3-ubyte.gz", folder.path() / "l");
            }).find("i-idx3-ubyte.gz"),
            std::string::npos);
  EXPECT_NE(
      error_of([&] { read_file_or_gzip(folder.path() / "i-idx3-ubyte.gz", 1 << 20); }).find("more than"),
      std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
