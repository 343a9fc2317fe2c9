#include "formats/torch/state_dict.h"

#include <gtest/gtest.h>

#include <string_view>

#include "error_of.h"

namespace doppel::nn::torch {
namespace {

using namespace std::string_view_literals;

/// One tensor: _rebuild_tensor_v2(("storage", torch.FloatStorage, "7", "cpu", 6), 1, (2,), (3,)).
constexpr auto kPickledTensor =
    "ctorch._utils\n_rebuild_tensor_v2\n((\x8c\x07storagectorch\nFloatStorage\n\x8c\x01\x37\x8c\x03"
    "cpuK\x06tQK\x01K\x02\x85K\x03\x85tR"sv;

auto state_of_text(const std::string& text) {
  return read_state_dict(std::vector<unsigned char>(text.begin(), text.end()));
}
std::string pickled_key(const std::string& name) {
  return std::string("\x8c") + static_cast<char>(name.size()) + name;
}

TEST(StateDict, TensorsAreTheirStoragesPlaces) {
  const auto all = state_of_text("}" + pickled_key("weight") + std::string(kPickledTensor) + "s.");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].first, "weight");
  const Tensor& tensor = all[0].second;
  EXPECT_EQ(tensor.storage.type, "FloatStorage");
  EXPECT_EQ(tensor.storage.key, "7");
  EXPECT_EQ(tensor.offset, 1);
  EXPECT_EQ(tensor.shape, std::vector<std::int64_t>{2});
  EXPECT_EQ(tensor.stride, std::vector<std::int64_t>{3});
}

TEST(StateDict, IsFoundUnderTheNamesThatScriptsUse) {
  const std::string state = "}" + pickled_key("w") + std::string(kPickledTensor) + "s";
  for (const char* name : {"state_dict", "model"})
    EXPECT_EQ(state_of_text("}" + pickled_key("epoch") + "K\x03s" + pickled_key(name) + state + "s.").size(),
              1U)
        << name;
  EXPECT_NE(error_of([&] {
              state_of_text("}" + pickled_key("epoch") + "K\x03s.");
            }).find("other things than named tensors"),
            std::string::npos);
  EXPECT_NE(error_of([] { state_of_text("K\x03."); }).find("holds no state_dict"), std::string::npos);
}

TEST(StateDict, ParametersAreTheirTensors) {
  const std::string parameter =
      "ctorch._utils\n_rebuild_parameter\n(" + std::string(kPickledTensor) + "\x88}tR";
  EXPECT_EQ(state_of_text("}" + pickled_key("w") + parameter + "s.")[0].second.offset, 1);
}

/// A file that would run a program when Python loads it, and one whose storage is none.
TEST(StateDict, WhatCallsSomethingElseIsRefused) {
  EXPECT_NE(error_of([] { state_of_text("cposix\nsystem\n(\x8c\x05touchtR."); }).find("calls posix.system"),
            std::string::npos);
  std::string other(kPickledTensor);
  other.replace(other.find("torch\nFloatStorage"), 18, "other\nFloatStorage");
  EXPECT_NE(error_of([&] {
              state_of_text("}" + pickled_key("w") + other + "s.");
            }).find("is no storage of numbers"),
            std::string::npos);
}

TEST(StateDict, NamesAndShapesThatAreRecalledOverAndOverStaySmall) {
  const std::string name(5000, 'n');
  std::string key = "X";
  for (const std::size_t byte : {name.size() & 255, name.size() >> 8}) key += static_cast<char>(byte);
  key += std::string(2, '\0') + name;
  EXPECT_NE(
      error_of([&] { state_of_text("}" + key + std::string(kPickledTensor) + "s."); }).find("a name of 5000"),
      std::string::npos);
  std::string sides = "(";
  for (int i = 0; i < 100; ++i) sides += "K\x01";
  std::string flat(kPickledTensor);
  flat.replace(flat.find("K\x02\x85"), 3, sides + "t");
  EXPECT_NE(error_of([&] { state_of_text("}" + pickled_key("w") + flat + "s."); }).find("has 100 sides"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::nn::torch
