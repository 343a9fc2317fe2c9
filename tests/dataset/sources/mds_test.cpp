#include "doppel/dataset/sources/mds.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

/// What make_mds.py made.
fs::path made_mds(const std::string& name) { return fs::path(DOPPEL_DATASET_DATA "/mds") / name; }

int grey_of_mds(const Source& source, std::size_t index) {
  return load(source, index, 1).image.at<unsigned char>(5, 7);
}

std::string text_with(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(Mds, ReadsPlainShards) {
  const MdsShards source(made_mds("train"));
  EXPECT_EQ(source.classes(), (Names{"0", "1", "2"}));
  ASSERT_EQ(source.size(), 3U);
  const int labels[] = {2, 0, 1};
  for (const std::size_t i : {2U, 0U, 1U}) {
    EXPECT_EQ(source.label(i), labels[i]);
    EXPECT_EQ(grey_of_mds(source, i), 10 * static_cast<int>(i + 1));
  }
  EXPECT_TRUE(source.name(2).ends_with("shard.00001.mds:0"));
  EXPECT_EQ(all_text(source.remarks()), "columns kept as fields: note\n");
  EXPECT_EQ(source.read(2).sample.fields, (std::vector<augment::NamedValue>{{"note", "yy"}}));
}

TEST(Mds, AColumnOfNumbersIsLearnedWhereItIsNamed) {
  const MdsShards source(made_mds("train"), {}, {.columns = {{"target", "Label"}}});
  EXPECT_EQ(source.number_names(), Names{"Label"});
  EXPECT_TRUE(source.classes().empty());
  EXPECT_EQ(source.numbers(0), std::vector<double>{2});
  EXPECT_EQ(source.read(2).sample.numbers, std::vector<double>{1});
  EXPECT_NE(error_of([] {
              MdsShards(made_mds("train"), {}, {.columns = {{"target", "age"}}});
            }).find("no column with a number is called 'age' (there are: image, label, note)"),
            std::string::npos);
  EXPECT_NE(error_of([] {
              MdsShards(made_mds("train"), {}, {.columns = {{"target", "note"}}});
            }).find("sample 0: note is 'x', and must be a number to be learned"),
            std::string::npos);
}

TEST(Mds, ReadsPackedShardsOfPixels) {
  const MdsShards source(made_mds("packed"));
  EXPECT_EQ(source.classes(), (Names{"cat", "dog"}));
  EXPECT_EQ(load(source, 1).image.at<cv::Vec3b>(5, 7), cv::Vec3b(50, 50, 50));
  EXPECT_EQ(load(source, 0).image.size(), cv::Size(8, 6));
  EXPECT_NE(all_text(source.remarks()).find("its shards are packed"), std::string::npos);
}

TEST(Mds, PartsAreFolders) {
  const TemporaryFolder folder;
  fs::copy(made_mds("train"), folder.path() / "train");
  fs::copy(made_mds("train"), folder.path() / "val");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.train->size(), 3U);
  EXPECT_TRUE(data.test_is_valid);
}

TEST(Mds, WhatDoesntFitIsNamed) {
  const TemporaryFolder folder;
  const fs::path set = folder.path() / "set";
  const auto error_with = [&](std::string_view from, std::string_view to) {
    fs::remove_all(set);
    fs::copy(made_mds("train"), set);
    const std::vector<unsigned char> index = read_file(set / "index.json");
    put_text(set / "index.json", text_with({index.begin(), index.end()}, from, to));
    return error_of([&] { (void)open_data(set.string()); });
  };
  EXPECT_EQ(error_with("\"version\"", "\"version\""), "");
  EXPECT_NE(
      error_with("shard.00000.mds", "../x.mds").find("index.json: shard 0: '../x.mds' leaves the folder"),
      std::string::npos);
  EXPECT_NE(error_with("shard.00001.mds", "shard.00002.mds").find("shard.00002.mds"), std::string::npos);
  EXPECT_NE(error_with("\"samples\": 2", "\"samples\": 3").find("it has 2 samples, index.json says 3"),
            std::string::npos);
  EXPECT_NE(error_with("\"bytes\": ", "\"bytes\": 1").find("bytes, index.json says 1"), std::string::npos);
  EXPECT_NE(error_with("\"png\"", "\"pkl\"")
                .find("pickles are never executed; its columns are image (pkl), label (int)"),
            std::string::npos);
  EXPECT_NE(error_with("\"mds\"", "\"csv\"").find("of the format csv"), std::string::npos);
  EXPECT_NE(error_with("]", "").find("index.json: it is no JSON, or was cut off"), std::string::npos);
  EXPECT_NE(error_with("\"label\"", "\"class_of\"").find("its columns are others than those of"),
            std::string::npos);
  MdsOptions ignored;
  ignored.columns = {{"label", "breed"}};
  EXPECT_NE(error_of([&] { MdsShards(made_mds("train"), {}, ignored); }).find("no column 'breed'"),
            std::string::npos);
}

TEST(Mds, DamagedShardsAreNamed) {
  const TemporaryFolder folder;
  const fs::path set = folder.path() / "set", file = set / "shard.00000.mds";
  fs::copy(made_mds("train"), set);
  const std::vector<unsigned char> whole = read_file(file);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] ^= 0x84;
    put_bytes(file, bytes);
    const std::string error = error_of([&] {
      const MdsShards source(set);
      for (std::size_t i = 0; i < source.size(); ++i) (void)error_of([&] { (void)load(source, i); });
    });
    EXPECT_TRUE(error.empty() || error.find("shard.00000.mds") != error.npos) << error;
  }
  put_bytes(file, {whole.begin(), whole.end() - 1});
  EXPECT_NE(error_of([&] { MdsShards source(set); }).find("index.json says"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
