// Numbers to learn, weights and fields of a manifest.
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/sources/manifest.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

using FieldList = std::vector<augment::NamedValue>;

class ManifestNumbers : public testing::Test {
 protected:
  Manifest table(std::string_view text, std::map<std::string, std::string> columns = {},
                 const std::string& name = "m.csv") const {
    for (const char* image : {"a.png", "b.png", "c.png"})
      write_file(folder_.path() / image, encode_png(cv::Mat(4, 6, CV_8UC1, cv::Scalar(9))));
    write_file(folder_.path() / name, text);
    return Manifest(folder_.path() / name, {}, {.columns = std::move(columns), .root = {}, .part = {}});
  }
  std::string error(std::string_view text, std::map<std::string, std::string> columns,
                    const std::string& name = "m.csv") const {
    return error_of([&] { table(text, std::move(columns), name); });
  }
  static std::string remarks(const Source& source) {
    std::string all;
    for (const Remark& remark : source.remarks()) all += remark.text() + "\n";
    return all;
  }

  TemporaryFolder folder_;
};

TEST_F(ManifestNumbers, ComeFromTheColumnsThatAreNamed) {
  const Manifest manifest = table("path,label,Age,height,w\na.png,x,1.5,-2,3\nb.png,y,4,5e1,0\n",
                                  {{"target", "height + age"}, {"weight", "w"}});
  EXPECT_EQ(manifest.number_names(), (std::vector<std::string>{"height", "age"}));
  EXPECT_EQ(manifest.numbers(1), (std::vector<double>{50, 4}));
  const augment::Sample sample = load(manifest, 0);
  EXPECT_EQ(sample.numbers, (std::vector<double>{-2, 1.5}));
  EXPECT_EQ(sample.weight, 3);
  EXPECT_EQ(load(manifest, 1).weight, 0);
  EXPECT_EQ(manifest.classes(), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(sample.fields.empty());
  EXPECT_EQ(remarks(manifest), "");
}

TEST_F(ManifestNumbers, AColumnCalledTargetIsTheLabelUnlessItsNamed) {
  const char* text = "path,target,weight\na.png,1,2.5\nb.png,2,3\n";
  const Manifest labels = table(text);
  EXPECT_EQ(labels.classes(), (std::vector<std::string>{"1", "2"}));
  EXPECT_TRUE(labels.number_names().empty());
  EXPECT_EQ(load(labels, 0).weight, 1) << "somebody's weight in kilograms";
  const Manifest numbers = table(text, {{"target", "target"}, {"weight", "weight"}});
  EXPECT_TRUE(numbers.classes().empty());
  EXPECT_EQ(numbers.label(0), -1);
  EXPECT_EQ(numbers.numbers(1), std::vector<double>{2});
  EXPECT_EQ(load(numbers, 0).weight, 2.5);
}

TEST_F(ManifestNumbers, OfJsonAreTheSame) {
  const Manifest manifest = table(
      "{\"path\": \"a.png\", \"age\": 3, \"w\": 0.5, \"h\": \"1e1\"}\n{\"path\": \"b.png\"}\n"
      "{\"h\": 2, \"path\": \"c.png\", \"age\": 1}\n",
      {{"target", "age+h"}, {"weight", "w"}}, "m.jsonl");
  EXPECT_EQ(manifest.numbers(0), (std::vector<double>{3, 10}));
  EXPECT_TRUE(manifest.numbers(1).empty());
  EXPECT_EQ(load(manifest, 0).weight, 0.5);
  EXPECT_EQ(load(manifest, 1).weight, 1);
}

TEST_F(ManifestNumbers, ThatAreMissingAreNoneAndCounted) {
  const Manifest manifest = table("path,age\na.png,3\nb.png,\nc.png,NaN\n", {{"target", "age"}});
  EXPECT_TRUE(manifest.numbers(1).empty());
  EXPECT_TRUE(load(manifest, 2).numbers.empty());
  EXPECT_EQ(remarks(manifest), "images without age: 2\n");
  const Subset part(
      std::make_shared<Manifest>(folder_.path() / "m.csv", OnProgress{},
                                 ManifestOptions{.columns = {{"target", "age"}}, .root = {}, .part = {}}),
      {1, 0});
  EXPECT_EQ(part.number_names(), std::vector<std::string>{"age"});
  EXPECT_TRUE(part.numbers(0).empty());
  EXPECT_EQ(part.numbers(1), std::vector<double>{3});
}

TEST_F(ManifestNumbers, MoveWithTheirPart) {
  const std::string text = "path,split,age,w,note\na.png,train,1,2,x\nb.png,test,3,4,y\nc.png,test,5,6,z\n";
  const TemporaryFolder folder;
  for (const char* image : {"a.png", "b.png", "c.png"})
    write_file(folder.path() / image, encode_png(cv::Mat(4, 6, CV_8UC1, cv::Scalar(9))));
  write_file(folder.path() / "m.csv", text);
  const Manifest test(folder.path() / "m.csv", {},
                      {.columns = {{"target", "age"}, {"weight", "w"}}, .root = {}, .part = "test"});
  ASSERT_EQ(test.size(), 2U);
  EXPECT_EQ(test.numbers(0), std::vector<double>{3});
  EXPECT_EQ(load(test, 1).weight, 6);
  EXPECT_EQ(load(test, 1).fields, (FieldList{{"note", "z"}}));
}

TEST_F(ManifestNumbers, ThatArentNumbersAreErrorsWithTheirPlace) {
  const auto said = [&](std::string_view text, std::map<std::string, std::string> columns, const char* what) {
    const std::string all = error(text, std::move(columns));
    EXPECT_NE(all.find(std::string("m.csv: ") + what), std::string::npos) << all;
  };
  said("path,age\na.png,3\nb.png,old\n", {{"target", "age"}},
       "line 3: age is 'old', and must be a number to be learned");
  said("path,age,h\na.png,3,\n", {{"target", "age+h"}}, "line 2: age is there, but not h");
  said("path,age\na.png,3\na.png,4\n", {{"target", "age"}}, "line 3: 'a.png': age is 4 here, but 3 before");
  said("path,age\na.png,3\n", {{"target", "age+size"}},
       "line 1: no column is called 'size' (there are: path, age)");
  said("path,age\na.png,3\n", {{"target", "age++h"}},
       "the columns of numbers to learn are NAME or NAME+NAME");
  said("path,emb\na.png,\"[0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2.25, 2.5]\"\n", {{"target", "emb"}},
       "line 2: emb is '[0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2.25,…', and must be a number to be learned");
  for (const char* weight : {"-1", "nan", "inf", "much"})
    said(
        "path,age,w\na.png,3,1\nb.png,3," + std::string(weight) + "\n", {{"weight", "w"}},
        ("line 3: the weight w is '" + std::string(weight) + "', and must be a number of 0 or more").c_str());
  said("path,w\na.png,0\nb.png,0\n", {{"weight", "w"}}, "all weights are 0");
  EXPECT_NE(error("{\"path\": \"a.png\", \"age\": 3}\n", {{"target", "age+size"}}, "m.jsonl")
                .find("no object has a key called 'size' (the last has: path, age)"),
            std::string::npos);
  const std::string json = error("{\"path\": \"a.png\", \"age\": [1, 2]}\n", {{"target", "age"}}, "m.jsonl");
  EXPECT_NE(json.find("m.jsonl: line 1: age is '[1,2]', and must be a number"), std::string::npos) << json;
}

TEST_F(ManifestNumbers, FieldsHaveTheKindOfTheirWholeColumn) {
  const Manifest manifest =
      table("path,count,size,code,note\na.png,1,2,007,\"a, b\"\nb.png,,0.5,12,3\nc.png,-4,,13,x\n");
  EXPECT_EQ(load(manifest, 0).fields,
            (FieldList{{"count", std::int64_t{1}}, {"size", 2.0}, {"code", "007"}, {"note", "a, b"}}));
  EXPECT_EQ(load(manifest, 1).fields, (FieldList{{"size", 0.5}, {"code", "12"}, {"note", "3"}}));
  EXPECT_EQ(load(manifest, 2).fields,
            (FieldList{{"count", std::int64_t{-4}}, {"code", "13"}, {"note", "x"}}));
}

TEST_F(ManifestNumbers, FieldsOfJsonAreAsTheyStand) {
  const Manifest manifest = table(
      R"({"path": "a.png", "n": 9007199254740993, "x": 0.5, "t": "7", "yes": true, "list": [1, 2.5], "none": null, "other": {"a": ["b"]}})",
      {}, "m.jsonl");
  EXPECT_EQ(load(manifest, 0).fields, (FieldList{{"n", std::int64_t{9007199254740993}},
                                                 {"x", 0.5},
                                                 {"t", "7"},
                                                 {"yes", std::int64_t{1}},
                                                 {"list", std::vector<double>{1, 2.5}},
                                                 {"other", R"({"a":["b"]})"}}));
}

TEST_F(ManifestNumbers, FieldsThatDifferBetweenLinesOfAnImageArentIts) {
  const Manifest manifest =
      table("path,x0,y0,x1,y1,hard,place\na.png,0,0,2,2,1,here\na.png,1,1,3,3,0,here\n");
  EXPECT_EQ(load(manifest, 0).fields, (FieldList{{"place", "here"}}));
  EXPECT_EQ(remarks(manifest),
            "columns kept as fields: place\n"
            "columns that differ from line to line of an image, which aren't kept: hard\n");
}

}  // namespace
}  // namespace doppel::dataset
