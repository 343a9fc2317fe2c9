#include "doppel/base/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/settings_file.h"
#include "error_of.h"

namespace doppel {
namespace {

using testing::HasSubstr;

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

class SettingsFile : public testing::Test {
 protected:
  std::string path_of(const std::string& text) {
    const auto path = folder_.path() / "some.yaml";
    std::ofstream(path) << text;
    return path.string();
  }
  /// What reading a text fails with, but for the folder.
  std::string error(const std::string& text) {
    const std::string path = path_of(text);
    std::string what = error_of([&] {
      Shaped settings;
      read_settings(path, "shape", [&](FieldVisitor& visit) { settings.fields(visit); });
    });
    if (const auto at = what.find(path); at != std::string::npos) what.replace(at, path.size(), "F");
    return what;
  }
  dataset::TemporaryFolder folder_;
};

TEST_F(SettingsFile, ReadsBackWhatItWrote) {
  Shaped written;
  written.shape = Square{.side = 5};
  written.rate = 1.0 / 3;
  written.text = "- odd: [text, \"\n";
  written.flag = true;
  written.found = {3};
  const std::string text =
      settings_yaml("shape", [&](FieldVisitor& visit) { written.fields(visit); }, {{"of", "[1, 2]"}});
  EXPECT_THAT(text, HasSubstr("format: 1\ncommand: shape\n"));
  Shaped read;
  read_settings(path_of(text), "shape", [&](FieldVisitor& visit) { read.fields(visit); });
  EXPECT_EQ(read.found, (std::vector<double>{})) << "what follows isn't told";
  read.found = written.found;
  EXPECT_EQ(first_difference_of(written, read), "");
}

TEST_F(SettingsFile, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(error("rate: 1\n"), "");
  EXPECT_EQ(error("rate: 1\nratte: 2\n"), "F:2: doppel shape has no field 'ratte'; did you mean 'rate'?");
  EXPECT_EQ(error("rate: 1\nrate: 2\n"), "F:2: doppel shape has 'rate' twice");
  EXPECT_EQ(error("rate: fast\n"), "F:1: doppel shape: rate needs a number, not 'fast'");
  EXPECT_EQ(error("shape: oval\n"), "F:1: doppel shape: shape is 'oval', but must be one of round, square");
  EXPECT_EQ(error("shape: square\nradius: 1\n"), "F:2: the shape square has no field 'radius'; that is of round");
  EXPECT_EQ(error("rounds: 0\n"), "F:1: doppel shape: rounds is 0, but must be 1 to 100");
  EXPECT_EQ(error("rounds: -1\n"), "F:1: doppel shape: rounds needs a whole number, not '-1'");
  EXPECT_EQ(error("found: [1]\n"), "F:1: doppel shape has no field 'found'; did you mean 'rounds'?");
  EXPECT_EQ(error("format: 2\n"), "F:1: has format 2, which a later doppel made; this one reads up to 1");
  EXPECT_EQ(error("format: old\n"), "F:1: 'old' is no number of a format");
  EXPECT_EQ(error("command: other\n"), "F:1: these are settings of doppel other, not of doppel shape");
  EXPECT_EQ(error("- rate\n"), "F:1: settings are a map, as epochs: 10");
  EXPECT_THAT(error("rate: [\n"), HasSubstr("F:"));
}

TEST(Settings, BoundsMayBeOpen) {
  Shaped settings;
  const auto validate = [&](double radius) {
    std::get<Round>(settings.shape).radius = radius;
    return error_of([&] {
      FieldValidator validator("x");
      settings.fields(validator);
    });
  };
  EXPECT_EQ(validate(1), "");
  EXPECT_EQ(validate(0), "x: radius is 0, but must be above 0 and at most 1");
}

}  // namespace
}  // namespace doppel
