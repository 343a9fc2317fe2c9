#include "base/yaml_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

/// Fields as ops and transforms have them.
struct YamlThing {
  double number = 1;
  Range range{0, 1};
  IntRange count{1, 2};
  Size size{3, 4};
  Fill fill;
  std::vector<double> list{};
  std::vector<std::string> words{};
  std::string text = "x";
  std::uint64_t seed = 0;
  bool flag = false;
  void fields(FieldVisitor& visit) {
    static constexpr std::array<NamedRange, 1> kNamed{{{"heavy", {0.4, 0.8}}}};
    visit({"number", {}, "", ""}, number);
    visit({.name = "range", .named = kNamed}, range);
    visit({"count", {}, "", ""}, count);
    visit({"size", {}, "", ""}, size);
    visit({"fill", {}, "", ""}, fill);
    visit({"list", {}, "", ""}, list);
    visit({"words", {}, "", ""}, words);
    visit({"text", {}, "", ""}, text);
    visit({"seed", {}, "", ""}, seed);
    visit({"flag", {}, "", ""}, flag);
  }
  friend bool operator==(const YamlThing&, const YamlThing&) = default;
};

YamlThing yaml_thing(const std::string& text) {
  YamlThing thing;
  YamlReader reader(load_yaml(text, "f"), "Thing", "f");
  thing.fields(reader);
  reader.finish({});
  return thing;
}

TEST(YamlFields, ShortFormsAreUnderstood) {
  EXPECT_EQ(yaml_thing("range: 3").range, (Range{3, 3}));
  EXPECT_EQ(yaml_thing("range: [-1, 2.5]").range, (Range{-1, 2.5}));
  EXPECT_EQ(yaml_thing("range: heavy").range, (Range{0.4, 0.8}));
  EXPECT_EQ(yaml_thing("count: 5").count, (IntRange{5, 5}));
  EXPECT_EQ(yaml_thing("size: 32").size, (Size{32, 32}));
  EXPECT_EQ(yaml_thing("size: [32, 48]").size, (Size{32, 48}));
  EXPECT_EQ(yaml_thing("fill: 0.5").fill, (Fill{Fill::Kind::Color, {0.5, 0.5, 0.5, 1}}));
  EXPECT_EQ(yaml_thing("fill: [1, 0, 0]").fill, (Fill{Fill::Kind::Color, {1, 0, 0, 1}}));
  EXPECT_EQ(yaml_thing("fill: wrap").fill, (Fill{Fill::Kind::Wrap, {}}));
  EXPECT_EQ(yaml_thing("list: 7").list, (std::vector<double>{7}));
  EXPECT_EQ(yaml_thing("words: [a, b c]").words, (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(yaml_thing(""), YamlThing{});
}

TEST(YamlFields, WhatWasWrittenReadsBackToTheSameBits) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Stream s{.index = i};
    const auto number = [&](std::string_view name) {
      return std::ldexp(s.uniform(name, -1, 1), s.split(name).integer("exponent", -60, 60));
    };
    YamlThing thing{.number = i == 0   ? 1e-8
                              : i == 1 ? 1e22
                                       : number("number"),
                    .range = {number("low"), number("high")},
                    .count = {s.integer("low", -9, 9), s.integer("high", -9, 9)},
                    .size = {s.integer("h", 1, 999), s.integer("w", 1, 999)},
                    .fill = {static_cast<Fill::Kind>(i % 4), {}},
                    .list = {number("a"), number("b")},
                    .words = {"", "no", "1e3", "a: b, [c"},
                    .text = i % 2 == 0 ? "~" : " - x\n# y",
                    .seed = s.bits("seed"),
                    .flag = i % 3 == 0};
    if (thing.range.low > thing.range.high) std::swap(thing.range.low, thing.range.high);
    if (thing.count.low > thing.count.high) std::swap(thing.count.low, thing.count.high);
    const auto share = [&](std::string_view name) { return s.uniform(name, 0, 1); };
    if (thing.fill.kind == Fill::Kind::Color)
      thing.fill.color = {share("r"), share("g"), share("b"), i % 8 == 0 ? share("alpha") : 1};
    YAML::Node map(YAML::NodeType::Map);
    YamlWriter writer(map);
    thing.fields(writer);
    const std::string text = YAML::Dump(i % 2 == 0 ? map : flow(map));
    ASSERT_EQ(yaml_thing(text), thing) << text;
  }
}

TEST(YamlFields, MistakesAreNamedWithTheirLine) {
  const auto problem = [](const std::string& text) { return error_of([&] { yaml_thing(text); }); };
  EXPECT_EQ(problem("number: 1\nnumbr: 2"), "f:2: Thing has no field 'numbr'; did you mean 'number'?");
  EXPECT_EQ(problem("flag: true\n\nflag: false"), "f:3: Thing has 'flag' twice");
  EXPECT_EQ(problem("number: ten"), "f:1: Thing: number needs a number, not 'ten'");
  EXPECT_EQ(problem("range: [1, 2, 3]"),
            "f:1: Thing: range needs a range as [low, high], or one number, not '[1, 2, 3]'");
  EXPECT_EQ(problem("size: [a, b]"),
            "f:1: Thing: size needs a size as [height, width], or one number, not 'a'");
  EXPECT_EQ(problem("count: 1.5"),
            "f:1: Thing: count needs a range of whole numbers as [low, high], or one, not '1.5'");
  EXPECT_THAT(problem("fill: mirror"),
              testing::HasSubstr("one of reflect, replicate, wrap, symmetric, not 'mirror'"));
  EXPECT_EQ(problem("text: ~"), "f:1: Thing: text needs a text, not '~'");
  EXPECT_EQ(problem("seed: -1"), "f:1: Thing: seed needs a whole number, not '-1'");
  EXPECT_EQ(problem("[1]"), "f:1: Thing needs its fields as a map, as {p: 0.5}");
  EXPECT_EQ(error_of([] { YamlReader(YAML::Node(), "Thing", "f", 33); }),
            "f: Thing is nested more than 32 deep");
}

TEST(YamlFields, WhatWouldGrowWithoutBoundIsRefused) {
  EXPECT_EQ(error_of([] { load_yaml("a: &x [1]\nb: *x", "f"); }),
            "f:2: aliases (*name) aren't allowed here; write the value out");
  const auto nested = [](std::size_t levels) {
    return error_of([&] { load_yaml(std::string(levels, '[') + std::string(levels, ']'), "f"); });
  };
  EXPECT_EQ(nested(64), "");
  EXPECT_EQ(nested(100'000), "f:1: nested too deep");
  EXPECT_THAT(error_of([] { load_yaml(std::string((16 << 20) + 1, ' '), "f"); }),
              testing::HasSubstr("more than a recipe or plan has"));
  EXPECT_THAT(error_of([] { load_yaml("a: 1\nb: ]", "f"); }), testing::StartsWith("f:2: not valid YAML"));
}

}  // namespace
}  // namespace doppel::augment
