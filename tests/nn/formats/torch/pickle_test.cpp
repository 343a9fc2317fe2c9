#include "formats/torch/pickle.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace doppel::nn::torch {
namespace {

/// Opcodes as text; \0 is kept.
template <std::size_t n>
Value unpickled(const char (&text)[n]) {
  return unpickle(std::vector<unsigned char>(text, text + n - 1));
}

TEST(Pickle, NumbersAndTextAreWhatTheyWere) {
  const auto number = [](const Value& value) { return std::get<std::int64_t>(value.is); };
  EXPECT_EQ(number(unpickled("\x80\x02K\xff.")), 255);
  EXPECT_EQ(number(unpickled("M\x34\x12.")), 0x1234);
  EXPECT_EQ(number(unpickled("J\xfe\xff\xff\xff.")), -2);
  EXPECT_EQ(number(unpickled("\x8a\x02\x00\xff.")), -256);  // LONG1, two's complement of two bytes
  EXPECT_EQ(number(unpickled("\x8a\x00.")), 0);
  EXPECT_EQ(number(unpickled("\x8a\x05\x00\x00\x00\x00\x01.")), std::int64_t{1} << 32);
  EXPECT_EQ(std::get<double>(unpickled("G\xbf\xf8\x00\x00\x00\x00\x00\x00.").is), -1.5);
  EXPECT_EQ(std::get<std::string>(unpickled("X\x02\x00\x00\x00hi.").is), "hi");
  EXPECT_EQ(std::get<std::string>(unpickled("\x8c\x02hi.").is), "hi");
  EXPECT_TRUE(std::get<bool>(unpickled("\x88.").is));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(unpickled("N.").is));
}

TEST(Pickle, ContainersAndTheMemo) {
  // {1: (2, 3), "a": what was kept}
  const Value value = unpickled("}q\x01(K\x01K\x02K\x03\x86q\x02X\x01\x00\x00\x00\x61h\x02u.");
  const auto& pairs = std::get<std::shared_ptr<Dictionary>>(value.is)->pairs;
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(std::get<std::int64_t>(pairs[0].first.is), 1);
  const auto& tuple = std::get<std::shared_ptr<Tuple>>(pairs[0].second.is);
  ASSERT_EQ(tuple->items.size(), 2U);
  EXPECT_EQ(std::get<std::int64_t>(tuple->items[1].is), 3);
  EXPECT_EQ(std::get<std::string>(pairs[1].first.is), "a");
  EXPECT_EQ(std::get<std::shared_ptr<Tuple>>(pairs[1].second.is), tuple);
}

TEST(Pickle, TensorsAreTheirStoragesPlaces) {
  // _rebuild_tensor_v2(("storage", torch.FloatStorage, "7", "cpu", 6), 1, (2,), (3,))
  const Value value = unpickled(
      "ctorch._utils\n_rebuild_tensor_v2\n((\x8c\x07storagectorch\nFloatStorage\n\x8c\x01\x37\x8c\x03"
      "cpuK\x06tQK\x01K\x02\x85K\x03\x85tR.");
  const auto& tensor = std::get<Tensor>(value.is);
  EXPECT_EQ(tensor.storage.type, "FloatStorage");
  EXPECT_EQ(tensor.storage.key, "7");
  EXPECT_EQ(tensor.storage.count, 6);
  EXPECT_EQ(tensor.offset, 1);
  EXPECT_EQ(tensor.shape, std::vector<std::int64_t>{2});
  EXPECT_EQ(tensor.stride, std::vector<std::int64_t>{3});
}

/// A file that would run a program when Python loads it.
TEST(Pickle, WhatCallsSomethingElseIsRefusedAndNothingRuns) {
  EXPECT_NE(error_of([] {
              unpickled(
                  "\x80\x02"
                  "cposix\nsystem\n(X\x05\0\0\0touchtR.");
            }).find("calls posix.system, which makes no tensor"),
            std::string::npos);
  EXPECT_NE(error_of([] {
              unpickled(
                  "(\x8c\x07storagecbuiltins\neval\n\x8c\x01\x37\x8c\x03"
                  "cpuK\x06tQ.");
            }).find("names builtins.eval, which is no storage"),
            std::string::npos);
}

/// Tuples in tuples, and a dictionary in itself.
TEST(Pickle, WhatNestsOrTurnsInCirclesEndsInAnError) {
  std::vector<unsigned char> deep(100002, 0x85);
  deep.front() = ')';
  deep.back() = '.';
  EXPECT_NE(error_of([&] { unpickle(deep); }).find("nested too deep"), std::string::npos);
  EXPECT_EQ(error_of([] { unpickled("}q\0K\1h\0s."); }), "");
}

TEST(Pickle, DamageIsSaid) {
  const auto expect = [](const std::string& text, const char* what) {
    const std::string error =
        error_of([&] { unpickle(std::vector<unsigned char>(text.begin(), text.end())); });
    EXPECT_EQ(error, std::string("the pickle ") + what);
  };
  expect("", "is cut short");
  expect("K", "is cut short");
  expect("X\xff\xff\xff\xff", "is cut short");
  expect(".", "takes more than there is");
  expect("(.", "takes more than there is");
  expect("K\x01t.", "has a mark too few");
  expect("h\x03.", "recalls what it never kept");
  expect("}(K\x01u.", "has a key without a value");
  expect("K\x01K\x02K\x03s.", "has another kind of value than tensors need");
  expect("\x8a\x09", "has a number of more than 64 bits");
  expect("i", "has the opcode 0x69, which no file of tensors needs");
}

}  // namespace
}  // namespace doppel::nn::torch
