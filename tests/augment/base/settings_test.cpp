#include "doppel/base/settings.h"

#include <gtest/gtest.h>

#include <cmath>

namespace doppel {
namespace {

struct Round {
  static constexpr std::string_view kName = "round", kHelp = "";
  double radius = 0.1;
  void fields(FieldVisitor& visit) { visit({"radius", {0, 1, true}, "SHARE", "how round"}, radius); }
};
struct Square {
  static constexpr std::string_view kName = "square", kHelp = "";
  int side = 3;
  void fields(FieldVisitor& visit) { visit({"side", {1, 9}, "N", "how long"}, side); }
};
struct Own {
  static constexpr std::string_view kHelp = "";
  std::string name;
  void fields(FieldVisitor&) {}
};

struct Shaped {
  std::variant<Round, Square, Own> shape;
  double rate = 0.1;
  std::uint64_t rounds = 4;
  int threads = 0;
  std::string text = "a: b # c";
  bool flag = false;
  std::vector<double> found = {};
  void fields(FieldVisitor& visit) {
    visit({"shape", {}, "", "which"}, shape);
    visit({"rate", {0}, "RATE", "how fast"}, rate);
    visit({"rounds", {1, 100}, "N", "how often", {}, MayDiffer::InLength}, rounds);
    visit({"threads", {0, 100}, "N", "how many", {}, MayDiffer::Yes}, threads);
    visit({"text", {}, "TEXT", "what"}, text);
    visit({"flag", {}, "", "whether"}, flag);
    visit({.name = "found", .follows = true}, found);
  }
};

std::string first_difference_of(const Shaped& before, const Shaped& now) {
  const auto difference = first_difference(settings_of(before), settings_of(now));
  return difference ? difference->name + ": " + difference->before + " -> " + difference->now : "";
}

TEST(Settings, OnlyWhatMattersDiffers) {
  Shaped before, now;
  EXPECT_EQ(first_difference_of(before, now), "");
  now.threads = 7;
  now.rounds = 9;
  EXPECT_EQ(first_difference_of(before, now), "");
  EXPECT_EQ(first_difference_of(now, before), "rounds: 9 -> 4");
  now.rate = std::nextafter(0.1, 1);
  EXPECT_EQ(first_difference_of(before, now), "rate: 0.1 -> 0.10000000000000002");
  now = before;
  now.shape = Square{};
  EXPECT_EQ(first_difference_of(before, now), "shape: round -> square");
  now.shape = Own{"mine"};
  EXPECT_EQ(first_difference_of(before, now), "shape: round -> mine");
  now = before;
  now.found = {1};
  EXPECT_EQ(first_difference_of(before, now), "found: [] -> [1]");
}

TEST(Settings, WhatAnEarlierDoppelDidntHaveHadItsDefault) {
  std::vector<SettingText> before = settings_of(Shaped{});
  std::erase_if(before, [](const SettingText& setting) { return setting.name == "rate"; });
  Shaped now;
  EXPECT_FALSE(first_difference(before, settings_of(now)));
  now.rate = 0.5;
  const auto difference = first_difference(before, settings_of(now));
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->name + ": " + difference->before + " -> " + difference->now, "rate: 0.1 -> 0.5");
  // What has no default, as a line of a recipe, was nothing.
  std::vector<SettingText> more = settings_of(Shaped{});
  more.push_back({"line 1 of the recipe", "- Flip"});
  EXPECT_EQ(first_difference(before, more).value_or(SettingDifference{}).before, "nothing");
}

}  // namespace
}  // namespace doppel
