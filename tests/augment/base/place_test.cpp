#include "doppel/base/place.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "doppel/base/random_file.h"
#include "error_of.h"
#include "zip_bytes.h"

namespace doppel {
namespace {

namespace fs = std::filesystem;

class Places : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(zip_, std::ios::binary)
        << zip_bytes({{.name = "a/1.txt", .data = "one"},
                      {.name = "a/b/2.txt", .data = "two, packed", .pack = true},
                      {.name = "a-b.txt", .data = "x"},
                      {.name = "empty/", .data = ""}});
  }
  dataset::TemporaryFolder folder_;
  fs::path zip_ = folder_.path() / "x.Zip";
};

TEST_F(Places, AFolderInAnArchiveIsLikeAnyOther) {
  EXPECT_TRUE(is_folder(zip_) && is_there(zip_) && !is_file(zip_));
  for (const char* name : {"a", "a/b", "a/", "./a/../a/b", "empty"})
    EXPECT_TRUE(is_folder(zip_ / name)) << name;
  for (const char* name : {"a/1.txt", "a//b/2.txt", "a-b.txt"})
    EXPECT_TRUE(is_file(zip_ / name) && is_there(zip_ / name) && !is_folder(zip_ / name)) << name;
  for (const char* name : {"b", "a/1", "a/1.txt/x", "../x", ".."})
    EXPECT_FALSE(is_there(zip_ / name)) << name;
  std::string names;
  for (const FolderEntry& entry : list_folder(zip_))
    names += entry.path.lexically_relative(zip_).string() + (entry.is_folder ? "/ " : " ");
  EXPECT_EQ(names, "a-b.txt a/ empty/ ");
  EXPECT_EQ(list_folder(zip_ / "a").size(), 2U);
  EXPECT_TRUE(list_folder(zip_ / "empty").empty());
  EXPECT_NE(error_of([&] { (void)list_folder(zip_ / "b"); }).find("no such folder in the archive"),
            std::string::npos);
  EXPECT_EQ(true_path(zip_ / "a/../a/b"), fs::canonical(folder_.path()) / "x.Zip/a/b");
  EXPECT_NE(error_of([&] { (void)true_path(zip_ / "b"); }).find("x.Zip/b"), std::string::npos);
}

TEST_F(Places, FilesInItAreReadWholeAndInPart) {
  const fs::path two = zip_ / "a/b/2.txt";
  const auto bytes = read_file(two), head = read_head(two, 3);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "two, packed");
  EXPECT_EQ(std::string(head.begin(), head.end()), "two");
  EXPECT_TRUE(read_head(zip_ / "none", 3).empty());
  EXPECT_EQ(size_of_file(two), 11U);
  fetch_file(two);
  FileStream stream(two);
  std::array<unsigned char, 8> part{};
  EXPECT_EQ(stream.read(part), 8U);
  EXPECT_EQ(stream.read(part), 3U);
  EXPECT_EQ(part[2], 'd');
  const RandomFile one(zip_ / "a/1.txt");
  EXPECT_EQ(one.size(), 3U);
  std::array<unsigned char, 2> end{};
  one.read(1, end);
  one.fetch(0, 3);
  EXPECT_EQ(end, (std::array<unsigned char, 2>{'n', 'e'}));
  EXPECT_NE(error_of([&] { one.read(2, end); }).find("x.Zip/a/1.txt: ends 1 bytes too early"),
            std::string::npos);
  EXPECT_NE(error_of([&] { RandomFile{two}; }).find("compressed in its archive"), std::string::npos);
  EXPECT_NE(error_of([&] { (void)read_file(zip_ / "none"); }).find("x.Zip/none: there is no such file"),
            std::string::npos);
}

TEST_F(Places, TheArchiveItselfIsAFileOfTheDisk) {
  EXPECT_EQ(read_file(zip_).size(), fs::file_size(zip_));
  EXPECT_EQ(RandomFile(zip_).size(), fs::file_size(zip_));
  EXPECT_EQ(size_of_file(zip_), fs::file_size(zip_));
  EXPECT_FALSE(list_folder(folder_.path()).at(0).is_folder);
}

}  // namespace
}  // namespace doppel
