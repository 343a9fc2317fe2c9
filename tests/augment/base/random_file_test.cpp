#include "doppel/base/random_file.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(RandomFile, ReadsTheSameWhetherItStaysOpenOrNot) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x";
  write_file(path, std::string_view("0123456789"));
  for (const auto hold : {RandomFile::Hold::Open, RandomFile::Hold::PerRead}) {
    const RandomFile file(path, hold);
    EXPECT_EQ(file.size(), 10U);
    std::array<unsigned char, 3> bytes{};
    file.read(4, bytes);
    EXPECT_EQ(bytes, (std::array<unsigned char, 3>{'4', '5', '6'}));
    file.fetch(0, 10);
    std::array<unsigned char, 2> first{}, last{};
    file.read_all(std::vector<FileRange>{{1, first}, {8, last}});
    EXPECT_EQ(first, (std::array<unsigned char, 2>{'1', '2'}));
    EXPECT_EQ(last, (std::array<unsigned char, 2>{'8', '9'}));
    EXPECT_NE(error_of([&] { file.read(8, bytes); }).find("x ends 1 bytes too early"), std::string::npos);
  }
}

TEST(RandomFile, OneThatIsGoneIsNamed) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "gone";
  EXPECT_NE(error_of([&] { RandomFile file(path); }).find(path.string()), std::string::npos);
  write_file(path, std::string_view("0123456789"));
  const RandomFile file(path, RandomFile::Hold::PerRead);
  std::filesystem::remove(path);
  std::array<unsigned char, 3> bytes{};
  EXPECT_NE(error_of([&] { file.read(0, bytes); }).find(path.string()), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
