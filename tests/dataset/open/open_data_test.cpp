// What damaged layouts get, and what opens any of them.
#include "doppel/dataset/open/open_data.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "dataset/open/data_page.h"
#include "dataset/written_files.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/pascal_voc.h"
#include "doppel/dataset/sources/segmentation_folder.h"
#include "doppel/dataset/sources/tar_shards.h"
#include "doppel/dataset/sources/yolo.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

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

TEST_F(Layouts, SeveralLabelsOfAnImageAreEachThere) {
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
    EXPECT_EQ(source->classes(), (PageNames{"indoor", "night"}));
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

TEST_F(Layouts, NamesOfClassesAreUtf8) {
  put_image(root_.path() / "1.png");
  put_text(root_.path() / "data.csv", "path,label\n1.png,caf\xe9\n");
  const std::string why = error_of([&] { open_data(root_.path().string()); });
  EXPECT_NE(why.find("(café as ISO 8859-1) isn't UTF-8"), std::string::npos) << why;
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
  const std::string good = example_member("a.png", example_png()) + example_member("a.cls", "1"),
                    end(1024, '\0');
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
  EXPECT_NE(
      error(good + example_member("b.png", example_png()) + good + end).find("two members have this name"),
      std::string::npos);
  std::string lying = good;
  lying.replace(124, 11, "77777777777");
  EXPECT_NE(error(lying + end).find("header"), std::string::npos);
  EXPECT_NE(error(example_member("a.json", "{\"label\": [1]}") + end).find("a.json"), std::string::npos);
  EXPECT_NE(error(example_member("a.json", std::string(100000, '[')) + end).find("a.json"),
            std::string::npos);
  EXPECT_NE(error(example_member("x", std::string(70000, 'p'), 'x') + good + end).find("extended header"),
            std::string::npos);
  // Links and folders are passed over, names that lead away are only names.
  EXPECT_EQ(error(example_member("l", "", '2') + example_member("d/", "", '5') +
                  example_member("../../a.png", example_png()) + end),
            "");
  EXPECT_FALSE(fs::exists(root_.path().parent_path() / "a.png"));
  // A long name by pax, and one by GNU.
  const std::string long_name = std::string(120, 'n') + "/b.png";
  std::string pax = " path=" + long_name + "\n";
  pax = std::to_string(pax.size() + 3) + pax;
  const std::string by_pax = example_member("pax", pax, 'x') + example_member("short", example_png()),
                    by_gnu = example_member("link", long_name, 'L') + example_member("short", example_png());
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
  write_example(folder.path() / "x.feather", "PAR1");
  EXPECT_NE(error_of([&] {
              open_data((folder.path() / "x.feather").string());
            }).find("is no data set that doppel knows"),
            std::string::npos);
  write_example_image(folder.path() / "1.png");
  EXPECT_EQ(open_data((folder.path() / "1.png").string()).train->size(), 1U);
  write_example(folder.path() / "1.txt", "0 .5 .5 .5 .5");
  const std::string yaml = (folder.path() / "my.yaml").string();
  write_example(yaml, "names: [a]\ntrain: .\n");
  EXPECT_EQ(open_data(yaml).layout, "YOLO");
  EXPECT_EQ(load(*open_data(yaml).train, 0).boxes.size(), 1U);
  for (const auto& [name, looks] : layout_help()) EXPECT_FALSE(name.empty() || looks.empty());
}

TEST(OpenData, IsTheSameFromInsideAFolder) {
  const TemporaryFolder folder;
  for (const char* name : {"images/train/1.png", "images/val/2.png"})
    write_example_image(folder.path() / name);
  write_example(folder.path() / "labels/train/1.txt", "0 .5 .5 .5 .5");
  write_example(folder.path() / "data.yaml", "path: .\ntrain: images/train\nval: images/val\nnames: [a]\n");
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
