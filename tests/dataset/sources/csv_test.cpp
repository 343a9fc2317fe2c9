#include "sources/csv.h"

#include <gtest/gtest.h>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

using CsvRecords = std::vector<std::vector<std::string>>;

CsvRecords csv_records(std::string_view text, char separator = ',') {
  CsvReader csv(text, separator);
  CsvRecords all;
  for (std::vector<std::string> fields; csv.next(fields);) all.push_back(fields);
  return all;
}

TEST(Csv, BlanksAroundFieldsAreCutAndThoseInQuotesKept) {
  EXPECT_EQ(csv_records("a , b\t,c d\n"), (CsvRecords{{"a", "b", "c d"}}));
  EXPECT_EQ(csv_records("a, \" b, \"\"x\"\" \" ,c\n"), (CsvRecords{{"a", " b, \"x\" ", "c"}}));
  EXPECT_EQ(csv_records("5\" disk,x"), (CsvRecords{{"5\" disk", "x"}}));
  EXPECT_EQ(csv_records(",\n"), (CsvRecords{{"", ""}}));
}

TEST(Csv, AnyLineEndEndsALine) {
  const CsvRecords two{{"a", "b"}, {"c", "d"}};
  for (const char* text : {"a,b\nc,d", "a,b\r\nc,d\r\n", "a,b\rc,d\r"})
    EXPECT_EQ(csv_records(text), two) << text;
  CsvReader csv("a\r\n\"b\r\nc\"\rd\r\n", ',');
  std::vector<std::string> fields;
  for (const std::size_t line : {1U, 2U, 4U}) {
    ASSERT_TRUE(csv.next(fields));
    EXPECT_EQ(csv.line(), line);
  }
  EXPECT_EQ(fields, std::vector<std::string>{"d"});
  EXPECT_THROW(csv_records("a\n\"b"), Error);
}

TEST(Csv, TheFirstLineSaysWhatSeparates) {
  EXPECT_EQ(separator_of("path,label;x"), ',');
  EXPECT_EQ(separator_of("path;label\na,b"), ';');
  EXPECT_EQ(separator_of("path\tlabel\r\na,b"), '\t');
  EXPECT_EQ(separator_of("\"a,b\";c"), ';');
  EXPECT_EQ(separator_of("path"), ',');
  EXPECT_EQ(csv_records("a;b,c\n", ';'), (CsvRecords{{"a", "b,c"}}));
}

}  // namespace
}  // namespace doppel::dataset
