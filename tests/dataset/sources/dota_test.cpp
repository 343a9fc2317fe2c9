#include "doppel/dataset/sources/dota.h"

#include <gtest/gtest.h>

#include "dataset/labelled_folder.h"

namespace doppel::dataset {
namespace {

class DotaFolder : public LabelledFolder {
 protected:
  void text(const std::string& lines) const {
    image("images/1.png");
    put("labelTxt/1.txt", lines);
  }
  Dota open() const { return Dota(root() / "images", root() / "labelTxt"); }
  std::string error() const {
    return problem([&] { return open(); });
  }
};

TEST_F(DotaFolder, CornersThatAreNoRectangleGetTheSmallestOne) {
  text("4 4 20 4 20 12 10 12 ship 0\nGSD: null\n");
  const Dota source = open();
  EXPECT_EQ(load(source, 0).boxes, (std::vector{box(4, 4, 20, 12, 0, 1)}));
  const std::string place = (root() / "labelTxt/1.txt").string();
  EXPECT_EQ(text_of(source.remarks()),
            "corners that are no rectangle: the smallest one around them is taken: 1 (" + place +
                ")\nlines of gsd, which aren't read: 1 (" + place + ")\n");
}

TEST_F(DotaFolder, ZeroBytesAreNoBlanks) {
  text(std::string(9, '\0'));
  EXPECT_NE(error().find("1.txt:1: a zero byte"), std::string::npos) << error();
}

TEST_F(DotaFolder, ErrorsNameFileAndLine) {
  for (const auto& [lines, expected] : std::vector<std::pair<std::string, std::string>>{
           {"\n1 2 3 4 5 6 7 8\n", "1.txt:2: 8 words"},
           {"1 2 3 4 5 6 7 x ship 0\n", "1.txt:1: 'x' is no place"},
           {"1 2 3 4 5 6 7 1e99 ship 0\n", "'1e99' is no place"},
           {"1 2 3 4 5 6 7 8 ship hard\n", "'hard' isn't 0 or 1"}}) {
    text(lines);
    EXPECT_NE(error().find(expected), std::string::npos) << lines << " gave: " << error();
  }
}

}  // namespace
}  // namespace doppel::dataset
