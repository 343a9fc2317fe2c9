// Every layout of docs/data.md opens as it says.
#include "dataset/open/data_page.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>

#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/pascal_voc.h"
#include "doppel/dataset/sources/segmentation_folder.h"
#include "doppel/dataset/sources/tar_shards.h"
#include "doppel/dataset/sources/yolo.h"
#include "error_of.h"
#include "same_data.h"
#include "zip_bytes.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

TEST_F(Layouts, ImageFolder) {
  const SourcePtr source = open("Image folder").train;
  EXPECT_EQ(source->classes(), (PageNames{"cat", "dog"}));
  ASSERT_EQ(source->size(), 3U);
  EXPECT_EQ(source->label(2), 1);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(load(*source, i).image.size(), cv::Size(32, 24));
}

TEST_F(Layouts, Arrays) {
  const OpenedData data = open("Arrays: NumPy");
  EXPECT_EQ(data.train->classes(), (PageNames{"circle", "square", "cross", "line"}));
  ASSERT_EQ(data.train->size(), 4U);
  ASSERT_EQ(data.test->size(), 2U);
  EXPECT_EQ(data.test->label(1), 1);
  EXPECT_EQ(load(*data.train, 1).image.at<unsigned char>(0, 2), 50);
  EXPECT_TRUE(data.remarks.empty());
}

TEST_F(Layouts, Parquet) {
  const OpenedData data = open("Parquet");
  EXPECT_EQ(data.layout, "Parquet");
  EXPECT_EQ(data.train->classes(), (PageNames{"cat", "dog", "owl"}));
  EXPECT_EQ(data.train->size(), 10U);
  EXPECT_EQ(data.test->size(), 5U);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(load(*data.train, i).image.size(), cv::Size(8, 6));
}

TEST_F(Layouts, TfRecord) {
  const OpenedData data = open("TFRecord");
  EXPECT_EQ(data.layout, "TFRecord");
  EXPECT_EQ(data.train->classes(), (PageNames{"person", "ball"}));
  EXPECT_EQ(load(*data.train, 0).boxes.size(), 2U);
}

TEST_F(Layouts, Mds) {
  const OpenedData data = open("MDS");
  EXPECT_EQ(data.layout, "parts");
  EXPECT_EQ(open("MDS/train").layout, "MDS");
  EXPECT_EQ(data.train->size(), 3U);
  EXPECT_EQ(data.test->size(), 3U);
}

TEST_F(Layouts, Lmdb) {
  const OpenedData data = open("LMDB");
  EXPECT_EQ(data.layout, "LMDB");
  EXPECT_EQ(data.train->classes(), (PageNames{"0", "1", "2"}));
  EXPECT_EQ(data.train->size(), 6U);
  ASSERT_EQ(data.test->size(), 2U);
  EXPECT_EQ(load(*data.test, 1).image.size(), cv::Size(8, 6));
  EXPECT_EQ(open("LMDB: texts").train->classes(), (PageNames{"caf\u00e9", "shop"}));
}

TEST_F(Layouts, ManifestsSayTheSame) {
  for (const char* name : {"Manifest: CSV/manifest.csv", "Manifest: JSON lines/manifest.jsonl"}) {
    const SourcePtr source = open(name).train;
    EXPECT_EQ(source->classes(), (PageNames{"chair", "indoor", "lamp", "outdoor"}));
    ASSERT_EQ(source->size(), 2U);
    EXPECT_EQ(source->label(0), 1);
    EXPECT_EQ(source->label(1), 3);
    const augment::Sample one = load(*source, 0);
    EXPECT_EQ(one.boxes, (std::vector{page_box(2, 3, 20, 18, 0), page_box(4, 4, 10, 12, 2)}));
    EXPECT_TRUE(load(*source, 1).boxes.empty());
  }
  const augment::Sample soft = load(*open("Manifest: JSON lines/manifest.jsonl").train, 1);
  EXPECT_EQ(soft.label_shares, (std::vector<augment::LabelShare>{{3, 0.8}, {1, 0.2}}));
}

TEST_F(Layouts, ManifestOfSeveralLabels) {
  const SourcePtr source = open("Manifest: several labels/several.csv").train;
  EXPECT_EQ(source->classes(), (PageNames{"indoor", "night"}));
  EXPECT_EQ(source->label_shares(0), (std::vector<augment::LabelShare>{{0, 1}, {1, 1}}));
  EXPECT_EQ(source->label(1), 1);
  EXPECT_EQ(load(*source, 2).label, -1);
  EXPECT_EQ(load(*source, 2).label_shares, (std::vector<augment::LabelShare>{{0, 0}}));
}

TEST_F(Layouts, ManifestOfNumbersWeightsAndFields) {
  const fs::path file = root_.path() / "Manifest: numbers to learn, weights, fields" / "numbers.csv";
  OpenOptions how;
  how.table.columns = {{"target", "w"}, {"weight", "w"}};
  const SourcePtr source = open_data(file.string(), how).train;
  EXPECT_EQ(source->classes(), (PageNames{"cat", "dog"}));
  EXPECT_EQ(source->numbers(1), std::vector{2.5});
  EXPECT_EQ(load(*source, 1).weight, 2.5);
  EXPECT_TRUE(load(*source, 2).fields.empty());
  EXPECT_EQ(load(*source, 0).fields, (std::vector<augment::NamedValue>{{"camera", "north"}}));
}

TEST_F(Layouts, ManifestsOfOtherPrograms) {
  const SourcePtr boxes = open("Manifest: CSV of other programs/boxes.csv").train;
  EXPECT_EQ(boxes->classes(), (PageNames{"cat", "dog"}));
  EXPECT_EQ(load(*boxes, 0).boxes, (std::vector{page_box(2, 3, 20, 18, 1), page_box(4, 4, 10, 12, 0)}));
  const SourcePtr hub = open("Manifest: Hugging Face").train;
  EXPECT_EQ(hub->classes(), (PageNames{"0", "1"}));
  EXPECT_EQ(load(*hub, 0).boxes, (std::vector{page_box(2, 3, 20, 18, 1), page_box(4, 4, 10, 12, 0)}));
  EXPECT_TRUE(load(*hub, 1).boxes.empty());
}

TEST_F(Layouts, MasksInColour) {
  const OpenedData data = open("Segmentation folder with masks in colour");
  EXPECT_EQ(data.layout, "segmentation");
  EXPECT_EQ(data.train->classes(), (PageNames{"background", "sky"}));
  EXPECT_TRUE(data.remarks.empty());
  EXPECT_EQ(cv::countNonZero(load(*data.train, 0).masks.at(0) == 1), 24 * 32);
}

TEST_F(Layouts, Coco) {
  const SourcePtr source = open("COCO/instances_train.json").train;
  EXPECT_EQ(source->classes(), (PageNames{"person", "ball"}));
  ASSERT_EQ(source->size(), 1U);
  const augment::Sample sample = load(*source, 0);
  EXPECT_EQ(sample.boxes, (std::vector{page_box(4, 5, 12, 11, 1, 1), page_box(20, 2, 26, 22, 0, 2)}));
  ASSERT_EQ(sample.keypoints.size(), 1U);
  EXPECT_EQ(sample.keypoints[0].x, 6.5);
  EXPECT_EQ(sample.keypoints[0].instance, 1);
  ASSERT_EQ(sample.masks.size(), 1U);
  EXPECT_EQ(cv::countNonZero(sample.masks[0] == 2), 20);
  EXPECT_EQ(sample.masks[0].at<int>(2, 20), 2);
  EXPECT_EQ(sample.masks[0].at<int>(7, 7), 1);
  EXPECT_EQ(cv::countNonZero(sample.masks[0] == 1), 48);
}

TEST_F(Layouts, CocoAsOthersWriteIt) {
  const SourcePtr source = open("COCO/export/result.json").train;
  ASSERT_EQ(source->size(), 1U);
  const augment::Sample sample = load(*source, 0);
  EXPECT_EQ(sample.boxes, (std::vector{page_box(4, 5, 14, 13, 0, 1), page_box(20, 2, 26, 22, 0, 2)}));
  EXPECT_EQ(cv::countNonZero(sample.masks[0] == 1), 48 + 16 - 4);
  EXPECT_EQ(source->remarks().size(), 3U);  // a path of another place, an object without a box, `attributes`
}

TEST_F(Layouts, PascalVoc) {
  const SourcePtr source = open("Pascal VOC").train;
  EXPECT_EQ(source->classes(), (PageNames{"cat", "dog"}));
  EXPECT_EQ(load(*source, 0).boxes, (std::vector{page_box(2, 3, 20, 18, 1), page_box(0, 0, 32, 24, 0)}));
}

TEST_F(Layouts, PascalVocSideBySide) {
  const OpenedData data = open("Pascal VOC, side by side");
  ASSERT_EQ(data.train->size(), 2U);
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{page_box(2, 3, 20, 18, 0)}));
  EXPECT_TRUE(load(*data.train, 1).boxes.empty());
  ASSERT_TRUE(data.test);
  EXPECT_EQ(load(*data.test, 0).boxes, (std::vector{page_box(0, 0, 32, 24, 0)}));
}

TEST_F(Layouts, Yolo) {
  const OpenedData data = open("YOLO");
  EXPECT_EQ(data.train->classes(), (PageNames{"person", "ball"}));
  ASSERT_EQ(data.train->size(), 2U);
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->size(), 1U);
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{page_box(12, 6, 20, 18, 1), page_box(0, 0, 16, 24, 0)}));
  EXPECT_TRUE(load(*data.train, 1).boxes.empty());
}

TEST_F(Layouts, YoloOfDarknet) {
  const OpenedData data = open("YOLO: Darknet");
  EXPECT_EQ(data.train->classes(), (PageNames{"person", "ball"}));
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{page_box(12, 6, 20, 18, 1)}));
  ASSERT_TRUE(data.test);
  EXPECT_TRUE(load(*data.test, 0).boxes.empty());
}

TEST_F(Layouts, LabelMe) {
  const OpenedData data = open("LabelMe");
  EXPECT_EQ(data.layout, "LabelMe");
  EXPECT_EQ(data.train->classes(), (PageNames{"cat", "dog"}));
  const augment::Sample sample = load(*data.train, 0);
  EXPECT_EQ(sample.boxes, (std::vector{page_box(2, 3, 20, 18, 1, 1), page_box(4, 5, 12, 11, 0, 2)}));
  ASSERT_EQ(sample.keypoints.size(), 1U);
  EXPECT_EQ(sample.keypoints[0].instance, 2);
  EXPECT_EQ(cv::countNonZero(sample.masks.at(0) == 2), 48);
  ASSERT_EQ(data.remarks.size(), 1U);  // how keypoints are numbered
}

TEST_F(Layouts, Cvat) {
  for (const char* name : {"CVAT", "CVAT/annotations.xml"}) {
    const OpenedData data = open(name);
    EXPECT_EQ(data.layout, "CVAT");
    EXPECT_EQ(data.train->classes(), (PageNames{"cat", "dog", "indoor"}));
    const augment::Sample sample = load(*data.train, 0);
    EXPECT_EQ(sample.label, 2);
    EXPECT_EQ(sample.boxes, (std::vector{page_box(2, 3, 20, 18, 1, 1), page_box(5, 5, 7, 6, 0, 3)}));
    ASSERT_EQ(sample.rotated_boxes.size(), 1U);
    EXPECT_EQ(sample.rotated_boxes[0].x, 16);
    EXPECT_EQ(sample.rotated_boxes[0].angle, -30);
    EXPECT_EQ(cv::countNonZero(sample.masks.at(0) == 3), 2);
    ASSERT_TRUE(data.test);
    EXPECT_EQ(load(*data.test, 0).boxes, (std::vector{page_box(4, 5, 12, 11, 0, 1)}));
  }
}

TEST_F(Layouts, LabelStudio) {
  for (const char* name : {"Label Studio", "Label Studio/project-1.json"}) {
    const OpenedData data = open(name);
    EXPECT_EQ(data.layout, "Label Studio");
    EXPECT_EQ(data.train->classes(), (PageNames{"cat", "dog", "indoor"}));
    ASSERT_EQ(data.train->size(), 2U);
    const augment::Sample sample = load(*data.train, 0);
    EXPECT_EQ(sample.label, 2);
    EXPECT_EQ(sample.boxes, (std::vector{page_box(2, 3, 20, 18, 1, 1), page_box(4, 6, 12, 12, 0, 2)}));
    EXPECT_EQ(cv::countNonZero(sample.masks.at(0) == 2), 48);
    const augment::Sample point = load(*data.train, 1);
    ASSERT_EQ(point.keypoints.size(), 1U);
    EXPECT_EQ(point.keypoints[0].x, 16);
    EXPECT_EQ(point.keypoints[0].y, 12);
  }
}

TEST_F(Layouts, Kitti) {
  const OpenedData data = open("KITTI");
  EXPECT_EQ(data.layout, "KITTI");
  EXPECT_EQ(data.train->classes(), (PageNames{"Car", "Pedestrian"}));
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{page_box(2, 3, 20, 18, 1, 1)}));
  EXPECT_FALSE(data.test);
  EXPECT_EQ(data.remarks.size(), 3U);  // testing without labels, DontCare, numbers of three dimensions
}

TEST_F(Layouts, Dota) {
  const OpenedData data = open("DOTA");
  EXPECT_EQ(data.train->classes(), (PageNames{"plane", "ship"}));
  const augment::Sample sample = load(*data.train, 0);
  EXPECT_EQ(sample.boxes, (std::vector{page_box(2, 3, 20, 18, 0, 1)}));
  ASSERT_EQ(sample.rotated_boxes.size(), 1U);
  EXPECT_NEAR(sample.rotated_boxes[0].width, 6 * std::sqrt(2.0), 1e-9);
  EXPECT_NEAR(sample.rotated_boxes[0].angle, -45, 1e-9);
  ASSERT_TRUE(data.test);
}

TEST_F(Layouts, OpenImages) {
  const OpenedData data = open("Open Images");
  EXPECT_EQ(data.layout, "Open Images");
  EXPECT_EQ(data.train->classes(), (PageNames{"Dog", "Person"}));
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{page_box(2, 3, 20, 18, 0, 1)}));
  ASSERT_TRUE(data.test);
  EXPECT_EQ(load(*data.test, 0).boxes, (std::vector{page_box(8, 6, 16, 12, 1, 1)}));
}

TEST_F(Layouts, SegmentationByFoldersOfParts) {
  const OpenedData data = open("Segmentation by folders of parts");
  ASSERT_TRUE(data.test);
  for (const SourcePtr& part : {data.train, data.test})
    EXPECT_EQ(cv::countNonZero(load(*part, 0).masks.at(0) == 3), 100);
}

TEST_F(Layouts, SegmentationFolder) {
  const augment::Sample sample = load(*open("Segmentation folder").train, 0);
  ASSERT_EQ(sample.masks.size(), 1U);
  EXPECT_EQ(cv::countNonZero(sample.masks[0] == 3), 100);
}

TEST_F(Layouts, SegmentationFolderOfNnUnet) {
  const OpenedData data = open("Segmentation folder of nnU-Net");
  EXPECT_EQ(data.train->classes(), (PageNames{"background", "road", "2", "water"}));
  ASSERT_EQ(data.train->size(), 2U);
  const augment::Sample sample = load(*data.train, 1);
  EXPECT_EQ(sample.image.type(), CV_8UC(6));  // of two pictures in colour
  EXPECT_EQ(cv::countNonZero(sample.masks.at(0) == 3), 100);
  EXPECT_TRUE(data.remarks.empty());
}

TEST_F(Layouts, TarShards) {
  for (const char* name : {"Tar shards", "Tar shards/shards-000.tar", "Tar shards/shards-{000..000}.tar"}) {
    const SourcePtr source = open(name).train;
    EXPECT_EQ(source->classes(), (PageNames{"0", "1", "2"}));
    ASSERT_EQ(source->size(), 3U);
    EXPECT_EQ(source->label(0), 2);
    EXPECT_EQ(source->label(1), 0);
    EXPECT_EQ(source->label(2), 1);
    EXPECT_EQ(load(*source, 1).boxes, (std::vector{page_box(2, 3, 20, 18, 1)}));
    EXPECT_EQ(load(*source, 0).image.size(), cv::Size(32, 24));
  }
}

TEST_F(Layouts, LabelsOfObjectsAreThoseOfTheBoxes) {
  std::vector<fs::path> data{root_.path() / "COCO/instances_train.json",
                             root_.path() / "COCO/export/result.json"};
  for (const auto& entry : fs::directory_iterator(root_.path()))
    if (fs::is_directory(entry.path()) && entry.path().filename() != "COCO") data.push_back(entry.path());
  std::size_t told = 0;
  for (const fs::path& one : data) {
    SCOPED_TRACE(one.string());
    const SourcePtr source = open_data(one.string()).train;
    for (std::size_t i = 0; i < source->size(); ++i) {
      const std::vector<int> labels = source->object_labels(i);
      if (labels.empty()) continue;
      const augment::Sample sample = load(*source, i);
      std::vector<int> boxes;
      for (const auto& box : sample.boxes) boxes.push_back(box.label);
      for (const auto& box : sample.rotated_boxes) boxes.push_back(box.label);
      EXPECT_TRUE(std::ranges::is_permutation(labels, boxes)) << i;
      ++told;
    }
    // A pack of it tells the same.
    if (std::ranges::any_of(std::views::iota(std::size_t{0}, source->size()),
                            [&](std::size_t i) { return !source->object_labels(i).empty(); })) {
      const fs::path out = root_.path().string() + ".pack";
      fs::remove_all(out);
      write_pack(*source, out, {});
      const PackSource pack(out);
      ASSERT_EQ(pack.size(), source->size());
      for (std::size_t i = 0; i < source->size(); ++i)
        EXPECT_TRUE(std::ranges::is_permutation(pack.object_labels(i), source->object_labels(i))) << i;
      fs::remove_all(out);
    }
  }
  EXPECT_GT(told, 14U);
}

TEST_F(Layouts, EachIsTheSameInAZip) {
  for (const auto& entry : fs::directory_iterator(root_.path())) {
    const fs::path folder = entry.path();
    const std::string name = folder.filename().string();
    if (!fs::is_directory(folder) || name == "COCO") continue;  // two data sets in one
    for (const bool pack : {false, true}) {
      // What is read at any place isn't packed in an archive.
      const bool ranges = name == "Tar shards" || name == "Arrays: NumPy" || name == "Parquet" ||
                          name == "TFRecord" || name == "MDS" || name.starts_with("LMDB");
      if (pack && ranges) continue;
      SCOPED_TRACE(name);
      const fs::path zip = zip_folder(folder, root_.path() / (name + (pack ? "-packed.ZIP" : ".zip")), pack);
      expect_same(open_data(folder.string()), open_data(zip.string()), folder.string(), zip.string());
    }
  }
  for (const char* name : {"instances_train.json", "export/result.json"}) {
    const fs::path folder = root_.path() / "COCO", zip = zip_folder(folder, root_.path() / "COCO.zip", true);
    expect_same(open_data((folder / name).string()), open_data((zip / name).string()), folder.string(),
                zip.string());
  }
}

}  // namespace
}  // namespace doppel::dataset
