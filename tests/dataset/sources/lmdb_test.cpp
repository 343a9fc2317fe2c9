#include "doppel/dataset/sources/lmdb.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using LmdbNames = std::vector<std::string>;

/// What make_lmdb.py made.
fs::path made_lmdb(const std::string& name) { return fs::path(DOPPEL_DATASET_DATA "/lmdb") / name; }

int grey_of_lmdb(const Source& source, std::size_t index) {
  return load(source, index, 1).image.at<unsigned char>(5, 7);
}

std::vector<int> labels_of_lmdb(const Source& source) {
  std::vector<int> labels;
  for (std::size_t i = 0; i < source.size(); ++i) labels.push_back(source.label(i));
  return labels;
}

TEST(Lmdb, ReadsCaffesPixels) {
  const LmdbImages source(made_lmdb("caffe_train_lmdb"));
  EXPECT_EQ(source.classes(), (LmdbNames{"0", "1", "2"}));
  EXPECT_EQ(labels_of_lmdb(source), (std::vector{2, 0, 1, 2, 0, 1}));
  const cv::Mat image = load(source, 3).image;
  ASSERT_EQ(image.size(), cv::Size(6, 4));
  // Planes of blue, green and red; pixel 8 of each.
  EXPECT_EQ(image.at<cv::Vec3b>(1, 2), cv::Vec3b(3 + 48 + 8, 3 + 24 + 8, 3 + 8));
  EXPECT_TRUE(source.name(3).ends_with("caffe_train_lmdb/data.mdb:00000003"));
  EXPECT_EQ(
      all_text(source.remarks()),
      "images as pixels: three channels are taken as blue, green and red, as Caffe's tools write them\n");
}

TEST(Lmdb, ReadsCaffesFilesOfAnyLength) {
  const LmdbImages source(made_lmdb("caffe_test_lmdb"));
  EXPECT_EQ(labels_of_lmdb(source), (std::vector{1, 0}));
  EXPECT_EQ(grey_of_lmdb(source, 0), 0);
  EXPECT_EQ(grey_of_lmdb(source, 1), 10);
  EXPECT_TRUE(source.remarks().empty());
}

TEST(Lmdb, TextsAreClassesOfTheirImages) {
  const LmdbImages source(made_lmdb("text") / "data.mdb");
  EXPECT_EQ(source.classes(), (LmdbNames{"caf\u00e9", "shop"}));
  EXPECT_EQ(labels_of_lmdb(source), (std::vector{1, 0, 1}));
  for (const std::size_t i : {2U, 0U, 1U}) EXPECT_EQ(grey_of_lmdb(source, i), 20 * static_cast<int>(i));
  EXPECT_TRUE(source.remarks().empty());
}

TEST(Lmdb, TheLargestOfSeveralSizesIsRead) {
  const LmdbImages source(made_lmdb("sizes.lmdb"));
  ASSERT_EQ(source.size(), 2U);
  EXPECT_EQ(grey_of_lmdb(source, 1), 1 + 56);
  EXPECT_TRUE(source.name(1).ends_with("sizes.lmdb:256-00001"));
  EXPECT_EQ(source.label(0), -1);
  EXPECT_EQ(all_text(source.remarks()),
            "each image is there in 2 sizes, of which the largest, 256, is read\n");
}

TEST(Lmdb, ANamedDatabaseOfNumbersIsRead) {
  const LmdbImages source(made_lmdb("named"));
  EXPECT_TRUE(source.name(0).ends_with(":2"));
  EXPECT_TRUE(source.name(1).ends_with(":300"));
  EXPECT_EQ(grey_of_lmdb(source, 1), 300 - 256);
}

TEST(Lmdb, AListBesideMustAgree) {
  const TemporaryFolder folder;
  const fs::path set = folder.path() / "set.lmdb";
  fs::copy(made_lmdb("set.lmdb"), set);
  const auto remarks = [&](std::string_view list) {
    put_text(set / "meta_info.txt", list);
    const LmdbImages source(set);
    return all_text(source.remarks()) + error_of([&] { (void)load(source, 0); });
  };
  EXPECT_EQ(remarks("0801.png (6,8,1) 1\n0802_s001.png (6,8,1) 1\n"), "");
  EXPECT_EQ(remarks("0801.png (6,8,1) 1\r\n0803.png (6,8,1) 1\n"),
            "images that meta_info.txt names and the database hasn't: 1 (0803)\n"
            "images that meta_info.txt doesn't name: 1, which are read too\n");
  EXPECT_NE(remarks("0801.png (7,8,1) 1\n0802_s001.png (6,8,1) 1\n")
                .find("0801: meta_info.txt says 8x7, the image is 8x6 (width x height)"),
            std::string::npos);
  EXPECT_NE(error_of([&] { remarks("0801.png 1\n"); }).find("meta_info.txt:1: '0801.png 1' isn't NAME"),
            std::string::npos);
}

TEST(Lmdb, WhatIsntReadIsNamed) {
  EXPECT_NE(error_of([] { LmdbImages source(made_lmdb("pickled")); }).find("pickles are never executed"),
            std::string::npos);
  EXPECT_NE(error_of([] { LmdbImages source(made_lmdb("several")); }).find("several values of one key"),
            std::string::npos);
  const TemporaryFolder folder;
  put_text(folder.path() / "data.mdb", "Standard Jet DB and so on");
  EXPECT_NE(error_of([&] { LmdbImages source(folder.path()); }).find("data.mdb: it is no LMDB"),
            std::string::npos);
  put_text(folder.path() / "names.txt", "cat\ndog\n");
  LmdbOptions named;
  named.names = folder.path() / "names.txt";
  EXPECT_NE(error_of([&] {
              LmdbImages source(made_lmdb("caffe_train_lmdb"), {}, named);
            }).find("00000000: the label 2, which names.txt doesn't have"),
            std::string::npos);
  const LmdbImages source(made_lmdb("caffe_test_lmdb"), {}, named);
  EXPECT_EQ(source.classes(), (LmdbNames{"cat", "dog"}));
}

/// A database that lists `count` empty named ones, 500 to a page below one branch, and says how deep that is.
std::string lmdb_of_named(std::size_t count, unsigned depth = 2) {
  constexpr std::size_t kPage = 32768, kOnALeaf = 500;
  const std::size_t leaves = (count + kOnALeaf - 1) / kOnALeaf;
  std::string file((3 + leaves) * kPage, '\0');
  const auto put = [&](std::size_t at, std::uint64_t number, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) file[at + i] = static_cast<char>(number >> 8 * i);
  };
  const auto put_tree = [&](std::size_t at, unsigned deep, std::uint64_t entries, std::uint64_t root) {
    put(at + 6, deep, 2);
    put(at + 32, entries, 8);
    put(at + 40, root, 8);
  };
  const auto put_page = [&](std::size_t page, unsigned kind, std::size_t entries) {
    put(page * kPage, page, 8);
    put(page * kPage + 10, kind, 2);
    put(page * kPage + 12, 16 + 2 * entries, 2);
  };
  put(10, 8, 2);
  put(16, 0xbeefc0de, 4);
  put(20, 1, 4);
  put(40, kPage, 4);
  put_tree(88, depth, count, 2);
  put_page(2, 1, leaves);
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
    const std::size_t child = 1024 + 8 * leaf, page = 3 + leaf;
    put(2 * kPage + 16 + 2 * leaf, child, 2);
    put(2 * kPage + child, page, 4);
    const std::size_t here = std::min(kOnALeaf, count - leaf * kOnALeaf);
    put_page(page, 2, here);
    for (std::size_t i = 0; i < here; ++i) {
      const std::size_t at = 1024 + 60 * i, node = page * kPage + at;
      put(page * kPage + 16 + 2 * i, at, 2);
      put(node, 48, 4);
      put(node + 4, 2, 2);
      put(node + 6, 4, 2);
      file.replace(node + 8, 4, std::to_string(1000 + leaf * kOnALeaf + i));
      put_tree(node + 12, 0, 0, ~std::uint64_t{0});
    }
  }
  return file;
}

TEST(Lmdb, WhatIsBeyondItsLimitsIsRefused) {
  const TemporaryFolder folder;
  const auto said = [&](const std::string& bytes) {
    put_text(folder.path() / "data.mdb", bytes);
    return error_of([&] { LmdbImages source(folder.path()); });
  };
  EXPECT_NE(said(lmdb_of_named(1001)).find("data.mdb: too many named databases"), std::string::npos);
  for (const char* word : {"too many", "damaged"})
    EXPECT_EQ(said(lmdb_of_named(1000)).find(word), std::string::npos);
  EXPECT_NE(said(lmdb_of_named(1, 33)).find("a tree 33 pages deep"), std::string::npos);
}

TEST(Lmdb, DatabasesAreParts) {
  const TemporaryFolder folder;
  for (const char* name : {"caffe_train_lmdb", "caffe_test_lmdb"})
    fs::copy(made_lmdb(name), folder.path() / name);
  put_text(folder.path() / "mean.binaryproto", "x");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "LMDB");
  EXPECT_EQ(data.train->size(), 6U);
  ASSERT_TRUE(data.test);
  EXPECT_EQ(labels_of_lmdb(*data.test), (std::vector{1, 0}));
  EXPECT_NE(all_text(data.remarks).find("mean.binaryproto"), std::string::npos);
}

TEST(Lmdb, DatabasesOfOnePartAreClasses) {
  const OpenedData data = open_data(made_lmdb("lsun").string());
  EXPECT_EQ(data.train->classes(), (LmdbNames{"bedroom", "tower"}));
  EXPECT_EQ(labels_of_lmdb(*data.train), (std::vector{0, 0, 1, 1}));
  ASSERT_TRUE(data.test);
  EXPECT_EQ(labels_of_lmdb(*data.test), std::vector{1});
}

TEST(Lmdb, AFileIsData) {
  EXPECT_EQ(open_data(made_lmdb("sizes.lmdb").string()).train->size(), 2U);
  EXPECT_EQ(open_data(made_lmdb("text").string()).train->size(), 3U);
}

TEST(Lmdb, DamagedFilesAreNamed) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "data.mdb";
  const std::vector<unsigned char> whole = read_file(fs::path(DOPPEL_FUZZ_SEEDS) / "lmdb/tree");
  const auto read = [&](const std::vector<unsigned char>& bytes) {
    put_bytes(file, bytes);
    return error_of([&] {
      const LmdbImages source(file);
      for (std::size_t i = 0; i < source.size(); ++i) (void)error_of([&] { (void)load(source, i); });
    });
  };
  EXPECT_EQ(read(whole), "");
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const unsigned char change : {0x84, 0x01}) {
      auto bytes = whole;
      bytes[at] = static_cast<unsigned char>(bytes[at] ^ change);
      const std::string error = read(bytes);
      EXPECT_TRUE(error.empty() || error.find("data.mdb") != error.npos) << error;
    }
  for (std::size_t size = 0; size < whole.size(); size += 16)
    EXPECT_NE(read({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}).find("data.mdb"),
              std::string::npos)
        << size;
}

}  // namespace
}  // namespace doppel::dataset
