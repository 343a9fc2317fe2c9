#include "doppel/nn/study/image_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/gan/generated_source.h"
#include "doppel/nn/model/notation.h"
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

TEST(ImageWriter, APackHoldsWhatTheGeneratorMakesOfWhatIsKept) {
  const dataset::TemporaryFolder folder;
  const fs::path out = folder.path() / "made";
  Generator generator(Model(build_graph(parse_network("fc(8)-tanh-picture2x4"), {5, 1, 1}), 3), {1, 2, 4}, 2,
                      {.batch = 4, .threads = 1});
  const RunInfo info{.network = {}, .input = {1, 2, 4}, .classes = {"a", "b"}};
  const std::shared_ptr<Generator> lent(&generator, [](Generator*) {});
  const WrittenImages given;
  ImageWriter writer(out, info, {0, 1}, {.gan = "g", .seed = 9, .truncation = 1, .pack = lent});
  writer.write(given.labels, {}, 40, given.decisions);
  writer.finish();
  EXPECT_FALSE(fs::exists(out / "a"));
  EXPECT_EQ(WrittenImages::provenance(out)[2].at("sample"), "b/00000042");
  const auto read = dataset::open_data(out.string()).train;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->label(0), 0);
  EXPECT_EQ(read->label(1), 1);
  const std::vector<unsigned char> wanted =
      pixels_of(generator.generate(std::vector{1}, 9, 42, 1), generator.image());
  const cv::Mat last = dataset::load(*read, 1).image;
  ASSERT_EQ(last.total(), wanted.size());
  EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(), last.begin<unsigned char>()));
}

TEST(ImageWriter, GoesOnWhereItWasStopped) {
  const dataset::TemporaryFolder folder;
  const fs::path whole = folder.path() / "whole", out = folder.path() / "made";
  const WrittenImages given;
  const ImageWriter::Options options{.gan = "g", .seed = 9};
  const std::vector<float> others{0, 0};
  {
    ImageWriter writer(whole, given.info, {0, 1}, options);
    writer.write(given.labels, given.images, 40, given.decisions);
    writer.write({0}, others, 43, {});
    writer.finish();
  }
  { ImageWriter(out, given.info, {0, 1}, options).write(given.labels, given.images, 40, given.decisions); }
  EXPECT_FALSE(fs::exists(out / "provenance.jsonl"));
  const auto remarks = dataset::open_data(out.string()).remarks;
  EXPECT_TRUE(std::ranges::any_of(
      remarks, [](const auto& r) { return r.what.find("generate was stopped here") != std::string::npos; }));
  {
    ImageWriter writer(out, given.info, {0, 1}, options);
    EXPECT_FALSE(writer.is_finished());
    ASSERT_EQ(writer.known(), 3U);
    const std::vector<Decision> decisions = writer.skip(given.labels);
    ASSERT_EQ(decisions.size(), 3U);
    EXPECT_EQ(decisions[1].dropped, "taken for a");
    EXPECT_EQ(decisions[2].score, 5);
    writer.write({0}, others, 43, {});
    writer.finish();
  }
  EXPECT_EQ(WrittenImages::provenance(out), WrittenImages::provenance(whole));
  EXPECT_FALSE(fs::exists(out / ".generate"));
  EXPECT_TRUE(dataset::open_data(out.string()).remarks.empty());
  EXPECT_TRUE(ImageWriter(out, given.info, {0, 1}, options).is_finished());
}

TEST(ImageWriter, LinesThatSaySomethingElseAreNone) {
  const dataset::TemporaryFolder folder;
  const fs::path out = folder.path() / "made";
  const WrittenImages given;
  const std::vector<float> image(2);
  { ImageWriter(out, given.info, {0, 1}, {}).write({0}, image, 0, {}); }
  std::string line;
  std::getline(std::ifstream(out / ".generate" / "provenance.jsonl"), line);
  ASSERT_NE(line.find("\"index\":0"), std::string::npos) << line;
  for (const char* index : {"1e300", "-1", "\"0\"", "null", "0.5"}) {
    std::string other = line;
    other.replace(other.find("\"index\":0") + 8, 1, index);
    std::ofstream(out / ".generate" / "provenance.jsonl") << other << "\n";
    EXPECT_EQ(ImageWriter(out, given.info, {0, 1}, {}).known(), 0U) << index;
  }
}

TEST(ImageWriter, MakesAgainWhatIsntThere) {
  const dataset::TemporaryFolder folder;
  const fs::path out = folder.path() / "made";
  const WrittenImages given;
  { ImageWriter(out, given.info, {0, 1}, {}).write(given.labels, given.images, 0, {}); }
  fs::remove(out / "b" / "00000001.png");
  EXPECT_EQ(ImageWriter(out, given.info, {0, 1}, {}).known(), 1U);
  ImageWriter writer(out, given.info, {0, 1}, {});
  writer.write(given.labels, given.images, 0, {});
  writer.finish();
  EXPECT_EQ(WrittenImages::provenance(out).size(), 3U);
}

TEST(ImageWriter, NothingIsWrittenOver) {
  const dataset::TemporaryFolder folder;
  const WrittenImages given;
  std::ofstream(folder.path() / "something") << "here";
  EXPECT_EQ(error_of([&] { ImageWriter(folder.path(), given.info, {0}, {}); }),
            folder.path().string() +
                " holds something that isn't doppel generate's; --out needs a folder that is new or empty");
  const fs::path out = folder.path() / "made";
  { const ImageWriter first(out, given.info, {0}, {.gan = "g", .seed = 9}); }
  EXPECT_EQ(error_of([&] { ImageWriter(out, given.info, {0}, {.gan = "g", .seed = 8}); }),
            out.string() +
                " was made with another seed: '9', now '8'; the same command goes on, another one needs "
                "another folder");
}

}  // namespace
}  // namespace doppel::nn
