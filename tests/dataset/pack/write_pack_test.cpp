// Packs: the same samples, whole shards or none, and damage that is found.
#include "doppel/dataset/pack/pack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/image.h"
#include "doppel/codec/jpeg.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/dataset/sources/tar_shards.h"
#include "error_of.h"
#include "some_maps.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using Images = PackOptions::Images;

/// Digits with boxes, points and soft labels.
SourcePtr annotated() {
  const SourcePtr digits = open_data("sample:digits").train;
  std::vector<augment::Sample> samples;
  for (std::size_t i = 0; i < 40; ++i) {
    augment::Sample sample = load(*digits, i);
    sample.boxes = {{1, 2, 20.5, 25, sample.label, 1, 3}};
    sample.keypoints = {{.x = 4.5, .y = 7, .label = 2, .visibility = 0, .instance = 3}};
    sample.rotated_boxes = {{14, 14, 10, 6, 30, 1, 1, 3}};
    if (i % 2 == 0) sample.label_shares = {{sample.label, 0.75}, {0, 0.25}};
    sample.numbers = {static_cast<double>(i) / 8, -3};
    sample.weight = 0.5 + static_cast<double>(i % 2);
    sample.fields = {{"id", static_cast<std::int64_t>(i)}, {"site", std::string("north")}};
    samples.push_back(sample);
  }
  return std::make_shared<InMemory>(std::move(samples), digits->classes(),
                                    std::vector<std::string>{"age", "height"});
}

void expect_same(const Source& a, const Source& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(a.classes(), b.classes());
  EXPECT_EQ(a.number_names(), b.number_names());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const augment::Sample x = load(a, i), y = load(b, i);
    ASSERT_EQ(x.label, y.label);
    ASSERT_EQ(a.label(i), b.label(i));
    ASSERT_EQ(cv::norm(x.image, y.image, cv::NORM_INF), 0) << i;
    ASSERT_EQ(x.boxes, y.boxes);
    ASSERT_EQ(x.keypoints, y.keypoints);
    ASSERT_EQ(x.rotated_boxes, y.rotated_boxes);
    ASSERT_EQ(x.label_shares, y.label_shares);
    ASSERT_EQ(x.numbers, y.numbers);
    ASSERT_EQ(a.numbers(i), b.numbers(i));
    ASSERT_EQ(x.weight, y.weight);
    ASSERT_EQ(x.fields, y.fields);
    ASSERT_EQ(a.label_shares(i), y.label_shares);
    ASSERT_EQ(b.label_shares(i), y.label_shares);
  }
}

TEST(Pack, HoldsWhatWasPacked) {
  const TemporaryFolder folder;
  const SourcePtr notes = annotated(), photos = open_data("sample:photos").train;
  for (const auto images : {Images::Tiles, Images::Keep, Images::Raw}) {
    const fs::path out = folder.path() / (images == Images::Tiles  ? "tiles"
                                          : images == Images::Keep ? "keep"
                                                                   : "raw");
    const PackReport report = write_pack(*notes, out, {.images = images, .shard = 16});
    EXPECT_EQ(report.samples, 40U);
    EXPECT_EQ(report.shards, 3U);
    expect_same(*notes, PackSource(out));
    write_pack(*photos, out / "photos", {.images = images});
    expect_same(*photos, PackSource(out / "photos"));
    const PackSource pack(out / "photos");
    for (std::size_t i = 0; i < pack.size(); ++i) pack.verify(i);
  }
  EXPECT_EQ(open_data((folder.path() / "keep").string()).train->size(), 40U);
  EXPECT_EQ(PackSource(folder.path() / "keep/00001.tar").size(), 16U);
}

TEST(Pack, GivesTheFoldersBatches) {
  const TemporaryFolder folder;
  const SourcePtr photos = open_data("sample:photos").train;
  write_pack(*photos, folder.path(), {.shard = 2});
  const auto digests = [](const SourcePtr& source) {
    Loader loader(source,
                  augment::Recipe::from_yaml("[RandomResizedCrop: {size: [64, 64]}, ColorJitter: {p: 1}]"),
                  {.batch = 2, .seed = 3});
    std::vector<std::uint64_t> all;
    for (const Batch& batch : loader.epoch(1)) all.push_back(digest(batch));
    return all;
  };
  EXPECT_EQ(digests(photos), digests(std::make_shared<PackSource>(folder.path())));
}

TEST(Pack, ScalesImagesAndWhatIsInThem) {
  const TemporaryFolder folder;
  for (const auto images : {Images::Jpeg, Images::Raw}) {
    const fs::path out = folder.path() / (images == Images::Jpeg ? "jpeg" : "raw");
    write_pack(*annotated(), out, {.images = images, .size = 14});
    const augment::Sample sample = load(PackSource(out), 0);
    EXPECT_EQ(sample.image.size(), cv::Size(14, 14));
    EXPECT_EQ(sample.boxes[0].x1, 10.25);
    EXPECT_EQ(sample.keypoints[0].y, 3.5);
  }
}

TEST(Pack, IsATarThatOthersRead) {
  const TemporaryFolder folder;
  const SourcePtr photos = open_data("sample:photos").train;
  write_pack(*photos, folder.path(), {});
  const fs::path shard = folder.path() / "00000.tar";
  const TarShards plain({shard});
  ASSERT_EQ(plain.size(), photos->size());
  for (std::size_t i = 0; i < plain.size(); ++i)
    EXPECT_EQ(cv::norm(load(plain, i).image, load(*photos, i).image, cv::NORM_INF), 0);
  const auto runs = [](const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
  };
  if (runs("tar --version")) { EXPECT_TRUE(runs("tar tf " + shard.string())); }
  const std::string check =
      "python3 -c \"import tarfile, sys; m = tarfile.open(sys.argv[1]).getmembers(); "
      "sys.exit(m[0].name != 'doppel-pack-header' or m[-1].name != 'doppel-pack-index')\" ";
  if (runs("python3 --version")) { EXPECT_TRUE(runs(check + shard.string())); }
}

/// The BMP of one pixel of this grey: 24 bits, a row padded to four bytes.
std::string bmp(unsigned char grey) {
  std::string file(58, '\0');
  file.replace(0, 2, "BM");
  file[10] = 54, file[14] = 40, file[18] = 1, file[22] = 1, file[26] = 1, file[28] = 24, file[2] = 58,
  file[34] = 4;
  file.replace(54, 3, 3, static_cast<char>(grey));
  return file;
}

TEST(Pack, NamesImagesByWhatTheyAre) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "in/some");
  write_file(folder.path() / "in/some/1.pgm", std::string("P5\n2 1\n255\n\x10\x20"));
  write_file(folder.path() / "in/some/2.ppm", std::string("P6\n1 1\n255\n\x10\x20\x30"));
  write_file(folder.path() / "in/some/3.bmp", bmp(77));
  const ImageFolder images(folder.path() / "in");
  const PackReport report = write_pack(images, folder.path() / "out", {.images = Images::Keep});
  const std::vector<unsigned char> tar = read_file(folder.path() / "out/00000.tar");
  const std::string_view text(reinterpret_cast<const char*>(tar.data()), tar.size());
  EXPECT_NE(text.find(".pgm"), text.npos);
  EXPECT_NE(text.find(".ppm"), text.npos);
  EXPECT_EQ(text.find(".webp"), text.npos);
  const PackSource pack(folder.path() / "out");
  EXPECT_EQ(load(pack, 0).image.at<unsigned char>(0, 1), 0x20);
  if (report.samples < 3) GTEST_SKIP() << "without the plug-in for BMP";
  EXPECT_EQ(load(pack, 2).image.at<cv::Vec3b>(0, 0), cv::Vec3b(77, 77, 77));
}

TEST(Pack, GoesOnAfterTheLastWholeShard) {
  const TemporaryFolder folder;
  const SourcePtr notes = annotated();
  write_pack(*notes, folder.path(), {.shard = 10});
  const auto second = read_file(folder.path() / "00001.tar");
  fs::remove(folder.path() / "00001.tar");
  fs::remove(folder.path() / "00003.tar");
  write_file(folder.path() / "00003.tar.77.tmp", "half a shard");
  EXPECT_NE(error_of([&] { PackSource{folder.path()}; }).find("2 shards of 4"), std::string::npos);
  const PackReport report = write_pack(*notes, folder.path(), {.shard = 10});
  EXPECT_EQ(report.shards_kept, 2U);
  EXPECT_EQ(report.samples, 40U);
  EXPECT_EQ(read_file(folder.path() / "00001.tar"), second);
  expect_same(*notes, PackSource(folder.path()));
  EXPECT_NE(error_of([&] {
              write_pack(*open_data("sample:photos").train, folder.path(), {.shard = 10});
            }).find("another data set"),
            std::string::npos);
}

/// What a loader reads, a pack has: bytes too many before the end of a JPEG's data are passed over.
TEST(Pack, HoldsJpegsThatCantBeWrittenAnew) {
  const TemporaryFolder folder;
  cv::Mat image(64, 64, CV_8UC1);
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x) image.at<unsigned char>(y, x) = static_cast<unsigned char>(x * y);
  std::vector<unsigned char> jpeg = encode_jpeg(image, 90);
  jpeg.insert(jpeg.end() - 2, 9, 0x11);
  write_file(folder.path() / "in.jpg", jpeg);
  const auto read = open_data((folder.path() / "in.jpg").string()).train;
  const cv::Mat shown = load(*read, 0).image;
  const PackReport report = write_pack(*read, folder.path() / "out", {});
  EXPECT_EQ(report.unreadable, std::vector<std::string>{});
  ASSERT_EQ(report.samples, 1U);
  EXPECT_EQ(cv::norm(load(PackSource(folder.path() / "out"), 0).image, shown, cv::NORM_INF), 0);
}

/// The same samples with another label here, another pixel there.
SourcePtr changed(const Source& from, std::size_t relabelled, std::size_t repainted) {
  std::vector<augment::Sample> samples;
  for (std::size_t i = 0; i < from.size(); ++i) {
    samples.push_back(load(from, i));
    samples.back().image = samples.back().image.clone();
  }
  samples[relabelled].label = (samples[relabelled].label + 1) % 10;
  samples[repainted].image.data[0] ^= 1;
  return std::make_shared<InMemory>(std::move(samples), from.classes());
}

TEST(Pack, PacksAnewWhatHasChanged) {
  const TemporaryFolder folder;
  const auto digits = open_data("sample:digits").train;
  std::vector<augment::Sample> samples;
  for (std::size_t i = 0; i < 40; ++i) samples.push_back(load(*digits, i));
  const InMemory before(samples, digits->classes());
  const PackReport first = write_pack(before, folder.path(), {.shard = 10});
  const SourcePtr after = changed(before, 3, 25);
  const PackReport second = write_pack(*after, folder.path(), {.shard = 10});
  EXPECT_EQ(second.shards_kept, 2U);
  expect_same(*after, PackSource(folder.path()));
  // Options are part of it.
  const PackReport third = write_pack(*after, folder.path(), {.images = Images::Raw, .shard = 10});
  EXPECT_EQ(third.shards_kept, 0U);
  // Of shards that are there, all is reported that was when they were packed.
  fs::remove(folder.path() / "00002.tar");
  const PackReport fourth = write_pack(*after, folder.path(), {.images = Images::Raw, .shard = 10});
  EXPECT_EQ(fourth.shards_kept, 3U);
  EXPECT_EQ(fourth.mean, third.mean);
  EXPECT_EQ(fourth.std, third.std);
  EXPECT_EQ(fourth.bytes, third.bytes);
}

TEST(Pack, TriesAgainWhatCouldNotBeRead) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "data/a");
  const auto photo = read_file(fs::path(DOPPEL_SAMPLE_FOLDER) / "photos/chelsea.jpg");
  write_file(folder.path() / "data/a/1.jpg", photo);
  write_file(folder.path() / "data/a/2.jpg", std::span(photo).first(photo.size() / 2));
  const PackReport first = write_pack(ImageFolder(folder.path() / "data"), folder.path() / "out", {});
  EXPECT_EQ(first.samples, 1U);
  const PackReport again = write_pack(ImageFolder(folder.path() / "data"), folder.path() / "out", {});
  EXPECT_EQ(again.shards_kept, 1U);
  EXPECT_EQ(again.samples, 1U);
  EXPECT_EQ(again.unreadable, first.unreadable);
  write_file(folder.path() / "data/a/2.jpg", photo);
  EXPECT_EQ(write_pack(ImageFolder(folder.path() / "data"), folder.path() / "out", {}).samples, 2U);
}

TEST(Pack, ReportsWhatIsWrongWithTheData) {
  const TemporaryFolder folder;
  const auto photo = read_file(fs::path(DOPPEL_SAMPLE_FOLDER) / "photos/chelsea.jpg");
  const auto put = [&](const char* name, std::span<const unsigned char> bytes) {
    fs::create_directories((folder.path() / "data" / name).parent_path());
    write_file(folder.path() / "data" / name, bytes);
  };
  const cv::Mat pixels = decode_image(photo);
  put("c/1.jpg", encode_jpeg(pixels, 60));
  put("a/1.jpg", photo);
  put("a/2.jpg", photo);
  put("b/1.jpg", photo);
  put("b/2.jpg", std::span(photo).first(photo.size() / 2));
  DuplicateFinder duplicates;
  const PackReport report =
      write_pack(ImageFolder(folder.path() / "data"), folder.path() / "out", {}, {}, &duplicates);
  EXPECT_EQ(report.samples, 4U);
  ASSERT_EQ(duplicates.pairs().size(), 3U);
  EXPECT_TRUE(duplicates.pairs()[0].exact && !duplicates.pairs()[0].conflict);
  EXPECT_TRUE(duplicates.pairs()[1].exact && duplicates.pairs()[1].conflict);
  EXPECT_NE(duplicates.pairs()[1].b.find("b/1.jpg"), std::string::npos);
  EXPECT_FALSE(duplicates.pairs()[2].exact);
  EXPECT_NE(duplicates.pairs()[2].b.find("c/1.jpg"), std::string::npos);
  const cv::Scalar mean = cv::mean(pixels);
  ASSERT_EQ(report.mean.size(), 3U);
  EXPECT_NEAR(report.mean[1], mean[1] / 255, 1e-3);
  ASSERT_EQ(report.class_weights.size(), 3U);
  EXPECT_NEAR(report.class_weights[0], 5.0 / 6, 1e-12);
  ASSERT_EQ(report.unreadable.size(), 1U);
  EXPECT_NE(report.unreadable[0].find("b/2.jpg: not a whole JPEG"), std::string::npos);
  EXPECT_EQ(PackSource(folder.path() / "out").size(), 4U);
}

TEST(Pack, FindsTestImagesInTrain) {
  const TemporaryFolder folder;
  const SourcePtr photos = open_data("sample:photos").train;
  DuplicateFinder duplicates;
  write_pack(*photos, folder.path() / "train", {}, {}, &duplicates, 0);
  EXPECT_TRUE(duplicates.pairs().empty());
  write_pack(*photos, folder.path() / "test", {}, {}, &duplicates, 1);
  EXPECT_EQ(duplicates.pairs().size(), photos->size());
  EXPECT_TRUE(std::ranges::all_of(duplicates.pairs(), &DuplicateFinder::Pair::across));
}

TEST(Pack, HoldsMasks) {
  const TemporaryFolder folder;
  std::vector<augment::Sample> samples(5);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].image = cv::Mat(20, 31, CV_8UC3, cv::Scalar(10.0 * double(i), 3, 4));
    for (std::size_t k = 0; k < i; ++k) {
      cv::Mat mask(20, 31, k % 2 == 0 ? CV_8U : CV_32S, cv::Scalar(0));
      mask(cv::Rect(3, static_cast<int>(k), 9, 5)) = k % 2 == 0 ? 200 : 40000;
      samples[i].masks.push_back(mask);
    }
  }
  const InMemory source(samples, {});
  write_pack(source, folder.path(), {});
  const PackSource pack(folder.path());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const augment::Sample sample = load(pack, i);
    ASSERT_EQ(sample.masks.size(), i);
    for (std::size_t k = 0; k < i; ++k)
      EXPECT_EQ(cv::norm(sample.masks[k], samples[i].masks[k], cv::NORM_INF), 0) << sample.masks[k].type();
    pack.verify(i);
  }
  write_pack(source, folder.path() / "small", {.images = Images::Raw, .size = 10});
  EXPECT_EQ(load(PackSource(folder.path() / "small"), 3).masks[2].size(), cv::Size(16, 10));
}

/// Samples of which every third is plain, so that shards of both versions come up.
SourcePtr with_maps() {
  std::vector<augment::Sample> samples(30);
  for (int i = 0; i < 30; ++i) {
    augment::Sample& sample = samples[static_cast<std::size_t>(i)];
    sample.image = cv::Mat(9 + i % 2, 12, CV_8UC3, cv::Scalar(8.0 * i, 3, 4));
    sample.label = i % 2;
    if (i < 6) continue;
    sample.masks = {cv::Mat(sample.image.size(), CV_8U, cv::Scalar(i))};
    sample.maps = some_maps(sample.image.size(), i);
    sample.outlines = some_outlines(i);
  }
  return std::make_shared<InMemory>(std::move(samples), std::vector<std::string>{"a", "b"});
}

TEST(Pack, HoldsMapsAndOutlinesToTheBit) {
  const TemporaryFolder folder;
  const SourcePtr source = with_maps();
  write_pack(*source, folder.path(), {.shard = 6});
  const auto pack = std::make_shared<PackSource>(folder.path());
  expect_same(*source, *pack);
  for (std::size_t i = 0; i < source->size(); ++i) {
    const augment::Sample was = load(*source, i), is = load(*pack, i);
    expect_same_maps(is.maps, was.maps);
    EXPECT_EQ(is.outlines, was.outlines) << i;
    ASSERT_EQ(is.masks.size(), was.masks.size());
    pack->verify(i);
  }
  // Programs that know nothing of maps read what has none, and refuse the rest by its version.
  EXPECT_EQ(read_file(folder.path() / "00000.tar")[512 + 8], 1);
  EXPECT_EQ(read_file(folder.path() / "00001.tar")[512 + 8], 2);
}

TEST(Pack, OfMapsAndOutlinesGivesTheSourcesBatches) {
  const TemporaryFolder folder;
  const SourcePtr source = with_maps();
  write_pack(*source, folder.path(), {.shard = 7});
  const auto digests = [](const SourcePtr& from) {
    Loader loader(
        from,
        augment::Recipe::from_yaml(
            "[Rotate: {angle: [-20, 20]}, RandomResizedCrop: {size: [8, 8]}, HorizontalFlip: {p: 0.5}]"),
        {.batch = 4, .workers = 2, .seed = 3});
    std::vector<std::uint64_t> all;
    std::size_t maps = 0, outlines = 0;
    for (int epoch = 0; epoch < 2; ++epoch)
      for (const Batch& batch : loader.epoch(static_cast<std::uint64_t>(epoch))) {
        all.push_back(digest(batch));
        for (const Targets& targets : batch.targets) {
          maps += targets.maps.size();
          outlines += targets.outlines.size();
        }
      }
    EXPECT_EQ(maps, 2 * 24 * 7U);
    EXPECT_GT(outlines, 0U);
    return all;
  };
  EXPECT_EQ(digests(source), digests(std::make_shared<PackSource>(folder.path())));
}

TEST(Pack, OfAnotherSizeHasMapsAndOutlinesOfThatSize) {
  const TemporaryFolder folder;
  write_pack(*with_maps(), folder.path(), {.images = Images::Raw, .size = 5});
  const augment::Sample sample = load(PackSource(folder.path()), 7);  // of 10 x 12 pixels
  ASSERT_EQ(sample.maps.size(), 7U);
  for (const augment::FloatMap& map : sample.maps) EXPECT_EQ(map.values.size(), cv::Size(6, 5));
  EXPECT_EQ(sample.outlines[2].points[1].x, 2.75);
}

}  // namespace
}  // namespace doppel::dataset
