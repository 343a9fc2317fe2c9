#include "sources/moved_path.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"

namespace doppel::dataset {
namespace {

TEST(MovedPath, IsFoundByTheLongestEndThatIsThere) {
  const TemporaryFolder folder;
  const std::filesystem::path root = folder.path() / "set";
  for (const char* file : {"images/train/1.png", "train/1.png", "1.png"}) put_text(root / file, "x");
  put_text(folder.path() / "beside/1.png", "x");
  const auto moved = [&](const std::string& name) { return moved_below(root, name).string(); };
  for (const char* same :
       {"images/train/1.png", "./images/train/1.png", "images//train/./1.png", "images\\train\\1.png",
        "/content/datasets/set/images/train/1.png", "C:\\Users\\me\\set\\images\\train\\1.png",
        "../images/train/1.png", "../../set/images/train/1.png", "data/images/train/1.png"})
    EXPECT_EQ(moved(same), "images/train/1.png") << same;
  EXPECT_EQ(moved((root / "images/train/1.png").string()), "images/train/1.png");
  EXPECT_EQ(moved("other/train/1.png"), "train/1.png");
  EXPECT_EQ(moved("coco/images"), "images");
  EXPECT_EQ(moved("."), ".");
}

TEST(MovedPath, NothingLeavesItsFolderOrIsGuessed) {
  const TemporaryFolder folder;
  const std::filesystem::path root = folder.path() / "set";
  put_text(root / "1.png", "x");
  put_text(folder.path() / "beside/2.png", "x");
  EXPECT_EQ(moved_below(root, "../beside/2.png"), "");
  EXPECT_EQ(moved_below(root, "/elsewhere/1.png"), "1.png");
  EXPECT_EQ(moved_below(root, "val/1.png"), "") << "another folder's image of that name";
  EXPECT_EQ(moved_below(root, (root / "val/1.png").string()), "");
  for (const char* none : {"", "3.png"}) EXPECT_EQ(moved_below(root, none), "") << none;
  EXPECT_EQ(moved_below(root, std::string(5000, 'a')), "");
}

TEST(MovedPath, AListMayBeKnownByItsNameAlone) {
  const TemporaryFolder folder;
  put_text(folder.path() / "train.txt", "x");
  std::filesystem::create_directories(folder.path() / "images");
  for (const char* name : {"train.txt", "data/train.txt", "..\\coco\\train.txt", "/x/train.txt"})
    EXPECT_EQ(list_below(folder.path(), name), "train.txt") << name;
  EXPECT_EQ(list_below(folder.path(), "data/images"), "images");
  EXPECT_EQ(list_below(folder.path(), "data/val.txt"), "");
  EXPECT_EQ(list_below(folder.path(), "data/"), "");
}

}  // namespace
}  // namespace doppel::dataset
