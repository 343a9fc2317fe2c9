#include "doppel/dataset/sources/parquet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <opencv2/core.hpp>
#include <thread>

#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

/// What make_parquet.mjs made.
fs::path made_parquet(const std::string& name) {
  return fs::path(DOPPEL_DATASET_DATA "/parquet") / (name + ".parquet");
}

int grey_at(const Source& source, std::size_t index) {
  return load(source, index).image.at<unsigned char>(5, 7);
}

TEST(Parquet, ReadsEveryCodecEncodingAndVersionOfPages) {
  for (const char* name : {"none_v1", "none_v2", "snappy_v1", "snappy_v2", "gzip_v1", "gzip_v2", "zstd_v1",
                           "zstd_v2", "lz4_v1", "lz4_v2", "plain", "delta_lengths", "delta_bytes"}) {
    const ParquetFiles source({made_parquet(name)});
    EXPECT_EQ(source.classes(), (Names{"cat", "dog", "owl"})) << name;
    ASSERT_EQ(source.size(), 5U);
    const int labels[] = {0, 2, 1, 2, -1};
    for (const std::size_t i : {4U, 0U, 3U, 1U, 2U}) {
      EXPECT_EQ(source.label(i), labels[i]) << name << i;
      EXPECT_EQ(grey_at(source, i), 10 * static_cast<int>(i + 1)) << name << i;
    }
    EXPECT_TRUE(source.name(3).ends_with(std::string(name) + ".parquet:3")) << source.name(3);
    const std::string said = all_text(source.remarks());
    EXPECT_NE(said.find("columns kept as fields: caption"), std::string::npos) << said;
    EXPECT_EQ(source.read(1).sample.fields, (std::vector<augment::NamedValue>{{"caption", "grey 20"}}));
    EXPECT_NE(said.find("labels of -1, which are taken as none: 1"), std::string::npos) << said;
    EXPECT_NE(said.find("rows without a label, where others have one: 1"), std::string::npos) << said;
  }
}

TEST(Parquet, AColumnIsLearnedWhereItIsNamed) {
  const ParquetFiles source({made_parquet("snappy_v1"), made_parquet("zstd_v2")}, {},
                            {.columns = {{"target", "label"}}});
  EXPECT_EQ(source.number_names(), Names{"label"});
  EXPECT_TRUE(source.classes().empty());
  ASSERT_EQ(source.size(), 10U);
  EXPECT_EQ(source.numbers(6), std::vector<double>{2});
  EXPECT_EQ(source.read(9).sample.numbers, std::vector<double>{-1});
  EXPECT_NE(error_of([] {
              ParquetFiles({made_parquet("snappy_v1")}, {}, {.columns = {{"target", "caption"}}});
            }).find("row 0: caption is 'grey 10', and must be a number to be learned"),
            std::string::npos);
}

TEST(Parquet, AColumnThatIsntThereIsSaidWithThoseThatAre) {
  const auto problem = [](const char* name) {
    return error_of([&] { ParquetFiles({made_parquet(name)}, {}, {.columns = {{"target", "nope"}}}); });
  };
  EXPECT_NE(problem("snappy_v1")
                .find("no column with a number is called 'nope' (there are: caption, image, label)"),
            std::string::npos)
      << problem("snappy_v1");
  EXPECT_NE(problem("several").find("(there are: image, labels)"), std::string::npos) << problem("several");
}

TEST(Parquet, ListsOfNumbersAreFields) {
  const TemporaryFolder folder;
  // The column of labels by a name that means nothing.
  std::vector<unsigned char> bytes = read_file(made_parquet("several"));
  constexpr std::string_view kLabels = "labels", kOther = "embeds";
  for (auto at = bytes.begin();; at += kLabels.size()) {
    at = std::search(at, bytes.end(), kLabels.begin(), kLabels.end());
    if (at == bytes.end()) break;
    std::ranges::copy(kOther, at);
  }
  write_file(folder.path() / "a.parquet", bytes);
  const ParquetFiles source({folder.path() / "a.parquet"});
  EXPECT_EQ(source.read(0).sample.fields,
            (std::vector<augment::NamedValue>{{"embeds", std::vector<double>{0, 2}}}));
  EXPECT_TRUE(source.read(1).sample.fields.empty());
  EXPECT_NE(all_text(source.remarks()).find("columns kept as fields: embeds"), std::string::npos);
}

TEST(Parquet, ReadsAColumnOfBytesByAnotherProgram) {
  const ParquetFiles source({made_parquet("hyparquet")});
  EXPECT_EQ(source.classes(), (Names{"a", "b", "c"}));
  ASSERT_EQ(source.size(), 5U);
  EXPECT_EQ(source.label(0), 1);
  EXPECT_EQ(source.label(3), 2);
  EXPECT_EQ(grey_at(source, 4), 50);
}

TEST(Parquet, NamesRowsWithoutAnImage) {
  const ParquetFiles source({made_parquet("nulls")});
  EXPECT_EQ(source.classes(), (Names{"cat", "dog"}));
  ASSERT_EQ(source.size(), 4U);
  EXPECT_EQ(source.label(1), -1);
  EXPECT_EQ(grey_at(source, 2), 3);
  for (const std::size_t i : {1U, 3U}) {
    const std::string error = error_of([&] { (void)load(source, i); });
    EXPECT_NE(error.find("nulls.parquet:" + std::to_string(i) + ": no bytes of an image"), std::string::npos)
        << error;
  }
}

TEST(Parquet, ReadsObjectsAsBoxes) {
  const ParquetFiles source({made_parquet("objects")});
  EXPECT_EQ(source.classes(), (Names{"person", "ball"}));
  const auto boxes = load(source, 0).boxes;
  EXPECT_EQ(boxes, (std::vector<augment::Box>{{1, 2, 4, 6, 1}, {0, 0, 8, 6, 0}}));
  EXPECT_EQ(source.object_labels(0), (std::vector<int>{1, 0}));
  EXPECT_TRUE(source.object_labels(1).empty());
  EXPECT_TRUE(load(source, 1).boxes.empty());
  EXPECT_EQ(load(source, 2).boxes.size(), 1U);
  EXPECT_TRUE(load(source, 3).boxes.empty());
  EXPECT_NE(all_text(source.remarks()).find("objects.area"), std::string::npos);
}

TEST(Parquet, ReadsSeveralClassesAndMasks) {
  const ParquetFiles several({made_parquet("several")});
  EXPECT_EQ(load(several, 0).label_shares, (std::vector<augment::LabelShare>{{0, 1}, {2, 1}}));
  EXPECT_EQ(load(several, 1).label_shares, (std::vector<augment::LabelShare>{{0, 0}}));  // an empty list
  EXPECT_EQ(several.label(1), -1);
  EXPECT_NE(all_text(several.remarks()).find("rows with none of the classes: 1"), std::string::npos);
  const ParquetFiles masks({made_parquet("masks")});
  ASSERT_EQ(load(masks, 1).masks.size(), 1U);
  EXPECT_EQ(load(masks, 1).masks[0].at<unsigned char>(0, 0), 4);
  EXPECT_EQ(grey_at(masks, 1), 2);
}

TEST(Parquet, PartsAreFilesOfOneFolder) {
  const TemporaryFolder folder;
  const fs::path data = folder.path() / "data";
  fs::create_directories(data);
  const auto put = [&](const char* from, const char* to) { fs::copy_file(made_parquet(from), data / to); };
  put("snappy_v1", "train-00000-of-00002.parquet");
  put("none_v2", "train-00001-of-00002.parquet");
  put("gzip_v1", "test-00000-of-00001.parquet");
  put_text(folder.path() / "README.md", "x");
  const OpenedData opened = open_data(folder.path().string());
  EXPECT_EQ(opened.layout, "Parquet");
  EXPECT_EQ(opened.train->size(), 10U);
  ASSERT_TRUE(opened.test);
  EXPECT_EQ(opened.test->size(), 5U);
  EXPECT_TRUE(opened.train->name(5).ends_with("train-00001-of-00002.parquet:0"));
  EXPECT_EQ(grey_at(*opened.train, 9), 50);
  EXPECT_NE(all_text(opened.remarks).find("files that aren't read (.md): 1 (README.md)"), std::string::npos);
  fs::remove(data / "train-00000-of-00002.parquet");
  const std::string error = error_of([&] { open_data(folder.path().string()); });
  EXPECT_NE(error.find("data/train-00000-of-00002.parquet is missing: 1 of 2 files are there"),
            std::string::npos)
      << error;
  fs::remove_all(data), fs::create_directories(data);
  put("snappy_v1", "train-00000-of-00002.parquet");
  put("hyparquet", "train-00001-of-00002.parquet");
  EXPECT_NE(error_of([&] { open_data(folder.path().string()); }).find("its columns are others than those of"),
            std::string::npos);
}

TEST(Parquet, WhatLooksLikeLabelsIsAnErrorUnlessItIsIgnored) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.parquet";
  std::vector<unsigned char> bytes = read_file(made_parquet("hyparquet"));
  std::string text(bytes.begin(), bytes.end());
  for (std::size_t at = 0; (at = text.find("label", at)) != text.npos; ++at) text.replace(at, 5, "masks");
  put_text(file, text);
  const std::string error = error_of([&] { open_data(file.string()); });
  EXPECT_NE(error.find("no column of labels is read, but masks looks like labels"), std::string::npos)
      << error;
  EXPECT_EQ(open_data(file.string(), {.ignore_labels = true}).train->size(), 5U);
  OpenOptions named;
  named.table.columns = {{"label", "masks"}};
  EXPECT_EQ(open_data(file.string(), named).train->classes(), (Names{"a", "b", "c"}));
  named.table.columns = {{"label", "breed"}};
  EXPECT_NE(error_of([&] { open_data(file.string(), named); }).find("no column 'breed' holds labels"),
            std::string::npos);
}

TEST(Parquet, DamagedFilesAreNamed) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.parquet";
  const std::vector<unsigned char> whole = read_file(made_parquet("snappy_v1"));
  const auto error_with = [&](const std::vector<unsigned char>& bytes) {
    put_bytes(file, bytes);
    return error_of([&] { ParquetFiles({file}); });
  };
  EXPECT_NE(error_with({}).find("a.parquet: 0 bytes are no Parquet file"), std::string::npos);
  EXPECT_NE(error_with({whole.begin(), whole.end() - 9}).find("cut off"), std::string::npos);
  EXPECT_NE(error_with({whole.begin() + 4, whole.end()}).find("doesn't begin with PAR1"), std::string::npos);
  auto bytes = whole;
  bytes[bytes.size() - 5] = 0x7f;
  EXPECT_NE(error_with(bytes).find("its footer would have"), std::string::npos);
  bytes = whole;
  bytes[bytes.size() - 1] = 'E';
  EXPECT_NE(error_with(bytes).find("encrypted"), std::string::npos);
  // Whatever byte is wrong: an error that names the file, or samples.
  for (std::size_t at = 4; at < whole.size(); at += 7) {
    bytes = whole;
    bytes[at] ^= 0x55;
    put_bytes(file, bytes);
    const std::string error = error_of([&] {
      const ParquetFiles source({file});
      for (std::size_t i = 0; i < source.size(); ++i) (void)error_of([&] { (void)load(source, i); });
    });
    EXPECT_TRUE(error.empty() || error.find("a.parquet") != error.npos) << error;
  }
}

TEST(Parquet, AnyThreadReadsAnyRow) {
  const ParquetFiles source({made_parquet("zstd_v1"), made_parquet("snappy_v2")});
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t k = 0; k < 200; ++k) {
        const std::size_t i = (k * 7 + t) % source.size();
        wrong += grey_at(source, i) != 10 * static_cast<int>(i % 5 + 1);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace doppel::dataset
