#include "doppel/dataset/sources/manifest.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;
using ManifestBoxes = std::vector<augment::Box>;

std::string manifest_remarks(const Source& source) {
  std::string all;
  for (const Remark& remark : source.remarks()) all += remark.text() + "\n";
  return all;
}

class Manifests : public testing::Test {
 protected:
  const fs::path& root() const { return folder_.path(); }
  fs::path put(const std::string& name, std::string_view text) const {
    fs::create_directories((root() / name).parent_path());
    write_file(root() / name, text);
    return root() / name;
  }
  void image(const std::string& name) const {
    fs::create_directories((root() / name).parent_path());
    write_file(root() / name, encode_png(cv::Mat(24, 32, CV_8UC1, cv::Scalar(9))));
  }
  Manifest csv(std::string_view text, const ManifestOptions& options = {}) const {
    return Manifest(put("m.csv", text), {}, options);
  }
  Manifest json(std::string_view text, const ManifestOptions& options = {}) const {
    return Manifest(put("m.jsonl", text), {}, options);
  }
  static Words labels(const Manifest& manifest) {
    Words all;
    for (std::size_t i = 0; i < manifest.size(); ++i)
      all.push_back(manifest.label(i) < 0 ? "-"
                                          : manifest.classes()[static_cast<std::size_t>(manifest.label(i))]);
    return all;
  }
  ManifestBoxes boxes(const Manifest& manifest, std::size_t index = 0) const {
    image(fs::path(manifest.name(index)).lexically_relative(root()).string());
    return load(manifest, index).boxes;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(Manifests, WhatLooksLikeLabelsAndIsntReadIsAnError) {
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"path,label,bbox\na/1.png,x,1 2 3 4\n",
            "columns bbox, which look like boxes or masks, aren't read"},
           {"path,label,mask_path\na/1.png,x,m.png\n", "columns mask_path, which look like boxes or masks"},
           {"path,label,left,top,right,bottom\na/1.png,x,1,2,3,4\n",
            "columns left, top, right, bottom, which look"},
           {"path,label,x_center,y_center,width,height\na/1.png,x,.5,.5,.1,.1\n",
            "columns x_center, y_center, width, height, which look"},
           {"path,label,cx,cy,w,h\na/1.png,x,.5,.5,.1,.1\n", "columns cx, cy, w, h, which look"},
           {"path,healthy,rust\na/1.png,1,0\n", "columns healthy, rust look like some"},
           {"path,healthy,rust\na/1.png,True,False\n", "columns healthy, rust look like some"},
           {"path,healthy,rust\na/1.png,1,\na/1.png,,1\n", "columns healthy, rust look like some"}}) {
    EXPECT_NE(error_of([&] { csv(text); }).find(expected), std::string::npos) << error_of([&] { csv(text); });
    EXPECT_EQ(csv(text, {.ignore_labels = true}).size(), 1U);
  }
  EXPECT_EQ(csv("path,label,left,top\na/1.png,x,1,2\n").size(), 1U) << "no box without an end";
  EXPECT_EQ(csv("path,seen,kept\na/1.png,,1\n").size(), 1U) << "one flag alone";
  EXPECT_NE(
      error_of([&] { csv("path,class_number\na/1.png,3\n"); }).find("columns class_number look like some"),
      std::string::npos);
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {R"({"path": "a.png", "rust": true, "scab": null}
{"path": "b.png", "rust": false, "scab": 1})",
            "keys rust, scab look like some"},
           {R"({"path": "a.png", "label": "x", "annotations": [{"x": 1}]})",
            "keys annotations, which look like"}})
    EXPECT_NE(error_of([&] { json(text); }).find(expected), std::string::npos)
        << error_of([&] { json(text); });
  // Nor is a number of boxes alone, or whether there is a mask.
  EXPECT_EQ(csv("path,text,num_boxes,n_masks,has_mask,object_count\na/1.png,x,2,1,yes,2\n").size(), 1U);
  // A number of boxes is none, and a box's text beside its corners says nothing more.
  EXPECT_EQ(csv("path,label,num_boxes\na/1.png,x,3\n").size(), 1U);
  EXPECT_EQ(csv("path,label,x0,y0,x1,y1,bbox\na/1.png,x,1,2,3,4,1 2 3 4\n").size(), 1U);
}

TEST_F(Manifests, MinusOneBesideZeroIsNoClass) {
  const Manifest none = csv("path,label\na/1.png,0\na/2.png,-1\na/3.png,1.0\n");
  EXPECT_EQ(none.classes(), (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(none.label(1), -1);
  EXPECT_EQ(none.label(2), 1);
  const Manifest signs = csv("path,label\na/1.png,1\na/2.png,-1\n");
  EXPECT_EQ(signs.classes(), (std::vector<std::string>{"-1", "1"}));
}

TEST_F(Manifests, BlanksMarksCaseAndSeparatorsDontMatter) {
  for (const char* text :
       {"path,label\na.png,cat\nb.png,dog\n", "path, label\na.png, cat\nb.png,\tdog \n",
        "\xef\xbb\xbfPath;LABEL\r\na.png;cat\r\nb.png;\"dog\"\r\n", "path\tlabel\ra.png\tcat\rb.png\tdog\r",
        "sep=;\npath;label\na.png;cat\n;\nb.png;dog\n", "FileName,Class\na.png,cat,,\n\nb.png,\"dog \"\n"}) {
    const Manifest manifest = csv(text);
    EXPECT_EQ(labels(manifest), (Words{"cat", "dog"})) << text;
    EXPECT_EQ(manifest_remarks(manifest), "") << text;
  }
  const Manifest several = csv("path,labels\na.png,indoor;night\nb.png, indoor; night ;\n");
  EXPECT_EQ(several.classes(), (Words{"indoor", "night"}));
}

TEST_F(Manifests, FoldersOfPathsArePartsWhereNoColumnSaysThem) {
  const Manifest parts = csv("path,label\nimages/train/a.png,cat\nTest/b.png,dog\n");
  EXPECT_EQ(parts.parts(), (Words{"train", "test"}));
  EXPECT_EQ(manifest_remarks(parts), "parts are those that the folders of its paths are called as\n");
  EXPECT_EQ(labels(csv("path,label\ntrain/a.png,cat\ntest/b.png,dog\n",
                       {.columns = {}, .root = {}, .part = "train"})),
            Words{"cat"});
  for (const char* text :
       {"path,label\ntrain/a.png,cat\nb.png,dog\n", "path,label\ntrain/a.png,cat\ntrain/b.png,dog\n",
        "path,label\nval/a.png,cat\ntest/b.png,dog\n"})
    EXPECT_TRUE(csv(text).parts().empty()) << text;
  EXPECT_EQ(csv("path,label,split\ntrain/a.png,cat,test\ntest/b.png,dog,train\n",
                {.columns = {}, .root = {}, .part = "train"})
                .name(0),
            (root() / "test/b.png").string());
}

using LabelShares = std::vector<augment::LabelShare>;

TEST_F(Manifests, SharesStayWhatTheySayAndWeightsSumToOne) {
  const Manifest manifest = json(R"({"path": "a.png", "label": {"x": 0.8, "y": 0.2}}
{"path": "b.png", "label": {"x": 1, "y": 1}}
{"path": "c.png", "label": {"x": 3, "y": 1}}
{"path": "d.png", "label": {"x": 0, "y": 0.3}}
{"path": "e.png", "label": {"x": 0, "y": 0}})");
  EXPECT_EQ(manifest.label_shares(0), (LabelShares{{0, 0.8}, {1, 0.2}}));
  EXPECT_EQ(manifest.label_shares(1), (LabelShares{{0, 1}, {1, 1}}));
  EXPECT_EQ(manifest.label_shares(2), (LabelShares{{0, 0.75}, {1, 0.25}}));
  EXPECT_EQ(labels(manifest), (Words{"x", "x", "x", "y", "-"}));
}

TEST_F(Manifests, AnEmptyListIsNoneOfTheClassesAndNoListIsUnknown) {
  const Manifest lines = json(R"({"path": "a.png", "labels": ["x", "y"]}
{"path": "b.png", "labels": []}
{"path": "c.png", "labels": null}
{"path": "d.png"})");
  EXPECT_EQ(lines.label_shares(1), (LabelShares{{0, 0}}));
  EXPECT_EQ(lines.label(1), -1);
  EXPECT_TRUE(is_labelled(lines, 1));
  EXPECT_FALSE(is_labelled(lines, 2));
  EXPECT_FALSE(is_labelled(lines, 3));
  EXPECT_EQ(manifest_remarks(lines),
            "images without a class, while others have one: 2 (line 3: c.png, line 4: d.png)\n"
            "images with none of the classes: 1 (line 2: b.png)\n");
  const Manifest table = csv("path,labels\na.png,x;y\nb.png,\nc.png,\nc.png,y\n");
  EXPECT_EQ(table.label_shares(1), (LabelShares{{0, 0}}));
  EXPECT_EQ(labels(table), (Words{"x", "-", "y"})) << "another line may say it";
  EXPECT_TRUE(table.label_shares(2).empty());
  EXPECT_FALSE(is_labelled(csv("path,label\na.png,x\nb.png,\n"), 1));
}

TEST_F(Manifests, Utf16IsRead) {
  std::string text("\xff\xfe", 2);
  for (const char c : std::string_view("path\tlabel\r\na.png\tcat\r\n")) text += {c, '\0'};
  EXPECT_EQ(labels(csv(text)), Words{"cat"});
}

TEST_F(Manifests, JsonMayHaveAMarkAndAnyCaseAndBeAList) {
  for (const char* text : {"\xef\xbb\xbf{\"path\": \"a.png\", \"label\": \"cat\"}\n",
                           "{\"Path\": \"a.png\", \"LABEL\": \" cat \"}\r\n\r\n",
                           "{\"file_name\": \"./a.png\", \"labels\": [\"cat\", \"cat\"]}\r",
                           "\xef\xbb\xbf [\n {\"path\": \"a.png\",\n \"label\": \"cat\"}]\n"})
    EXPECT_EQ(labels(json(text)), Words{"cat"}) << text;
  EXPECT_TRUE(Manifest::is_manifest(put("list.json", "\xef\xbb\xbf\n[{}]")));
  EXPECT_FALSE(Manifest::is_manifest(put("coco.json", "{\"images\": []}")));
  EXPECT_TRUE(Manifest::is_manifest("M.CSV"));
  const std::string what = error_of([&] { json("[{\"path\": \"a.png\"}, 3]"); });
  EXPECT_NE(what.find("m.jsonl: entry 2: not a JSON object"), std::string::npos) << what;
}

TEST_F(Manifests, LinesOfAnImageMayLieApart) {
  const Manifest manifest = csv(
      "path,x0,y0,x1,y1,box_label\na.png,2,3,20,18,chair\nb.png,1,1,9,9,lamp\n./a.png,12, 10,4.0,+4,lamp\n");
  ASSERT_EQ(manifest.size(), 2U);
  EXPECT_EQ(boxes(manifest), (ManifestBoxes{{2, 3, 20, 18, 0}, {4, 4, 12, 10, 1}}));
  EXPECT_EQ(manifest_remarks(manifest),
            "boxes whose corners were exchanged, put in order: 1 (line 4: a.png)\n");
  EXPECT_EQ(manifest_remarks(csv("path,label\na.png,cat\nb.png,cat\na.png,cat\n")),
            "lines that say of an image what is said before, taken once: 1 (line 4: a.png)\n");
}

TEST_F(Manifests, AnImageHasOneLabelOrSeveralInOneField) {
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"path,label\na.png,cat\nb.png,cat\na.png,dog\n",
            "line 4: 'a.png' is 'dog' here, but 'cat' at line 2"},
           {"path,labels\na.png,cat;dog\na.png,cat\n", "line 3: 'a.png' is 'cat' here"},
           {"path,labels\na.png,cat\na.png,cat;dog\n", "line 3: 'a.png' is of several classes here"}}) {
    const std::string what = error_of([&] { csv(text); });
    EXPECT_NE(what.find(expected), std::string::npos) << what;
  }
}

TEST_F(Manifests, WithoutABoxLabelTheLabelIsTheBoxes) {
  const Manifest manifest = csv(
      "filename,width,height,class,xmin,ymin,xmax,ymax\na.png,32,24,cat,1,2,3,4\na.png,32,24,dog,5,6,7,8\n"
      "b.png,32,24,dog,1,2,3,4\nb.png,32,24,dog,5,6,7,8\n");
  EXPECT_EQ(boxes(manifest), (ManifestBoxes{{1, 2, 3, 4, 0}, {5, 6, 7, 8, 1}}));
  EXPECT_EQ(labels(manifest), (Words{"-", "dog"}));
  EXPECT_EQ(manifest_remarks(manifest),
            "images with boxes of several classes, which have none of their own: 1 (line 2: a.png)\n");
}

TEST_F(Manifests, CornersMayBeCountedFromOne) {
  EXPECT_EQ(boxes(csv("path,x1,y1,x2,y2\na.png,1,2,3,4\n")), (ManifestBoxes{{1, 2, 3, 4}}));
  EXPECT_EQ(boxes(json(R"({"path": "a.png", "xmin": 1, "ymin": "2", "xmax": 3.0, "ymax": 4, "label": 7})")),
            (ManifestBoxes{{1, 2, 3, 4, 0}}));
}

TEST_F(Manifests, WhatIsKeptOrIsntUsedIsNamed) {
  EXPECT_EQ(manifest_remarks(csv(",path,label,weight,Age,class\n0,a.png,cat,0.5,3,x\n")),
            "columns kept as fields: weight, Age, class\ncolumns that aren't used: '' (without a name)\n");
  EXPECT_EQ(manifest_remarks(
                json("{\"path\": \"a.png\", \"meta\": {\"x\": 1}}\n{\"path\": \"b.png\", \"age\": 3}\n")),
            "keys kept as fields: meta, age\n");
}

TEST_F(Manifests, NumbersWithFractionsAreNoClasses) {
  for (const char* text : {"path,target\na.png,1\nb.png,0.47\nc.png,1.21\n"}) {
    const std::string what = error_of([&] { csv(text); });
    EXPECT_NE(what.find("m.csv: line 3: the label is 0.47, and numbers with fractions are no classes; "
                        "--columns target=NAME learns them as numbers"),
              std::string::npos)
        << what;
  }
  const std::string what = error_of([&] { json("{\"path\": \"a.png\", \"label\": 0.5}\n"); });
  EXPECT_NE(what.find("line 1: the label is 0.5, and numbers with fractions"), std::string::npos) << what;
  EXPECT_EQ(csv("path,label\na.png,0.5\nb.png,large\n").classes(), (Words{"0.5", "large"}));
}

TEST_F(Manifests, WholeNumbersAreOneClassHoweverWritten) {
  const Manifest manifest = csv("path,label\na.png,1.0\nb.png,10\nc.png,1\nd.png,-1\ne.png,2e0\n");
  EXPECT_EQ(manifest.classes(), (Words{"-1", "1", "2", "10"}));
  EXPECT_EQ(labels(manifest), (Words{"1", "10", "1", "-1", "2"}));
  EXPECT_EQ(json("{\"path\": \"a.png\", \"label\": 1.0}\n{\"path\": \"b.png\", \"label\": 1}").classes(),
            Words{"1"});
  EXPECT_EQ(csv("path,label\na.png,1.0\nb.png,v2\n").classes(), (Words{"1.0", "v2"}));
}

TEST_F(Manifests, ALabelThatLooksLikeAnIdIsRemarkedOn) {
  std::string text = "path,label\n";
  for (int i = 0; i < 101; ++i) text += std::to_string(i) + ".png," + std::to_string(1000 + i) + "\n";
  EXPECT_EQ(manifest_remarks(csv(text)), "the label looks like an id: 101 different ones for 101 images\n");
}

TEST_F(Manifests, UnlabelledLinesAreCounted) {
  const Manifest manifest = csv("path,label\na.png,cat\nb.png,\nc.png,NaN\n");
  EXPECT_EQ(labels(manifest), (Words{"cat", "-", "-"}));
  EXPECT_EQ(manifest_remarks(manifest),
            "labels called nan, taken for none: 1 (line 4: c.png)\n"
            "images without a class, while others have one: 2 (line 3: b.png, line 4: c.png)\n");
  EXPECT_EQ(manifest_remarks(csv("path\na.png\nb.png\n")), "");
}

TEST_F(Manifests, ColumnsMayBeCalledAnything) {
  const Manifest manifest =
      csv("id,Diagnosis ,label\na.png,cat,7\n",
          {.columns = {{"path", "ID"}, {"label", "diagnosis"}}, .root = {}, .part = {}});
  EXPECT_EQ(manifest.classes(), Words{"cat"});
  EXPECT_EQ(manifest_remarks(manifest), "columns kept as fields: label\n");
  const auto error = [&](const char* ours, const char* theirs) {
    return error_of(
        [&] { csv("path,label\na.png,cat\n", {.columns = {{ours, theirs}}, .root = {}, .part = {}}); });
  };
  EXPECT_NE(error("label", "x").find("line 1: no column is called 'x' (there are: path, label)"),
            std::string::npos);
  EXPECT_NE(error("labl", "x").find("a manifest has no column 'labl'"), std::string::npos);
  EXPECT_NE(error_of([&] {
              json("{\"path\": \"a\"}", {.columns = {{"label", "x"}}, .root = {}, .part = {}});
            }).find("no object has a key called 'x'"),
            std::string::npos);
}

TEST_F(Manifests, BackslashesAndAbsolutePathsBelowTheFolderAreFine) {
  image("photos/a.png");
  const Manifest manifest =
      csv("path,label\nphotos\\a.png,cat\n" + (root() / "photos/a.png").string() + ",cat\n");
  ASSERT_EQ(manifest.size(), 1U);
  EXPECT_EQ(manifest.name(0), (root() / "photos/a.png").string());
  for (const char* path : {"/etc/passwd", "C:\\a.png", "photos\\..\\..\\a.png"})
    EXPECT_NE(error_of([&] { csv(std::string("path\n") + path + "\n"); }).find("leaves the folder"),
              std::string::npos)
        << path;
}

TEST_F(Manifests, PathsOfAnotherPlaceAreLookedForBelowTheRoot) {
  image("data/photos/a.png");
  image("data/b.png");
  const ManifestOptions options{.root = root() / "data"};
  const Manifest manifest = csv("path\n/home/x/photos/a.png\nC:\\x\\b.png\n", options);
  ASSERT_EQ(manifest.size(), 2U);
  EXPECT_EQ(load(manifest, 0).image.rows, 24);
  EXPECT_EQ(manifest.name(1), (root() / "data/b.png").string());
  EXPECT_EQ(manifest.remarks().at(0).count, 2U);
  EXPECT_EQ(manifest_remarks(csv("path\nphotos/a.png\n./b.png\n", options)), "");
  EXPECT_EQ(csv("path\n../other/photos/a.png\n", options).name(0), (root() / "data/photos/a.png").string());
  const std::string what = error_of([&] { csv("path\nb.png\n/home/c.png\n", options); });
  EXPECT_NE(what.find("line 3: '/home/c.png' isn't below "), std::string::npos) << what;
}

TEST_F(Manifests, AColumnMayNameTheParts) {
  const char* text = "path,label,Split\na.png,cat,train\nb.png,dog,Test\nc.png,cow,validation\nd.png,cat,\n";
  const Manifest all = csv(text);
  EXPECT_EQ(all.size(), 4U);
  EXPECT_EQ(all.parts(), (Words{"train", "val", "test"}));
  EXPECT_EQ(manifest_remarks(all), "images of no part, while others have one: 1 (line 5: d.png)\n");
  const Manifest test = csv(text, {.columns = {}, .root = {}, .part = "test"});
  ASSERT_EQ(test.size(), 1U);
  EXPECT_EQ(test.classes(), all.classes());
  EXPECT_EQ(labels(test), Words{"dog"});
  EXPECT_EQ(csv("path,part\na.png,head\nb.png,tail\n").parts(), Words{});
  EXPECT_NE(error_of([&] {
              csv("path,split\na.png,train\na.png,test\n");
            }).find("line 3: 'a.png' belongs to test here, but to train at line 2"),
            std::string::npos);
  EXPECT_NE(error_of([&] {
              csv("path,set\na.png,train\n", {.columns = {}, .root = {}, .part = "val"});
            }).find("no image is of the part 'val' (parts are: train)"),
            std::string::npos);
}

TEST_F(Manifests, ImagesOfAnUnknownPartAreLeftOut) {
  const char* text =
      "path,label,split\na.png,cat,train\nb.png,dog,test\nc.png,cow,extra\nd.png,cat,extra\ne.png,cat,x\n";
  const Manifest all = csv(text);
  EXPECT_EQ(all.parts(), (Words{"train", "test"}));
  EXPECT_EQ(
      manifest_remarks(all),
      "images of the part 'extra', which isn't used: it is none of train, val and test: 2 (line 4: c.png, "
      "line 5: d.png)\n"
      "images of the part 'x', which isn't used: it is none of train, val and test: 1 (line 6: e.png)\n");
  EXPECT_EQ(labels(csv(text, {.columns = {}, .root = {}, .part = "train"})), Words{"cat"});
  EXPECT_EQ(labels(csv(text, {.columns = {}, .root = {}, .part = "test"})), Words{"dog"});
}

TEST_F(Manifests, WidthAndHeightAreTheImages) {
  const auto error = [&](const Manifest& manifest) { return error_of([&] { boxes(manifest); }); };
  EXPECT_EQ(error(csv("path,width,height\na.png,32,24\n")), "");
  EXPECT_EQ(error(csv("path,width,height\na.png,,24\n")), "");
  EXPECT_EQ(error(csv("path,x,y,width,height\na.png,1,2,3,4\n", {.ignore_labels = true})), "") << "a box's";
  EXPECT_NE(error_of([&] {
              csv("path,x,y,width,height\na.png,1,2,3,4\n");
            }).find("columns x, y, width, height, which look like boxes"),
            std::string::npos);
  EXPECT_EQ(error(csv("path,Width\na.png,3\n")), "");
  for (const std::string& what : {error(csv("filename,width,height,label\na.png,640,480,cat\n")),
                                  error(json(R"({"path": "a.png", "width": 640, "height": 480.0})"))})
    EXPECT_NE(what.find("a.png is 32 x 24 pixels (width x height), but its annotations are of 640 x 480"),
              std::string::npos)
        << what;
  EXPECT_NE(error(csv("path,width,height\na.png,24,32\n")).find("EXIF"), std::string::npos);
  const std::string two = error_of([&] { csv("path,width,height\na.png,32,24\na.png,24,32\n"); });
  EXPECT_NE(two.find("line 3: 'a.png' is 24 x 32"), std::string::npos) << two;
}

TEST_F(Manifests, HuggingFacesMetadataIsRead) {
  const Manifest manifest = json(
      "{\"file_name\": \"a.png\", \"objects\": {\"bbox\": [[2, 3, 18, 15.0], [1, 1, 2, 2]], \"categories\": "
      "[1, 0], "
      "\"id\": [5, 6]}}\n"
      "{\"file_name\": \"b.png\", \"text\": \"two\", \"objects\": [{\"bbox\": [2, 3, 4, 5], \"category\": "
      "0}]}\n"
      "{\"file_name\": \"c.png\", \"objects\": {\"bbox\": [], \"categories\": []}}\n");
  ASSERT_EQ(manifest.size(), 3U);
  EXPECT_EQ(boxes(manifest), (ManifestBoxes{{2, 3, 20, 18, 1}, {1, 1, 3, 3, 0}}));
  EXPECT_EQ(boxes(manifest, 1), (ManifestBoxes{{2, 3, 6, 8, 0}}));
  EXPECT_EQ(manifest_remarks(manifest), "keys kept as fields: text\nkeys that aren't used: objects.id\n");
}

TEST_F(Manifests, ObjectsMayBeTextInATable) {
  const Manifest manifest =
      csv("file_name,objects\n"
          "a.png,\"{\"\"bbox\"\": [[2, 3, 18, 15], [1, 1, 2, 2]], \"\"categories\"\": [1, 0], \"\"id\"\": "
          "[5, 6]}\"\n"
          "b.png,\"{'bbox': [[2, 3, 4, 5]], 'category': ['cat']}\"\n"
          "c.png,\n");
  EXPECT_EQ(boxes(manifest), (ManifestBoxes{{2, 3, 20, 18, 1}, {1, 1, 3, 3, 0}}));
  EXPECT_EQ(boxes(manifest, 1), (ManifestBoxes{{2, 3, 6, 8, 2}}));
  EXPECT_TRUE(boxes(manifest, 2).empty());
  EXPECT_NE(manifest_remarks(manifest).find("columns that aren't used: objects.id"), std::string::npos);
  EXPECT_NE(error_of([&] { csv("file_name,objects\na.png,{bbox\n"); }).find("line 2: `objects` is no JSON"),
            std::string::npos);
}

TEST_F(Manifests, AFileNameMayHaveAWordBeforeIt) {
  EXPECT_TRUE(csv("input_file_name,label\na.png,x\n").name(0).ends_with("a.png"));
  const Manifest pair = csv("edited_file_name,image_file_name\nb.png,a.png\n");
  EXPECT_TRUE(pair.name(0).ends_with("a.png"));
  EXPECT_EQ(manifest_remarks(pair), "columns kept as fields: edited_file_name\n");
  EXPECT_NE(error_of([&] {
              csv("input_file_name,edited_file_name\na.png,b.png\n");
            }).find("no column is called path"),
            std::string::npos);
}

TEST_F(Manifests, WhatIsWrongNamesItsLine) {
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"a.png,cat\nb.png,dog\n",
            "line 1: no column is called path (there are: a.png, cat); the first line"},
           {"path,x0,y0,x1,y1\na.png,,2,3,4\n", "line 2: a box needs four numbers, or none"},
           {"path,x0,y0,x1,y1,box_label\na.png,,,,,cat\n",
            "line 2: 'cat' is a box's class, but there is no box"},
           {"path,x0,y0,x1,y1\na.png,.1,.2,.3,.4\nb.png,0,0,1,1\n", "line 2: boxes are in pixels"},
           {"path,label\na.png,cat\n,dog\n", "line 3: an empty file name"},
           {"path,label\na.png,cat,dog\n", "line 2: 3 fields where the header has 2"}}) {
    const std::string what = error_of([&] { csv(text); });
    EXPECT_NE(what.find("m.csv: " + expected), std::string::npos) << text << " gave: " << what;
  }
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {R"({"path": "a.png", "label": 1, "Label": 2})", "line 1: two keys are called 'label'"},
           {R"({"path": "a.png", "label": {"a": "b"}})", "the share of 'a' isn't a number"},
           {R"({"path": "a.png", "boxes": {}})", "`boxes` must be a list"},
           {R"({"path": "a.png", "objects": {"bbox": [[1, 2, 3, 4]], "categories": []}})",
            "`objects` has 1 boxes, but 0 categories"},
           {R"({"path": "a.png", "objects": [{"bbox": [1, 2, 3]}]})", "a `bbox` is [x, y, width, height]"},
           {"{\"path\": \"a.png\"}\n{\"path\": \"b", "line 2: not a JSON object"}}) {
    const std::string what = error_of([&] { json(text); });
    EXPECT_NE(what.find(expected), std::string::npos) << text << " gave: " << what;
    EXPECT_NE(what.find("m.jsonl: line "), std::string::npos) << what;
  }
}

}  // namespace
}  // namespace doppel::dataset
