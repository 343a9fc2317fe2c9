#include "doppel/nn/study/image_writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

namespace fs = std::filesystem;

/// Three images of 1x2 and what is said of them: the second is dropped.
struct WrittenImages {
  const RunInfo info{.network = {}, .input = {1, 1, 2}, .classes = {"a", "b"}};
  const std::vector<int> labels{0, 1, 1};
  const std::vector<float> images{-1, 1, 0, 0, 1, -1};
  const std::vector<Decision> decisions{{"", 0.75, 2, 3}, {"taken for a", 0.25, 1, 4}, {"", 1, 5, 6}};

  static std::vector<nlohmann::json> provenance(const fs::path& out) {
    std::ifstream file(out / "provenance.jsonl");
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }
};

TEST(ImageWriter, NamesOfClassesNeverLeaveTheFolder) {
  const dataset::TemporaryFolder folder;
  const fs::path out = folder.path() / "made", outside = folder.path() / "outside";
  const RunInfo info{
      .network = {},
      .input = {1, 1, 2},
      .classes = {"../outside", outside.string(), "dogs/pug", "dogs/poodle", ".dot", "..", ""}};
  const std::vector<int> labels{0, 1, 2, 3, 4, 5, 6};
  ImageWriter writer(out, info, labels, {.gan = "g", .seed = 1});
  writer.write(labels, std::vector<float>(2 * labels.size()), 0, {});
  writer.finish();
  EXPECT_FALSE(fs::exists(outside));
  const auto read = dataset::open_data(out.string()).train;
  EXPECT_EQ(read->size(), labels.size());
  EXPECT_EQ(read->classes().size(), labels.size());  // no two fall together
  EXPECT_EQ(WrittenImages::provenance(out).at(2).at("class"), "dogs/pug");
}

TEST(ImageWriter, FoldersOfClassesAndALineForEach) {
  const dataset::TemporaryFolder folder;
  const fs::path out = folder.path() / "made";
  const WrittenImages given;
  ImageWriter writer(out, given.info, {0, 1}, {.gan = "g.safetensors", .seed = 9});
  writer.write(given.labels, given.images, 40, given.decisions);
  writer.write({0}, std::vector<float>{0, 0}, 43, {});
  writer.finish();
  EXPECT_TRUE(fs::exists(out / "a" / "00000040.png"));
  EXPECT_FALSE(fs::exists(out / "b" / "00000041.png"));
  const auto read = dataset::open_data(out.string()).train;
  ASSERT_EQ(read->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    if (read->name(i).ends_with("00000042.png")) {
      const cv::Mat image = dataset::load(*read, i).image;
      EXPECT_EQ(image.at<unsigned char>(0, 0), 255);
      EXPECT_EQ(image.at<unsigned char>(0, 1), 0);
      EXPECT_EQ(read->classes()[static_cast<std::size_t>(read->label(i))], "b");
    }
  const auto lines = WrittenImages::provenance(out);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], nlohmann::json::parse(R"({"class": "a", "seed": 9, "index": 40, "gan": "g.safetensors",
    "confidence": 0.75, "score": 2.0, "distance": 3.0, "file": "a/00000040.png"})"));
  EXPECT_EQ(lines[1].at("dropped"), "taken for a");
  EXPECT_FALSE(lines[1].contains("file"));
  EXPECT_EQ(lines[3].at("file"), "a/00000043.png");
  EXPECT_FALSE(lines[3].contains("confidence"));
}

TEST(ImageWriter, APackHoldsTheSame) {
  const dataset::TemporaryFolder folder;
  const fs::path out = folder.path() / "made";
  const WrittenImages given;
  ImageWriter writer(out, given.info, {0, 1}, {.gan = "g", .seed = 9, .pack = true});
  writer.write(given.labels, given.images, 40, given.decisions);
  writer.finish();
  EXPECT_FALSE(fs::exists(out / "a"));
  EXPECT_EQ(WrittenImages::provenance(out)[2].at("sample"), "b/00000042");
  const auto read = dataset::open_data(out.string()).train;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->label(0), 0);
  EXPECT_EQ(read->label(1), 1);
  const cv::Mat first = dataset::load(*read, 0).image, last = dataset::load(*read, 1).image;
  EXPECT_EQ(first.at<unsigned char>(0, 1), 255);
  EXPECT_EQ(last.at<unsigned char>(0, 0), 255);
  EXPECT_EQ(last.at<unsigned char>(0, 1), 0);
}

TEST(ImageWriter, NothingIsWrittenOver) {
  const dataset::TemporaryFolder folder;
  const WrittenImages given;
  std::ofstream(folder.path() / "something") << "here";
  EXPECT_EQ(error_of([&] { ImageWriter(folder.path(), given.info, {0}, {}); }),
            folder.path().string() + " isn't empty");
}

}  // namespace
}  // namespace doppel::nn
