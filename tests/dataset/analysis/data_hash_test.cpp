#include "doppel/dataset/analysis/data_hash.h"

#include <gtest/gtest.h>

#include <fstream>

#include "dataset/levels.h"
#include "dataset/temporary_folder.h"
#include "doppel/dataset/open/open_data.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// "P5" of 4x4 pixels, in class folders "a" and "b", two each.
fs::path folder_of(const fs::path& at, char level) {
  for (const char* name : {"a/1.pgm", "a/2.pgm", "b/3.pgm", "b/4.pgm"}) {
    fs::create_directories((at / name).parent_path());
    std::ofstream(at / name, std::ios::binary) << "P5 4 4 255\n" << std::string(16, level);
  }
  return at;
}

TEST(DataHash, IsTheSameWhereverTheDataLies) {
  const TemporaryFolder folder;
  const SourcePtr one = open_data(folder_of(folder.path() / "one", 'x').string()).train,
                  two = open_data(folder_of(folder.path() / "two", 'x').string()).train;
  EXPECT_EQ(listing_hash(*one), listing_hash(*two));
  EXPECT_EQ(images_hash(*one, HashedImages::All), images_hash(*two, HashedImages::All));
}

TEST(DataHash, TellsOtherNamesLabelsAndImages) {
  const TemporaryFolder folder;
  const auto at = [&](const char* name) { return folder.path() / name; };
  const SourcePtr data = open_data(folder_of(at("data"), 'x').string()).train,
                  other = open_data(folder_of(at("other"), 'y').string()).train;
  EXPECT_EQ(listing_hash(*data), listing_hash(*other));
  EXPECT_NE(images_hash(*data, HashedImages::Encoded), images_hash(*other, HashedImages::Encoded));
  // Its class changes, and its place in the list with it; then its name alone.
  fs::rename(folder_of(at("moved"), 'x') / "a/2.pgm", at("moved") / "b/2.pgm");
  fs::rename(folder_of(at("renamed"), 'x') / "b/3.pgm", at("renamed") / "b/33.pgm");
  fs::rename(folder_of(at("called"), 'x') / "b", at("called") / "c");
  for (const char* changed : {"moved", "renamed", "called"})
    EXPECT_NE(listing_hash(*data), listing_hash(*open_data(at(changed).string()).train)) << changed;
}

TEST(DataHash, OfPixelsOnlyWhereAsked) {
  const SourcePtr dark = levels(6, 0), light = levels(6, 100);
  EXPECT_EQ(listing_hash(*dark), listing_hash(*light));
  EXPECT_EQ(images_hash(*dark, HashedImages::Encoded), images_hash(*light, HashedImages::Encoded));
  EXPECT_NE(images_hash(*dark, HashedImages::All), images_hash(*light, HashedImages::All));
}

TEST(DataHash, AnImageThatCantBeReadIsAnother) {
  const TemporaryFolder folder;
  const SourcePtr data = open_data(folder_of(folder.path() / "data", 'x').string()).train;
  const std::uint64_t before = images_hash(*data, HashedImages::All);
  fs::remove(folder.path() / "data/b/4.pgm");
  EXPECT_NE(images_hash(*data, HashedImages::All), before);
}

}  // namespace
}  // namespace doppel::dataset
