// Images of which no more is read than is decoded: the same batches, fewer bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include <opencv2/imgproc.hpp>

#include "dataset/counted_parts.h"
#include "dataset/written_files.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/dataset/combine/cached.h"
#include "doppel/dataset/combine/concat.h"
#include "doppel/dataset/combine/matched_classes.h"
#include "doppel/dataset/combine/repeat.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/pack/pack.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

using augment::Recipe;
using ByParts = PackSource::Images;

/// Photos as files, each with boxes, and a PNG at the end.
class PhotosAndAPng final : public Source {
 public:
  explicit PhotosAndAPng(bool boxes = true) : boxes_(boxes) {}
  std::size_t size() const override { return photos_->size() + 1; }
  Item read(std::size_t index) const override {
    Item item;
    if (index < photos_->size())
      item = photos_->read(index);
    else
      item.encoded = encode_png(cv::Mat(200, 300, CV_8UC3, cv::Scalar(20, 90, 160)));
    item.sample.label = label(index);
    const double n = static_cast<double>(index);
    if (boxes_) item.sample.boxes = {{30 + n, 40, 190, 180 + n, 1, 1, 1}, {120, 20, 280, 150, 0, 1, 2}};
    return item;
  }
  std::string name(std::size_t index) const override { return "photo " + std::to_string(index); }
  int label(std::size_t index) const override { return static_cast<int>(index % 2); }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  SourcePtr photos_ = open_data("sample:photos").train;
  bool boxes_;
  std::vector<std::string> classes_{"a", "b"};
};

/// A pack of those, whole and by parts.
struct Packs {
  explicit Packs(bool boxes = true) {
    write_pack(PhotosAndAPng(boxes), folder.path(), {.shard = 4});
    whole = std::make_shared<PackSource>(folder.path());
    by_parts = std::make_shared<CountedParts>(std::make_shared<PackSource>(folder.path(), ByParts::ByParts));
  }
  TemporaryFolder folder;
  std::shared_ptr<const PackSource> whole;
  std::shared_ptr<const CountedParts> by_parts;
};

std::vector<std::uint64_t> digests_of(SourcePtr source, const Recipe& recipe, LoaderOptions options,
                                      std::uint64_t first = 0, std::uint64_t end = 3) {
  options.batch = 2;
  options.seed = 11;
  options.epochs = 3;
  options.type = augment::PixelType::U8;
  options.on_error = LoaderOptions::OnError::Fail;
  Loader loader(std::move(source), recipe, options);
  std::vector<std::uint64_t> all;
  for (std::uint64_t epoch = 1; epoch < end; ++epoch)
    for (const Batch& batch : loader.epoch(epoch, epoch == 1 ? first : 0)) all.push_back(digest(batch));
  return all;
}

TEST(ByParts, BatchesAreTheSameWhateverTheRecipe) {
  const Packs packs;
  std::vector<std::string> recipes{"[RandomResizedCrop: {size: [64, 64]}]",
                                   "[RandomResizedCrop: {size: [224, 224]}]",
                                   "[RandomResizedCrop: {size: [20, 24]}]",
                                   "[CenterCrop: {size: [96, 80]}]",
                                   "[Resize: {size: [50, 60]}]",
                                   "[Rotate: {p: 1, angle: [-40, 40]}, CenterCrop: {size: [70, 70]}]"};
  for (const std::string& preset : Recipe::presets()) recipes.push_back(preset);
  const auto end = Recipe::from_yaml("[Resize: {size: [64, 64]}]").transforms()[0];
  for (const std::string& text : recipes) {
    const Recipe recipe = (text[0] == '[' ? Recipe::from_yaml(text) : Recipe::load(text)).then(end);
    const auto expected = digests_of(packs.whole, recipe, {.workers = 0});
    for (const int workers : {0, 2})
      EXPECT_EQ(digests_of(packs.by_parts, recipe, {.workers = workers}), expected) << text;
  }
}

TEST(ByParts, BatchesAreTheSameForEachTransform) {
  const Packs packs;
  const auto crop = Recipe::from_yaml("[RandomResizedCrop: {size: [96, 96]}]").transforms()[0],
             end = Recipe::from_yaml("[Resize: {size: [48, 48]}]").transforms()[0];
  std::size_t drawn = 0;
  for (const augment::CatalogueEntry& entry : augment::catalogue()) {
    const Recipe first = Recipe({entry.make(), crop, end}), second = Recipe({crop, entry.make(), end});
    for (const Recipe& recipe : {first, second}) {
      std::vector<std::uint64_t> expected;
      // Some need masks, maps or an end of their own.
      const std::string problem =
          error_of([&] { expected = digests_of(packs.whole, recipe, {.workers = 0}, 0, 2); });
      if (!problem.empty()) continue;
      ++drawn;
      EXPECT_EQ(digests_of(packs.by_parts, recipe, {.workers = 2}, 0, 2), expected) << entry.name;
    }
  }
  EXPECT_GT(drawn, augment::catalogue().size());
}

TEST(ByParts, BatchesAreTheSameForAnyWorkersViewsChannelsAndResumes) {
  const Packs packs;
  const auto crop = Recipe::from_yaml("[RandomResizedCrop: {size: [64, 64]}, HorizontalFlip: {}]");
  for (const int channels : {1, 3, 4}) {
    const LoaderOptions options{.workers = 0, .channels = channels};
    const auto expected = digests_of(packs.whole, crop, options);
    for (const int workers : {1, 3})
      for (const std::size_t prefetch : {1U, 4U})
        EXPECT_EQ(digests_of(packs.by_parts, crop,
                             {.workers = workers, .prefetch = prefetch, .channels = channels}),
                  expected);
    for (const std::uint64_t first : {1U, 2U})
      EXPECT_EQ(digests_of(packs.by_parts, crop, {.workers = 2, .channels = channels}, first),
                std::vector(expected.begin() + static_cast<std::ptrdiff_t>(first), expected.end()));
  }
  LoaderOptions views{.workers = 0};
  views.views = {{.recipe = crop, .size = {}},
                 {.recipe = Recipe::from_yaml("[RandomResizedCrop: {size: [24, 24]}]"), .size = {}}};
  const auto expected = digests_of(packs.whole, {}, views);
  views.workers = 2;
  EXPECT_EQ(digests_of(packs.by_parts, {}, views), expected);
  LoaderOptions again{.workers = 0};
  again.repeats = 2;
  again.order = LoaderOptions::Order::Balanced;
  EXPECT_EQ(digests_of(packs.by_parts, crop, again), digests_of(packs.whole, crop, again));
}

TEST(ByParts, SourcesMadeOfSourcesKeepToParts) {
  const Packs packs;
  const auto crop = Recipe::from_yaml("[RandomResizedCrop: {size: [48, 48], scale: [0.1, 0.2]}]");
  const auto made = [](const SourcePtr& pack) -> std::vector<SourcePtr> {
    return {std::make_shared<Subset>(pack, std::vector<std::size_t>{4, 1, 0}),
            std::make_shared<Repeat>(pack, 2), std::make_shared<Concat>(std::vector<SourcePtr>{pack, pack}),
            std::make_shared<MatchedClasses>(pack, std::vector<std::string>{"b", "c", "a"}),
            std::make_shared<Cached>(pack, 1 << 20, Cached::Keep::Encoded)};
  };
  const auto whole = made(packs.whole), parts = made(packs.by_parts);
  for (std::size_t k = 0; k < whole.size(); ++k) {
    EXPECT_TRUE(parts[k]->is_far());
    EXPECT_FALSE(whole[k]->is_far());
    EXPECT_FALSE(whole[k]->unread(0));
    const auto item = parts[k]->unread(0);
    ASSERT_TRUE(item);
    EXPECT_GT(item->bytes, 10'000U);
    EXPECT_EQ(item->file == nullptr, k == 4) << "what is to be kept is read whole";
    EXPECT_EQ(digests_of(parts[k], crop, {.workers = 2}), digests_of(whole[k], crop, {.workers = 0})) << k;
  }
}

TEST(ByParts, ACropReadsItsTilesAlone) {
  const Packs packs;
  const std::uint64_t all = packs.by_parts->bytes();
  EXPECT_FALSE(packs.whole->unread(0));
  const auto share = [&](const std::string& recipe) {
    const std::uint64_t before = packs.by_parts->was_read.bytes();
    Loader loader(packs.by_parts, Recipe::from_yaml(recipe),
                  {.batch = 6, .workers = 0, .epochs = 40, .order = LoaderOptions::Order::Sequential});
    const std::uint64_t begin = packs.by_parts->was_read.bytes();
    EXPECT_LE(begin - before, all);  // to learn the shape
    for (std::uint64_t epoch = 0; epoch < 40; ++epoch)
      for (const Batch& batch : loader.epoch(epoch)) EXPECT_EQ(batch.size(), 6U);
    return static_cast<double>(packs.by_parts->was_read.bytes() - begin) / static_cast<double>(40 * all);
  };
  EXPECT_LT(share("[RandomResizedCrop: {size: [224, 224]}]"), 0.65);
  EXPECT_LT(share("[RandomResizedCrop: {size: [224, 224], scale: [0.08, 0.1]}]"), 0.25);
  EXPECT_EQ(share("[Resize: {size: [64, 64]}]"), 1);
  EXPECT_GT(share("[Resize: {size: [32, 32]}]"), 0.99);  // halved
}

TEST(ByParts, WhoReadsAllOfAnImageGetsAllOfIt) {
  const Packs packs;
  for (std::size_t i = 0; i < packs.whole->size(); ++i) {
    EXPECT_EQ(packs.by_parts->read(i).encoded, packs.whole->read(i).encoded);
    EXPECT_EQ(cv::norm(load(*packs.by_parts, i).image, load(*packs.whole, i).image, cv::NORM_INF), 0);
  }
  const TemporaryFolder again;
  write_pack(*packs.by_parts, again.path(), {.shard = 4});
  EXPECT_EQ(read_file(again.path() / "00000.tar").size(),
            read_file(packs.folder.path() / "00000.tar").size());
}

TEST(ByParts, ADamagedTileOrTableIsAnErrorThatNamesItsSample) {
  const Packs packs(false);
  const auto path = packs.folder.path() / "00000.tar";
  const auto whole = read_file(path);
  const auto reason = [&] {
    Loader loader(std::make_shared<PackSource>(packs.folder.path(), ByParts::ByParts),
                  Recipe::from_yaml("[CenterCrop: {size: [80, 80]}]"),
                  {.batch = 6, .workers = 0, .epochs = 1, .order = LoaderOptions::Order::Sequential});
    std::size_t rows = 0;
    for (const Batch& batch : loader.epoch(0)) rows += batch.size();
    EXPECT_EQ(rows + loader.report().skipped, 6U);
    const auto reasons = loader.report().reasons;
    return reasons.empty() ? std::string() : reasons[0].name + " | " + reasons[0].reason;
  };
  EXPECT_EQ(reason(), "");
  // The marker behind a tile in the middle of the second photo.
  const auto item = PackSource(packs.folder.path(), ByParts::ByParts).unread(1);
  const JpegTileTable& tiles = item->file->tiles();
  const auto jpeg = packs.whole->read(1).encoded;
  const auto at = static_cast<std::size_t>(std::ranges::search(whole, jpeg).begin() - whole.begin());
  const auto middle = static_cast<std::size_t>(tiles.rows() / 2 * tiles.columns() + tiles.columns() / 2);
  auto bytes = whole;
  bytes[at + tiles.starts[middle + 1] - 1] ^= 1;
  write_file(path, bytes);
  EXPECT_NE(reason().find("00000.tar:photo 1"), std::string::npos) << reason();
  EXPECT_NE(reason().find("doesn't end where the table of its tiles says"), std::string::npos) << reason();
  bytes = whole;
  const std::array<unsigned char, 2> frame{0xff, 0xc0};
  bytes[at + static_cast<std::size_t>(std::ranges::search(jpeg, frame).begin() - jpeg.begin()) + 1] = 0xc3;
  write_file(path, bytes);
  EXPECT_NE(reason().find("00000.tar:photo 1"), std::string::npos) << reason();
  // In the tables of tiles: their checksum says so, and it's the whole shard's.
  bytes = whole;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  bytes[text.find("doppel-pack-tiles") + 512 + 5] ^= 1;
  write_file(path, bytes);
  EXPECT_NE(reason().find("its tables of tiles are damaged"), std::string::npos) << reason();
  EXPECT_NE(error_of([&] { PackSource(packs.folder.path()).verify(0); }).find("tables of tiles are damaged"),
            std::string::npos);
  // Who reads whole files doesn't need them.
  EXPECT_EQ(error_of([&] { (void)load(PackSource(packs.folder.path()), 0); }), "");
}

}  // namespace
}  // namespace doppel::dataset
