#include "doppel/dataset/sources/tar_shards.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "dataset/sources/tar_bytes.h"
#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"
#include "npy_bytes.h"
#include "write/npy_file.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using ClassNames = std::vector<std::string>;

class Shards : public testing::Test {
 protected:
  TarShards open(const TarBytes& tar) { return TarShards({tar.write(folder_.path() / "s.tar")}); }
  std::string error(const TarBytes& tar) {
    return error_of([&] { open(tar); });
  }
  /// The remark's count; -1 where there is none that holds the words.
  static int count(const Source& source, std::string_view words) {
    for (const Remark& remark : source.remarks())
      if (remark.text().find(words) != std::string::npos) return static_cast<int>(remark.count);
    return -1;
  }
  static int grey(const Source& source, std::size_t index) {
    return load(source, index).image.at<unsigned char>(0, 0);
  }
  TemporaryFolder folder_;
};

/// One image, with a class where `name` isn't empty.
TarBytes& add_image(TarBytes& tar, const std::string& key, const std::string& name, int grey = 40) {
  tar.member(key + ".png", text_of_png(grey));
  return name.empty() ? tar : tar.member(key + ".cls", name);
}

TEST_F(Shards, MembersOfAKeyMayStandAnywhere) {
  TarBytes tar;
  tar.member("b.cls", "1").member("a.json", R"({"boxes": [[1, 2, 3, 4], [0, 0, 1, 1, 2]]})");
  tar.member("b.png", text_of_png(20)).member("c.json", R"({"boxes": [[5, 5, 6, 6, 0]]})");
  tar.member("c.png", text_of_png(30))
      .member("a.png", text_of_png(10))
      .member("c.cls", "2")
      .member("a.cls", "0");
  const TarShards shards = open(tar.end());
  ASSERT_EQ(shards.size(), 3U);
  EXPECT_EQ(shards.classes(), (ClassNames{"0", "1", "2"}));
  for (const auto& [index, key, label] :
       {std::tuple(0, "b", 1), std::tuple(1, "a", 0), std::tuple(2, "c", 2)}) {
    const auto i = static_cast<std::size_t>(index);
    EXPECT_EQ(shards.name(i), (folder_.path() / "s.tar").string() + ":" + key);
    EXPECT_EQ(shards.label(i), label);
  }
  EXPECT_EQ(grey(shards, 1), 10);
  EXPECT_EQ(load(shards, 0).boxes.size(), 0U);
  EXPECT_EQ(load(shards, 1).boxes, (std::vector<augment::Box>{{1, 2, 3, 4, 0}, {0, 0, 1, 1, 2}}));
  EXPECT_EQ(load(shards, 2).boxes, (std::vector<augment::Box>{{5, 5, 6, 6, 0}}));
  EXPECT_TRUE(shards.object_labels(0).empty());
  EXPECT_EQ(shards.object_labels(1), (std::vector<int>{0, 2}));
  EXPECT_EQ(shards.object_labels(2), std::vector<int>{0});
  EXPECT_TRUE(shards.remarks().empty());
}

TEST_F(Shards, AListOfClassesNamesThem) {
  TarBytes tar;
  add_image(tar, "a", "2");
  add_image(tar, "b", "0").end();
  const fs::path file = tar.write(folder_.path() / "train-0.tar");
  EXPECT_EQ(TarShards({file}, {}, {"x", "y", "z", "w"}).classes(), (ClassNames{"x", "y", "z", "w"}));
  EXPECT_EQ(TarShards({file}, {}, {"x", "y", "z", "w"}).label(0), 2);
  put_text(folder_.path() / "Classes.txt", "x\r\ny\n\nz\n");
  const OpenedData data = open_data(folder_.path().string());
  EXPECT_EQ(data.train->classes(), (ClassNames{"x", "y", "z"}));
  EXPECT_TRUE(data.remarks.empty());
  put_text(folder_.path() / "Classes.txt", "x\ny\n");
  const std::string problem = error_of([&] { open_data(folder_.path().string()); });
  EXPECT_NE(problem.find("the label '2' is none of the 2 classes"), std::string::npos) << problem;
  EXPECT_NE(problem.find("Classes.txt"), std::string::npos);
}

TEST_F(Shards, AListOfClassesOrdersNames) {
  TarBytes tar;
  add_image(tar, "a", "cat");
  add_image(tar, "b", "ant").end();
  const fs::path file = tar.write(folder_.path() / "s.tar");
  EXPECT_EQ(TarShards({file}, {}, {"dog", "cat", "ant"}).label(0), 1);
  const std::string problem = error_of([&] { TarShards({file}, {}, {"dog", "cat"}); });
  EXPECT_NE(problem.find("the label 'ant' is none of the 2 classes"), std::string::npos) << problem;
  EXPECT_NE(problem.find("s.tar"), std::string::npos) << problem;
}

TEST_F(Shards, TwoMembersOfOneNameAreAnError) {
  const std::string image = text_of_png();
  for (const auto& [first, second] :
       {std::pair("a.png", "a.png"), std::pair("a.png", "a.PNG"), std::pair("a.cls", "a.cls"),
        std::pair("a.json", "a.json"), std::pair("a.mask.png", "a.mask.png")}) {
    const std::string name = first;
    const std::string body = name.ends_with("png") ? image : name.ends_with("cls") ? "1" : "{}";
    TarBytes tar;
    tar.member(first, body).member("b.png", image).member(second, body);
    EXPECT_NE(error(add_image(tar, "a", "").end()).find("two members have this name"), std::string::npos)
        << first;
    EXPECT_NE(error(tar).find("s.tar:a."), std::string::npos) << error(tar);
  }
  // Keys may be the same in two shards, and what isn't read may be there twice.
  TarBytes tar;
  add_image(tar, "a", "1").member("a.txt", "x").member("a.txt", "x").end();
  EXPECT_EQ(TarShards({tar.write(folder_.path() / "1.tar"), tar.write(folder_.path() / "2.tar")}).size(), 2U);
}

TEST_F(Shards, ShardsOfEveryToolAreRead) {
  const fs::path made = DOPPEL_DATASET_DATA "/shards";
  for (const char* tool : {"gnu_tar_gnu", "gnu_tar_pax", "gnu_tar_ustar", "gnu_tar_v7", "bsdtar",
                           "bsdtar_pax", "python_gnu", "python_pax"}) {
    const TarShards shards({made / (std::string(tool) + ".tar")});
    ASSERT_EQ(shards.size(), tool == std::string("gnu_tar_v7") ? 3U : 4U) << tool;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      const std::string name = shards.name(i), key = name.substr(name.rfind(':') + 1);
      // c.png is a hard link to a.png.
      const int image = key == "s/a" || key == "s/c" ? 10 : key == "s/b" ? 20 : 30;
      EXPECT_EQ(grey(shards, i), image) << name;
      EXPECT_EQ(shards.label(i), key == "s/a" ? 0 : key == "s/b" || key == "s/c" ? 1 : 2) << name;
      if (image == 30) { EXPECT_EQ(key, "s/" + std::string(90, 'n') + "/" + std::string(50, 'm')); }
    }
    EXPECT_EQ(count(shards, "symbolic links, which aren't followed"), 1) << tool;
    EXPECT_EQ(count(shards, "s/d.png -> a.png"), 1) << tool;
    EXPECT_EQ(count(shards, "captions"), 1) << tool;
    EXPECT_EQ(shards.remarks().size(), 2U) << tool << ": the ._ file is passed by";
  }
}

TEST_F(Shards, SparseFilesAreReadAsWhatTheyWere) {
  for (const char* form : {"old", "0.0", "0.1", "1.0", "bsdtar"}) {
    const TarShards shards(
        {fs::path(DOPPEL_DATASET_DATA "/shards") / ("sparse_" + std::string(form) + ".tar")});
    ASSERT_EQ(shards.size(), 2U) << form;
    EXPECT_EQ(shards.label(0), 3) << form;
    const Item item = shards.read(0);
    ASSERT_EQ(item.encoded.size(), 36 * 512U) << form;
    for (std::size_t i = 14; i < item.encoded.size(); ++i) {
      const std::size_t block = i / 512;
      ASSERT_EQ(item.encoded[i], block < 20 && block % 2 == 0 ? block + 1 : 0) << form << ": byte " << i;
    }
    EXPECT_EQ(load(shards, 0).image.size(), cv::Size(2, 9209)) << form;
    EXPECT_EQ(grey(shards, 1), 10) << "the member after it, " << form;
  }
}

TEST_F(Shards, AHardLinkHasTheDataOfTheMemberThatItNames) {
  TarBytes tar;
  tar.link("c.png", "./later.png").link("a.cls", "any/b.txt").link("d.png", "c.png");
  tar.member("any/b.txt", "7").member("a.png", text_of_png(10)).member("later.png", text_of_png(20)).end();
  const TarShards shards = open(tar);
  ASSERT_EQ(shards.size(), 4U);
  EXPECT_EQ(grey(shards, 0), 20);
  EXPECT_EQ(shards.label(1), 7);
  EXPECT_NE(error(TarBytes().member("a.png", text_of_png()).link("b.png", "gone.png").end())
                .find("s.tar:b.png: a hard link to 'gone.png', which isn't in this shard"),
            std::string::npos);
  EXPECT_NE(
      error(TarBytes().link("a.png", "b.png").link("b.png", "a.png").end()).find("s.tar:a.png: a hard link"),
      std::string::npos);
  EXPECT_EQ(count(open(TarBytes().member("a.png", text_of_png()).link("b.bin", "gone.bin").end()), "(.bin)"),
            1);
}

TEST_F(Shards, OfSeveralImagesOneIsTakenWhateverTheirOrder) {
  const std::string first = text_of_png(10), other = text_of_png(20);
  for (const bool turned : {false, true}) {
    TarBytes tar;
    tar.member(turned ? "a.png" : "a.image.png", turned ? other : first);
    tar.member(turned ? "a.image.png" : "a.png", turned ? first : other);
    tar.member("b.v2.png", first).member("c.0.PNG", first).member("d.b.png", turned ? first : other);
    tar.member(turned ? "d.c.png" : "d.a.png", turned ? other : first).end();
    const TarShards shards = open(tar);
    ASSERT_EQ(shards.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(grey(shards, i), 10) << i;
    EXPECT_EQ(count(shards, "further images of a sample"), 2);
    EXPECT_EQ(count(shards, "s.tar:a.png"), 2);
  }
}

TEST_F(Shards, MasksAreReadInTheirOrder) {
  TarBytes tar;
  for (const char* name : {"a.mask10.png", "a.mask2.png"})
    tar.member(name, text_of_png(name[6] == '1' ? 10 : 2));
  add_image(tar, "a", "0").member("b.png", text_of_png());
  tar.member("b.seg.png", text_of_png(9, 8, 6, CV_8UC3)).member("c.png", text_of_png());
  tar.member("c.seg.png", text_of_png(9, 9, 6)).member("c.mask.jpg", "x").member("a.cls2", "5").end();
  const TarShards shards = open(tar);
  ASSERT_EQ(shards.size(), 3U);
  const augment::Sample sample = load(shards, 0);
  ASSERT_EQ(sample.masks.size(), 2U);
  EXPECT_EQ(sample.masks[0].at<unsigned char>(5, 7), 2);
  EXPECT_EQ(sample.masks[1].at<unsigned char>(5, 7), 10);
  EXPECT_EQ(count(shards, "masks in colour"), 1);
  EXPECT_EQ(count(shards, "masks that aren't PNGs"), 1);
  EXPECT_EQ(count(shards, "samples without a mask, where others have one"), 1);
  EXPECT_EQ(count(shards, "further classes of a sample"), 1);
  EXPECT_EQ(shards.label(0), 0);
  const std::string problem = error_of([&] { (void)load(shards, 2); });
  EXPECT_NE(problem.find("s.tar:c.seg.png: a mask of 9x6 for an image of 8x6"), std::string::npos) << problem;
}

TEST_F(Shards, ThoseThatAreMissingBetweenOthersAreNamed) {
  TarBytes tar;
  add_image(tar, "a", "0").end();
  const auto shards = [&](std::vector<std::string> names) {
    std::vector<fs::path> paths;
    for (const std::string& name : names) paths.push_back(tar.write(folder_.path() / name));
    return TarShards(paths);
  };
  const TarShards gap = shards({"train-000.tar", "train-002.tar", "val-007.tar"});
  EXPECT_EQ(count(gap, "shards between others that aren't there: 1 (train-001.tar)"), 1);
  EXPECT_EQ(count(shards({"s-20240101.tar", "s-20240301.tar", "x.tar"}), "aren't there"), -1);
}

TEST_F(Shards, WholeNumbersInAnyFormStayNumbers) {
  TarBytes tar;
  const ClassNames forms{"0",
                         "3\n",
                         " +3 ",
                         "3.0",
                         "03",
                         "3e0",
                         "\xef\xbb\xbf"
                         "3",
                         "-1",
                         ""};
  for (std::size_t i = 0; i < forms.size(); ++i)
    tar.member(std::to_string(i) + ".png", text_of_png()).member(std::to_string(i) + ".cls", forms[i]);
  const TarShards shards = open(tar.end());
  EXPECT_EQ(shards.classes(), (ClassNames{"0", "1", "2", "3"}));
  for (std::size_t i = 1; i < 7; ++i) EXPECT_EQ(shards.label(i), 3) << forms[i];
  EXPECT_EQ(shards.label(7), -1);
  EXPECT_EQ(shards.label(8), -1);
  EXPECT_EQ(count(shards, "labels of -1, which are taken as none"), 1);
  EXPECT_EQ(count(shards, "samples without a label, where others have one"), 2);
}

TEST_F(Shards, NumbersAmongNamesAreNames) {
  TarBytes tar;
  add_image(add_image(add_image(add_image(tar, "a", "cat"), "b", "10"), "c", "9"), "d", "cat ").end();
  const TarShards shards = open(tar);
  EXPECT_EQ(shards.classes(), (ClassNames{"9", "10", "cat"}));
  EXPECT_EQ(shards.label(0), 2);
  EXPECT_EQ(shards.label(3), 2);
  EXPECT_GE(count(shards, "classes are taken as names, not numbers: 1 of 3"), 0);
  TarBytes dates;
  add_image(add_image(dates, "a", "20240101"), "b", "7").end();
  EXPECT_EQ(open(dates).classes(), (ClassNames{"7", "20240101"}));
  TarBytes names;
  add_image(add_image(names, "a", "cat"), "b", "").end();
  EXPECT_EQ(count(open(names), "classes are taken as names"), -1);
}

TEST_F(Shards, WhatClsSaysCountsBeforeJson) {
  TarBytes tar;
  add_image(tar, "a", "3").member("a.json", R"({"label": 4, "boxes": [[0, 0, 1, 1]]})");
  tar.member("b.json", R"({"class": "3"})").member("b.png", text_of_png());
  add_image(tar, "c", "3.0").member("c.json", R"({"cls": 3, "url": "x", "width": 8})");
  tar.member("d.json", "[]").member("d.png", text_of_png()).end();
  const TarShards shards = open(tar);
  EXPECT_EQ(shards.label(0), 3);
  EXPECT_EQ(load(shards, 0).boxes[0].label, 3);
  EXPECT_EQ(shards.label(1), 3);
  EXPECT_EQ(count(shards, "labels in JSON that aren't what .cls says"), 1);
  EXPECT_EQ(count(shards, "keys of .json kept as fields: url, width"), 0);
  EXPECT_EQ(load(shards, 2).fields,
            (std::vector<augment::NamedValue>{{"url", "x"}, {"width", std::int64_t{8}}}));
  EXPECT_EQ(count(shards, "JSON that isn't an object"), 1);
}

TEST_F(Shards, KeysOfJsonAreLearnedWhereTheyAreNamed) {
  TarBytes tar;
  tar.member("a.json", R"({"age": 7, "w": 0.5, "id": 1, "at": [1, 2.5], "more": {"k": null}, "no": null})");
  tar.member("a.png", text_of_png()).member("b.png", text_of_png()).end();
  const fs::path path = tar.write(folder_.path() / "s.tar");
  const TarShards shards({path}, {}, {}, {{"target", "age"}, {"weight", "w"}});
  EXPECT_EQ(shards.number_names(), std::vector<std::string>{"age"});
  EXPECT_EQ(shards.numbers(0), std::vector<double>{7});
  EXPECT_TRUE(shards.numbers(1).empty());
  const augment::Sample sample = load(shards, 0);
  EXPECT_EQ(sample.weight, 0.5);
  EXPECT_EQ(sample.fields,
            (std::vector<augment::NamedValue>{
                {"id", std::int64_t{1}}, {"at", std::vector<double>{1, 2.5}}, {"more", R"({"k":null})"}}));
  const std::string said = all_text(shards.remarks());
  EXPECT_NE(said.find("keys of .json that aren't used: no"), std::string::npos) << said;
  EXPECT_NE(said.find("images without age: 1"), std::string::npos) << said;
  EXPECT_NE(error_of([&] {
              TarShards({path}, {}, {}, {{"weight", "id2"}});
            }).find("no key of .json with a number is called 'id2'"),
            std::string::npos);
}

TEST_F(Shards, ALabelThatIsLearnedAsANumberIsNone) {
  TarBytes tar;
  tar.member("a.json", R"({"label": 1.5, "long": ")" + std::string(70'000, 'x') + R"("})");
  tar.member("a.png", text_of_png()).end();
  const TarShards shards({tar.write(folder_.path() / "s.tar")}, {}, {}, {{"target", "label"}});
  EXPECT_EQ(shards.numbers(0), std::vector<double>{1.5});
  EXPECT_TRUE(shards.classes().empty());
  EXPECT_TRUE(load(shards, 0).fields.empty());
  const std::string said = all_text(shards.remarks());
  EXPECT_NE(said.find("keys of .json that aren't used: long"), std::string::npos) << said;
  EXPECT_NE(error_of([&] {
              TarShards({folder_.path() / "s.tar"}, {}, {}, {{"frame", "z"}});
            }).find("columns of frames are of tables"),
            std::string::npos);
}

TEST_F(Shards, AnnotationsThatAreWrongAreNamed) {
  const auto has = [](const std::string& problem, std::string_view part) {
    EXPECT_NE(problem.find(part), problem.npos) << problem;
  };
  const std::string file = (folder_.path() / "s.tar").string();
  TarBytes lines, json, box;
  has(error(add_image(lines, "d/a", "1\n2\n").end()), file + ":d/a.cls: 2 lines");
  has(error(add_image(json, "d/a", "").member("d/a.json", "{").end()), file + ":d/a.json: not JSON");
  has(error(add_image(box, "d/a", "").member("d/a.json", R"({"boxes": [[1]]})").end()),
      file + ":d/a.json: `boxes[0]`");
  has(error(TarBytes().raw(TarBytes().member("d/a.png", text_of_png()).text().substr(0, 530))),
      file + ":d/a.png: ");
  has(error(TarBytes().raw(TarBytes().member("d/a.png", text_of_png()).text().substr(0, 530))),
      "bytes of content, but the file ends after 18: truncated");
}

/// Of 2 x 3 floats that count from 0, but for the first, which is `first`.
std::string text_of_npy(float first = 0) {
  cv::Mat values(2, 3, CV_32FC1);
  for (int i = 0; i < 6; ++i) values.ptr<float>()[i] = i == 0 ? first : static_cast<float>(i);
  const auto bytes = write::npy_of(values);
  return {bytes.begin(), bytes.end()};
}

TEST_F(Shards, JsonNamesMapsPolygonsAndLines) {
  TarBytes tar;
  const std::string image = text_of_png(7, 3, 2);
  tar.member("a.json",
             R"({"maps": {"depth": "D.npy", "other": {"file": "b.npy", "kind": "heatmap", "fill": "inf"}},
      "polygons": [[0, 0, 3, 0, 3, 2], {"points": [[1, 1], [2, 1], [2, 2]], "label": 2, "instance": 4}],
      "polylines": [{"points": [0, 0, 1.5, 1], "label": -1}]})");
  tar.member("a.png", image).member("a.d.npy", text_of_npy(5)).member("a.cls", "1");
  tar.link("a.b.npy", "a.d.npy", '1').member("b.png", image).member("b.b.npy", text_of_npy());
  const TarShards shards = open(tar.end());
  const augment::Sample sample = load(shards, 0);
  ASSERT_EQ(sample.maps.size(), 2U);
  EXPECT_EQ(sample.maps[0].name, "depth");
  EXPECT_EQ(sample.maps[0].kind, augment::MapKind::Depth);
  EXPECT_EQ(sample.maps[0].filter, Filter::Nearest);
  EXPECT_EQ(sample.maps[0].values.at<float>(0, 0), 5);
  EXPECT_EQ(sample.maps[1].values.at<float>(1, 2), 5);
  EXPECT_EQ(sample.maps[1].fill, HUGE_VALF);
  ASSERT_EQ(sample.outlines.size(), 3U);
  EXPECT_EQ(sample.outlines[0].label, 1) << "the sample's";
  EXPECT_EQ(sample.outlines[1], (augment::Outline{{{1, 1}, {2, 1}, {2, 2}}, true, 2, 4}));
  EXPECT_EQ(sample.outlines[2], (augment::Outline{{{0, 0}, {1.5, 1}}, false, -1, -1}));
  EXPECT_EQ(count(shards, "arrays that no `maps` in JSON names, which aren't read (.npy): 1 (s.tar:b.b.npy)"),
            1);
}

TEST_F(Shards, MapsThatCantBeTakenAreNamed) {
  const auto problem = [&](const std::string& json, const std::string& file) {
    TarBytes tar;
    tar.member("a.png", text_of_png()).member("a.json", json).member("a.d.npy", file);
    return error_of([&] { load(open(tar.end()), 0); });
  };
  const auto has = [](const std::string& text, const std::string& words) {
    EXPECT_NE(text.find(words), std::string::npos) << text;
  };
  has(problem(R"({"maps": {"depth": "c.npy"}})", text_of_npy()),
      "s.tar:a.json: `maps`: 'depth' is a.c.npy, which isn't a .npy or .flo member of this shard");
  has(problem(R"({"maps": {"depth": "d.npy", "depth": "d.npy"}})", text_of_npy()),
      "two maps are called 'depth'");
  has(problem(R"({"maps": {"depth": "d.npy"}})", text_of_npy()), "s.tar:a.d.npy: a map of");
  has(problem(R"({"maps": {"depth": "d.npy"}})", "no array"), "s.tar:a.d.npy: ");
  has(problem(R"({"maps": {"depth": {"file": "d.npy", "fill": "much"}}})", text_of_npy()),
      "fill of 'depth' must be a number");
  has(problem(R"({"polygons": [[0, 0, 1, 1]]})", ""), "a polygon of 2 points; it needs 3 or more");
  EXPECT_EQ(problem(R"({"maps": 5, "polygons": "none", "polylines": null})", ""), "")
      << "they mean something else";
}

TEST_F(Shards, AnArrayIsTheImageOfASampleWithoutAnother) {
  const std::string array = npy_of<std::uint8_t>("|u1", {2, 2}, {1, 2, 3, 4});
  TarBytes tar;
  tar.member("a.npy", array).member("a.cls", "1").member("b.depth.npy", array).member("b.0.npy", array);
  tar.member("c.npy", array).member("c.json", R"({"maps": {"depth": "npy"}, "label": 1})");
  add_image(tar, "d", "0").member("d.npy", array);
  const TarShards shards = open(tar.end());
  ASSERT_EQ(shards.size(), 3U);
  EXPECT_EQ(load(shards, 0).image.at<std::uint8_t>(1, 1), 4);
  EXPECT_EQ(load(shards, 1).image.size(), cv::Size(2, 2));
  EXPECT_NE(load(shards, 2).image.size(), cv::Size(2, 2));
  EXPECT_EQ(count(shards, "samples without an image, which aren't read"), 1);
  EXPECT_EQ(count(shards, "arrays that no `maps` in JSON names, which aren't read (.npy)"), 3);
}

TEST_F(Shards, WhatIsntReadIsCountedByItsEnding) {
  TarBytes tar;
  add_image(tar, "a", "1").member("a.svg", "").member("b.SVG", "").member("a.npy", "").member("a.id", "7");
  tar.member("README", "").member("c.cls", "2").link("x.png", "", '3').link("y.png", "", 'D');
  const TarShards shards = open(tar.member("e.png", ""));
  EXPECT_EQ(count(shards, "members that aren't read (.svg): 2 (s.tar:a.svg, s.tar:b.SVG)"), 2);
  EXPECT_EQ(count(shards, "(.npy)"), 1);
  EXPECT_EQ(count(shards, "(.id)"), 1);
  EXPECT_EQ(count(shards, "members without an ending"), 1);
  EXPECT_EQ(count(shards, "samples without an image"), 1);
  EXPECT_EQ(count(shards, "devices and pipes"), 1);
  EXPECT_EQ(count(shards, "type 'D'"), 1);
  EXPECT_EQ(count(shards, "shards without the mark of a tar's end"), 1);
  EXPECT_EQ(count(shards, "images of 0 bytes, which can't be read: 1 (s.tar:e)"), 1);
  EXPECT_EQ(shards.classes().size(), 2U) << "class 2 is no image's";
  EXPECT_NE(error_of([&] { (void)load(shards, 1); }).find("s.tar:e.png: an empty image"), std::string::npos);
  TarBytes many;
  add_image(many, "a", "");
  for (int i = 0; i < 300; ++i) many.member("a.x" + std::to_string(i), "");
  EXPECT_LT(open(many.end()).remarks().size(), 25U);
  EXPECT_EQ(count(open(many), "members of further kinds"), 280);
}

TEST_F(Shards, AShardWithoutImagesSaysWhatItHas) {
  const std::string problem = error(TarBytes().member("a.svg", "").member("a.cls", "1").end());
  EXPECT_NE(problem.find("s.tar: no images"), std::string::npos) << problem;
  EXPECT_NE(problem.find("(.svg): 1"), std::string::npos) << problem;
  EXPECT_NE(error_of([] { TarShards({}); }).find("no shards"), std::string::npos);
  TarBytes tar;
  add_image(tar, "a", "1").end().write(folder_.path() / "1.tar");
  TarBytes().member("a.cls", "1").end().write(folder_.path() / "2.tar");
  EXPECT_EQ(count(TarShards({folder_.path() / "1.tar", folder_.path() / "2.tar"}),
                  "shards without images: 1 (2.tar)"),
            1);
}

TEST_F(Shards, MayBeMoreThanTheFilesAProcessMayHaveOpen) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  TarBytes tar;
  add_image(tar, "a", "1").end();
  std::vector<fs::path> files;
  for (int i = 0; i < 400; ++i) files.push_back(tar.write(folder_.path() / (std::to_string(i) + ".tar")));
  const rlimit few{350, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  const std::string problem = error_of([&] {
    const TarShards shards(files);
    EXPECT_EQ(grey(shards, 399), 40);
  });
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(problem, "");
}

}  // namespace
}  // namespace doppel::dataset
