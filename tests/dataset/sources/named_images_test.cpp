#include "sources/named_images.h"

#include <gtest/gtest.h>

#include "dataset/labelled_folder.h"

namespace doppel::dataset {
namespace {

class NamedImagesFolder : public LabelledFolder {
 protected:
  void SetUp() override {
    for (const char* file : {"1.png", "a/1.png", "a/b/2.png", "c/2.png", "c/3 x.png"}) image(file);
  }
  std::string found(const std::string& name, const std::string& below = "") const {
    Remarks others;
    const NamedImages images(root(), others);
    const auto image = images.find(name, below);
    return image ? images.path(*image) : "";
  }
};

TEST_F(NamedImagesFolder, NamesAreFoundByTheLongestOfTheirEnds) {
  for (const auto& [name, path] :
       std::vector<std::pair<std::string, std::string>>{{"1.png", "1.png"},
                                                        {"a/1.png", "a/1.png"},
                                                        {"/x/a/1.png", "a/1.png"},
                                                        {"C:\\x\\a\\b\\2.png", "a/b/2.png"},
                                                        {"../c/2.png", "c/2.png"},
                                                        {"https://host/c/2.png?x=1", "c/2.png"},
                                                        {"/data/local-files/?d=c/3%20x.png", "c/3 x.png"},
                                                        {"4.png", ""}})
    EXPECT_EQ(found(name), path) << name;
  EXPECT_EQ(found("1.png", "a"), "a/1.png");
  EXPECT_EQ(found("../1.png", "a"), "1.png");
  EXPECT_NE(error_of([&] { found("2.png"); }).find("'2.png' could be a/b/2.png or c/2.png"),
            std::string::npos);
}

TEST_F(NamedImagesFolder, AnImageIsTakenOnce) {
  Remarks others;
  NamedImages images(root(), others);
  images.take(0, "x");
  EXPECT_TRUE(images.is_taken(0));
  EXPECT_NE(error_of([&] { images.take(0, "y"); }).find("as is x"), std::string::npos);
  EXPECT_NE(error_of([&] { images.called("2"); }).find("both a/b/2.png and c/2.png"), std::string::npos);
  EXPECT_FALSE(images.with_stem("2"));
}

TEST(ImagesRoot, IsBesideTheFileOrAboveItsFolderOfAnnotations) {
  EXPECT_EQ(images_root("set/a.xml"), "set");
  EXPECT_EQ(images_root("set/Annotations/a.xml"), "set");
  EXPECT_EQ(images_root("a.xml"), ".");
}

}  // namespace
}  // namespace doppel::dataset
