#include "doppel/base/settings_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/settings.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

struct RoundPart {
  static constexpr std::string_view kName = "round", kHelp = "";
  double radius = 0.1;
  void fields(FieldVisitor& visit) { visit({"radius", {0, 1, true}, "SHARE", "how round"}, radius); }
};
struct SquarePart {
  static constexpr std::string_view kName = "square", kHelp = "";
  int side = 3;
  void fields(FieldVisitor& visit) { visit({"side", {1, 9}, "N", "how long"}, side); }
};
struct TurnedSettings {
  std::variant<RoundPart, SquarePart> shape;
  double rate = 0.1;
  std::uint64_t rounds = 4;
  std::string text = "a: b # c";
  bool flag = false;
  std::vector<double> found = {};
  void fields(FieldVisitor& visit) {
    visit({"shape", {}, "", "which"}, shape);
    visit({"rate", {0}, "RATE", "how fast"}, rate);
    visit({"rounds", {1, 100}, "N", "how often"}, rounds);
    visit({"text", {}, "TEXT", "what"}, text);
    visit({"flag", {}, "", "whether"}, flag);
    visit({.name = "found", .follows = true}, found);
  }
};

class SettingsFile : public testing::Test {
 protected:
  std::string path_of(const std::string& text) {
    const auto path = folder_.path() / "some.yaml";
    std::ofstream(path) << text;
    return path.string();
  }
  TurnedSettings read(const std::string& text, TurnedSettings settings = {}) {
    read_settings(path_of(text), "turn", [&](FieldVisitor& visit) { settings.fields(visit); });
    return settings;
  }
  /// What reading a text fails with, but for the folder.
  std::string error(const std::string& text) {
    const std::string path = path_of(text);
    std::string what = error_of([&] { read(text); });
    if (const auto at = what.find(path); at != std::string::npos) what.replace(at, path.size(), "F");
    return what;
  }
  dataset::TemporaryFolder folder_;
};

TEST_F(SettingsFile, ReadsBackWhatItWrote) {
  TurnedSettings written;
  written.shape = SquarePart{.side = 5};
  written.rate = 1.0 / 3;
  written.text = "- odd: [text, \"\n";
  written.flag = true;
  written.found = {3};
  const std::string text =
      settings_yaml("turn", [&](FieldVisitor& visit) { written.fields(visit); }, {{"of", "[1, 2]"}});
  EXPECT_THAT(text, testing::HasSubstr("format: 1\ncommand: turn\n"));
  TurnedSettings back = read(text);
  EXPECT_EQ(back.found, (std::vector<double>{})) << "what follows isn't told";
  back.found = written.found;
  EXPECT_FALSE(first_difference(settings_of(written), settings_of(back)));
}

TEST_F(SettingsFile, WhatIsNotNamedStays) {
  TurnedSettings before;
  before.rate = 7;
  before.rounds = 9;
  const TurnedSettings after = read("rounds: 5\nshape: square\nside: 2\n", before);
  EXPECT_EQ(after.rate, 7);
  EXPECT_EQ(after.rounds, 5U);
  EXPECT_EQ(std::get<SquarePart>(after.shape).side, 2);
  EXPECT_EQ(std::get<RoundPart>(read("radius: 0.5\n").shape).radius, 0.5);
}

TEST_F(SettingsFile, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(error("rate: 1\n"), "");
  EXPECT_EQ(error("rate: 1\nratte: 2\n"), "F:2: doppel turn has no field 'ratte'; did you mean 'rate'?");
  EXPECT_EQ(error("rate: 1\nrate: 2\n"), "F:2: doppel turn has 'rate' twice");
  EXPECT_EQ(error("rate: fast\n"), "F:1: doppel turn: rate needs a number, not 'fast'");
  EXPECT_EQ(error("shape: oval\n"), "F:1: doppel turn: shape is 'oval', but must be one of round, square");
  EXPECT_EQ(error("shape: square\nradius: 1\n"),
            "F:2: the shape square has no field 'radius'; that is of round");
  EXPECT_EQ(error("rounds: 0\n"), "F:1: doppel turn: rounds is 0, but must be 1 to 100");
  EXPECT_EQ(error("rounds: -1\n"), "F:1: doppel turn: rounds needs a whole number, not '-1'");
  EXPECT_EQ(error("found: [1]\n"), "F:1: doppel turn has no field 'found'; did you mean 'rounds'?");
  EXPECT_EQ(error("format: 2\n"), "F:1: has format 2, which a later doppel made; this one reads up to 1");
  EXPECT_EQ(error("format: old\n"), "F:1: 'old' is no number of a format");
  EXPECT_EQ(error("command: other\n"), "F:1: these are settings of doppel other, not of doppel turn");
  EXPECT_EQ(error("command: trun\n"),
            "F:1: these are settings of doppel trun, not of doppel turn; did you mean 'turn'?");
  EXPECT_EQ(error("- rate\n"), "F:1: settings are a map, as epochs: 10");
  EXPECT_THAT(error("rate: [\n"), testing::HasSubstr("F:"));
  EXPECT_THROW(read("rate: fast\n"), UsageError);
}

}  // namespace
}  // namespace doppel::augment
