#include "sources/mask_colors.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "doppel/dataset/sources/segmentation_folder.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using Rows = std::vector<std::string>;

MaskColors table_of(const std::string& name, std::string_view text) {
  const TemporaryFolder folder;
  return MaskColors(put_text(folder.path() / name, text));
}

TEST(MaskColors, TablesOfDifferentToolsSayTheSame) {
  const cv::Mat sky(1, 1, CV_8UC3, cv::Scalar(40, 90, 200)), nothing(1, 1, CV_8UC1, cv::Scalar(0));
  for (const auto& [name, text] :
       {std::pair{"class_dict.csv", "name,r,g,b\nnothing,0,0,0\nblue sky, 40, 90, 200\n"},
        {"Class_Dict.CSV", "\xef\xbb\xbfR;G;B;Class\r\n0;0;0;nothing\r\n40;90;200;blue sky"},
        {"labelmap.txt", "# label:color_rgb:parts:actions\nnothing:0,0,0::\n\nblue sky:40,90,200:a,b:\n"},
        {"label_colors.txt", "0 0 0\tnothing\n 40 90 200\t\tblue sky\n"}}) {
    const MaskColors colors = table_of(name, text);
    EXPECT_EQ(colors.names(), (Rows{"nothing", "blue sky"})) << name;
    EXPECT_EQ(colors.numbers(sky).at<unsigned char>(0, 0), 1) << name;
    EXPECT_EQ(colors.numbers(nothing).at<unsigned char>(0, 0), 0) << name;
  }
}

TEST(MaskColors, WrongRowsAreNamedByFileAndLine) {
  const auto problem = [](const std::string& name, std::string_view text) {
    return error_of([&] { table_of(name, text); });
  };
  EXPECT_NE(problem("class_dict.csv", "name,r,g,b\na,1,2,3\nb,1,2,300\n").find("class_dict.csv:3: '300'"),
            std::string::npos);
  EXPECT_NE(problem("class_dict.csv", "name,r,g,b\na,1,2,3\nb,1,2,3\n")
                .find("class_dict.csv:3: a and b have the same colour, 1, 2, 3"),
            std::string::npos);
  EXPECT_NE(problem("class_dict.csv", "name,r,g\na,1,2\n").find("b isn't there"), std::string::npos);
  EXPECT_NE(problem("class_dict.csv", "name,r,g,b\na,1\n").find(":2: fewer fields"), std::string::npos);
  EXPECT_NE(problem("class_dict.csv", "").find("without a row"), std::string::npos);
  EXPECT_NE(problem("labelmap.txt", "a:1,2::\n").find("labelmap.txt:1: a row has"), std::string::npos);
  EXPECT_NE(problem("label_colors.txt", "1 2 3 a\n1 2 b\n").find("label_colors.txt:2: neither"),
            std::string::npos);
  const MaskColors colors = table_of("labelmap.txt", "a:1,2,3::\n");
  cv::Mat mask(2, 3, CV_8UC3, cv::Scalar(1, 2, 3));
  mask.at<cv::Vec3b>(1, 2) = {9, 8, 7};
  EXPECT_EQ(error_of([&] { colors.numbers(mask); }),
            "the mask's colour 9, 8, 7 at 2, 1 (x, y) isn't in the table of colours");
}

TEST(MaskColors, MoreThan256ClassesHaveWiderNumbers) {
  std::string text = "name,r,g,b\n";
  for (int i = 0; i < 300; ++i)
    text += "c" + std::to_string(i) + "," + std::to_string(i / 256) + "," + std::to_string(i % 256) + ",0\n";
  const cv::Mat numbers =
      table_of("class_dict.csv", text).numbers(cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 43, 0)));
  ASSERT_EQ(numbers.type(), CV_32S);
  EXPECT_EQ(numbers.at<int>(0, 0), 299);
}

TEST(MaskColors, AFolderOfMasksIsReadByItsTableOrSaysThatItNeedsOne) {
  const TemporaryFolder folder;
  put_image(folder.path() / "images/1.png");
  put_image(folder.path() / "images/2.png");
  put_image(folder.path() / "masks/1.png");    // in colour
  put_mask(folder.path() / "masks/2.png", 1);  // numbers
  const auto source = [&] {
    return SegmentationFolder(folder.path(), folder.path() / "images", folder.path() / "masks");
  };
  EXPECT_NE(error_of([&] { load(source(), 0); }).find("needs a table beside the masks: class_dict.csv"),
            std::string::npos);
  put_text(folder.path() / "class_dict.csv", "name,r,g,b\na,0,0,0\nb,1,1,1\nc,40,90,200\n");
  const SegmentationFolder colored = source();
  EXPECT_EQ(colored.color_table(), folder.path() / "class_dict.csv");
  EXPECT_EQ(cv::countNonZero(load(colored, 0).masks[0] == 2), 48);
  EXPECT_EQ(cv::countNonZero(load(colored, 1).masks[0] == 1), 48);
  put_text(folder.path() / "masks/labelmap.txt", "d:40,90,200::\n");  // the nearer one
  EXPECT_EQ(source().classes(), (Rows{"d"}));
}

}  // namespace
}  // namespace doppel::dataset
