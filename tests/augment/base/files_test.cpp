#include "doppel/base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "full_disk.h"

namespace doppel::dataset {
namespace {

TEST(WriteFile, FollowsNoLinkOfWhatItWritesBeside) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model", other = folder.path() / "other";
  write_file(other, std::string_view("somebody else's"));
  std::filesystem::create_symlink(other, path.string() + "." + std::to_string(::getpid()) + ".tmp");
  write_file(path, std::string_view("new"));
  const auto bytes = read_file(other);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "somebody else's");
  EXPECT_FALSE(std::filesystem::is_symlink(path));
  EXPECT_EQ(size_of_file(path), 3U);
}

TEST(WriteFile, OnAFullDiskTheOldFileStaysWhole) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "checkpoint";
  write_file(path, std::string_view("old and whole"));
  {
    const FullDisk full(1000);
    EXPECT_THROW(write_file(path, std::string(5000, 'x')), Error);
  }
  const auto bytes = read_file(path);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "old and whole");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}),
            1);  // nothing is left beside it
}

TEST(ListFolder, TellsKindsAndFollowsLinks) {
  const TemporaryFolder folder;
  namespace fs = std::filesystem;
  fs::create_directory(folder.path() / "below");
  write_file(folder.path() / "file", std::string_view("x"));
  fs::create_directory_symlink("below", folder.path() / "link");
  fs::create_symlink("nowhere", folder.path() / "lost");
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  std::map<std::string, std::string> kinds, shown;
  for (const FolderEntry& entry : list_folder(folder.path()))
    kinds[entry.path.filename().string()] = entry.is_folder    ? "folder"
                                            : entry.is_special ? "special"
                                                               : "file";
  EXPECT_EQ(
      kinds,
      (std::map<std::string, std::string>{
          {"below", "folder"}, {"file", "file"}, {"link", "folder"}, {"lost", "file"}, {"pipe", "special"}}));
  each_entry(folder.path(), [&](std::string_view name, bool is_folder) {
    shown[std::string(name)] = is_folder ? "folder" : "";
    return true;
  });
  EXPECT_EQ(shown.size(), 5U);
  EXPECT_EQ(shown["link"], "folder");
  int calls = 0;
  each_entry(folder.path(), [&](std::string_view, bool) { return ++calls < 2; });
  EXPECT_EQ(calls, 2) << "it ends when it's told to";
  EXPECT_THROW(list_folder(folder.path() / "file"), Error);
  EXPECT_THROW(each_entry("/no/such/folder", [](auto, bool) { return true; }), Error);
}

TEST(MakeFolder, NamesTheFileThatIsInTheWay) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "file";
  write_file(file, std::string_view("x"));
  make_folder(folder.path() / "a/b");
  make_folder(folder.path() / "a/b/");
  EXPECT_TRUE(std::filesystem::is_directory(folder.path() / "a/b"));
  for (const auto& path : {file, file / "below", file / "below" / "it"}) try {
      make_folder(path);
      ADD_FAILURE() << path;
    } catch (const UsageError& error) {
      EXPECT_EQ(error.what(), file.string() + " is a file, where a folder is needed");
    }
  EXPECT_THROW(make_folder("/proc/none"), Error);
}

TEST(CheckNoPipe, TakesFilesAndWhatIsNotThere) {
  const TemporaryFolder folder;
  write_file(folder.path() / "file", std::string_view("x"));
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  check_no_pipe(folder.path() / "file");
  check_no_pipe(folder.path() / "none");
  EXPECT_THROW(check_no_pipe(folder.path() / "pipe"), Error);
}

TEST(WriteFile, NamesPathAndReason) {
  try {
    write_file("/no/such/folder/file", std::string_view("x"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "can't write /no/such/folder/file: No such file or directory");
  }
  EXPECT_THROW(read_file("/no/such/file"), Error);
}

}  // namespace
}  // namespace doppel::dataset
