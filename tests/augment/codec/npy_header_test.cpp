#include "doppel/codec/npy_header.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "npy_bytes.h"

namespace doppel {
namespace {

NpyHeader header_of(const std::string& text) {
  return NpyHeader::read({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}
std::string header_error(const std::string& text) {
  return error_of([&] { (void)header_of(text); });
}
std::string of_type(const std::string& type) {
  return npy_of("{'descr': " + type + ", 'fortran_order': False, 'shape': (2,)}");
}

TEST(NpyHeader, KeysMayStandInAnyOrderWithAnyBlanks) {
  const NpyHeader header =
      header_of(npy_of("{ \"shape\" :( 3,4L , 5),'fortran_order':True , 'descr':'>i2'}  \n"));
  EXPECT_EQ(header.shape, (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_TRUE(header.fortran_order);
  EXPECT_EQ(header.type, (NumberType{NumberType::Kind::Signed, 2, true}));
  EXPECT_TRUE(header_of(npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': ()}")).shape.empty());
}

TEST(NpyHeader, VersionsTwoAndThreeHaveLongerLengths) {
  const std::string dictionary = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2)}";
  for (const char version : {'\2', '\3'}) {
    std::string text("\x93NUMPY", 6);
    text += version;
    text += '\0';
    text += static_cast<char>(dictionary.size());
    text += std::string(3, '\0');
    EXPECT_EQ(header_of(text + dictionary).data_offset, 12 + dictionary.size());
    text[10] = 2;  // 131,000 bytes
    EXPECT_NE(header_error(text + dictionary).find("up to 65524 are read"), std::string::npos);
  }
  std::string later = npy_of(dictionary);
  later[6] = 4;
  EXPECT_NE(header_error(later).find("version 4.0; 1 to 3 are read"), std::string::npos);
}

TEST(NpyHeader, WhatIsPickledOrNoNumberIsNamed) {
  EXPECT_NE(header_of(of_type("'|O'")).problem.find("objects, which NumPy pickles"), std::string::npos);
  EXPECT_NE(header_of(of_type("[('a', '|u1'), ('b', '<f4', (2,))]")).problem.find("several types"),
            std::string::npos);
  EXPECT_NE(header_of(of_type("('<f4', (2,))")).problem.find("several types"), std::string::npos);
  for (const char* type : {"<c8", "<M8[ns]", "|V3", "<f16", "|S0"})
    EXPECT_EQ(header_of(of_type("'" + std::string(type) + "'")).kind, NpyHeader::Kind::Unread) << type;
}

TEST(NpyHeader, DamagedOnesAreErrors) {
  const std::string whole = of_type("'<f4'");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(header_error(whole.substr(0, size)), "") << size;
  for (const char* dictionary :
       {"{}", "{'descr': '<f4', 'fortran_order': False}", "{'descr': '<f4', 'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': 'f', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4x', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f99999999999999999999', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + exit()",
        "{'descr': [((((, 'fortran_order': False, 'shape': (2,)}"})
    EXPECT_NE(header_error(npy_of(dictionary)), "") << dictionary;
}

}  // namespace
}  // namespace doppel
