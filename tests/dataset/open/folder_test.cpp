#include "open/folder.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::string names_in_order(const std::vector<fs::path>& paths) {
  std::string names;
  for (const fs::path& path : paths) names += path.filename().string() + " ";
  return names;
}

TEST(Folder, IsListedOnceInOrderWithoutLeftovers) {
  const TemporaryFolder folder;
  for (const char* name : {"b.png", "a.txt", ".hidden", "Thumbs.db", "Z/1.png", "a/1.png"})
    put_text(folder.path() / name, "x");
  const Folder listed(folder.path());
  put_text(folder.path() / "later.png", "x");
  EXPECT_EQ(names_in_order(listed.files()), "a.txt b.png ");
  EXPECT_EQ(names_in_order(listed.folders()), "Z a ");
  EXPECT_EQ(names_in_order(Folder(folder.path()).files()), "a.txt b.png later.png ");  // of a temporary, too
  EXPECT_EQ(listed.path(), folder.path());
  EXPECT_NE(error_of([] { Folder("/no/such/folder"); }).find("/no/such/folder"), std::string::npos);
}

TEST(Folder, IsAskedByNamesInAnyCase) {
  const TemporaryFolder folder;
  for (const char* name : {"Images/1.png", "IMG/1.png", "Data.YAML", "1.PNG", "1.TXT", "2.png", "3.txt"})
    put_text(folder.path() / name, "x");
  const Folder listed(folder.path());
  EXPECT_EQ(listed.folder({"images"}), folder.path() / "Images");
  EXPECT_EQ(listed.folder({"img", "images"}), folder.path() / "IMG");  // the first of the names
  EXPECT_EQ(listed.folder({"image"}), "");
  EXPECT_EQ(listed.folder({"data.yaml"}), "");
  EXPECT_EQ(listed.file({"data.yml", "data.yaml"}), folder.path() / "Data.YAML");
  EXPECT_EQ(names_in_order(listed.ending({".txt", ".yaml"})), "1.TXT 3.txt Data.YAML ");
  EXPECT_EQ(names_in_order(listed.images()), "1.PNG 2.png ");
  EXPECT_EQ(names_in_order(listed.beside_images(".txt")), "1.TXT ");
  EXPECT_EQ(listed.image_folder(), folder.path() / "Images");
  EXPECT_EQ(listed.images_to_mask(), folder.path() / "Images");
  EXPECT_TRUE(has_file(folder.path(), ".yaml"));
  EXPECT_FALSE(has_file(folder.path(), ".csv"));
  EXPECT_FALSE(has_file("", ".csv"));
}

}  // namespace
}  // namespace doppel::dataset
