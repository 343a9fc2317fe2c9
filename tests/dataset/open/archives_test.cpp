// DATA in ZIP archives: what is there of a folder is there of an archive, and what isn't is named.
#include <gtest/gtest.h>

#include <thread>

#include "dataset/written_files.h"
#include "doppel/base/place.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"
#include "zip_bytes.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::string a_png() {
  const auto bytes = encode_png(cv::Mat(6, 8, CV_8UC3, cv::Scalar(1, 2, 3)));
  return {bytes.begin(), bytes.end()};
}

class Archives : public testing::Test {
 protected:
  std::string put(const std::string& name, const std::vector<ZipMember>& members) {
    return put_text(folder_.path() / name, zip_bytes(members)).string();
  }
  std::string complaint(const std::string& data) {
    return error_of([&] { (void)open_data(data); });
  }
  TemporaryFolder folder_;
  std::string png_ = a_png();
};

TEST_F(Archives, WhatSystemsLeaveIsPassedByAndAFolderAroundTheDataIsOpened) {
  const std::string zip = put("x.zip", {{.name = "set/cat/1.png", .data = png_},
                                        {.name = "set/dog/2.png", .data = png_, .pack = true},
                                        {.name = "set/bird/", .data = ""},
                                        {.name = "set/.DS_Store", .data = "x"},
                                        {.name = "__MACOSX/set/cat/._1.png", .data = "x"}});
  for (const std::string& data : {zip, zip + "/", zip + "/set", zip + "/./set/"}) {
    const OpenedData opened = open_data(data);
    EXPECT_EQ(opened.train->classes(), (std::vector<std::string>{"bird", "cat", "dog"})) << data;
    EXPECT_EQ(opened.train->size(), 2U);
    EXPECT_EQ(load(*opened.train, 1).image.size(), cv::Size(8, 6));
    EXPECT_EQ(all_text(opened.remarks).find("MACOSX"), std::string::npos);
    EXPECT_NE(all_text(opened.remarks).find("class folders without an image that is read: 1 (bird)"),
              std::string::npos);
  }
}

TEST_F(Archives, OneFileOfAnArchiveMayBeData) {
  const std::string zip =
      put("x.zip", {{.name = "a/1.png", .data = png_},
                    {.name = "labels.csv", .data = "path,label\na/1.png,cat\n", .pack = true}});
  EXPECT_EQ(open_data(zip + "/labels.csv").train->classes(), std::vector<std::string>{"cat"});
  EXPECT_EQ(open_data(zip + "/a/1.png").train->size(), 1U);
  EXPECT_NE(complaint(zip + "/b.png").find("there is no file or folder"), std::string::npos);
}

TEST_F(Archives, EntriesThatArentReadAreNamed) {
  const std::string zip = put("x.zip", {{.name = "cat/1.png", .data = png_},
                                        {.name = "cat/2.png", .data = png_, .method = 9},
                                        {.name = "dog/3.png", .data = png_, .flags = 1},
                                        {.name = "../4.png", .data = png_},
                                        {.name = "dog/5.png", .data = "1.png", .unix_mode = 0120777},
                                        {.name = "dog/inner.zip", .data = "PK"}});
  const OpenedData data = open_data(zip);
  EXPECT_EQ(data.train->size(), 3U);
  const std::string said = all_text(data.remarks);
  for (const char* line :
       {"files in x.zip that can't be read: it is packed by Deflate64; only Deflate is read: 1 (cat/2.png)",
        "files in x.zip that can't be read: it is encrypted: 1 (dog/3.png)",
        "names that leave the archive (x.zip): 1 (../4.png)",
        "links, which aren't followed (x.zip): 1 (dog/5.png)",
        "files that aren't read (.zip): 1 (dog/inner.zip)"})
    EXPECT_NE(said.find(line), std::string::npos) << line << "\n" << said;
  EXPECT_NE(error_of([&] { (void)data.train->read(1); }).find("packed by Deflate64"), std::string::npos);
}

TEST_F(Archives, WhatIsNoDataIsRefusedWithAWord) {
  EXPECT_NE(complaint(put_text(folder_.path() / "no.zip", "text").string()).find("no ZIP archive"),
            std::string::npos);
  EXPECT_NE(complaint(put("empty.zip", {})).find("empty.zip is empty"), std::string::npos);
  EXPECT_NE(complaint(put("secret.zip", {{.name = "a/1.png", .data = png_, .flags = 1}}))
                .find("none of its files can be read: it is encrypted"),
            std::string::npos);
  EXPECT_NE(complaint(put("outer.zip", {{.name = "inner.zip", .data = "PK"}}))
                .find("an archive within an archive isn't opened"),
            std::string::npos);
  EXPECT_NE(complaint(put("both.zip", {{.name = "a", .data = "x"}, {.name = "a/1.png", .data = png_}}))
                .find("both a file and a folder called a"),
            std::string::npos);
  EXPECT_NE(complaint(put("tar.zip", {{.name = "s.tar", .data = std::string(2048, '\0'), .pack = true}}))
                .find("it is compressed in its archive"),
            std::string::npos);
}

TEST_F(Archives, OfPartsAreParts) {
  const std::vector<ZipMember> part{{.name = "cat/1.png", .data = png_}, {.name = "dog/2.png", .data = png_}};
  put("set/train.zip", part);
  put("set/test.zip", {{.name = "test/cat/3.png", .data = png_}, {.name = "test/dog/4.png", .data = png_}});
  put("set/other.zip", part);
  const OpenedData data = open_data((folder_.path() / "set").string());
  EXPECT_EQ(data.layout, "parts");
  EXPECT_EQ(data.train->size(), 2U);
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->size(), 2U);
  EXPECT_EQ(load(*data.test, 1).label, 1);
  EXPECT_NE(all_text(data.remarks).find("files that aren't read (.zip): 1 (other.zip)"), std::string::npos);
  put("alone/photos.zip", part);
  EXPECT_NE(complaint((folder_.path() / "alone").string()).find("give one as DATA"), std::string::npos);
}

TEST_F(Archives, BesideDataAreNamed) {
  put("set/train.zip", {{.name = "x/1.png", .data = png_}});
  for (const char* name : {"set/cat/1.png", "set/dog/2.png"}) put_image(folder_.path() / name);
  const OpenedData data = open_data((folder_.path() / "set").string());
  EXPECT_EQ(data.train->size(), 2U);
  EXPECT_NE(all_text(data.remarks).find("files that aren't read (.zip): 1 (train.zip)"), std::string::npos);
}

TEST_F(Archives, AFolderThatIsCalledLikeOneIsAFolder) {
  for (const char* name : {"x.zip/cat/1.png", "x.zip/dog.zip/2.png"}) put_image(folder_.path() / name);
  const OpenedData data = open_data((folder_.path() / "x.zip").string());
  EXPECT_EQ(data.train->classes(), (std::vector<std::string>{"cat", "dog.zip"}));
  EXPECT_EQ(load(*data.train, 1).image.size(), cv::Size(8, 6));
}

TEST_F(Archives, AreReadByManyThreadsAndClosedWithTheirSources) {
  std::vector<ZipMember> members;
  for (int i = 0; i < 64; ++i)
    members.push_back({.name = "c" + std::to_string(i % 2) + "/" + std::to_string(i) + ".png", .data = png_});
  const std::string zip = put("x.zip", members);
  std::weak_ptr<const Place> place;
  {
    const OpenedData data = open_data(zip);
    place = placed(zip).place;
    EXPECT_EQ(placed(zip + "/c0").place, place.lock());
    EXPECT_EQ(placed(fs::path(zip).parent_path() / "." / "x.zip").place, place.lock());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (std::size_t i = 0; i < data.train->size(); ++i)
          EXPECT_EQ(data.train->read(i).encoded.size(), png_.size());
      });
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_TRUE(place.expired());
  put("x.zip", {{.name = "c0/1.png", .data = png_}, {.name = "c1/1.png", .data = png_}});
  EXPECT_EQ(open_data(zip).train->size(), 2U);
}

}  // namespace
}  // namespace doppel::dataset
