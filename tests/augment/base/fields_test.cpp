#include "doppel/base/fields.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

/// A field of most types.
struct FieldsOfAll {
  double rate = 0.5;
  Range range{1, 2};
  IntRange count{1, 3};
  Size size{4, 5};
  Fill fill{Fill::Kind::Color, {0, 0.5, 1, 1}};
  std::vector<double> list{0.25};
  bool flag = true;
  std::string text = "a";
  enum class Way { There, Back } way = Way::Back;
  void fields(FieldVisitor& visit) {
    constexpr std::array<std::string_view, 2> kWays{"there", "back"};
    visit({"rate", {0, 1, true}, "RATE", "how fast"}, rate);
    visit({"range", {-5, 5}, "pixels", "how far"}, range);
    visit({"count", {1, 9}, "", ""}, count);
    visit({"size", {1, 99}, "", ""}, size);
    visit({"fill", {}, "", ""}, fill);
    visit({"list", {0, 1}, "", ""}, list);
    visit({"flag", {}, "", ""}, flag);
    visit({"text", {}, "", ""}, text);
    visit.choice({"way", {}, "", ""}, way, kWays);
  }
};

TEST(FieldValidator, NamesOwnerFieldAndWhatWouldBeRight) {
  const auto problem = [](auto&& change) {
    FieldsOfAll all;
    change(all);
    return error_of([&] {
      FieldValidator validator("Thing");
      all.fields(validator);
    });
  };
  EXPECT_EQ(problem([](FieldsOfAll&) {}), "");
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.rate = 1; }), "");
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.rate = 0; }),
            "Thing: rate is 0, but must be above 0 and at most 1");
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.rate = std::nan(""); }),
            "Thing: rate is nan, but must be above 0 and at most 1");
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.range = {3, 1}; }),
            "Thing: range is [3, 1], upside down; write [1, 3]");
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.range = {3, 6}; }),
            "Thing: range is 6, but must be -5 to 5 pixels");
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.count.low = 0; }), "Thing: count is 0, but must be 1 to 9");
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.size.width = 100; }), "Thing: size is 100, but must be 1 to 99");
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.fill.color[1] = 127; }),
            "Thing: fill is 127, but must be 0 to 1 of the full range");
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.list.push_back(2); }), "Thing: list is 2, but must be 0 to 1");
  // A fill by rule has no colour to be wrong.
  EXPECT_EQ(problem([](FieldsOfAll& f) { f.fill = {Fill::Kind::Wrap, {7, 7, 7, 7}}; }), "");
}

TEST(FieldDescriber, SaysEachFieldInItsOrder) {
  FieldsOfAll all;
  FieldDescriber describer;
  all.fields(describer);
  std::string text;
  for (const FieldText& f : describer.fields)
    text += f.name + "|" + f.kind + "|" + f.value + "|" + f.bounds + "|" + f.unit + "|" + f.help + "\n";
  EXPECT_EQ(text,
            "rate|number|0.5|above 0 and at most 1|RATE|how fast\n"
            "range|range|[1, 2]|-5 to 5|pixels|how far\n"
            "count|whole range|[1, 3]|1 to 9||\n"
            "size|size|[4, 5]|1 to 99||\n"
            "fill|fill|[0, 0.5, 1]|any||\n"
            "list|numbers|[0.25]|0 to 1||\n"
            "flag|true | false|true|||\n"
            "text|text|'a'|||\n"
            "way|there | back|back|||\n");
}

TEST(SomeFields, ThoseNamedAndTheOthersAreAll) {
  FieldsOfAll all;
  FieldDescriber only, rest;
  visit_only(only, all, {"size", "rate", "nothing"});
  visit_except(rest, all, {"size", "rate", "nothing"});
  ASSERT_EQ(only.fields.size(), 2U);
  EXPECT_EQ(only.fields[0].name, "rate");
  EXPECT_EQ(only.fields[1].name, "size");
  EXPECT_EQ(rest.fields.size(), 7U);
  // A choice that stays keeps its value, and one that passes may be changed.
  EXPECT_EQ(all.way, FieldsOfAll::Way::Back);
}

TEST(Fields, TextsReadBackAndNearWordsAreFound) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(-3), "-3");
  for (std::uint64_t i = 0; i < 200; ++i) {
    const double value = std::ldexp(Stream{.index = i}.uniform("v", -1, 1), static_cast<int>(i) - 100);
    EXPECT_EQ(std::stod(number_text(value)), value);
  }
  double number = 1;
  bool flag = true;
  EXPECT_EQ(values_text({"x", {0, 1}}, &number), "0 to 1");
  EXPECT_EQ(values_text({"x", {.low = 1}}, &number), "at least 1");
  EXPECT_EQ(values_text({"x", {.high = 2, .below_high = true}}, &number), "below 2");
  EXPECT_EQ(values_text({"x"}, &number), "number");
  EXPECT_EQ(values_text({"x"}, &flag), "true | false");
  const std::vector<std::string> words{"angle", "fill", "filter"};
  EXPECT_EQ(nearest_name("angel", words), "angle");
  EXPECT_EQ(nearest_name("FILTR", words), "filter");
  EXPECT_EQ(nearest_name("fil", words), "fill");
  EXPECT_EQ(nearest_name("probability", words), "");
  EXPECT_EQ(nearest_name("angle", {}), "");
}

}  // namespace
}  // namespace doppel::augment
