#include "sources/pax_records.h"

#include <gtest/gtest.h>

#include "dataset/sources/tar_bytes.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(PaxRecords, TakesWhatBearsOnMembersAndPassesOverTheRest) {
  PaxRecords records;
  records.read(TarBytes::record("path", "a=b\nc.png") + TarBytes::record("mtime", "1.5") +
               TarBytes::record("size", "12") + TarBytes::record("linkpath", "d/e"));
  EXPECT_EQ(records.path, "a=b\nc.png");
  EXPECT_EQ(records.link_path, "d/e");
  EXPECT_EQ(records.size, 12U);
  records.read(TarBytes::record("path", "") + TarBytes::record("size", ""));
  EXPECT_EQ(records.path, "") << "an empty value takes it back";
  EXPECT_FALSE(records.size);
}

TEST(PaxRecords, ReadsSparseMapsRecordByRecordAndInOne) {
  PaxRecords apart, one;
  for (const char* number : {"0", "10", "20", "5"})
    apart.read(TarBytes::record(
        number[0] == '1' || number[0] == '5' ? "GNU.sparse.numbytes" : "GNU.sparse.offset", number));
  one.read(TarBytes::record("GNU.sparse.map", "0,10,20,5"));
  EXPECT_EQ(apart.sparse_map, (SparseMap{{0, 10}, {20, 5}}));
  EXPECT_EQ(one.sparse_map, apart.sparse_map);
}

TEST(PaxRecords, DamageIsAnError) {
  for (const std::string& text :
       {std::string("x"), std::string("5 a=b"), std::string("99 path=a\n"), std::string("10 path=ab"),
        std::string("7 path\n"), std::string("0 \n"), TarBytes::record("size", "12x"),
        TarBytes::record("size", "-1"), TarBytes::record("GNU.sparse.numbytes", "1"),
        TarBytes::record("GNU.sparse.map", "1,2,3"), TarBytes::record("GNU.sparse.map", "1,,3,4")})
    EXPECT_NE(error_of([&] { PaxRecords().read(text); }).find("extended header"), std::string::npos) << text;
}

}  // namespace
}  // namespace doppel::dataset
