#include "doppel/dataset/sources/cvat.h"

#include <gtest/gtest.h>

#include "dataset/labelled_folder.h"

namespace doppel::dataset {
namespace {

class CvatFolder : public LabelledFolder {
 protected:
  void images(const std::string& inside) const {
    put("annotations.xml", "<?xml version=\"1.0\"?>\n<annotations>\n" + inside + "</annotations>");
  }
  void shapes(const std::string& inside) const {
    images("<image name=\"1.png\" width=\"32\" height=\"24\">" + inside + "</image>");
  }
  Cvat open(const std::string& subset = "") const { return Cvat(root() / "annotations.xml", subset); }
  std::string error() const {
    return problem([&] { return open(); });
  }
};

TEST_F(CvatFolder, AnEllipseBeyondAllImagesIsAnError) {
  image("deep/1.png");
  shapes(R"(<ellipse label="a" cx="16" cy="12" rx="1e60" ry="1e60"/>)");
  const Cvat source = open();
  EXPECT_NE(error_of([&] { load(source, 0); }).find("a corner at"), std::string::npos);
}

TEST_F(CvatFolder, EllipsesPolylinesAndSkeletons) {
  image("deep/1.png");
  shapes(R"(<ellipse label="a" cx="16" cy="12" rx="8" ry="4" rotation="90"/>
    <polyline label="b" points="1,2;5,4"/>
    <skeleton label="person"><points label="nose" outside="0" occluded="1" points="3,4"/>
      <points label="eye" outside="0" occluded="0" points="5,2"/><points label="ear" outside="1" occluded="0" points="9,9"/>
    </skeleton>
    <points label="mark" points="1,1;2,2" occluded="0"/>
    <cuboid label="c" xtl1="1"/>)");
  const Cvat source = open();
  const augment::Sample sample = load(source, 0);
  EXPECT_EQ(source.classes(), (std::vector<std::string>{"a", "b", "person"}));
  EXPECT_EQ(source.point_names(), (std::vector<std::string>{"eye", "mark", "nose"}));
  ASSERT_EQ(sample.boxes.size(), 3U);
  EXPECT_NEAR(sample.boxes[0].x0, 12, 1e-9);
  EXPECT_NEAR(sample.boxes[0].y1, 20, 1e-9);
  EXPECT_EQ(sample.boxes[1], box(1, 2, 5, 4, 1, 2));
  EXPECT_EQ(sample.boxes[2], box(3, 2, 5, 4, 2, 3));
  ASSERT_EQ(sample.keypoints.size(), 4U);
  EXPECT_EQ(sample.keypoints[0].visibility, 0);
  EXPECT_EQ(sample.keypoints[0].instance, 3);
  EXPECT_EQ(sample.keypoints[1].visibility, 1);
  EXPECT_EQ(sample.keypoints[3].instance, -1);
  EXPECT_NE(text_of(source.remarks()).find("<cuboid>, which isn't read: 1 (1.png)"), std::string::npos);
}

TEST_F(CvatFolder, AGroupOfOneLabelIsOneObject) {
  image("1.png");
  shapes(R"(<box label="a" xtl="1" ytl="1" xbr="3" ybr="3" group_id="4"/>
    <box label="a" xtl="9" ytl="9" xbr="11" ybr="12" group_id="4"/><box label="b" xtl="9" ytl="9" xbr="8" ybr="12" group_id="4"/>)");
  const Cvat source = open();
  EXPECT_EQ(load(source, 0).boxes, (std::vector{box(1, 1, 11, 12, 0, 1), box(8, 9, 9, 12, 1, 2)}));
  EXPECT_EQ(text_of(source.remarks()), "boxes whose corners were exchanged, put in order: 1 (1.png)\n");
}

TEST_F(CvatFolder, ImagesThatArentThereAreCounted) {
  image("images/a/1.png");
  images("<image name=\"a/1.png\"/><image name=\"3.png\"/>");
  const Cvat source = open();
  EXPECT_EQ(source.size(), 1U);
  EXPECT_EQ(text_of(source.remarks()), "annotated images that aren't there, left out: 1 (3.png)\n");
}

TEST_F(CvatFolder, ErrorsNameImageAndShape) {
  image("1.png");
  for (const auto& [inside, expected] : std::vector<std::pair<std::string, std::string>>{
           {"<box label=\"a\" xtl=\"1\" ytl=\"x\" xbr=\"3\" ybr=\"4\"/>",
            "1.png: <box> 1: ytl is 'x', which is no number"},
           {"<box label=\"a\" xtl=\"1\"/>", "it has no ytl"},
           {"<box xtl=\"1\"/>", "it has no label"},
           {"<polygon label=\"a\" points=\"1,2;3,4\"/>", "it has 2 points, where 3 are the least"},
           {"<polygon label=\"a\" points=\"1,2;3\"/>", "'3' is no point"},
           {"<mask label=\"a\" rle=\"1, 2\" left=\"0\" top=\"0\" width=\"3\" height=\"2\"/>",
            "rle has 3 pixels, where the mask is of 3 x 2"},
           {"<mask label=\"a\" rle=\"1\" left=\"0\" top=\"0\" width=\"1e9\" height=\"1e9\"/>", "a mask of"},
           {"<mask label=\"a\" rle=\"-1, 2\" left=\"0\" top=\"0\" width=\"1\" height=\"1\"/>", "no run"},
           {"<box", "not whole XML"}}) {
    shapes(inside);
    EXPECT_NE(error().find(expected), std::string::npos) << inside << " gave: " << error();
    EXPECT_NE(error().find("annotations.xml: "), std::string::npos) << error();
  }
  images("<track/>");
  EXPECT_NE(error().find("tracks of a video"), std::string::npos);
  images("");
  EXPECT_NE(error().find("no <image>"), std::string::npos);
  images("<image name=\"2.png\"/>");
  EXPECT_NE(error().find("not one of its images is there"), std::string::npos);
  images("<image name=\"1.png\"/><image name=\"1.png\"/>");
  EXPECT_NE(error().find("annotated once"), std::string::npos);
  images("<image name=\"1.png\" width=\"24\" height=\"32\"/>");
  EXPECT_NE(error().find("is of an image of 24 x 32"), std::string::npos) << error();
}

}  // namespace
}  // namespace doppel::dataset
