#include "sources/npy.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"
#include "npy_bytes.h"

namespace doppel::dataset {
namespace {

ArrayPtr npy_in_memory(const std::string& text) {
  return npy_array("a", "a", ByteRange({text.begin(), text.end()}));
}
std::string npy_error(const std::string& text) {
  return error_of([&] { (void)npy_in_memory(text)->texts(); });
}

TEST(Npy, RowsAreReadWhereTheyLie) {
  const TemporaryFolder folder;
  const auto file =
      put_text(folder.path() / "x.npy", npy_of<std::uint16_t>("<u2", {3, 2}, {1, 2, 3, 4, 5, 6}));
  const ArrayPtr array = npy_array(file);
  EXPECT_EQ(array->facts().shape_text(), "3 x 2");
  std::vector<unsigned char> row(4);
  array->read(1, row);
  EXPECT_EQ(row, (std::vector<unsigned char>{3, 0, 4, 0}));
  std::filesystem::resize_file(file, 80);
  EXPECT_NE(error_of([&] { array->read(2, row); }).find("x.npy ends"), std::string::npos);
}

TEST(Npy, FortransOrderBecomesCs) {
  const std::string text = npy_of("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2)}",
                                  std::string("\0\6\2\x8\4\xa\1\7\3\x9\5\xb", 12));
  std::vector<unsigned char> all(12), counted(12);
  npy_in_memory(text)->unpacked()->read(0, all);
  for (unsigned char i = 0; i < 12; ++i) counted[i] = i;
  EXPECT_EQ(all, counted);
}

TEST(Npy, TextsOfBytesAndLetters) {
  const std::string bytes =
      npy_of("{'descr': '|S3', 'fortran_order': False, 'shape': (2,)}", std::string_view("ab\0cde", 6));
  EXPECT_EQ(npy_in_memory(bytes)->texts(), (std::vector<std::string>{"ab", "cde"}));
  const std::string letters = npy_of("{'descr': '>U2', 'fortran_order': False, 'shape': (2,)}",
                                     std::string_view("\0\0\0a\0\0\0\xe4\0\1\xf6\0\0\0\0\0", 16));
  EXPECT_EQ(npy_in_memory(letters)->texts(), (std::vector<std::string>{"aä", "😀"}));
  const std::string wrong =
      npy_of("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}", std::string_view("\0\0\0\xff", 4));
  EXPECT_NE(npy_error(wrong).find("which is no letter"), std::string::npos);
}

TEST(Npy, ShapesThatLieAreErrorsWithBothNumbers) {
  const std::vector<unsigned char> numbers(12);
  EXPECT_EQ(npy_error(npy_of("|u1", {4, 2}, numbers)),
            "a: its header promises 8 bytes (4 x 2 of uint8), but 12 follow");
  EXPECT_NE(npy_error(npy_of("|u1", {5, 4}, numbers)).find("promises 20 bytes"), std::string::npos);
  for (const std::string shape :
       {"(4294967296, 4294967296)", "(9223372036854775807, 3)", "(0, 4294967296, 4294967296)"})
    EXPECT_NE(npy_error(npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + "}"))
                  .find("more than 2^62 bytes"),
              std::string::npos)
        << shape;
}

}  // namespace
}  // namespace doppel::dataset
