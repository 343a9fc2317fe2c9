#include "sources/crc32c.h"

#include <gtest/gtest.h>

#include <vector>

namespace doppel::dataset {
namespace {

// RFC 3720, appendix B.4.
TEST(Crc32c, IsCastagnolis) {
  EXPECT_EQ(crc32c(std::vector<unsigned char>(32, 0)), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::vector<unsigned char>(32, 0xff)), 0x62a8ab43U);
  std::vector<unsigned char> rising(32);
  for (unsigned char i = 0; i < 32; ++i) rising[i] = i;
  EXPECT_EQ(crc32c(rising), 0x46dd794eU);
  EXPECT_EQ(crc32c({}), 0U);
}

}  // namespace
}  // namespace doppel::dataset
