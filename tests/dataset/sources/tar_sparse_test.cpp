#include "sources/tar_sparse.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(TarSparse, PiecesFollowEachOtherInTheTar) {
  const auto pieces = pieces_of({{0, 512}, {1024, 100}, {2000, 0}}, 5000, 612, 2000);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[1].to, 1024U);
  EXPECT_EQ(pieces[1].at, 5512U);
  EXPECT_EQ(pieces[1].size, 100U);
  EXPECT_TRUE(pieces_of({{2000, 0}}, 5000, 0, 2000).empty());
}

TEST(TarSparse, AMapThatCantBeIsAnError) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  for (const SparseMap& map : {SparseMap{{10, 5}, {12, 5}}, SparseMap{{95, 10}}, SparseMap{{10, kMost}},
                               SparseMap{{kMost, 1}}, SparseMap{{0, 11}}, SparseMap{{0, 9}}, SparseMap{}})
    EXPECT_NE(error_of([&] { pieces_of(map, 0, 10, 100); }).find("a sparse map"), std::string::npos);
}

TEST(TarSparse, TheMapBeforeTheContentEndsWithItsBlocks) {
  std::array<unsigned char, kTarBlock> block{};
  const auto map_of = [&](std::string_view text, std::uint64_t blocks) {
    block = {};
    std::ranges::copy(text, block.begin());
    return sparse_map_in_content([&] { return TarBlock(block); }, blocks);
  };
  EXPECT_EQ(map_of("2\n0\n512\n1024\n7\n", 1), (SparseMap{{0, 512}, {1024, 7}}));
  EXPECT_NE(error_of([&] { map_of("2\n0\n512\n", 1); }).find("sparse map"), std::string::npos);
  EXPECT_NE(error_of([&] { map_of("\n", 1); }).find("sparse map"), std::string::npos);
  EXPECT_NE(error_of([&] { map_of(std::string(512, '1'), 9); }).find("sparse map"), std::string::npos);
  EXPECT_NE(error_of([&] { map_of("1\n", 0); }).find("beyond"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
