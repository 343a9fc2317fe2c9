#include "doppel/dataset/sources/yolo.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

YoloConfig two_names(const fs::path& root) {
  return {.root = root, .file = "classes.txt", .classes = {"a", "b"}};
}

TEST(Yolo, TextsLieInLabelsOrBesideInAnyCase) {
  const std::vector<std::pair<const char*, const char*>> places{
      {"images/train/1.jpg", "labels/train/1.txt"},
      {"train/images/1.png", "train/labels/1.txt"},
      {"Images/Train/1.png", "LABELS/train/1.TXT"},
      {"JPEGImages/1.png", "labels/1.txt"},
      {"imgs/1.png", "labels/1.txt"},
      {"train/1.png", "train/1.txt"},
      {"images/x_images/img_1.png", "labels/x_images/img_1.txt"},
      {"images/a.b.png", "labels/a.b.txt"},
      {"train/1.png", "train/labels/1.txt"}};
  for (const auto& [image, text] : places) {
    const TemporaryFolder folder;
    put_image(folder.path() / image);
    put_text(folder.path() / text, "1 0.5 0.5 0.5 0.5\n");
    const Yolo source(two_names(folder.path()), {folder.path() / *fs::path(image).begin()});
    ASSERT_EQ(source.size(), 1U);
    EXPECT_EQ(source.labelled(), 1U) << image;
    EXPECT_EQ(load(source, 0).boxes, (std::vector<augment::Box>{{2, 1.5, 6, 4.5, 1}})) << image;
    EXPECT_EQ(all_text(source.remarks()), "") << image;
  }
}

TEST(Yolo, ZeroBytesAreNoBlanks) {
  for (const std::string& text : {std::string(12, '\0'), std::string("0 .5 .5 .5 .5\0\0", 15)}) {
    const TemporaryFolder folder;
    put_image(folder.path() / "images/1.png");
    put_text(folder.path() / "labels/1.txt", text);
    const std::string what = error_of([&] {
      const Yolo source(two_names(folder.path()), {folder.path() / "images"});
      (void)load(source, 0);
    });
    EXPECT_NE(what.find("labels/1.txt:1: a zero byte"), std::string::npos) << what;
  }
}

TEST(Yolo, TextsAreReadHoweverTheyAreWritten) {
  const TemporaryFolder folder;
  put_image(folder.path() / "images/1.png");
  const Yolo source([&] {
    put_text(folder.path() / "labels/1.txt", "");
    return Yolo(two_names(folder.path()), {folder.path() / "images"});
  }());
  const auto boxes = [&](std::string_view text) {
    put_text(folder.path() / "labels/1.txt", text);
    return load(source, 0).boxes.size();
  };
  using namespace std::literals;
  EXPECT_EQ(boxes(""), 0U);
  EXPECT_EQ(boxes("0 .5 .5 .5 .5"), 1U);
  EXPECT_EQ(boxes("\xef\xbb\xbf"
                  "0 .5 .5 .5 .5\r\n\r\n1 .5 .5 .1 .1\r\n"),
            2U);
  EXPECT_EQ(boxes("0 .5 .5 .5 .5\r1 .5 .5 .1 .1\r"), 2U);
  EXPECT_EQ(boxes("\xff\xfe"
                  "0\0 \0.\0005\0 \0.\0005\0 \0.\0005\0 \0.\0005\0\n\0"sv),
            1U);
  // A text that is longer than what fits beside a string's length.
  EXPECT_EQ(boxes("0 0.123456789 0.123456789 0.123456789 0.123456789\n1 0.5 0.5 0.123456789 0.123456789\n"),
            2U);
  const std::string error = error_of([&] { boxes("0 .5 .5 .5 .5\n\n7 .5 .5 .5 .5\n"); });
  EXPECT_NE(error.find("labels/1.txt:3: class 7 is outside the 2 names of classes.txt"), std::string::npos)
      << error;
}

TEST(Yolo, SaysWhatHasNoPartner) {
  const TemporaryFolder folder;
  for (const char* image : {"images/1.png", "images/1.webp", "images/2.png", "images/note.md"})
    put_image(folder.path() / image);
  for (const char* text : {"labels/1.txt", "labels/9.txt", "labels/classes.txt"})
    put_text(folder.path() / text, "");
  YoloConfig config = two_names(folder.path());
  config.unused = {"my_key"};
  const Yolo source(config, {folder.path() / "images"});
  EXPECT_EQ(source.size(), 3U);
  EXPECT_EQ(source.labelled(), 2U);  // both formats of 1
  EXPECT_EQ(all_text(source.remarks()),
            "keys of classes.txt that aren't used: 1 (my_key)\n"
            "files that aren't read (.md): 1 (images/note.md)\n"
            "images without a text file, which show background: 1 (images/2.png)\n"
            "text files without an image: 1 (labels/9.txt)\n");
  fs::remove_all(folder.path() / "labels");
  const std::string none = all_text(Yolo(config, {folder.path() / "images"}).remarks());
  EXPECT_NE(
      none.find(
          "none of its 3 images has a text file with labels: that of images/1.png would be labels/1.txt"),
      std::string::npos)
      << none;
}

TEST(Yolo, ListsMayComeFromAnotherMachine) {
  const TemporaryFolder folder;
  for (const char* image : {"images/1.png", "images/2.png", "images/3.png", "images/4.png"})
    put_image(folder.path() / image);
  for (const char* text : {"labels/1.txt", "labels/4.txt"}) put_text(folder.path() / text, "");
  const fs::path list =
      put_text(folder.path() / "lists/train.txt",
               "\xef\xbb\xbf./images/1.png\r\n# a comment\r\n/content/set/images/2.png\r\n\r\n"
               "C:\\set\\images\\3.png");
  const Yolo source(two_names(folder.path()), {list});
  ASSERT_EQ(source.size(), 3U);
  EXPECT_EQ(load(source, 2).image.size(), cv::Size(8, 6));
  EXPECT_EQ(source.unused_texts(), (std::vector<std::string>{"labels/4.txt"}));  // perhaps another list's
  EXPECT_EQ(source.texts(), (std::vector<std::string>{"labels/1.txt", "", ""}));
  put_text(list, "images/1.png\nimages/9.png\n");
  EXPECT_NE(error_of([&] {
              Yolo(two_names(folder.path()), {list});
            }).find("train.txt:2: there is no image images/9.png"),
            std::string::npos);
  EXPECT_NE(error_of([&] {
              Yolo(two_names(folder.path()), {folder.path() / "gone"});
            }).find("there is no file or folder"),
            std::string::npos);
}

TEST(Yolo, LinesOfFourCornersAreOrientedBoxesUnlessOthersAreNot) {
  const TemporaryFolder folder;
  const std::string turned = "0 0.5 0.2 0.8 0.5 0.5 0.8 0.2 0.5\n";
  for (const char* name : {"1", "2"}) {
    put_image(folder.path() / "images" / (std::string(name) + ".png"), {100, 100});
    put_text(folder.path() / "labels" / (std::string(name) + ".txt"), turned);
  }
  const auto first = [&] { return load(Yolo(two_names(folder.path()), {folder.path() / "images"}), 0); };
  EXPECT_EQ(first().rotated_boxes.size(), 1U);
  EXPECT_TRUE(first().masks.empty());
  put_text(folder.path() / "labels/2.txt", "0 0.5 0.2 0.8 0.5 0.5 0.8\n");
  EXPECT_EQ(first().rotated_boxes.size(), 0U);
  EXPECT_EQ(first().masks.size(), 1U);
}

}  // namespace
}  // namespace doppel::dataset
