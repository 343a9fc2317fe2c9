#include "doppel/base/folder_identity.h"

#include <gtest/gtest.h>

#include "dataset/temporary_folder.h"

namespace doppel {
namespace {

TEST(FolderIdentity, IsTheSameThroughLinks) {
  const dataset::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "a" / "b");
  std::filesystem::create_directory_symlink(folder.path(), folder.path() / "a" / "b" / "up");
  const std::string one = folder_identity(folder.path());
  EXPECT_FALSE(one.empty());
  EXPECT_EQ(folder_identity(folder.path() / "a" / "b" / "up"), one);
  EXPECT_EQ(folder_identity(folder.path() / "a" / ".."), one);
  EXPECT_NE(folder_identity(folder.path() / "a"), one);
  EXPECT_EQ(folder_identity(folder.path() / "none"), "");
}

}  // namespace
}  // namespace doppel
