#include "write/journal.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset::write {
namespace {

constexpr const char* kFirst = "{\"files\":[[\"a.txt\",1]],\"n\":1}\n";
constexpr const char* kSecond = "{\"files\":[[\"b.txt\",2]],\"n\":2}\n";

/// The numbers of the lines that a journal goes on from.
std::vector<int> lines_of(const std::filesystem::path& folder) {
  std::vector<int> numbers;
  Journal(folder / "journal", folder).each([&](const nlohmann::json& line) { numbers.push_back(line["n"]); });
  return numbers;
}

TEST(Journal, GoesOnFromTheLinesWhoseFilesAreThere) {
  const TemporaryFolder folder;
  put_text(folder.path() / "a.txt", "x");
  put_text(folder.path() / "b.txt", "xy");
  {
    Journal journal(folder.path() / "journal", folder.path());
    EXPECT_EQ(journal.lines(), 0U);
    journal.append(std::string(kFirst) + kSecond, 2);
    EXPECT_EQ(journal.lines(), 2U);
  }
  EXPECT_EQ(lines_of(folder.path()), (std::vector<int>{1, 2}));
  put_text(folder.path() / "b.txt", "another size");
  EXPECT_EQ(lines_of(folder.path()), std::vector<int>{1});
  std::filesystem::remove(folder.path() / "a.txt");
  EXPECT_EQ(lines_of(folder.path()), std::vector<int>{});
}

TEST(Journal, ForgetsATornLineAndWhatIsNone) {
  const TemporaryFolder folder;
  put_text(folder.path() / "a.txt", "x");
  put_text(folder.path() / "b.txt", "xy");
  for (const std::string rest :
       {"{\"files\":[[\"b.txt\",2]],\"n\":2}", "{\"files\"\n", "7\n", "{\"n\":2}\n"}) {
    put_text(folder.path() / "journal", kFirst + rest);
    EXPECT_EQ(lines_of(folder.path()), std::vector<int>{1}) << rest;
  }
}

TEST(Journal, CanBeShortened) {
  const TemporaryFolder folder;
  put_text(folder.path() / "a.txt", "x");
  put_text(folder.path() / "b.txt", "xy");
  Journal journal(folder.path() / "journal", folder.path());
  journal.append(std::string(kFirst) + kSecond, 2);
  journal.shorten(1);
  EXPECT_EQ(journal.lines(), 1U);
  int count = 0;
  journal.each([&](const nlohmann::json&) { ++count; });
  EXPECT_EQ(count, 1);
}

TEST(Journal, HasOneWriter) {
  const TemporaryFolder folder;
  const Journal journal(folder.path() / "journal", folder.path());
  const std::string why = error_of([&] { Journal(folder.path() / "journal", folder.path()); });
  EXPECT_NE(why.find("is being written by another process"), std::string::npos) << why;
}

}  // namespace
}  // namespace doppel::dataset::write
