#include "write/text_file.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset::write {
namespace {

TEST(TextFile, IsThereWholeOrNotAtAll) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "below/a.txt";
  {
    TextFile file(path);
    file.add("one");
  }
  EXPECT_TRUE(std::filesystem::is_empty(path.parent_path()));
  TextFile file(path);
  file.add("one\n");
  file.add("two\n");
  EXPECT_FALSE(std::filesystem::exists(path));
  file.finish();
  const std::vector<unsigned char> bytes = read_file(path);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "one\ntwo\n");
  put_text(folder.path() / "file", "x");
  EXPECT_NE(error_of([&] { TextFile(folder.path() / "file/a.txt"); }).find("file"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset::write
