#include "sources/listed_images.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "dataset/written_files.h"
#include "doppel/dataset/sources/image_folder.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

TEST(ListedImages, WhatSystemsLeaveBehindIsNobodysData) {
  for (const char* name :
       {".DS_Store", "._1.png", ".ipynb_checkpoints", "Thumbs.db", "THUMBS.DB", "desktop.ini", "@eaDir",
        "__MACOSX", "$RECYCLE.BIN", "System Volume Information", "lost+found"})
    EXPECT_TRUE(is_leftover(name)) << name;
  for (const char* name : {"1.png", "thumbs", "desktop", "_1.png", "test", "lost", "$1.png", ""})
    EXPECT_FALSE(is_leftover(name)) << name;
}

TEST(ListedImages, AListingIsInOrderAndKnowsFoldersByWhatTheyAre) {
  const TemporaryFolder folder;
  put_image(folder.path() / "b.png");
  put_image(folder.path() / "1.png/inside.png");  // a folder, whatever it's called
  put_text(folder.path() / "B", "x");
  fs::create_symlink("nowhere", folder.path() / "gone.png");
  fs::create_symlink("itself", folder.path() / "itself");
  fs::create_directory_symlink("1.png", folder.path() / "link");
  ASSERT_EQ(::mkfifo((folder.path() / "pipe.png").c_str(), 0600),
            0);  // whoever opened it would wait for ever
  std::string seen;
  for (const Entry& entry : listing_of(folder.path()))
    seen += entry.path.filename().string() + (entry.is_folder ? "/ " : " ");
  EXPECT_EQ(seen, "1.png/ B b.png gone.png itself link/ ");
  EXPECT_EQ(entries_of(folder.path()).size(), 6U);
  EXPECT_NE(
      error_of([] { listing_of("/no/such/folder"); }).find("can't open the folder /no/such/folder: No such"),
      std::string::npos);
}

TEST(ListedImages, ImagesLieBelowTheRootAtAnyDepth) {
  const TemporaryFolder folder;
  for (const char* name : {"set/b/2.png", "set/b/1/x.JPG", "set/c.png"}) put_image(folder.path() / name);
  put_text(folder.path() / "set/b/note.txt", "x");
  Remarks remarks;
  int found = 0;
  const auto images = images_below(folder.path(), folder.path() / "set", remarks, [&] { ++found; });
  EXPECT_EQ(images, (std::vector<std::string>{"set/b/1/x.JPG", "set/b/2.png", "set/c.png"}));
  EXPECT_EQ(found, 3);
  EXPECT_EQ(all_text(remarks.list()), "files that aren't read (.txt): 1 (set/b/note.txt)\n");
  EXPECT_EQ(images_below(folder.path() / "set", folder.path() / "set", remarks)[2], "c.png");
  // As who works inside a folder names it.
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  EXPECT_EQ(images_below(".", "set/b", remarks), (std::vector<std::string>{"set/b/1/x.JPG", "set/b/2.png"}));
  EXPECT_EQ(images_below(".", "./set/b", remarks),
            (std::vector<std::string>{"set/b/1/x.JPG", "set/b/2.png"}));
  fs::current_path(before);
}

TEST(ListedImages, LinksThatRunInCirclesAreWalkedOnce) {
  const TemporaryFolder folder;
  put_image(folder.path() / "a/1.png");
  fs::create_directories(folder.path() / "a/deep");
  fs::create_directory_symlink(folder.path() / "a", folder.path() / "a/deep/again");
  fs::create_symlink(folder.path() / "gone.png", folder.path() / "a/dangling.png");
  const ImageFolder source(folder.path());
  int readable = 0;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::string error = error_of([&] { (void)load(source, i); });
    readable += error.empty();
    if (!error.empty()) { EXPECT_NE(error.find("dangling.png"), std::string::npos) << error; }
  }
  EXPECT_EQ(readable, 1);
}

}  // namespace
}  // namespace doppel::dataset
