#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "doppel/dataset/sources/yolo.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

using YoloNames = std::vector<std::string>;

YoloConfig config_of(const std::filesystem::path& folder, std::string_view yaml) {
  return YoloConfig::from_yaml(put_text(folder / "data.yaml", yaml));
}

TEST(YoloConfig, NamesAreAListAMapOrAFile) {
  const TemporaryFolder folder;
  const auto names = [&](std::string_view yaml) { return config_of(folder.path(), yaml).classes; };
  EXPECT_EQ(names("names: [person, ' ball ', 3, yes]"), (YoloNames{"person", "ball", "3", "yes"}));
  EXPECT_EQ(names("names:\r\n  - a b\r\n  - \xc3\xa4\r\n"), (YoloNames{"a b", "\xc3\xa4"}));
  EXPECT_EQ(names("\xef\xbb\xbfnames: {0: a, 2: c}"), (YoloNames{"a", "1", "c"}));
  put_text(folder.path() / "coco.names", "x\ny\n\n");
  EXPECT_EQ(names("names: data/coco.names"), (YoloNames{"x", "y"}));
}

TEST(YoloConfig, PartsAreFoldersAndLists) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "sub");
  const YoloConfig config =
      config_of(folder.path(),
                "path: sub\ntrain: [images/a, images/b]\nval: val.txt\ntest:\n"
                "names: [a]\nnc: 1\nkpt_shape: [17, 3]\nmy_key: 7\nroboflow: {version: 3}\n");
  EXPECT_EQ(config.root, folder.path() / "sub");
  EXPECT_EQ(config.parts.at("train"), (YoloNames{"images/a", "images/b"}));
  EXPECT_EQ(config.parts.at("val"), (YoloNames{"val.txt"}));
  EXPECT_FALSE(config.parts.contains("test"));
  EXPECT_EQ(config.keypoints, 17);
  EXPECT_EQ(config.unused, (YoloNames{"my_key"}));
  // A place on another machine, or outside: paths are below the file's folder.
  for (const char* path : {"path: /content/data\n", "path: ../elsewhere\n", "path: nowhere\n", ""})
    EXPECT_EQ(config_of(folder.path(), std::string(path) + "names: [a]").root, folder.path()) << path;
}

TEST(YoloConfig, WhatIsWrongIsSaidWithTheFile) {
  const TemporaryFolder folder;
  for (const auto& [yaml, expected] : std::vector<std::pair<std::string, std::string>>{
           {"train: images", "data.yaml: it has no `names`"},
           {"names: person", "`names` is 'person', which is no file; it must be a list of names"},
           {"names: [a, b, a]", "two classes are called 'a'"},
           {"names: {x: a}", "`names` has the number 'x'"},
           {"names: {-1: a}", "`names` has the number '-1'"},
           {"names: {99999999999: a}", "`names` has the number '99999999999'"},
           {"names: [a, b]\nnc: 3", "`nc` is 3, but there are 2 names"},
           {"names: [a]\nkpt_shape: 17", "`kpt_shape` must be"},
           {"names: [a]\nkpt_shape: [3, 4]", "`kpt_shape` must be"},
           {"- a\n- b", "it is no map of names"},
           {"names: {0: cat,\n 0: dog}", "line 2: `names` has the number 0 twice"},
           {"names: [a\ntrain: b: c", "data.yaml:2: not valid YAML: a bracket, a quote, a colon"},
           {"names: [[a]]", "data.yaml:1: not valid YAML: a value of another kind"}}) {
    const std::string error = error_of([&] { config_of(folder.path(), yaml); });
    EXPECT_NE(error.find(expected), error.npos) << yaml << " gave: " << error;
    EXPECT_NE(error.find((folder.path() / "data.yaml").string()), error.npos);
  }
}

TEST(YoloConfig, DarknetNamesItsFiles) {
  const TemporaryFolder folder;
  put_text(folder.path() / "obj.names", "person\r\n\r\nball\r\n");
  const auto data =
      put_text(folder.path() / "obj.data",
               "classes = 2\ntrain = data/train.txt\nvalid= data/valid.txt\nnames = data/obj.names\n"
               "# train = other.txt\nbackup = backup/\n");
  const YoloConfig config = YoloConfig::from_darknet(data);
  EXPECT_EQ(config.classes, (YoloNames{"person", "ball"}));
  EXPECT_EQ(config.parts.at("train"), (YoloNames{"data/train.txt"}));
  EXPECT_EQ(config.parts.at("valid"), (YoloNames{"data/valid.txt"}));
  EXPECT_EQ(YoloConfig::from_names(folder.path() / "obj.names", "/x").root, "/x");
  put_text(data, "names = gone.names\n");
  EXPECT_NE(error_of([&] {
              YoloConfig::from_darknet(data);
            }).find("obj.data: there is no file of names gone.names"),
            std::string::npos);
  put_text(data, "train = a.txt\n");
  EXPECT_NE(
      error_of([&] { YoloConfig::from_darknet(data); }).find("obj.data: it names no file of class names"),
      std::string::npos);
  put_text(folder.path() / "obj.names", " \n");
  EXPECT_NE(error_of([&] {
              YoloConfig::from_names(folder.path() / "obj.names", "/x");
            }).find("holds no class names"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
