#include <gtest/gtest.h>

#include "dataset/levels.h"
#include "dataset/written_files.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/pack/pack.h"
#include "error_of.h"
#include "pack/notes.h"
#include "pack/shard_writer.h"
#include "some_maps.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

TEST(PackSource, IsAFolderOfShardsOrOneOfThem) {
  const TemporaryFolder folder;
  EXPECT_FALSE(PackSource::is_pack(folder.path()));
  write_pack(*levels(25, 0), folder.path(), {.shard = 10});
  ASSERT_TRUE(PackSource::is_pack(folder.path()));
  ASSERT_TRUE(PackSource::is_pack(folder.path() / "00001.tar"));
  const PackSource whole(folder.path()), second(folder.path() / "00001.tar");
  EXPECT_EQ(whole.size(), 25U);
  EXPECT_EQ(whole.classes(), (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(second.size(), 10U);
  EXPECT_EQ(load(second, 3).image.at<unsigned char>(0, 0), 13);
  EXPECT_EQ(second.label(3), 1);
  EXPECT_EQ(whole.name(13), (folder.path() / "00001.tar:sample 13").string());
  whole.prepare(24);
  put_text(folder.path() / "other/00000.tar", std::string(2048, 'x'));
  EXPECT_FALSE(PackSource::is_pack(folder.path() / "other"));
}

TEST(PackSource, ShardsThatAreMissingAreCounted) {
  const TemporaryFolder folder;
  EXPECT_NE(error_of([&] { PackSource{folder.path()}; }).find("holds no shards"), std::string::npos);
  write_pack(*levels(25, 0), folder.path(), {.shard = 10});
  fs::remove(folder.path() / "00001.tar");
  EXPECT_NE(error_of([&] { PackSource{folder.path()}; }).find("holds 2 shards of 3"), std::string::npos);
}

TEST(PackSource, ABadShardCostsItsOwnSamplesAlone) {
  const TemporaryFolder folder;
  write_pack(*levels(40, 0), folder.path(), {.shard = 10});
  const fs::path file = folder.path() / "00002.tar";
  auto bytes = read_file(file);
  bytes[bytes.size() - 1024 - 600] ^= 1;
  write_file(file, bytes);
  Loader loader(std::make_shared<PackSource>(folder.path()), {}, {.batch = 8, .epochs = 1});
  std::size_t rows = 0;
  for (const Batch& batch : loader.epoch(0)) rows += batch.size();
  EXPECT_EQ(rows, 30U);
  EXPECT_EQ(loader.report().skipped, 10U);
  EXPECT_NE(loader.report().reasons[0].reason.find("index is damaged"), std::string::npos);
}

TEST(PackSource, DamageIsFound) {
  const TemporaryFolder folder;
  write_pack(*levels(40, 0), folder.path(), {});
  const fs::path file = folder.path() / "00000.tar";
  const auto whole = read_file(file);
  const auto changed = [&](std::size_t at) {
    auto bytes = whole;
    bytes[at] ^= 1;
    write_file(file, bytes);
  };
  changed(512 + 20);
  EXPECT_NE(error_of([&] { PackSource{file}; }).find("header is damaged"), std::string::npos);
  changed(512);
  EXPECT_NE(error_of([&] { PackSource{file}; }).find("not a shard"), std::string::npos);
  changed(whole.size() - 1024 - 600);
  EXPECT_NE(error_of([&] { (void)PackSource{file}.read(3); }).find("index is damaged"), std::string::npos);
  write_file(file, std::span(whole).first(whole.size() / 2));
  EXPECT_NE(error_of([&] { PackSource{file}; }).find("truncated"), std::string::npos);
  changed(512 + 512 + 512 + 40);  // in the first image
  const PackSource pack(file);
  EXPECT_NE(error_of([&] { pack.verify(0); }).find("bytes have changed"), std::string::npos);
  pack.verify(1);
  fs::resize_file(file, 4096);
  EXPECT_NE(error_of([&] { (void)pack.read(30); }).find("ends"), std::string::npos);
}

TEST(PackSource, DamageInMapsIsFound) {
  const TemporaryFolder folder;
  std::vector<augment::Sample> samples(2);
  for (auto& sample : samples) {
    sample.image = cv::Mat(9, 12, CV_8UC3, cv::Scalar(9, 8, 7));
    sample.maps = some_maps(sample.image.size(), 1);
  }
  write_pack(InMemory(samples, {}), folder.path(), {});
  const fs::path file = folder.path() / "00000.tar";
  const auto whole = read_file(file);
  const std::string_view text(reinterpret_cast<const char*>(whole.data()), whole.size());
  auto bytes = whole;
  bytes[text.find("000000000.map0.png") + 512 + 20] ^= 1;
  write_file(file, bytes);
  EXPECT_NE(error_of([&] {
              (void)load(PackSource(file), 0);
            }).find("00000.tar:sample 0: " + file.string() + ": the map 'depth' has changed (CRC-32)"),
            std::string::npos)
      << error_of([&] { (void)load(PackSource(file), 0); });
  (void)load(PackSource(file), 1);
  write_file(file, whole);
  fs::resize_file(file, text.find("000000001.map2.tif"));
  EXPECT_NE(error_of([&] { PackSource{file}; }).find("truncated"), std::string::npos);
}

TEST(PackSource, AMapThatIsNotItsImagesIsAnErrorWithItsName) {
  const TemporaryFolder folder;
  const auto error_for = [&](const std::vector<unsigned char>& content) {
    augment::Sample sample;
    sample.maps = {{.name = "depth", .values = {}}};
    const std::vector<pack::Companion> files{{"map0.png", content}};
    pack::ShardWriter writer(folder.path() / "00000.tar", 0, "[]");
    const auto image = encode_png(cv::Mat(9, 12, CV_8U, cv::Scalar(7)));
    writer.add("0", "png", image, {.width = 12, .height = 9}, "one", "", pack::note_of(sample, files, 1, 1),
               files);
    writer.finish(1);
    return error_of([&] { (void)load(PackSource(folder.path()), 0); });
  };
  EXPECT_NE(error_for({1, 2, 3}).find("one: the map 'depth': not an image that is read"), std::string::npos);
  const auto png = encode_png(cv::Mat(12, 9, CV_8U, cv::Scalar(7)));
  EXPECT_NE(error_for(png).find("the map 'depth' is 12x9, but its image is 9x12"), std::string::npos);
  EXPECT_NE(error_for({png.begin(), png.begin() + 40}).find("the map 'depth': "), std::string::npos);
}

TEST(PackSource, AShardThatShrinksWhileItIsReadIsAnErrorNotASignal) {
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

}  // namespace
}  // namespace doppel::dataset
