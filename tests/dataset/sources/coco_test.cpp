#include "doppel/dataset/sources/coco.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPeople = R"("categories": [{"id": 1, "name": "person"}])";
constexpr const char* kOneImage = R"("images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}])";

class CocoFiles : public testing::Test {
 protected:
  fs::path image(const fs::path& name, int width = 40, int height = 30) const {
    const fs::path file = folder_.path() / name;
    fs::create_directories(file.parent_path());
    write_png(file, cv::Mat(height, width, CV_8UC3, cv::Scalar(9, 80, 200)));
    return file;
  }
  fs::path json(std::string_view text, const fs::path& name = "instances_train.json") const {
    const fs::path file = folder_.path() / name;
    fs::create_directories(file.parent_path());
    write_file(file, text);
    return file;
  }
  /// One image, of which each annotation is said what isn't usual.
  fs::path with(const std::vector<std::string>& annotations) const {
    image("images/a.png");
    std::string all;
    for (const std::string& one : annotations)
      all += (all.empty() ? "{" : ", {") + std::string(R"("image_id": 1, "category_id": 1, )") + one + "}";
    return json(std::string("{") + kOneImage + ", " + kPeople + ", \"annotations\": [" + all + "]}");
  }
  augment::Sample sample_with(const std::vector<std::string>& annotations) const {
    return load(Coco(with(annotations)), 0);
  }
  /// Where images of these names are found.
  std::vector<std::string> found(const std::vector<std::string>& names, const fs::path& file) const {
    std::string images;
    for (const std::string& name : names)
      images += fmt_image(images.empty(), static_cast<int>(images.size()), name);
    const Coco coco(json("{\"images\": [" + images + "], \"annotations\": [], " + kPeople + "}", file));
    std::vector<std::string> places;
    for (std::size_t i = 0; i < coco.size(); ++i)
      places.push_back(fs::relative(coco.name(i), folder_.path()).string());
    return places;
  }
  static std::string fmt_image(bool first, int id, const std::string& name) {
    return std::string(first ? "" : ", ") + "{\"id\": " + std::to_string(id) + ", \"file_name\": \"" + name +
           "\"}";
  }

  TemporaryFolder folder_;
};

std::vector<std::string> remarks_of(const Source& source) {
  std::vector<std::string> texts;
  for (const Remark& remark : source.remarks()) texts.push_back(remark.text());
  return texts;
}

using Texts = std::vector<std::string>;

TEST_F(CocoFiles, PolygonsOfOneObjectAreAUnion) {
  const augment::Sample sample = sample_with(
      {R"("bbox": [2, 2, 20, 20], "segmentation": [[2, 2, 22, 2, 22, 22, 2, 22], [6, 6, 12, 6, 12, 12, 6, 12]])",
       R"("bbox": [4, 5, 8, 6], "segmentation": [[30, 5, 38, 5, 38, 11, 30, 11]])"});
  EXPECT_EQ(cv::countNonZero(sample.masks[0] == 1), 400);
  EXPECT_EQ(cv::countNonZero(sample.masks[0] == 2), 48);
  EXPECT_EQ(sample.instance_mask, 0);
}

TEST_F(CocoFiles, MayNameThingsInAnyUsualForm) {
  image("images/a.png");
  const Coco coco(json(R"({"categories": [{"id": "9", "name": "ball"}, {"id": 3.0, "name": "person"}],
    "annotations": [
      {"image_id": "7", "category_id": 9.0, "bbox": ["1", 2.0, 3e0, 4], "iscrowd": false, "segmentation": null},
      {"image_id": 7, "category_id": "3", "bbox": [1, 2, 3, 4], "iscrowd": true},
      {"image_id": 7.0, "category_id": 3, "bbox": [5, 6, 7, 8], "iscrowd": "0", "segmentation": [],
       "keypoints": null}],
    "images": [{"id": 7.0, "file_name": "a.png", "width": "40", "height": 30.0}]})"));
  EXPECT_EQ(coco.classes(), (Texts{"person", "ball"}));
  const augment::Sample sample = load(coco, 0);
  EXPECT_EQ(sample.boxes, (std::vector<augment::Box>{{1, 2, 4, 6, 1, 1, 1}, {5, 6, 12, 14, 0, 1, 2}}));
  EXPECT_TRUE(sample.masks.empty());
  EXPECT_EQ(remarks_of(coco), (Texts{"crowds (`iscrowd`), left out: 1 (annotation 1)"}));
}

TEST_F(CocoFiles, MayHaveTextsForIds) {
  image("images/a.png"), image("images/b.png");
  const Coco coco(
      json(R"({"images": [{"id": "x-b", "file_name": "b.png"}, {"id": "x-a", "file_name": "a.png"}],
    "annotations": [{"image_id": "x-a", "category_id": "dog", "bbox": [1, 2, 3, 4]}],
    "categories": [{"id": "cat", "name": "Cat"}, {"id": "dog", "name": "Dog"}, {"id": 4, "name": "Bird"}]})"));
  EXPECT_EQ(coco.classes(), (Texts{"Bird", "Cat", "Dog"}));
  EXPECT_TRUE(load(coco, 0).boxes.empty());
  EXPECT_EQ(load(coco, 1).boxes.at(0).label, 2);
  const fs::path wrong = json(R"({"images": [{"id": "u", "file_name": "a.png"}], "categories": [],
    "annotations": [{"image_id": "v", "category_id": 1, "bbox": [1, 2, 3, 4]}]})");
  EXPECT_NE(error_of([&] { Coco{wrong}; }).find("annotation 0: belongs to image v"), std::string::npos);
}

TEST_F(CocoFiles, AnObjectWithoutABoxGetsThatOfItsMask) {
  const fs::path file = with({R"("segmentation": [[4, 5, 12, 5, 12, 11, 4, 11]])",
                              R"("bbox": null, "segmentation": {"size": [30, 40], "counts": [63, 4, 1133]})",
                              R"("bbox": [], "segmentation": [30.4, 20.4, 30.6, 20.4, 30.6, 20.6])"});
  const Coco coco(file);
  const std::vector<augment::Box> boxes = load(coco, 0).boxes;
  ASSERT_EQ(boxes.size(), 3U);
  EXPECT_EQ(boxes[0], (augment::Box{4, 5, 12, 11, 0, 1, 1}));
  EXPECT_EQ(boxes[1], (augment::Box{2, 3, 3, 7, 0, 1, 2}));
  // Too small for a pixel: its corners' box, to a fifth of a pixel.
  EXPECT_NEAR(boxes[2].x0, 30.4, 1e-9);
  EXPECT_NEAR(boxes[2].y1, 20.6, 1e-9);
  EXPECT_EQ(remarks_of(coco).at(0),
            "annotations without `bbox`, which get the box of their mask: 3 (annotation 0, annotation 1, "
            "annotation 2)");
  for (const char* none : {R"("iscrowd": 0)", R"("bbox": [], "segmentation": [[1, 2, 3, 4]])",
                           R"("segmentation": {"size": [30, 40], "counts": [1200]})"})
    EXPECT_NE(error_of([&] { Coco{with({none})}; }).find("annotation 0: it has no `bbox`"), std::string::npos)
        << none;
}

TEST_F(CocoFiles, SayWhatIsNotRead) {
  image("images/a.png"), image("images/b.png");
  const Coco coco(
      json(R"({"info": {"year": 2017}, "licenses": [{"id": 1}], "type": "instances", "videos": [1],
    "tracks": [], "note": "", "scene": {"id": 1}, "extra": null,
    "images": [{"id": 1, "file_name": "a.png", "license": 1, "coco_url": "http://x/b.png", "flickr_url": "y",
                "date_captured": "z", "caption": "A dog."}, {"id": 2, "file_name": "b.png", "caption": ""}],
    "annotations": [
      {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "num_keypoints": 0,
       "attributes": {"occluded": true}, "score": 0.5},
      {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": [[1, 2, 3, 4]],
       "attributes": {}, "score": 1}],
    "categories": [{"id": 1, "name": "person", "supercategory": "s", "keypoints": ["nose"], "skeleton": [[1, 1]]},
                   {"id": 2, "name": "person"}]})"));
  EXPECT_EQ(remarks_of(coco),
            (Texts{"the list `videos`, which isn't read", "`scene`, which isn't read",
                   "polygons of fewer than three points, which have no area: 1 (annotation 1)",
                   "`caption` of an image, which isn't read: 1 (image 0)",
                   "`attributes` of an annotation, which isn't read: 1 (annotation 0)",
                   "`score` of an annotation, which isn't read: 2 (annotation 0, …)",
                   "classes of one name, kept apart: 1 (person)",
                   "images without an object, kept as background: 1 (" +
                       (folder_.path() / "images/b.png").string() + ")"}));
}

TEST_F(CocoFiles, MayHaveNoAnnotations) {
  image("images/a.png");
  for (const char* none : {"", R"(, "annotations": [])", R"(, "annotations": null)"}) {
    const Coco coco(json(std::string("{") + kOneImage + ", " + kPeople + none + "}"));
    EXPECT_EQ(coco.size(), 1U);
    EXPECT_EQ(remarks_of(coco), (Texts{"no annotations: all images are background"}));
    EXPECT_TRUE(load(coco, 0).boxes.empty());
  }
}

TEST_F(CocoFiles, OfAnotherSizeThanTheImageAreRefused) {
  const auto error_of_size = [&](int width, int height) {
    image("images/a.png", width, height);
    const Coco coco(json(std::string("{") + kOneImage + ", " + kPeople + "}"));
    return error_of([&] { (void)coco.read(0); });
  };
  EXPECT_EQ(error_of_size(40, 30), "");
  const std::string wrong = error_of_size(41, 30), turned = error_of_size(30, 40);
  EXPECT_NE(wrong.find("a.png is 41 x 30 pixels (width x height), but its annotations are of 40 x 30"),
            std::string::npos)
      << wrong;
  EXPECT_EQ(wrong.find("EXIF"), std::string::npos);
  EXPECT_NE(turned.find("EXIF"), std::string::npos) << turned;
  // Sizes that aren't said, or make no sense, say nothing.
  for (const char* size :
       {"", R"(, "width": 40)", R"(, "width": null, "height": null)", R"(, "width": 0, "height": 0)"}) {
    const Coco coco(
        json(std::string(R"({"images": [{"id": 1, "file_name": "a.png")") + size + "}], " + kPeople + "}"));
    EXPECT_EQ(error_of([&] { (void)coco.read(0); }), "") << size;
  }
  // A run-length code's own.
  image("images/a.png", 40, 30);
  const Coco coco(
      with({R"("bbox": [1, 2, 3, 4], "segmentation": {"size": [40, 30], "counts": [600, 600]})"}));
  EXPECT_NE(
      error_of([&] {
        (void)coco.read(0);
      }).find("annotation 0: a run-length code of 30 x 40 pixels (width x height) for an image of 40 x 30"),
      std::string::npos);
}

/// A JPEG with EXIF's orientation in it.
std::vector<unsigned char> turned_jpeg(int width, int height, unsigned char orientation) {
  std::vector<unsigned char> bytes = encode_jpeg(cv::Mat(height, width, CV_8UC3, cv::Scalar(9, 80, 200)), 90);
  const std::vector<unsigned char> exif{0xff, 0xe1, 0, 34, 'E', 'x',         'i', 'f', 0, 0,    'M', 'M',
                                        0,    42,   0, 0,  0,   8,           0,   1,   1, 0x12, 0,   3,
                                        0,    0,    0, 1,  0,   orientation, 0,   0,   0, 0,    0,   0};
  bytes.insert(bytes.begin() + 2, exif.begin(), exif.end());
  return bytes;
}

TEST_F(CocoFiles, AreOfTheUprightImage) {
  fs::create_directories(folder_.path() / "images");
  const auto error_of_turned = [&](int width, int height) {
    write_file(folder_.path() / "images/a.png", turned_jpeg(width, height, 6));
    const Coco coco(json(std::string("{") + kOneImage + ", " + kPeople + "}"));
    return error_of([&] { (void)load(coco, 0); });
  };
  EXPECT_EQ(error_of_turned(30, 40), "");
  EXPECT_NE(
      error_of_turned(40, 30).find("30 x 40 pixels (width x height), but its annotations are of 40 x 30: "
                                   "was it annotated without its EXIF orientation"),
      std::string::npos);
}

TEST_F(CocoFiles, ImagesLieWherePeopleKeepThem) {
  for (const char* place : {"images/a.png", "train2017/b.png", "above/annotations/x",
                            "above/images/train2017/c.png", "above/images/sub/d.png", "above/val/e.png",
                            "studio/images/f.png", "data51/data/g.png", "flat/h.png"})
    image(place);
  using Listed = std::vector<std::string>;
  EXPECT_EQ(found({"a.png", "b.png"}, "instances_train2017.json"),
            (Listed{"images/a.png", "train2017/b.png"}));
  for (const char* name : {"sub/d.png", "images/sub/d.png"})
    EXPECT_EQ(found({"c.png", name}, "above/annotations/instances_train2017.json"),
              (Listed{"above/images/train2017/c.png", "above/images/sub/d.png"}));
  EXPECT_EQ(found({"c.png"}, "above/annotations/train2017.json"), (Listed{"above/images/train2017/c.png"}));
  EXPECT_EQ(found({"e.png"}, "above/annotations/val_coco.json"), (Listed{"above/val/e.png"}));
  EXPECT_EQ(found({"val/e.png"}, "above/annotations/x.json"), (Listed{"above/val/e.png"}));
  EXPECT_EQ(found({"images/f.png"}, "studio/result.json"), (Listed{"studio/images/f.png"}));
  EXPECT_EQ(found({"images\\\\f.png"}, "studio/result.json"), (Listed{"studio/images/f.png"}));
  EXPECT_EQ(found({".//f.png"}, "studio/result.json"), (Listed{"studio/images/f.png"}));
  EXPECT_EQ(found({"g.png"}, "data51/labels.json"), (Listed{"data51/data/g.png"}));
  EXPECT_EQ(found({"h.png"}, "flat/_annotations.coco.json"), (Listed{"flat/h.png"}));
}

TEST_F(CocoFiles, PathsOfOtherPlacesAreFoundByTheirEnds) {
  for (const char* place : {"images/a b.png", "images/sub/c.png", "images/c.png"}) image(place);
  using Listed = std::vector<std::string>;
  for (const char* name :
       {"/data/local-files/?d=proj/images/a%20b.png", "data/local-files/?d=images/a b.png", "/home/x/a b.png",
        "C:\\\\work\\\\images\\\\a b.png", "http://host:80/bucket/a%20b.png?sign=1",
        "s3://bucket//images/a b.png", "\\\\\\\\server\\\\images\\\\a b.png", "/images//a b.png"})
    EXPECT_EQ(found({name}, "result.json"), (Listed{"images/a b.png"})) << name;
  EXPECT_EQ(found({"/home/x/sub/c.png", "/home/x/c.png"}, "result.json"),
            (Listed{"images/sub/c.png", "images/c.png"}));
  const fs::path file =
      json(std::string(R"({"images": [{"id": 1, "file_name": "/home/x/c.png"}], )") + kPeople + "}");
  EXPECT_EQ(remarks_of(Coco(file)).at(0),
            "images named by a path of another place, of which the end is taken: 1 (/home/x/c.png as " +
                (folder_.path() / "images/c.png").string() + ")");
  EXPECT_NE(error_of([&] { found({"/x/other/c.png", "/y/c.png"}, "result.json"); }).find("would both be"),
            std::string::npos);
  // COCO's own address, where an image has no name, as LVIS has it.
  const Coco lvis(
      json(std::string(R"({"images": [{"id": 1, "coco_url": "http://images.cocodataset.org/sub/c.png"}], )") +
           kPeople + "}"));
  EXPECT_TRUE(lvis.name(0).ends_with("images/sub/c.png"));
}

TEST_F(CocoFiles, MayHaveLongNames) {
  const std::string name =
      std::string(200, 'f') + "/" + std::string(200, 'g') + "/" + std::string(240, 'h') + ".png";
  image("images/" + name);
  EXPECT_EQ(found({name}, "result.json"), (Texts{"images/" + name}));
}

TEST_F(CocoFiles, NoPathLeavesTheDataSetsFolder) {
  image("secret/x.png"), image("set/images/a.png");
  const std::string secret = (folder_.path() / "secret/x.png").string(), up = "../../secret/x.png";
  for (const std::string& name : Texts{up, "../secret/x.png", "images/../../../secret/x.png"})
    EXPECT_NE(
        error_of([&] { found({name, "a.png"}, "set/annotations/train.json"); }).find("leaves the folder"),
        std::string::npos)
        << name;
  // The end of such a path may be looked for, never the path itself.
  for (const std::string& name :
       Texts{secret, "/data/local-files/?d=" + secret, "http://h/" + up, "http://h/" + secret, "C:/" + secret,
             "/data/local-files/?d=%2e%2e/" + up})
    EXPECT_EQ(found({name, "a.png"}, "set/annotations/train.json").size(), 1U) << name;
}

TEST_F(CocoFiles, ImagesThatAreMissingAreLeftOut) {
  image("images/b.png");
  const fs::path file = json(R"({"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"},
                 {"id": 3, "file_name": "b.png"}], "categories": [{"id": 1, "name": "person"}],
    "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]},
                    {"image_id": 3, "category_id": 1, "bbox": [5, 6, 3, 4]},
                    {"image_id": 2, "category_id": 1, "bbox": [7, 8, 3, 4]},
                    {"image_id": 3, "category_id": 1, "bbox": [9, 0, 3, 4]}]})");
  const Coco coco(file);
  ASSERT_EQ(coco.size(), 2U);
  ASSERT_EQ(load(coco, 0).boxes.size(), 1U);
  EXPECT_EQ(load(coco, 0).boxes[0].x0, 7);
  ASSERT_EQ(load(coco, 1).boxes.size(), 2U);
  EXPECT_EQ(load(coco, 1).boxes[1].x0, 9);
  EXPECT_EQ(remarks_of(coco),
            (Texts{"annotated images that aren't there, left out: 1 (a.png)",
                   "images that several images name, which are as many samples: 1 (b.png)"}));
  fs::remove_all(folder_.path() / "images");
  const std::string error = error_of([&] { Coco{file}; });
  EXPECT_NE(error.find("not one of its 3 images is there; a.png was looked for in"), std::string::npos)
      << error;
  EXPECT_NE(error_of([&] { Coco(file, folder_.path() / "none"); }).find("there is no folder"),
            std::string::npos);
}

TEST_F(CocoFiles, OfOtherKindsAreNamed) {
  const std::string start =
      std::string("{") + kOneImage + ", \"annotations\": [{\"image_id\": 1, \"id\": 3, ";
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {start + "\"caption\": \"A dog.\"}]}", "annotation 0: a caption, which isn't read"},
           {start + "\"segments_info\": [{\"id\": 4}]}]}", "annotation 0: a panoptic segmentation"},
           {"[{\"image_id\": 1}]", "not a JSON object, which begins with '{', but a list"},
           {start + "\"bbox\": [1, 2, NaN, 4]}]}", "annotation 0: `bbox`: 'NaN' is no number"},
           {start + "\"bbox\": [1, 2, -3, 4]}]}", "annotation 0: `bbox`: a box of -3 x 4"},
           {start + "\"bbox\": [1, 2, 3, 4, 5]}]}", "`bbox`: it needs four numbers"},
           {start + "\"bbox\": 5}]}", "`bbox`: not a list of numbers"},
           {start + "\"bbox\": [1, 2, 3, 4]}]}", "it has no `category_id`"},
           {start + "\"image_id\": [1]}]}", "`image_id`: neither a text nor a number"},
           {start + "\"iscrowd\": \"perhaps\"}]}", "`iscrowd`: neither 0 nor 1"},
           {start + "\"segmentation\": [[1, 2, 3]]}]}", "`segmentation`: a polygon with half a point"},
           {start + "\"segmentation\": [[1, 2], [3, 4], [5, 6]]}]}", "`segmentation`: a list of points"},
           {start + "\"segmentation\": [[1, 2, 1e300, 4, 5, 6]]}]}", "a corner at 1e+300, where no image is"},
           {start + "\"segmentation\": \"x\"}]}", "`segmentation`: neither polygons nor a run-length code"},
           {start + "\"segmentation\": {\"size\": [2, 2]}}]}", "without `counts`"},
           {start + "\"segmentation\": {\"counts\": [4]}}]}", "without `size`"},
           {start + "\"segmentation\": {\"counts\": [1.5, 2.5], \"size\": [2, 2]}}]}", "a run of 1.5 pixels"},
           {start + "\"keypoints\": [1, 2]}]}", "`keypoints`: it needs three numbers a point"},
           {start + "\"bbox\" [1]}]}", "annotation 0: not right JSON"},
           {start + "\"bbox\": [1}]]}]}", "annotation 0: not right JSON"},
           {"{\n\"images\": [\n{\"id\": 1}]}", "image 0, line 3: an image without `file_name`"},
           {"{\n\"images\": [\n{\"id\": 1, \"file_name\": \"a\"}", "line 3: the file ends"},
           {"{\"images\": 5}", "`images` is no list"},
           {"{\"images\": [], \"images\": []}", "two lists `images`"},
           {"{\"categories\": [], \"annotations\": []}", "no list `images`"},
           {"{\"categories\": [{\"id\": 1}]}", "category 0: a category without `name`"}}) {
    const fs::path file = json(text);
    const std::string error = error_of([&] { Coco{file}; });
    EXPECT_NE(error.find(expected), error.npos) << text << " gave: " << error;
    EXPECT_TRUE(error.starts_with(file.string() + ": ")) << error;
  }
}

}  // namespace
}  // namespace doppel::dataset
