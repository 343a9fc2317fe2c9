#include "doppel/dataset/sources/image_folder.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "doppel/dataset/pack/pack.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using ClassNames = std::vector<std::string>;

TEST(ImageFolder, FindsNestedImagesOfAllFormatsInOrder) {
  const TemporaryFolder folder;
  const cv::Mat image(6, 8, CV_8UC3, cv::Scalar(40, 90, 200));
  put_image(folder.path() / "katze ü/deep/b.PNG");
  put_image(folder.path() / "katze ü/a.jpg");
  put_text(folder.path() / "katze ü/.hidden.jpg", "x");
  put_text(folder.path() / "katze ü/notes.txt", "x");
  put_image(folder.path() / "dog/1.png");
  fs::create_symlink(folder.path() / "dog/1.png", folder.path() / "dog/2.png");
  const ImageFolder source(folder.path());
  EXPECT_EQ(source.classes(), (ClassNames{"dog", "katze ü"}));
  ASSERT_EQ(source.size(), 4U);
  EXPECT_EQ(source.label(3), 1);
  EXPECT_EQ(cv::norm(load(source, 3).image, image, cv::NORM_INF), 0);
  EXPECT_LE(cv::norm(load(source, 2).image, image, cv::NORM_INF), 3);
  EXPECT_EQ(all_text(source.remarks()), "files that aren't read (.txt): 1 (katze ü/notes.txt)\n");
}

TEST(ImageFolder, SaysWhatItLeavesOutAndWhatMayBeMeantOtherwise) {
  const TemporaryFolder folder;
  for (const char* name : {"Cat/1.png", "cat/1.png", "cat/1_mask.png", "cat/gas_mask.png", "3.png"})
    put_image(folder.path() / name);
  put_text(folder.path() / "bird/1.svg", "<svg");
  put_text(folder.path() / "README.md", "x");
  const ImageFolder source(folder.path());
  EXPECT_EQ(source.classes(), (ClassNames{"Cat", "bird", "cat"}));
  EXPECT_EQ(source.size(), 4U);
  EXPECT_EQ(all_text(source.remarks()),
            "files that aren't read (.svg): 1 (bird/1.svg)\n"
            "class folders without an image that is read: 1 (bird)\n"
            "images called like masks of others beside them, which are read as images: 1 (cat/1_mask.png)\n"
            "classes whose names differ in upper and lower case alone: 1 (Cat, cat)\n"
            "images beside the class folders, which have no class and are left out: 1 (3.png)\n"
            "files that aren't read (.md): 1 (README.md)\n");
}

TEST(ImageFolder, NamesOfClassesBecomeUtf8) {
  const TemporaryFolder root;
  for (const char* name : {"caf\xe9", "th\xc3\xa9"}) put_image(root.path() / name / "1.png");
  const ImageFolder source(root.path());
  EXPECT_EQ(source.classes(), (std::vector<std::string>{"caf\xc3\xa9", "th\xc3\xa9"}));
  ASSERT_EQ(source.remarks().size(), 1U);
  EXPECT_NE(source.remarks()[0].text().find("taken for ISO 8859-1: 1 (caf\xc3\xa9)"), std::string::npos);
}

TEST(ImageFolder, FoldersThatAreNumberedMayBeOne) {
  const auto said = [](std::initializer_list<const char*> classes) {
    const TemporaryFolder folder;
    for (const char* name : classes) put_image(folder.path() / name / "1.png");
    return all_text(ImageFolder(folder.path()).remarks());
  };
  EXPECT_EQ(said({"images_001", "images_002", "images_003"}),
            "classes whose names differ in a number alone: 3 (images_001, images_002, images_003)\n");
  EXPECT_EQ(said({"0", "1", "2"}), "");
  EXPECT_EQ(said({"c0", "c1"}), "");
  EXPECT_EQ(said({"n01440764", "n01440765"}), "");
  EXPECT_EQ(said({"street_12", "street_77"}), "");
  EXPECT_EQ(said({"batch1", "batch2", "other"}), "");
}

TEST(ImageFolder, FoldersWithoutImagesAreNamed) {
  const TemporaryFolder folder;
  const auto error = [&] { return error_of([&] { ImageFolder{folder.path()}; }); };
  EXPECT_NE(error().find("has no class folders"), std::string::npos);
  fs::create_directories(folder.path() / "a");
  EXPECT_NE(error().find("its folders hold no images that are read"), std::string::npos);
  EXPECT_NE(error_of([] { ImageFolder{"/no/such/place"}; }).find("/no/such/place"), std::string::npos);
}

TEST(ImageFolder, NamesOfAnyBytesAreNames) {
  const TemporaryFolder folder;
  const fs::path odd = put_image(folder.path() / "class" / std::string("caf\xe9 \xff\n.png"));
  const ImageFolder source(folder.path());
  ASSERT_EQ(source.size(), 1U);
  EXPECT_EQ(load(source, 0).image.size(), cv::Size(8, 6));
  EXPECT_EQ(source.name(0), odd.string());
  // They survive packing, too.
  write_pack(source, folder.path() / "pack", {});
  EXPECT_NE(PackSource(folder.path() / "pack").name(0).find("caf\xe9 \xff\n.png"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
