#include "doppel/dataset/sources/kitti.h"

#include <gtest/gtest.h>

#include "dataset/labelled_folder.h"

namespace doppel::dataset {
namespace {

class KittiFolder : public LabelledFolder {
 protected:
  void text(const std::string& lines) const {
    image("image_2/1.png");
    put("label_2/1.txt", lines);
  }
  Kitti open() const { return Kitti(root() / "image_2", root() / "label_2"); }
  std::string error() const {
    return problem([&] { return open(); });
  }
};

TEST_F(KittiFolder, AScoreAndAnyLineEndsAreAllowed) {
  text("Car 0 0 0 1 2 3 4 0 0 0 0 0 0 0 0.5\r\n\r\nVan 0.00 0 0 5.5 6 7e0 +8 0 0 0 0 0 0 0\r");
  const Kitti source = open();
  EXPECT_EQ(source.classes(), (std::vector<std::string>{"Car", "Van"}));
  EXPECT_EQ(load(source, 0).boxes, (std::vector{box(1, 2, 3, 4, 0, 1), box(5.5, 6, 7, 8, 1, 2)}));
}

TEST_F(KittiFolder, ZeroBytesAreNoBlanks) {
  text(std::string("Car 0 0 0 1 2 3 4 0 0 0 0 0 0 0\n\0\0\0", 35));
  EXPECT_NE(error().find("1.txt:2: a zero byte"), std::string::npos) << error();
}

TEST_F(KittiFolder, WhatDoesntPairIsCounted) {
  text("");
  image("image_2/2.png");
  put("label_2/3.txt", "");
  const Kitti source = open();
  EXPECT_EQ(text_of(source.remarks()),
            "texts without an image, left out: 1 (label_2/3.txt)\nimages without a text, left out: 1 "
            "(image_2/2.png)\n");
}

TEST_F(KittiFolder, ErrorsNameFileAndLine) {
  for (const auto& [lines, expected] : std::vector<std::pair<std::string, std::string>>{
           {"\nCar 0 0\n", "1.txt:2: 3 words"},
           {"Car 0 0 0 1 x 3 4 0 0 0 0 0 0 0\n", "1.txt:1: 'x' is no number"},
           {"Car 0 0 0 1 nan 3 4 0 0 0 0 0 0 0\n", "1.txt:1: 'nan' is no number"},
           {"Car 0 0 0 9 2 3 4 0 0 0 0 0 0 0\n", "1.txt:1: a box from 9, 2 to 3, 4"},
           {"1 0 0 0 1 2 3 4 0 0 0 0 0 0 0\n", "'1' is no type"}}) {
    text(lines);
    EXPECT_NE(error().find(expected), std::string::npos) << lines << " gave: " << error();
  }
  std::filesystem::remove(root() / "image_2/1.png");
  EXPECT_NE(error().find("no image in"), std::string::npos) << error();
}

}  // namespace
}  // namespace doppel::dataset
