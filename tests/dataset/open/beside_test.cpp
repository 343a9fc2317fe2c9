#include "open/beside.h"

#include "dataset/open/data_page.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::string all_remarks(const OpenedData& data) {
  std::string all;
  for (const Remark& remark : data.remarks) all += remark.text() + "\n";
  return all;
}

/// Whatever the layout of a folder, what lies beside its data is named, or refused by name.
TEST_F(Layouts, NameWhatLiesBesideThem) {
  std::size_t told = 0, refused = 0;
  for (const auto& entry : fs::directory_iterator(root_.path())) {
    const std::string heading = entry.path().filename().string();
    if (heading.starts_with("ZIP") || heading.starts_with("Augmented")) continue;
    for (const std::string stray : {"notes.pdf", "odd.xml", "labels_old.json", "stray.jpg", "spare/1.jpg"}) {
      const fs::path folder = entry.path();
      try {
        (void)open(heading);
      } catch (const Error&) { break; }  // one of its files is DATA, not the folder
      write_example_image(folder / stray);
      const std::string name = stray.substr(0, stray.find('/'));
      std::string said, layout;
      try {
        const OpenedData data = open(heading);
        said = all_remarks(data);
        layout = data.layout;
        ++told;
      } catch (const Error& error) {
        said = error.what();
        ++refused;
      }
      const bool is_a_sample = layout == "images" || (layout == "image folder" && stray == "spare/1.jpg");
      if (!is_a_sample) {
        EXPECT_NE(said.find(name), std::string::npos) << heading << ": " << stray << "\n" << said;
      }
      fs::remove_all(folder / name);
    }
  }
  EXPECT_GT(told, 80U);
  EXPECT_LT(refused, 20U);
}

class BesideFolder : public testing::Test {
 protected:
  std::string remarks(const std::string& data) const {
    return all_remarks(open_data((root_.path() / data).string()));
  }
  void image(const std::string& name) const { write_example_image(root_.path() / name); }
  void text(const std::string& name, const std::string& content) const {
    write_example(root_.path() / name, content);
  }
  TemporaryFolder root_;
};

TEST_F(BesideFolder, ImagesOfAnotherPartAreNamedByIt) {
  for (const char* name : {"images/1.jpg", "images/2.jpg", "images/3.jpg"}) image(name);
  text("train.csv", "path,label\nimages/1.jpg,a\n");
  text("test.csv", "path,label\nimages/2.jpg,a\n");
  EXPECT_EQ(remarks("."), "images that no table names, left out: 1 (images/3.jpg)\n");
  // Of a file alone what is beside it is another's.
  text("notes.txt", "x");
  EXPECT_EQ(remarks("train.csv"),
            "images beside those that the file names, left out: 2 (images/2.jpg, images/3.jpg)\n");
}

TEST_F(BesideFolder, ImagesInTwoPartsAreNamed) {
  image("images/1.jpg");
  image("images/2.jpg");
  text("train.csv", "path,label\nimages/1.jpg,a\nimages/2.jpg,a\n");
  text("test.csv", "path,label\nimages/2.jpg,a\n");
  EXPECT_NE(remarks(".").find("images of the test part that are in the train part as well: 1 ("),
            std::string::npos)
      << remarks(".");
}

TEST_F(BesideFolder, FoldersWithoutImagesOfItArentLookedInto) {
  image("images/a/1.jpg");
  image("images/b/1.jpg");
  image("images/b/2.jpg");
  text("images/a/1.xmp", "x");
  text("images.csv", "path,label\nimages/a/1.jpg,a\n");
  EXPECT_EQ(remarks("."),
            "files that aren't read (.xmp): 1 (images/a/1.xmp)\n"
            "folders that aren't read: 1 (images/b)\n");
}

TEST_F(BesideFolder, APathIsTheSameInAnyForm) {
  image("d/images/1.jpg");
  image("d/images/2.jpg");
  text("d/t.csv", "path,label\nimages/./1.jpg,a\n");
  for (const char* form : {"d", "d/", "./d", "d/../d", "d//"})
    EXPECT_NE(remarks(form).find("left out: 1 (images/2.jpg)"), std::string::npos) << form;
  const fs::path before = fs::current_path();
  fs::current_path(root_.path() / "d");
  const std::string here = all_remarks(open_data("."));
  fs::current_path(before);
  EXPECT_NE(here.find("left out: 1 (images/2.jpg)"), std::string::npos) << here;
}

}  // namespace
}  // namespace doppel::dataset
