// Data sets of own making, written in every format and read back by the project's readers.
#include "doppel/dataset/write/write_dataset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <opencv2/core.hpp>
#include <random>

#include "dataset/temporary_folder.h"
#include "doppel/augment/plan/plan.h"
#include "doppel/augment/render/render.h"
#include "doppel/augment/transforms/color/normalize.h"
#include "doppel/augment/transforms/color/standardize.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/structure/sequence.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/image.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/memory.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using augment::Sample;

constexpr int kRounds = 91;     // random data sets for each format: 1,001 in all
constexpr double kNear = 1e-3;  // pixels
constexpr int kImages = 5;      // of a data set

/// What a format can give back.
struct Kept {
  bool label = false, shares = false, boxes = false, whole_boxes = false, tight_boxes = false;
  bool rotated = false, keypoints = false, instances = false, class_masks = false;
};

struct Case {
  DataFormat format;
  Kept kept;
};

const Case kCases[] = {
    {DataFormat::ImageFolder, {.label = true}},
    {DataFormat::Coco, {.boxes = true, .keypoints = true, .instances = true}},
    {DataFormat::Yolo, {.boxes = true, .keypoints = true}},
    {DataFormat::YoloSeg, {.boxes = true, .tight_boxes = true, .instances = true}},
    {DataFormat::YoloObb, {.boxes = true, .rotated = true}},
    {DataFormat::Voc, {.boxes = true, .whole_boxes = true}},
    {DataFormat::Csv, {.label = true, .boxes = true}},
    {DataFormat::JsonLines, {.label = true, .shares = true, .boxes = true}},
    {DataFormat::MaskFolder, {.class_masks = true}},
    {DataFormat::WebDataset,
     {.label = true, .shares = true, .boxes = true, .rotated = true, .keypoints = true, .instances = true}},
    {DataFormat::Pack,
     {.label = true, .shares = true, .boxes = true, .rotated = true, .keypoints = true, .instances = true}},
};

const std::vector<std::string> kClasses{"ant & bee", "cat", "dog, small"};

class Chance {
 public:
  explicit Chance(unsigned seed) : bits_(seed) {}
  int whole(int low, int high) {
    return low + static_cast<int>(bits_() % static_cast<unsigned>(high - low + 1));
  }
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(bits_()) / 4294967296.0;
  }

 private:
  std::mt19937 bits_;
};

/// Objects that lie side by side, so that no mask hides another.
void add_objects(Sample& sample, const Kept& kept, Chance& chance) {
  const int objects = chance.whole(1, 3), wide = sample.image.cols / 3;
  cv::Mat mask(sample.image.size(), CV_32S, cv::Scalar(0));
  for (int k = 0; k < objects; ++k) {
    const int label = chance.whole(0, 2), instance = k + 1;
    augment::Box box{k * wide + chance.real(0, 3),
                     chance.real(0, 5),
                     (k + 1) * wide - chance.real(0, 3),
                     sample.image.rows - chance.real(0, 5),
                     label,
                     1,
                     instance};
    if (kept.whole_boxes || kept.tight_boxes)
      box = {
          std::floor(box.x0), std::floor(box.y0), std::floor(box.x1), std::floor(box.y1), label, 1, instance};
    sample.boxes.push_back(box);
    if (kept.instances) {
      const cv::Rect place(
          cv::Point(static_cast<int>(std::ceil(box.x0)), static_cast<int>(std::ceil(box.y0))),
          cv::Point(static_cast<int>(box.x1), static_cast<int>(box.y1)));
      mask(place).setTo(instance);
      // Holes and notches.
      for (int hole = 0; hole < 8; ++hole)
        mask.at<int>(chance.whole(place.y + 1, place.y + place.height - 2),
                     chance.whole(place.x + 1, place.x + place.width - 2)) = 0;
    }
    if (kept.keypoints)
      for (int p = 0; p < 3; ++p)
        sample.keypoints.push_back({.x = chance.real(box.x0, box.x1),
                                    .y = chance.real(box.y0, box.y1),
                                    .label = p,
                                    .visibility = static_cast<double>(chance.whole(0, 1)),
                                    .instance = instance});
    if (kept.rotated)
      sample.rotated_boxes.push_back({chance.real(20, 40), chance.real(15, 28), chance.real(5, 15),
                                      chance.real(5, 15), chance.real(5, 80), label, 1, 10 + k});
  }
  if (kept.instances) {
    sample.masks = {mask};
    sample.instance_mask = 0;
  }
}

std::vector<Sample> random_samples(const Kept& kept, Chance& chance) {
  std::vector<Sample> samples;
  for (int i = 0; i < kImages; ++i) {
    Sample sample;
    sample.image = cv::Mat(chance.whole(40, 60), chance.whole(60, 90), CV_8UC3);
    for (int y = 0; y < sample.image.rows; ++y)
      for (int x = 0; x < 3 * sample.image.cols; ++x)
        sample.image.ptr(y)[x] = static_cast<unsigned char>(40 * i + 2 * y + x);
    // Readers know only classes that come up: each does.
    if (kept.label) sample.label = i % 3;
    if (kept.shares && i % 4 == 0) sample.label_shares = {{i % 3, 0.75}, {(i + 1) % 3, 0.25}};
    if (kept.shares && i % 4 == 2) sample.label_shares = {{i % 3, 1}, {(i + 1) % 3, 1}};
    if (kept.boxes) add_objects(sample, kept, chance);
    if (kept.boxes)
      for (std::size_t k = 0; k < sample.boxes.size() && !kept.rotated; ++k)
        if (i < 3 && k == 0) sample.boxes[k].label = i;
    if (kept.class_masks) {
      cv::Mat mask(sample.image.size(), CV_8U);
      for (auto& number : cv::Mat_<unsigned char>(mask))
        number = static_cast<unsigned char>(chance.whole(0, 5));
      sample.masks = {mask};
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

void expect_near_boxes(const std::vector<augment::Box>& was, const std::vector<augment::Box>& is,
                       const std::vector<std::string>& names) {
  ASSERT_EQ(was.size(), is.size());
  for (std::size_t k = 0; k < was.size(); ++k) {
    EXPECT_NEAR(was[k].x0, is[k].x0, kNear);
    EXPECT_NEAR(was[k].y0, is[k].y0, kNear);
    EXPECT_NEAR(was[k].x1, is[k].x1, kNear);
    EXPECT_NEAR(was[k].y1, is[k].y1, kNear);
    ASSERT_GE(is[k].label, 0);
    EXPECT_EQ(kClasses[static_cast<std::size_t>(was[k].label)], names[static_cast<std::size_t>(is[k].label)]);
  }
}

/// Numbers of instances may differ: the object's place counts.
void expect_same_instances(const Sample& was, const Sample& is) {
  ASSERT_EQ(is.masks.size(), 1U);
  EXPECT_EQ(is.instance_mask, 0);
  for (std::size_t k = 0; k < was.boxes.size(); ++k) {
    const cv::Mat a = was.masks[0] == was.boxes[k].instance, b = is.masks[0] == is.boxes[k].instance;
    EXPECT_EQ(cv::norm(a, b, cv::NORM_INF), 0) << "object " << k;
  }
}

void expect_same_keypoints(const Sample& was, const Sample& is) {
  ASSERT_EQ(was.keypoints.size(), is.keypoints.size());
  for (std::size_t k = 0; k < was.keypoints.size(); ++k) {
    EXPECT_NEAR(was.keypoints[k].x, is.keypoints[k].x, kNear);
    EXPECT_NEAR(was.keypoints[k].y, is.keypoints[k].y, kNear);
    EXPECT_EQ(was.keypoints[k].label, is.keypoints[k].label);
    EXPECT_EQ(was.keypoints[k].visibility, is.keypoints[k].visibility);
  }
}

void expect_same_rotated(const Sample& was, const Sample& is) {
  ASSERT_EQ(was.rotated_boxes.size(), is.rotated_boxes.size());
  for (std::size_t k = 0; k < was.rotated_boxes.size(); ++k) {
    const augment::RotatedBox &a = was.rotated_boxes[k], &b = is.rotated_boxes[k];
    for (const auto& [x, y] : {std::pair{a.x, b.x}, {a.y, b.y}, {a.width, b.width}, {a.height, b.height}})
      EXPECT_NEAR(x, y, kNear);
    EXPECT_NEAR(std::remainder(a.angle - b.angle, 360), 0, 0.01);
  }
}

void expect_same(const Sample& was, const Sample& is, const Kept& kept,
                 const std::vector<std::string>& names) {
  EXPECT_EQ(cv::norm(was.image, is.image, cv::NORM_INF), 0);
  if (kept.label) {
    ASSERT_GE(is.label, 0);
    EXPECT_EQ(kClasses[static_cast<std::size_t>(was.label)], names[static_cast<std::size_t>(is.label)]);
  }
  if (kept.boxes) expect_near_boxes(was.boxes, is.boxes, names);
  if (kept.instances) expect_same_instances(was, is);
  if (kept.keypoints) expect_same_keypoints(was, is);
  if (kept.rotated) expect_same_rotated(was, is);
  if (kept.class_masks) {
    ASSERT_EQ(is.masks.size(), 1U);
    EXPECT_EQ(cv::norm(was.masks[0], is.masks[0], cv::NORM_INF), 0);
  }
  if (!kept.shares || was.label_shares.empty()) return;
  std::map<std::string, double> shares;
  for (const auto& share : is.label_shares)
    shares[names[static_cast<std::size_t>(share.label)]] += share.share;
  for (const auto& share : was.label_shares)
    EXPECT_NEAR(shares[kClasses[static_cast<std::size_t>(share.label)]], share.share, 1e-9);
}

TEST(WriteDataset, ReadsBackWhatItWrote) {
  for (const Case& one : kCases)
    for (int round = 0; round < kRounds; ++round) {
      const auto format = kDataFormatNames[static_cast<std::size_t>(one.format)];
      SCOPED_TRACE(std::string(format) + ", round " + std::to_string(round));
      Chance chance(static_cast<unsigned>(1 + round));
      const std::vector<Sample> samples = random_samples(one.kept, chance);
      const auto source =
          std::make_shared<InMemory>(samples, one.kept.class_masks ? std::vector<std::string>() : kClasses);
      const TemporaryFolder folder;
      const fs::path out = folder.path() / "out";
      const WriteOptions options{.format = one.format, .copies = 0};
      const WriteReport report = write_dataset(std::vector{WritePart{.source = source}}, {}, out, options);
      EXPECT_EQ(report.images, samples.size());
      EXPECT_TRUE(report.remarks.empty()) << report.remarks[0].text();
      const OpenedData again = open_data(out.string());
      ASSERT_EQ(again.train->size(), samples.size()) << again.layout;
      std::map<std::string, std::size_t> place;  // folders sort by class
      for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::string name = again.train->name(i);
        place[name.substr(name.rfind("sample_"))] = i;
      }
      std::size_t at = 0;
      for (const auto& [name, i] : place) {
        SCOPED_TRACE(name);
        expect_same(samples[at++], load(*again.train, i), one.kept, again.train->classes());
      }
    }
}

/// A small image folder of PNGs.
SourcePtr some_photos() { return open_data("sample:photos").train; }

std::map<std::string, std::vector<unsigned char>> all_files(const fs::path& folder) {
  std::map<std::string, std::vector<unsigned char>> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[entry.path().lexically_relative(folder)] = read_file(entry.path());
  return files;
}

WriteReport write_photos(const fs::path& out, const WriteOptions& options,
                         const std::string& recipe = "standard") {
  return write_dataset(std::vector{WritePart{.source = some_photos()}}, augment::Recipe::load(recipe), out,
                       options);
}

TEST(WriteDataset, CopiesAreWhatTheLoaderShows) {
  const TemporaryFolder folder;
  const augment::Recipe recipe = augment::Recipe::from_yaml(
      "- RandomResizedCrop: {size: [64, 64]}\n- HorizontalFlip: {p: 0.5}\n- ColorJitter: {}");
  const auto source = some_photos();
  write_dataset(std::vector{WritePart{.source = source}}, recipe, folder.path() / "out",
                {.format = DataFormat::Csv,
                 .copies = 2,
                 .originals = false,
                 .images = WriteOptions::Images::Png,
                 .seed = 5});
  Loader loader(source, recipe,
                {.batch = 1,
                 .workers = 0,
                 .seed = 5,
                 .order = LoaderOptions::Order::Sequential,
                 .type = augment::PixelType::U8,
                 .layout = augment::Layout::HWC});
  const OpenedData again = open_data((folder.path() / "out").string());
  ASSERT_EQ(again.train->size(), 2 * source->size());
  for (std::uint64_t epoch = 0; epoch < 2; ++epoch)
    for (const Batch& batch : loader.epoch(epoch)) {
      const Sample copy = load(*again.train, 2 * batch.indices[0] + epoch);
      const cv::Mat shown(copy.image.rows, copy.image.cols, CV_8UC3, const_cast<void*>(batch.images.data()));
      EXPECT_EQ(cv::norm(shown, copy.image, cv::NORM_INF), 0) << "epoch " << epoch;
    }
}

TEST(WriteDataset, GivesTheSameBytesForAnyThreadsAndGoesOn) {
  const TemporaryFolder folder;
  for (const DataFormat format : {DataFormat::Csv, DataFormat::WebDataset, DataFormat::Pack}) {
    const WriteOptions options{.format = format, .copies = 3, .seed = 2, .shard = 8, .threads = 1};
    const fs::path one = folder.path() / ("one" + std::to_string(static_cast<int>(format))),
                   many = folder.path() / ("many" + std::to_string(static_cast<int>(format)));
    write_photos(one, options);
    WriteOptions threads = options;
    threads.threads = 4;
    write_photos(many, threads);
    auto whole = all_files(one), other = all_files(many);
    EXPECT_EQ(whole, other);
    // As if it had been killed after some samples: their lines are there, the last one torn.
    const fs::path journal = many / ".augment/journal.jsonl";
    const std::string text(other[".augment/journal.jsonl"].begin(), other[".augment/journal.jsonl"].end());
    std::ofstream(journal) << text.substr(0, text.size() / 2);
    fs::remove(many / "provenance.jsonl");
    const WriteReport report = write_photos(many, threads);
    EXPECT_LT(report.kept, some_photos()->size());
    other = all_files(many);
    EXPECT_EQ(whole, other);
    EXPECT_EQ(write_photos(many, threads).kept, some_photos()->size());
  }
}

TEST(WriteDataset, MakesAgainWhatIsGone) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  const WriteOptions options{.format = DataFormat::Csv};
  write_photos(out, options);
  const auto whole = all_files(out);
  for (const auto& entry : fs::directory_iterator(out / "images/train"))
    if (entry.path().filename().string().starts_with("coffee")) fs::resize_file(entry.path(), 10);
  write_photos(out, options);
  EXPECT_EQ(whole, all_files(out));
}

TEST(WriteDataset, MakesAgainWhatHasChanged) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  Sample sample;
  sample.image = cv::Mat(20, 30, CV_8UC3, cv::Scalar(1, 2, 3));
  sample.boxes = {{.x0 = 1, .y0 = 2, .x1 = 10, .y1 = 12, .label = 0}};
  const WriteOptions options{.format = DataFormat::Csv, .copies = 0};
  const auto write = [&] {
    return write_dataset(
        std::vector{WritePart{.source = std::make_shared<InMemory>(std::vector{sample}, kClasses)}}, {}, out,
        options);
  };
  write();
  EXPECT_EQ(write().kept, 1U);
  sample.boxes[0].x1 = 11;
  const WriteReport report = write();
  EXPECT_EQ(report.kept, 0U);
  ASSERT_FALSE(report.remarks.empty());
  EXPECT_NE(report.remarks[0].text().find("all is made again"), std::string::npos);
  EXPECT_EQ(load(*open_data(out.string()).train, 0).boxes[0].x1, 11);
  sample.image.at<cv::Vec3b>(0, 0) = {9, 9, 9};
  EXPECT_EQ(write().kept, 0U);
  EXPECT_EQ(write().kept, 1U);
}

TEST(WriteDataset, GoesOnAfterAKillAtItsFirstFile) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  fs::create_directory(out);
  std::ofstream(out / "augment.yaml.123.tmp") << "# What";
  EXPECT_GT(write_photos(out, {.format = DataFormat::Csv, .copies = 0}).images, 0U);
  EXPECT_FALSE(fs::exists(out / "augment.yaml.123.tmp"));
}

TEST(WriteDataset, ConversionKeepsFilesByteForByte) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  write_photos(out, {.format = DataFormat::Csv, .copies = 0});
  const OpenedData again = open_data(out.string());
  const SourcePtr source = some_photos();
  for (std::size_t i = 0; i < source->size(); ++i)
    EXPECT_EQ(source->read(i).encoded, again.train->read(i).encoded);
}

TEST(WriteDataset, ProvenanceHasPlansThatMakeTheImagesAgain) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  write_photos(out, {.format = DataFormat::Csv, .originals = false, .images = WriteOptions::Images::Png});
  std::ifstream lines(out / "provenance.jsonl");
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_NE(line.find("\"plan\":"), std::string::npos);
    EXPECT_NE(line.find("\"epoch\":0"), std::string::npos);
  }
  EXPECT_EQ(count, some_photos()->size());
}

TEST(WriteDataset, OnlyTheTrainingPartIsAugmented) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  const SourcePtr digits = open_data("sample:digits").test;
  std::vector<Sample> few;
  for (std::size_t i = 0; i < 20; ++i) few.push_back(load(*digits, i));
  const auto source = std::make_shared<InMemory>(few, digits->classes());
  using Role = WritePart::Role;
  const WriteReport report = write_dataset(
      std::vector<WritePart>{{Role::Train, source}, {Role::Valid, source}, {Role::Test, source}},
      augment::Recipe::load("digits"), out, {.copies = 2});
  ASSERT_EQ(report.parts.size(), 3U);
  EXPECT_EQ(report.parts[0].images, 60U);
  EXPECT_EQ(report.parts[1].images, 20U);
  EXPECT_EQ(report.parts[2].name, "test");
  const OpenedData again = open_data(out.string());
  EXPECT_EQ(again.train->size(), 60U);
  EXPECT_EQ(again.valid->size(), 20U);
  EXPECT_EQ(again.test->size(), 20U);
}

TEST(WriteDataset, SaysWhatTheFormatCannotHold) {
  const TemporaryFolder folder;
  Chance chance(1);
  const Kept everything{
      .label = true, .shares = true, .boxes = true, .rotated = true, .keypoints = true, .instances = true};
  const auto source = std::make_shared<InMemory>(random_samples(everything, chance), kClasses);
  const WriteReport report = write_dataset(std::vector{WritePart{.source = source}}, {},
                                           folder.path() / "out", {.format = DataFormat::Voc, .copies = 0});
  std::string said;
  for (const Remark& remark : report.remarks) said += remark.text() + "\n";
  for (const char* what :
       {"rotated boxes: ", "keypoints: ", "masks of instances: 5", "rounded to whole pixels",
        "classes of whole images: ", "labels shared by several classes: 3"})
    EXPECT_NE(said.find(what), std::string::npos) << what << " isn't in\n" << said;
}

TEST(WriteDataset, RefusesWhatCannotBe) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  const auto says = [&](const WriteOptions& options, const augment::Recipe& recipe,
                        const std::string& data = {}) {
    return error_of(
        [&] { write_dataset(std::vector{WritePart{.source = some_photos()}}, recipe, out, options, data); });
  };
  const augment::Recipe flip{augment::HorizontalFlip{}};
  EXPECT_NE(says({.format = DataFormat::Yolo}, flip).find("yolo"), std::string::npos);
  EXPECT_NE(says({.format = DataFormat::MaskFolder}, flip).find("have none"), std::string::npos);
  EXPECT_NE(says({.format = DataFormat::Csv}, {augment::Normalize{}}).find("Normalize"), std::string::npos);
  EXPECT_NE(says({.format = DataFormat::Csv}, {augment::Sequence{.of = {augment::Standardize{}}}})
                .find("Normalize or Standardize"),
            std::string::npos);
  EXPECT_NE(says({.copies = 0, .originals = false}, flip).find("nothing would be written"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(out));
  EXPECT_NE(says({.format = DataFormat::Csv}, flip, folder.path()).find("lies in the data set"),
            std::string::npos);
  fs::create_directories(out / "inner");
  EXPECT_NE(says({.format = DataFormat::Csv}, flip, out / "inner").find("lies in"), std::string::npos);
  EXPECT_NE(says({.format = DataFormat::Csv}, flip).find("isn't doppel augment's"), std::string::npos);
  fs::remove_all(out);
  EXPECT_EQ(says({.format = DataFormat::Csv}, flip), "");
  EXPECT_NE(says({.format = DataFormat::Csv, .copies = 2}, flip).find("another copies: '1', now '2'"),
            std::string::npos);
  EXPECT_NE(says({.format = DataFormat::JsonLines}, flip).find("another format: 'csv', now 'jsonl'"),
            std::string::npos);
  EXPECT_NE(says({.format = DataFormat::Csv}, {augment::HorizontalFlip{.p = 0.25}}).find("another recipe"),
            std::string::npos);
  EXPECT_EQ(says({.format = DataFormat::Csv, .threads = 1}, flip), "");
}

/// Photos, one of which is cut off.
class BrokenSource final : public Source {
 public:
  std::size_t size() const override { return good_->size(); }
  Item read(std::size_t index) const override {
    Item item = good_->read(index);
    if (index == 1) item.encoded.resize(item.encoded.size() / 2);
    return item;
  }
  std::string name(std::size_t index) const override { return good_->name(index); }
  int label(std::size_t index) const override { return good_->label(index); }
  const std::vector<std::string>& classes() const override { return good_->classes(); }

 private:
  SourcePtr good_ = some_photos();
};

TEST(WriteDataset, LeavesOutWhatCannotBeRead) {
  const TemporaryFolder folder;
  const auto source = std::make_shared<BrokenSource>();
  for (const int copies : {0, 2}) {
    const WriteReport report =
        write_dataset(std::vector{WritePart{.source = source}}, augment::Recipe::load("standard"),
                      folder.path() / std::to_string(copies), {.format = DataFormat::Csv, .copies = copies});
    EXPECT_EQ(report.unreadable_count, 1U);
    EXPECT_NE(report.unreadable[0].find(source->name(1)), std::string::npos) << report.unreadable[0];
    EXPECT_EQ(report.images, (source->size() - 1) * static_cast<std::size_t>(1 + copies));
  }
}

}  // namespace
}  // namespace doppel::dataset
