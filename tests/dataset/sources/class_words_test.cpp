#include "sources/class_words.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace doppel::dataset {
namespace {

using NamesOfWords = std::vector<std::string>;

TEST(ClassWords, WholeNumbersKeepTheirValues) {
  Remarks remarks;
  ClassWords words;
  const int three = words.of("3.0", remarks), one = words.of(1, remarks), unused = words.of("7", remarks);
  EXPECT_EQ(words.of("", remarks), -1);
  EXPECT_TRUE(remarks.list().empty());
  EXPECT_EQ(words.of("-1", remarks), -1);
  EXPECT_EQ(remarks.list().size(), 1U);
  const std::vector<int> numbers = words.finish({true, true, false}, remarks);
  EXPECT_EQ(numbers[static_cast<std::size_t>(three)], 3);
  EXPECT_EQ(numbers[static_cast<std::size_t>(one)], 1);
  EXPECT_EQ(numbers[static_cast<std::size_t>(unused)], -1);
  EXPECT_EQ(words.names(), (NamesOfWords{"0", "1", "2", "3"}));
}

TEST(ClassWords, OneNameMakesAllOfThemNames) {
  Remarks remarks;
  ClassWords words;
  words.of("owl", remarks), words.of("2", remarks), words.of("cat", remarks);
  EXPECT_EQ(words.finish({true, true, true}, remarks), (std::vector{2, 0, 1}));
  EXPECT_EQ(words.names(), (NamesOfWords{"2", "cat", "owl"}));
  EXPECT_NE(remarks.list().at(0).text().find("taken as names, not numbers: 2 of 3"), std::string::npos);
}

TEST(ClassWords, NumbersFromAMillionOnAreNames) {
  Remarks remarks;
  ClassWords words;
  words.of("0", remarks), words.of("1000000", remarks);
  EXPECT_EQ(words.finish({true, true}, remarks), (std::vector{0, 1}));
  EXPECT_EQ(words.names(), (NamesOfWords{"0", "1000000"}));
  EXPECT_NE(remarks.list().at(0).text().find("no whole number from 0 to 999999"), std::string::npos);
}

TEST(ClassWords, OfAListTheyAreNamesOrNumbers) {
  Remarks remarks;
  ClassWords words({"cat", "owl"});
  EXPECT_EQ(words.of("owl", remarks), 1);
  EXPECT_EQ(words.of("0", remarks), 0);
  EXPECT_EQ(words.of(1, remarks), 1);
  EXPECT_EQ(words.of(-1, remarks), -1);
  EXPECT_EQ(error_of([&] { words.of("dog", remarks); }), "the label 'dog' is none of the 2 classes");
  EXPECT_EQ(error_of([&] { words.of(2, remarks); }), "the label 2, but there are 2 classes");
  EXPECT_EQ(words.finish({true, true}, remarks), (std::vector{0, 1}));
  EXPECT_EQ(words.names(), (NamesOfWords{"cat", "owl"}));
}

}  // namespace
}  // namespace doppel::dataset
