#include "sources/parquet_pages.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "doppel/base/random_file.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// A number as the compact protocol writes it, with the type of a field that comes next.
std::string next_field(std::uint32_t number) {
  std::string bytes{0x15};
  for (std::uint64_t left = std::uint64_t{number} << 1;; left >>= 7) {
    if (left < 0x80) return bytes + static_cast<char>(left);
    bytes += static_cast<char>(left | 0x80);
  }
}

/// The header of a data page of `values` plain values, in 8 bytes.
std::string page_of(std::uint32_t values) {
  return next_field(0) + next_field(8) + next_field(8) + "\x2c" + next_field(values) + next_field(0) +
         next_field(3) + next_field(3) + std::string(2 + 8, '\0');
}

TEST(ParquetPages, AreFoundByTheirHeaders) {
  const TemporaryFolder folder;
  const std::string bytes = page_of(5) + page_of(2);
  const RandomFile file(put_text(folder.path() / "pages", bytes));
  std::vector<std::uint32_t> values;
  each_parquet_page(file, {.at = 0, .size = bytes.size(), .values = 7, .codec = 0},
                    [&](const ParquetPage& page) { values.push_back(page.values); });
  EXPECT_EQ(values, (std::vector<std::uint32_t>{5, 2}));
}

TEST(ParquetPages, OneOfMoreValuesThanAreReadIsRefused) {
  const TemporaryFolder folder;
  const auto said = [&](std::uint32_t values) {
    const std::string bytes = page_of(values);
    const RandomFile file(put_text(folder.path() / "page", bytes));
    return error_of([&] {
      each_parquet_page(file, {.at = 0, .size = bytes.size(), .values = values, .codec = 0},
                        [](const ParquetPage&) {});
    });
  };
  EXPECT_EQ(said(1 << 24), "");
  EXPECT_NE(said((1 << 24) + 1).find("16777217 values in a page; up to 16777216 are read"),
            std::string::npos);
}

TEST(ParquetPages, OneThatBecomesGigabytesIsRefusedBeforeItIsRead) {
  const TemporaryFolder folder;
  const RandomFile file(put_text(folder.path() / "page", std::string(1 << 20, '\0')));
  const auto said = [&](std::uint32_t becomes, std::uint32_t levels) {
    const ParquetPage page{.kind = ParquetPage::Kind::DataV2,
                           .packed = 1 << 20,
                           .unpacked = becomes,
                           .definition = levels,
                           .packing = Packing::Gzip};
    return error_of([&] { (void)parquet_body(file, page); });
  };
  EXPECT_EQ(said((1U << 28) + 1, 0),
            "a block of 1048576 bytes becomes 268435457; up to 268435456, or 32 times its bytes, are read");
  EXPECT_EQ(said((1U << 28) + 9, 8),
            "a block of 1048568 bytes becomes 268435457; up to 268435456, or 32 times its bytes, are read");
  EXPECT_NE(said(1 << 10, 0).find("damaged"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
