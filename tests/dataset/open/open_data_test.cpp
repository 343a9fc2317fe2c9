// Every layout of docs/data.md, as it stands there; and what damaged ones get.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <opencv2/core.hpp>
#include <sstream>

#include "dataset/npy_bytes.h"
#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/pascal_voc.h"
#include "doppel/dataset/sources/segmentation_folder.h"
#include "doppel/dataset/sources/tar_shards.h"
#include "doppel/dataset/sources/yolo.h"
#include "error_of.h"
#include "same_data.h"
#include "sources/run_length.h"
#include "zip_bytes.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

cv::Mat picture(int seed = 0) { return {24, 32, CV_8UC3, cv::Scalar(40 + seed, 90, 200)}; }

void write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  write_file(file, text);
}

void write_picture(const fs::path& file) {
  fs::create_directories(file.parent_path());
  if (file.string().find("asks/") != std::string::npos) {
    cv::Mat mask(24, 32, CV_8UC1, cv::Scalar(0));
    mask(cv::Rect(4, 4, 10, 10)).setTo(3);
    return write_png(file, mask);
  }
  if (file.extension() == ".jpg") return write_file(file, encode_jpeg(picture(), 95));
  write_png(file, picture());  // its first bytes say what it is, whatever its name
}

/// A ustar member.
std::string member(const std::string& name, std::string_view content, char type = '0') {
  std::string header(512, '\0');
  name.copy(header.data(), 100);
  std::snprintf(header.data() + 100, 8, "%07o", 0644);
  std::snprintf(header.data() + 124, 12, "%011zo", content.size());
  header[156] = type;
  std::string("ustar").copy(header.data() + 257, 5);
  header.replace(263, 2, "00");
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(header.data() + 148, 8, "%06o", sum);
  std::string whole = header + std::string(content);
  whole.resize((whole.size() + 511) / 512 * 512, '\0');
  return whole;
}

std::string png_text() {
  const auto bytes = encode_png(picture());
  return {bytes.begin(), bytes.end()};
}

/// A block's lines: a member's name, and its content unless it is a picture.
std::string tar_of(const std::string& block) {
  std::istringstream lines(block);
  std::string tar;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    tar +=
        blank == line.npos ? member(line, png_text()) : member(line.substr(0, blank), line.substr(blank + 1));
  }
  return tar + std::string(1024, '\0');
}

/// A block's lines: a .npy's name, its type and its shape. Numbers count 0, 1, 2 ….
void write_arrays(const fs::path& folder, const std::string& block) {
  std::istringstream lines(block);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, type;
    words >> name >> type;
    std::vector<std::size_t> shape;
    std::size_t count = 1;
    for (std::size_t size; words >> size; count *= size) shape.push_back(size);
    std::vector<std::int64_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0);
    write(folder / name, type == "|u1"
                             ? npy_of(type, shape, std::vector<char>(numbers.begin(), numbers.end()))
                             : npy_of(type, shape, numbers));
  }
}

/// Writes the examples of docs/data.md below `root`, a folder for each heading.
void write_examples(const fs::path& root) {
  std::ifstream page(DOPPEL_DATA_PAGE);
  ASSERT_TRUE(page);
  std::string heading, kind, file, block;
  for (std::string line; std::getline(page, line);) {
    if (kind.empty() && line.starts_with("## ")) heading = line.substr(3);
    if (!line.starts_with("```")) {
      if (!kind.empty()) block += line + "\n";
      continue;
    }
    if (kind.empty()) {
      kind = line.substr(3, line.find(' ') - 3);
      const std::size_t named = line.find("file=");
      file = named == line.npos ? "" : line.substr(named + 5);
      block.clear();
      continue;
    }
    const fs::path folder = root / heading;
    std::istringstream lines(block);
    if (kind == "tree")
      for (std::string name; std::getline(lines, name);) write_picture(folder / name);
    else if (kind == "arrays")
      write_arrays(folder, block);
    else if (kind == "made")  // by another tool: where it goes, and where it is below tests/dataset/data
      for (std::string to, from; lines >> to >> from;) {
        fs::create_directories((folder / to).parent_path());
        fs::copy_file(fs::path(DOPPEL_DATASET_DATA) / from, folder / to);
      }
    else if (kind == "tar")
      write(folder / file, tar_of(block));
    else
      write(folder / file, block);
    kind.clear();
  }
}

class Layouts : public testing::Test {
 protected:
  void SetUp() override { write_examples(root_.path()); }
  OpenedData open(const std::string& data) { return open_data((root_.path() / data).string()); }
  TemporaryFolder root_;
};

using Names = std::vector<std::string>;
augment::Box box(double x0, double y0, double x1, double y1, int label, int instance = -1) {
  return {x0, y0, x1, y1, label, 1, instance};
}

TEST_F(Layouts, ImageFolder) {
  const SourcePtr source = open("Image folder").train;
  EXPECT_EQ(source->classes(), (Names{"cat", "dog"}));
  ASSERT_EQ(source->size(), 3U);
  EXPECT_EQ(source->label(2), 1);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(load(*source, i).image.size(), cv::Size(32, 24));
}

TEST_F(Layouts, Arrays) {
  const OpenedData data = open("Arrays: NumPy");
  EXPECT_EQ(data.train->classes(), (Names{"circle", "square", "cross", "line"}));
  ASSERT_EQ(data.train->size(), 4U);
  ASSERT_EQ(data.test->size(), 2U);
  EXPECT_EQ(data.test->label(1), 1);
  EXPECT_EQ(load(*data.train, 1).image.at<unsigned char>(0, 2), 50);
  EXPECT_TRUE(data.remarks.empty());
}

TEST_F(Layouts, Parquet) {
  const OpenedData data = open("Parquet");
  EXPECT_EQ(data.layout, "Parquet");
  EXPECT_EQ(data.train->classes(), (Names{"cat", "dog", "owl"}));
  EXPECT_EQ(data.train->size(), 10U);
  EXPECT_EQ(data.test->size(), 5U);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(load(*data.train, i).image.size(), cv::Size(8, 6));
}

TEST_F(Layouts, TfRecord) {
  const OpenedData data = open("TFRecord");
  EXPECT_EQ(data.layout, "TFRecord");
  EXPECT_EQ(data.train->classes(), (Names{"person", "ball"}));
  EXPECT_EQ(load(*data.train, 0).boxes.size(), 2U);
}

TEST_F(Layouts, Mds) {
  const OpenedData data = open("MDS");
  EXPECT_EQ(data.layout, "parts");
  EXPECT_EQ(open("MDS/train").layout, "MDS");
  EXPECT_EQ(data.train->size(), 3U);
  EXPECT_EQ(data.test->size(), 3U);
}

TEST_F(Layouts, ManifestsSayTheSame) {
  for (const char* name : {"Manifest: CSV/manifest.csv", "Manifest: JSON lines/manifest.jsonl"}) {
    const SourcePtr source = open(name).train;
    EXPECT_EQ(source->classes(), (Names{"chair", "indoor", "lamp", "outdoor"}));
    ASSERT_EQ(source->size(), 2U);
    EXPECT_EQ(source->label(0), 1);
    EXPECT_EQ(source->label(1), 3);
    const augment::Sample one = load(*source, 0);
    EXPECT_EQ(one.boxes, (std::vector{box(2, 3, 20, 18, 0), box(4, 4, 10, 12, 2)}));
    EXPECT_TRUE(load(*source, 1).boxes.empty());
  }
  const augment::Sample soft = load(*open("Manifest: JSON lines/manifest.jsonl").train, 1);
  EXPECT_EQ(soft.label_shares, (std::vector<augment::LabelShare>{{3, 0.8}, {1, 0.2}}));
}

TEST_F(Layouts, ManifestOfSeveralLabels) {
  const SourcePtr source = open("Manifest: several labels/several.csv").train;
  EXPECT_EQ(source->classes(), (Names{"indoor", "night"}));
  EXPECT_EQ(source->label_shares(0), (std::vector<augment::LabelShare>{{0, 1}, {1, 1}}));
  EXPECT_EQ(source->label(1), 1);
  EXPECT_EQ(load(*source, 2).label, -1);
  EXPECT_EQ(load(*source, 2).label_shares, (std::vector<augment::LabelShare>{{0, 0}}));
}

TEST_F(Layouts, ManifestsOfOtherPrograms) {
  const SourcePtr boxes = open("Manifest: CSV of other programs/boxes.csv").train;
  EXPECT_EQ(boxes->classes(), (Names{"cat", "dog"}));
  EXPECT_EQ(load(*boxes, 0).boxes, (std::vector{box(2, 3, 20, 18, 1), box(4, 4, 10, 12, 0)}));
  const SourcePtr hub = open("Manifest: Hugging Face").train;
  EXPECT_EQ(hub->classes(), (Names{"0", "1"}));
  EXPECT_EQ(load(*hub, 0).boxes, (std::vector{box(2, 3, 20, 18, 1), box(4, 4, 10, 12, 0)}));
  EXPECT_TRUE(load(*hub, 1).boxes.empty());
}

TEST_F(Layouts, MasksInColour) {
  const OpenedData data = open("Segmentation folder with masks in colour");
  EXPECT_EQ(data.layout, "segmentation");
  EXPECT_EQ(data.train->classes(), (Names{"background", "sky"}));
  EXPECT_TRUE(data.remarks.empty());
  EXPECT_EQ(cv::countNonZero(load(*data.train, 0).masks.at(0) == 1), 24 * 32);
}

TEST_F(Layouts, Coco) {
  const SourcePtr source = open("COCO/instances_train.json").train;
  EXPECT_EQ(source->classes(), (Names{"person", "ball"}));
  ASSERT_EQ(source->size(), 1U);
  const augment::Sample sample = load(*source, 0);
  EXPECT_EQ(sample.boxes, (std::vector{box(4, 5, 12, 11, 1, 1), box(20, 2, 26, 22, 0, 2)}));
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
  EXPECT_EQ(sample.boxes, (std::vector{box(4, 5, 14, 13, 0, 1), box(20, 2, 26, 22, 0, 2)}));
  EXPECT_EQ(cv::countNonZero(sample.masks[0] == 1), 48 + 16 - 4);
  EXPECT_EQ(source->remarks().size(), 3U);  // a path of another place, an object without a box, `attributes`
}

TEST_F(Layouts, PascalVoc) {
  const SourcePtr source = open("Pascal VOC").train;
  EXPECT_EQ(source->classes(), (Names{"cat", "dog"}));
  EXPECT_EQ(load(*source, 0).boxes, (std::vector{box(2, 3, 20, 18, 1), box(0, 0, 32, 24, 0)}));
}

TEST_F(Layouts, PascalVocSideBySide) {
  const OpenedData data = open("Pascal VOC, side by side");
  ASSERT_EQ(data.train->size(), 2U);
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{box(2, 3, 20, 18, 0)}));
  EXPECT_TRUE(load(*data.train, 1).boxes.empty());
  ASSERT_TRUE(data.test);
  EXPECT_EQ(load(*data.test, 0).boxes, (std::vector{box(0, 0, 32, 24, 0)}));
}

TEST_F(Layouts, Yolo) {
  const OpenedData data = open("YOLO");
  EXPECT_EQ(data.train->classes(), (Names{"person", "ball"}));
  ASSERT_EQ(data.train->size(), 2U);
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->size(), 1U);
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{box(12, 6, 20, 18, 1), box(0, 0, 16, 24, 0)}));
  EXPECT_TRUE(load(*data.train, 1).boxes.empty());
}

TEST_F(Layouts, YoloOfDarknet) {
  const OpenedData data = open("YOLO: Darknet");
  EXPECT_EQ(data.train->classes(), (Names{"person", "ball"}));
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{box(12, 6, 20, 18, 1)}));
  ASSERT_TRUE(data.test);
  EXPECT_TRUE(load(*data.test, 0).boxes.empty());
}

TEST_F(Layouts, LabelMe) {
  const OpenedData data = open("LabelMe");
  EXPECT_EQ(data.layout, "LabelMe");
  EXPECT_EQ(data.train->classes(), (Names{"cat", "dog"}));
  const augment::Sample sample = load(*data.train, 0);
  EXPECT_EQ(sample.boxes, (std::vector{box(2, 3, 20, 18, 1, 1), box(4, 5, 12, 11, 0, 2)}));
  ASSERT_EQ(sample.keypoints.size(), 1U);
  EXPECT_EQ(sample.keypoints[0].instance, 2);
  EXPECT_EQ(cv::countNonZero(sample.masks.at(0) == 2), 48);
  ASSERT_EQ(data.remarks.size(), 1U);  // how keypoints are numbered
}

TEST_F(Layouts, Cvat) {
  for (const char* name : {"CVAT", "CVAT/annotations.xml"}) {
    const OpenedData data = open(name);
    EXPECT_EQ(data.layout, "CVAT");
    EXPECT_EQ(data.train->classes(), (Names{"cat", "dog", "indoor"}));
    const augment::Sample sample = load(*data.train, 0);
    EXPECT_EQ(sample.label, 2);
    EXPECT_EQ(sample.boxes, (std::vector{box(2, 3, 20, 18, 1, 1), box(5, 5, 7, 6, 0, 3)}));
    ASSERT_EQ(sample.rotated_boxes.size(), 1U);
    EXPECT_EQ(sample.rotated_boxes[0].x, 16);
    EXPECT_EQ(sample.rotated_boxes[0].angle, -30);
    EXPECT_EQ(cv::countNonZero(sample.masks.at(0) == 3), 2);
    ASSERT_TRUE(data.test);
    EXPECT_EQ(load(*data.test, 0).boxes, (std::vector{box(4, 5, 12, 11, 0, 1)}));
  }
}

TEST_F(Layouts, LabelStudio) {
  for (const char* name : {"Label Studio", "Label Studio/project-1.json"}) {
    const OpenedData data = open(name);
    EXPECT_EQ(data.layout, "Label Studio");
    EXPECT_EQ(data.train->classes(), (Names{"cat", "dog", "indoor"}));
    ASSERT_EQ(data.train->size(), 2U);
    const augment::Sample sample = load(*data.train, 0);
    EXPECT_EQ(sample.label, 2);
    EXPECT_EQ(sample.boxes, (std::vector{box(2, 3, 20, 18, 1, 1), box(4, 6, 12, 12, 0, 2)}));
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
  EXPECT_EQ(data.train->classes(), (Names{"Car", "Pedestrian"}));
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{box(2, 3, 20, 18, 1, 1)}));
  EXPECT_FALSE(data.test);
  EXPECT_EQ(data.remarks.size(), 3U);  // testing without labels, DontCare, numbers of three dimensions
}

TEST_F(Layouts, Dota) {
  const OpenedData data = open("DOTA");
  EXPECT_EQ(data.train->classes(), (Names{"plane", "ship"}));
  const augment::Sample sample = load(*data.train, 0);
  EXPECT_EQ(sample.boxes, (std::vector{box(2, 3, 20, 18, 0, 1)}));
  ASSERT_EQ(sample.rotated_boxes.size(), 1U);
  EXPECT_NEAR(sample.rotated_boxes[0].width, 6 * std::sqrt(2.0), 1e-9);
  EXPECT_NEAR(sample.rotated_boxes[0].angle, -45, 1e-9);
  ASSERT_TRUE(data.test);
}

TEST_F(Layouts, OpenImages) {
  const OpenedData data = open("Open Images");
  EXPECT_EQ(data.layout, "Open Images");
  EXPECT_EQ(data.train->classes(), (Names{"Dog", "Person"}));
  EXPECT_EQ(load(*data.train, 0).boxes, (std::vector{box(2, 3, 20, 18, 0, 1)}));
  ASSERT_TRUE(data.test);
  EXPECT_EQ(load(*data.test, 0).boxes, (std::vector{box(8, 6, 16, 12, 1, 1)}));
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

TEST_F(Layouts, WhoReadsALongListSaysHowFarItIs) {
  for (const char* name :
       {"Image folder", "Manifest: CSV/manifest.csv", "Manifest: JSON lines/manifest.jsonl",
        "COCO/instances_train.json", "Pascal VOC", "YOLO", "Segmentation folder", "Tar shards"}) {
    std::size_t calls = 0;
    open_data((root_.path() / name).string(), {.progress = [&](std::size_t done, std::size_t all) {
                EXPECT_TRUE(all == 0 || done <= all) << name << ": " << done << " of " << all;
                ++calls;
              }});
    EXPECT_GT(calls, 0U) << name;
  }
}

TEST_F(Layouts, TarShards) {
  for (const char* name : {"Tar shards", "Tar shards/shards-000.tar", "Tar shards/shards-{000..000}.tar"}) {
    const SourcePtr source = open(name).train;
    EXPECT_EQ(source->classes(), (Names{"0", "1", "2"}));
    ASSERT_EQ(source->size(), 3U);
    EXPECT_EQ(source->label(0), 2);
    EXPECT_EQ(source->label(1), 0);
    EXPECT_EQ(source->label(2), 1);
    EXPECT_EQ(load(*source, 1).boxes, (std::vector{box(2, 3, 20, 18, 1)}));
    EXPECT_EQ(load(*source, 0).image.size(), cv::Size(32, 24));
  }
}

TEST_F(Layouts, EachIsTheSameInAZip) {
  for (const auto& entry : fs::directory_iterator(root_.path())) {
    const fs::path folder = entry.path();
    const std::string name = folder.filename().string();
    if (!fs::is_directory(folder) || name == "COCO") continue;  // two data sets in one
    for (const bool pack : {false, true}) {
      // What is read at any place isn't packed in an archive.
      const bool ranges = name == "Tar shards" || name == "Arrays: NumPy" || name == "Parquet" ||
                          name == "TFRecord" || name == "MDS";
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

TEST_F(Layouts, SeveralLabelsOfAPictureAreEachThere) {
  const fs::path folder = root_.path() / "Manifest: CSV";
  const auto put = [&](const char* name, const std::string& text) {
    write_file(folder / name, {reinterpret_cast<const unsigned char*>(text.data()), text.size()});
    return folder / name;
  };
  const Manifest csv(put("several.csv", "path,labels\nphotos/1.png,night;indoor\nphotos/2.png,indoor\n"));
  const Manifest lines(put("several.jsonl",
                           "{\"path\": \"photos/1.png\", \"labels\": [\"night\", \"indoor\"]}\n"
                           "{\"path\": \"photos/2.png\", \"labels\": [\"indoor\"]}\n"));
  for (const Manifest* source : {&csv, &lines}) {
    EXPECT_EQ(source->classes(), (Names{"indoor", "night"}));
    EXPECT_EQ(load(*source, 0).label_shares, (std::vector<augment::LabelShare>{{1, 1}, {0, 1}}));
    EXPECT_EQ(source->label_shares(0), load(*source, 0).label_shares);
    EXPECT_EQ(source->label(1), 0);
    EXPECT_TRUE(load(*source, 1).label_shares.empty());
  }
}

TEST_F(Layouts, AManifestThatIsWrongNamesItsLine) {
  const fs::path folder = root_.path() / "Manifest: CSV", csv = folder / "bad.csv",
                 lines = folder / "bad.jsonl";
  const std::vector<std::pair<std::string, std::string>> csvs{
      {"", "empty"},
      {"name,label\na,b\n", "line 1: no column is called path"},
      {"path,label\nphotos/1.png\n", "line 2: 1 fields where the header has 2"},
      {"path,label\n../up.png,x\n", "line 2: '../up.png' leaves the folder"},
      {"path,label\n/etc/passwd,x\n", "line 2: '/etc/passwd' leaves the folder"},
      {"path,label,x0\na,b,1\n", "a box needs all of"},
      {"path,label,label\na,b,c\n", "two columns are called 'label'"},
      {"path,label,x0,y0,x1,y1\na,b,1,2,three,4\n", "line 2: 'three' isn't a number"},
      {"path,label,x0,y0,x1,y1\na,b,1,2,nan,4\n", "line 2: 'nan' isn't a number"},
      {"path,label\n\"a,b\n", "a quote is never closed"}};
  for (const auto& [text, expected] : csvs) {
    write_file(csv, text);
    const std::string error = error_of([&] { Manifest{csv}; });
    EXPECT_NE(error.find(expected), error.npos) << text << " gave: " << error;
    EXPECT_NE(error.find("bad.csv"), error.npos);
  }
  const std::string deep = "{\"path\": " + std::string(100000, '[') + std::string(100000, ']') + "}";
  const std::vector<std::pair<std::string, std::string>> jsons{
      {"[1]\n", "entry 1: not a JSON object"},
      {"{\"path\": \"photos/1.png\"}\n{\"label\": 3}\n", "line 2: no `path`"},
      {"{\"path\": \"a\", \"boxes\": [[1, 2, 3]]}\n", "a box is"},
      {"{\"path\": \"a\", \"label\": {\"x\": -1}}\n", "the share of 'x' is negative"},
      {"{\"path\": \"a\", \"label\": [1]}\n", "a label must be"},
      {"{\"path\": \"a\"\n", "line 1"},
      {deep, "line 1"}};
  for (const auto& [text, expected] : jsons) {
    write_file(lines, text);
    const std::string error = error_of([&] { Manifest{lines}; });
    EXPECT_NE(error.find(expected), error.npos) << text.substr(0, 80) << " gave: " << error;
  }
}

TEST_F(Layouts, ACocoFileThatIsWrongNamesTheAnnotation) {
  const fs::path file = root_.path() / "COCO/bad.json";
  const std::string head =
      R"({"images": [{"id": 1, "file_name": "1.png"}], "categories": [{"id": 1, "name": "a"}],)";
  const std::vector<std::pair<std::string, std::string>> files{
      {"", "bad.json"},
      {"[]", "not a JSON object"},
      {"{}", "no list `categories`"},
      {head + R"("annotations": [{"image_id": 2, "category_id": 1, "bbox": [0, 0, 1, 1]}]})",
       "annotation 0: belongs to image 2"},
      {head + R"("annotations": [{"image_id": 1, "category_id": 5, "bbox": [0, 0, 1, 1]}]})", "category 5"},
      {head + R"("annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1]}]})", "four numbers"},
      {head + R"("annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1],
        "segmentation": {"size": [2, 2], "counts": [1, 2]}}]})",
       "3 pixels for a mask of 2 x 2"},
      {head + R"("annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1],
        "segmentation": {"size": [2, 2], "counts": "!!"}}]})",
       "damaged"},
      {R"({"images": [{"id": 1, "file_name": "../1.png"}], "categories": [], "annotations": []})",
       "leaves the folder"},
      {R"({"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}], "categories": [], "annotations": []})",
       "two images have the id 1"},
      {std::string(100000, '[') + std::string(100000, ']'), "bad.json"}};
  for (const auto& [text, expected] : files) {
    write_file(file, text);
    const std::string error = error_of([&] { Coco{file}; });
    EXPECT_NE(error.find(expected), error.npos) << text.substr(0, 200) << " gave: " << error;
  }
}

TEST_F(Layouts, XmlThatIsWrongNamesItsFile) {
  const fs::path voc = root_.path() / "Pascal VOC/Annotations/1.xml";
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"", "1.xml"},
           {"<annotation>", "1.xml"},
           {"<annotation><filename>9.jpg</filename></annotation>", ""},
           {"<annotation><filename>../../x.jpg</filename></annotation>", "leaves the folder"},
           {"<annotation><object><name>a</name></object></annotation>", "without <name> or <bndbox>"},
           {"<annotation><object><name>a</name><bndbox><xmin>x</xmin></bndbox></object></annotation>",
            "a number for xmin"}}) {
    write_file(voc, text);
    const std::string error = error_of([&] { PascalVoc(root_.path() / "Pascal VOC"); });
    EXPECT_NE(error.find(expected), error.npos) << text << " gave: " << error;
    EXPECT_EQ(error.empty(), expected.empty()) << error;
  }
}

TEST_F(Layouts, ATarThatIsWrongSaysWhere) {
  const fs::path file = root_.path() / "x.tar";
  const std::string good = member("a.png", png_text()) + member("a.cls", "1"), end(1024, '\0');
  const auto error = [&](const std::string& bytes) {
    write_file(file, bytes);
    return error_of([&] { TarShards{{file}}; });
  };
  EXPECT_EQ(error(good + end), "");
  EXPECT_EQ(error(good), "") << "the end's mark may be missing";
  EXPECT_NE(error(good.substr(0, 600)).find("truncated"), std::string::npos);
  EXPECT_NE(error(std::string(2048, 'x')).find("tar"), std::string::npos);
  EXPECT_NE(error("").find("no images"), std::string::npos);
  EXPECT_NE(error(good + good + end).find("x.tar:a.png: two members have this name"), std::string::npos);
  EXPECT_NE(error(good + member("b.png", png_text()) + good + end).find("two members have this name"),
            std::string::npos);
  std::string lying = good;
  lying.replace(124, 11, "77777777777");
  EXPECT_NE(error(lying + end).find("header"), std::string::npos);
  EXPECT_NE(error(member("a.json", "{\"label\": [1]}") + end).find("a.json"), std::string::npos);
  EXPECT_NE(error(member("a.json", std::string(100000, '[')) + end).find("a.json"), std::string::npos);
  EXPECT_NE(error(member("x", std::string(70000, 'p'), 'x') + good + end).find("extended header"),
            std::string::npos);
  // Links and folders are passed over, names that lead away are only names.
  EXPECT_EQ(error(member("l", "", '2') + member("d/", "", '5') + member("../../a.png", png_text()) + end),
            "");
  EXPECT_FALSE(fs::exists(root_.path().parent_path() / "a.png"));
  // A long name by pax, and one by GNU.
  const std::string long_name = std::string(120, 'n') + "/b.png";
  std::string pax = " path=" + long_name + "\n";
  pax = std::to_string(pax.size() + 3) + pax;
  const std::string by_pax = member("pax", pax, 'x') + member("short", png_text()),
                    by_gnu = member("link", long_name, 'L') + member("short", png_text());
  for (const std::string& one : {by_pax, by_gnu}) {
    EXPECT_EQ(error(one + end), "");
    EXPECT_NE(TarShards({file}).name(0).find("n/b"), std::string::npos);
  }
  // It shrinks while it is open.
  write_file(file, good + end);
  const TarShards shards({file});
  fs::resize_file(file, 512);
  EXPECT_NE(error_of([&] { (void)shards.read(0); }).find("ends"), std::string::npos);
}

TEST(OpenData, KnowsItsSamplesAndFilesByTheirEnding) {
  const TemporaryFolder folder;
  EXPECT_THROW(open_data("sample:cats"), UsageError);
  EXPECT_NE(error_of([] { open_data("/no/such/place"); }).find("there is no file or folder '/no/such/place'"),
            std::string::npos);
  EXPECT_NE(error_of([] { open_data(std::string(5000, 'a')); }).find("there is no file or folder"),
            std::string::npos);
  fs::create_symlink("itself", folder.path() / "itself");
  EXPECT_NE(
      error_of([&] { open_data((folder.path() / "itself").string()); }).find("there is no file or folder"),
      std::string::npos);
  write(folder.path() / "x.feather", "PAR1");
  EXPECT_NE(error_of([&] {
              open_data((folder.path() / "x.feather").string());
            }).find("is no data set that doppel knows"),
            std::string::npos);
  write_picture(folder.path() / "1.png");
  EXPECT_EQ(open_data((folder.path() / "1.png").string()).train->size(), 1U);
  write(folder.path() / "1.txt", "0 .5 .5 .5 .5");
  const std::string yaml = (folder.path() / "my.yaml").string();
  write(yaml, "names: [a]\ntrain: .\n");
  EXPECT_EQ(open_data(yaml).layout, "YOLO");
  EXPECT_EQ(load(*open_data(yaml).train, 0).boxes.size(), 1U);
  for (const auto& [name, looks] : layout_help()) EXPECT_FALSE(name.empty() || looks.empty());
}

TEST(OpenData, IsTheSameFromInsideAFolder) {
  const TemporaryFolder folder;
  for (const char* name : {"images/train/1.png", "images/val/2.png"}) write_picture(folder.path() / name);
  write(folder.path() / "labels/train/1.txt", "0 .5 .5 .5 .5");
  write(folder.path() / "data.yaml", "path: .\ntrain: images/train\nval: images/val\nnames: [a]\n");
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  for (const char* name : {".", "./", "data.yaml", "./data.yaml", "images/.."}) {
    const std::string error = error_of([&] {
      const OpenedData data = open_data(name);
      EXPECT_EQ(load(*data.train, 0).boxes.size(), 1U) << name;
      EXPECT_EQ(load(*data.test, 0).boxes.size(), 0U) << name;
    });
    EXPECT_EQ(error, "") << name;
  }
  fs::current_path(before);
}

TEST(OpenData, SamplesAreThereAndBalanced) {
  const OpenedData data = open_data("sample:digits");
  for (const SourcePtr& part : {data.train, data.test}) {
    ASSERT_EQ(part->size(), 2000U);
    std::map<int, int> counts;
    for (std::size_t i = 0; i < part->size(); ++i) ++counts[part->label(i)];
    for (const auto& [label, n] : counts) EXPECT_EQ(n, 200) << label;
    EXPECT_EQ(load(*part, 7).image.size(), cv::Size(28, 28));
  }
  const OpenedData photos = open_data("sample:photos");
  EXPECT_EQ(photos.train->size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(load(*photos.train, i).image.channels(), 3);
}

TEST(RunLength, ReadsCocosText) {
  // From cocoapi: a 3 x 3 mask whose middle column is set has the runs 3, 3, 3.
  EXPECT_EQ(runs_from_text("333"), (std::vector<std::uint32_t>{3, 3, 3}));
  EXPECT_THROW(runs_from_text("o"), Error);
  EXPECT_THROW(runs_from_text("oooooooooo0"), Error);
}

TEST(Braces, NameARange) {
  EXPECT_EQ(expand_braces("a-{08..11}.tar"),
            (std::vector<fs::path>{"a-08.tar", "a-09.tar", "a-10.tar", "a-11.tar"}));
  EXPECT_EQ(expand_braces("a.tar"), (std::vector<fs::path>{"a.tar"}));
  EXPECT_EQ(expand_braces("{b,a}-{9..10}.tar"),
            (std::vector<fs::path>{"b-9.tar", "b-10.tar", "a-9.tar", "a-10.tar"}));
  EXPECT_THROW(expand_braces("{0..999999}{0..9}.tar"), UsageError);
  EXPECT_THROW(expand_braces("a-{3..1}.tar"), UsageError);
  EXPECT_THROW(expand_braces("a-{x..y}.tar"), UsageError);
}

}  // namespace
}  // namespace doppel::dataset
