#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/idx.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/analysis/split.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::string error_of(auto f) {
  try {
    f();
  } catch (const Error& error) { return error.what(); }
  return "";
}

std::vector<unsigned char> idx(std::vector<unsigned> dims, std::size_t payload, unsigned char value = 0,
                               int type = 8) {
  std::vector<unsigned char> bytes{0, 0, static_cast<unsigned char>(type),
                                   static_cast<unsigned char>(dims.size())};
  for (const unsigned d : dims)
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<unsigned char>(d >> shift));
  bytes.insert(bytes.end(), payload, value);
  return bytes;
}

TEST(Samples, AreThereAndBalanced) {
  const OpenedData data = open_data("sample:digits");
  for (const SourcePtr& part : {data.train, data.test}) {
    ASSERT_EQ(part->size(), 2000U);
    std::map<int, int> counts;
    for (std::size_t i = 0; i < part->size(); ++i) ++counts[part->label(i)];
    for (const auto& [label, n] : counts) EXPECT_EQ(n, 200) << label;
    EXPECT_EQ(load(*part, 7).image.size(), cv::Size(28, 28));
  }
  const OpenedData photos = open_data("sample:photos");
  EXPECT_EQ(photos.train->size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(load(*photos.train, i).image.channels(), 3);
  EXPECT_THROW(open_data("sample:cats"), UsageError);
}

TEST(Idx, PlainAndGzipAreTheSame) {
  const TemporaryFolder folder;
  const fs::path sample(DOPPEL_SAMPLE_FOLDER);
  const auto images = read_file_or_gzip(sample / "digits/train-images-idx3-ubyte.gz");
  write_file(folder.path() / "train-images-idx3-ubyte", images);
  write_file(folder.path() / "train-labels-idx1-ubyte",
             read_file_or_gzip(sample / "digits/train-labels-idx1-ubyte.gz"));
  const SourcePtr plain = open_data(folder.path().string()).train, packed = open_data("sample:digits").train;
  ASSERT_EQ(plain->size(), packed->size());
  for (const std::size_t i : {0U, 999U, 1999U}) {
    EXPECT_EQ(plain->label(i), packed->label(i));
    EXPECT_EQ(cv::norm(load(*plain, i).image, load(*packed, i).image, cv::NORM_INF), 0);
  }
}

TEST(Idx, SamplesOutliveTheirSource) {
  const augment::Sample sample = load(*open_data("sample:digits").train, 3);
  const SourcePtr again = open_data("sample:digits").train;
  EXPECT_EQ(cv::norm(sample.image, load(*again, 3).image, cv::NORM_INF), 0);
  EXPECT_NE(sample.image.data, again->read(3).sample.image.data);
}

TEST(Idx, LyingHeadersAreRefused) {
  const TemporaryFolder folder;
  const fs::path images = folder.path() / "i", labels = folder.path() / "l";
  const auto open = [&] { IdxFiles(images, labels, 10); };
  write_file(labels, idx({3}, 3));
  write_file(images, idx({3, 4, 5}, 59));
  EXPECT_NE(error_of(open).find("promises 60 bytes of data (3 x 4 x 5), but 59 follow"), std::string::npos)
      << error_of(open);
  write_file(images, idx({4, 4, 5}, 80));
  EXPECT_NE(error_of(open).find("has 4 images, but"), std::string::npos);
  write_file(images, idx({0xffffffff, 0xffffffff, 0xffffffff}, 8));
  EXPECT_NE(error_of(open).find("asks for more than"), std::string::npos);
  write_file(images, idx({3, 0, 5}, 0));
  EXPECT_NE(error_of(open).find("holds no pixels"), std::string::npos);
  write_file(images, idx({3, 4, 5}, 60, 0, 13));
  EXPECT_NE(error_of(open).find("needs unsigned bytes in 3 dimensions"), std::string::npos);
  write_file(images, std::string_view("\0\0\x08", 3));
  EXPECT_NE(error_of(open).find("not an IDX file"), std::string::npos);
  write_file(images, std::string_view("\0\0\x08\x03\0\0", 6));
  EXPECT_NE(error_of(open).find("ends inside its header"), std::string::npos);
}

TEST(Idx, ALabelOutsideTheClassesIsNamed) {
  const TemporaryFolder folder;
  write_file(folder.path() / "i", idx({2, 1, 1}, 2));
  write_file(folder.path() / "l", idx({2}, 2, 12));
  const auto what = error_of([&] { IdxFiles(folder.path() / "i", folder.path() / "l", 10); });
  EXPECT_NE(what.find("label 12 at position 0 is outside the 10 classes"), std::string::npos);
}

TEST(Idx, ATruncatedGzipIsAnError) {
  const TemporaryFolder folder;
  const auto packed = read_file(fs::path(DOPPEL_SAMPLE_FOLDER) / "digits/train-images-idx3-ubyte.gz");
  write_file(folder.path() / "i.gz", std::span(packed).first(packed.size() / 2));
  EXPECT_NE(error_of([&] { read_file_or_gzip(folder.path() / "i.gz"); }).find("not a whole gzip"),
            std::string::npos);
  EXPECT_NE(error_of([&] {
              read_file_or_gzip(fs::path(DOPPEL_SAMPLE_FOLDER) / "digits/train-images-idx3-ubyte.gz", 1000);
            }).find("more than 1000"),
            std::string::npos);
}

TEST(ImageFolder, FindsNestedImagesOfAllFormatsInOrder) {
  const TemporaryFolder folder;
  const cv::Mat image(5, 7, CV_8UC3, cv::Scalar(9, 99, 199));
  fs::create_directories(folder.path() / "katze ü/deep");
  fs::create_directories(folder.path() / "dog");
  write_png(folder.path() / "katze ü/deep/b.PNG", image);
  write_file(folder.path() / "katze ü/a.jpeg", encode_jpeg(image, 95));
  write_file(folder.path() / "katze ü/.hidden.jpg", std::string_view("x"));
  write_file(folder.path() / "katze ü/notes.txt", std::string_view("x"));
  write_png(folder.path() / "dog/1.png", image);
  fs::create_symlink(folder.path() / "dog/1.png", folder.path() / "dog/2.png");
  const ImageFolder source(folder.path());
  EXPECT_EQ(source.classes(), (std::vector<std::string>{"dog", "katze ü"}));
  ASSERT_EQ(source.size(), 4U);
  EXPECT_EQ(source.label(3), 1);
  EXPECT_EQ(cv::norm(load(source, 3).image, image, cv::NORM_INF), 0);
  EXPECT_LE(cv::norm(load(source, 2).image, image, cv::NORM_INF), 3);
}

TEST(ImageFolder, MissingAndEmptyFoldersAreNamed) {
  const TemporaryFolder folder;
  EXPECT_NE(error_of([] { open_data("/no/such/place"); }).find("there is no file or folder '/no/such/place'"),
            std::string::npos);
  EXPECT_NE(error_of([&] { open_data(folder.path().string()); }).find("is empty"), std::string::npos);
  fs::create_directories(folder.path() / "full");
  fs::create_directories(folder.path() / "empty");
  fs::create_directories(folder.path() / "other");
  write_png(folder.path() / "full/1.png", cv::Mat(2, 2, CV_8UC1, cv::Scalar(1)));
  write_png(folder.path() / "other/1.png", cv::Mat(2, 2, CV_8UC1, cv::Scalar(2)));
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.train->classes(), (std::vector<std::string>{"empty", "full", "other"}));
  ASSERT_FALSE(data.remarks.empty());
  EXPECT_EQ(data.remarks[0].text(), "class folders without a picture that is read: 1 (empty)");
}

TEST(InMemory, LabelsMustBeClasses) {
  std::vector<augment::Sample> samples(1);
  samples[0].label = 2;
  EXPECT_THROW(InMemory(samples, {"a", "b"}), Error);
}

TEST(Split, IsStratifiedDisjointAndComplete) {
  const SourcePtr source = open_data("sample:digits").train;
  const Split split = stratified_split(source, 0.15, 3);
  EXPECT_EQ(split.rest->size(), 300U);
  EXPECT_EQ(split.train->size(), 1700U);
  std::map<int, int> counts;
  std::map<std::string, int> names;
  for (std::size_t i = 0; i < split.rest->size(); ++i)
    ++counts[split.rest->label(i)], ++names[split.rest->name(i)];
  for (std::size_t i = 0; i < split.train->size(); ++i) ++names[split.train->name(i)];
  for (const auto& [label, n] : counts) EXPECT_EQ(n, 30);
  EXPECT_EQ(names.size(), 2000U);
  EXPECT_EQ(stratified_split(source, 0.15, 3).rest->name(5), split.rest->name(5));
  EXPECT_THROW(stratified_split(source, 1, 3), UsageError);
  EXPECT_EQ(per_class(source, 7, 1)->size(), 70U);
  EXPECT_THROW(Subset(source, {2000}), UsageError);
}

}  // namespace
}  // namespace doppel::dataset
