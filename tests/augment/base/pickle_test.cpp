#include "doppel/base/pickle.h"

#include <gtest/gtest.h>

#include <array>

#include "error_of.h"

namespace doppel {
namespace {

constexpr std::array<std::string_view, 2> kKnownCalls{"collections.OrderedDict", "persistent id"};

std::vector<unsigned char> pickle_bytes(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Pickle, HoldsWhatPythonWrote) {
  using namespace std::string_view_literals;
  // {'a': [1, -2, 2.5, None, True, 'text', (7, 300)]}, protocol 2.
  const auto bytes = pickle_bytes(
      "\x80\x02}q\0X\x01\0\0\0aq\x01]q\x02(K\x01J\xfe\xff\xff\xffG@\x04\0\0\0\0\0\0N\x88X\x04\0\0\0textq\x03"
      "K\x07M\x2c\x01\x86q\x04"
      "es."sv);
  const Pickle pickle(bytes, kKnownCalls);
  const PickleValue* list = pickled<PickleDictionary*>(pickle.value())->find("a");
  ASSERT_TRUE(list);
  const auto& items = pickled<PickleList*>(*list)->items;
  ASSERT_EQ(items.size(), 7U);
  EXPECT_EQ(pickled<std::int64_t>(items[0]), 1);
  EXPECT_EQ(pickled<std::int64_t>(items[1]), -2);
  EXPECT_EQ(pickled<double>(items[2]), 2.5);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(items[3]));
  EXPECT_TRUE(pickled<bool>(items[4]));
  EXPECT_EQ(pickled<std::string_view>(items[5]), "text");
  EXPECT_EQ(pickled<std::int64_t>(pickled<PickleList*>(items[6])->items[1]), 300);
  EXPECT_NE(error_of([&] { pickled<bool>(items[0]); }).find("another kind of value"), std::string::npos);
  EXPECT_EQ(pickled<PickleDictionary*>(pickle.value())->find("b"), nullptr);
}

TEST(Pickle, EndsWhereItsFileDoes) {
  EXPECT_EQ(error_of([] { Pickle(pickle_bytes("\x80\x02N."), kKnownCalls); }), "");
  EXPECT_EQ(error_of([] { Pickle(pickle_bytes("\x80\x02N.\x80\x02N."), kKnownCalls); }),
            "the pickle has something that follows its end");
}

TEST(Pickle, LongsOfAnySizeKeepTheirSign) {
  using namespace std::string_view_literals;
  const auto number = [](std::string_view text) {
    const auto bytes = pickle_bytes(text);
    return pickled<std::int64_t>(Pickle(bytes, kKnownCalls).value());
  };
  EXPECT_EQ(number("\x8a\0."sv), 0);
  EXPECT_EQ(number("\x8a\x01\xff."sv), -1);
  EXPECT_EQ(number("\x8a\x03\x00\x00\x80."sv), -8388608);
  EXPECT_EQ(number("\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f."sv), std::numeric_limits<std::int64_t>::max());
  EXPECT_NE(error_of([&] { number("\x8a\x09\0\0\0\0\0\0\0\0\x01."sv); }).find("more than 64 bits"),
            std::string::npos);
}

TEST(Pickle, ACallIsRecordedOrRefusedNeverMade) {
  using namespace std::string_view_literals;
  const auto ordered = pickle_bytes("ccollections\nOrderedDict\n)RX\x01\0\0\0kK\x05s}b."sv);
  const Pickle pickle(ordered, kKnownCalls);
  const PickleDictionary* items = dictionary_in(pickle.value());
  ASSERT_TRUE(items);
  EXPECT_EQ(pickled<std::int64_t>(*items->find("k")), 5);
  const auto other = pickle_bytes("cposix\nsystem\n(X\x05\0\0\0touchtR."sv);
  EXPECT_NE(error_of([&] { Pickle(other, kKnownCalls); }).find("calls posix.system"), std::string::npos);
}

TEST(Pickle, CirclesAndDepthAreNoTrouble) {
  const std::vector<unsigned char> circle{'}', 'q', 0, 'K', 1, 'h', 0, 's', '.'};
  EXPECT_EQ(error_of([&] { Pickle(circle, kKnownCalls); }), "");
  std::vector<unsigned char> deep(100002, 0x85);
  deep.front() = ')';
  deep.back() = '.';
  EXPECT_EQ(error_of([&] { Pickle(deep, kKnownCalls); }), "");
}

TEST(Pickle, WhatCannotBeIsRefused) {
  const auto error = [](std::vector<unsigned char> bytes) {
    return error_of([&] { Pickle(bytes, kKnownCalls, 100); });
  };
  EXPECT_NE(error({}).find("cut short"), std::string::npos);
  EXPECT_NE(error({'h', 3, '.'}).find("recalls what it never kept"), std::string::npos);
  EXPECT_NE(error({'0', '.'}).find("takes more than there is"), std::string::npos);
  EXPECT_NE(error({'(', 'K', 1, 't', 't', '.'}).find("a mark too few"), std::string::npos);
  EXPECT_NE(error({'}', '(', 'K', 1, 'u', '.'}).find("a key without a value"), std::string::npos);
  EXPECT_NE(error({'X', 9, 0, 0, 0, 'a', '.'}).find("cut short"), std::string::npos);
  EXPECT_NE(error({'i', '.'}).find("has the opcode 0x69"), std::string::npos);
  const std::string long_name = "c" + std::string(2000, 'm') + "\nn\n.";
  EXPECT_NE(error({long_name.begin(), long_name.end()}).find("a name of more than 1,000 bytes"),
            std::string::npos);
  EXPECT_NE(error(std::vector<unsigned char>(300, 'N')).find("too many values"), std::string::npos);
  EXPECT_NE(error(std::vector<unsigned char>(900, ')')).find("too many values"), std::string::npos);
}

}  // namespace
}  // namespace doppel
