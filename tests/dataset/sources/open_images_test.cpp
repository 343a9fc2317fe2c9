#include "doppel/dataset/sources/open_images.h"

#include <gtest/gtest.h>

#include "dataset/labelled_folder.h"

namespace doppel::dataset {
namespace {

constexpr const char* kBoxHeader = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsGroupOf\n";

class OpenImagesFolder : public LabelledFolder {
 protected:
  OpenImages open(const std::string& rows) const {
    image("images/ab.png");
    image("images/cd.png");
    put("b.csv", kBoxHeader + rows);
    return OpenImages({.boxes = root() / "b.csv", .images = root() / "images"});
  }
  std::string error(const std::string& rows) const {
    return problem([&] { return open(rows); });
  }
};

TEST_F(OpenImagesFolder, WhatIsLeftOutIsCounted) {
  const OpenImages source =
      open("ab,xclick,/m/1,1,0,0.5,0,1,1\nab,xclick,/m/1,1,0,0.5,0.25,1,-1\nef,xclick,/m/1,1,0,0.5,0,1,0\n");
  EXPECT_EQ(load(source, 0).boxes, (std::vector{box(0, 6, 16, 24, 0, 1)}));
  EXPECT_EQ(text_of(source.remarks()),
            "columns of b.csv that aren't read: Source, Confidence\n"
            "boxes around groups (IsGroupOf), left out: 1 (ab)\n"
            "classes without a name, called by their LabelName: 1 (/m/1)\n"
            "rows of images that aren't there, left out: 1 (ef)\n");
}

TEST_F(OpenImagesFolder, ErrorsNameFileAndLine) {
  for (const auto& [rows, expected] : std::vector<std::pair<std::string, std::string>>{
           {"ab,x,/m/1,1,0,7,0,1,0\n", "b.csv:2: '7' is no share"},
           {"ab,x,/m/1,1,0,,0,1,0\n", "b.csv:2: '' is no share"},
           {"ab,x,/m/1,1,0.5,0,0,1,0\n", "b.csv:2: a box from 0.5"},
           {"ab,x\n", "b.csv:2: 2 fields where the header has 9"},
           {"ab,x,,1,0,1,0,1,0\n", "without LabelName"},
           {"xy,x,/m/1,1,0,1,0,1,0\n", "not one of its images is below"}})
    EXPECT_NE(error(rows).find(expected), std::string::npos) << rows << " gave: " << error(rows);
}

TEST_F(OpenImagesFolder, TablesAreToldApartByTheirColumns) {
  put("a.csv", kBoxHeader);
  put("b.csv", "ImageID,Source,LabelName,Confidence\n");
  put("c.csv", "path,label\n");
  using Table = OpenImages::Table;
  EXPECT_EQ(OpenImages::kind_of(root() / "a.csv"), Table::Boxes);
  EXPECT_EQ(OpenImages::kind_of(root() / "b.csv"), Table::Labels);
  EXPECT_EQ(OpenImages::kind_of(root() / "c.csv"), Table::None);
}

}  // namespace
}  // namespace doppel::dataset
