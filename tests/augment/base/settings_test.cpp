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

}  // namespace
}  // namespace doppel
