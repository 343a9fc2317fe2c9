#include "sources/json_value.h"

#include <gtest/gtest.h>

#include <string>

#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace ondemand = simdjson::ondemand;

/// Shows the value that is written so, between two others of an object, and expects to get past it.
void show_written(const std::string& written, const auto& show) {
  const simdjson::padded_string text(R"({"before": 1, "it": )" + written + R"( , "behind": "2"})");
  ondemand::parser parser;
  ondemand::document document = parser.iterate(text);
  std::string keys;
  for (ondemand::field field : document.get_object()) {
    const std::string_view key = field.unescaped_key();
    keys += key, keys += ' ';
    if (key == "it") show(field.value(), document);
  }
  EXPECT_EQ(keys, "before it behind ") << written;
  json_check_end(document);
}

bool is_nothing(const std::string& written) {
  bool answer = false;
  show_written(written, [&](JsonValue value, ondemand::document& document) {
    const char* before = document.current_location();
    answer = json_is_nothing(value);
    const char* after = document.current_location();
    EXPECT_EQ(before, after) << "looking at " << written << " has begun it";
    EXPECT_EQ(json_is_nothing(value), answer) << written;
  });
  return answer;
}

TEST(JsonValue, IsNothingWhereItIsEmptyOrNull) {
  for (const char* written : {"null", "\"\"", "\"  \"", "[]", "[ \n ]", "{}", "{\r\n\t}"})
    EXPECT_TRUE(is_nothing(written)) << written;
  for (const char* written : {"0", "false", "true", "\"a\"", "\" ] \"", "[0]", "[ [] ]", "[{}]", "[null]",
                              "{\"a\":null}", "{ \"}\" : {} }"})
    EXPECT_FALSE(is_nothing(written)) << written;
}

TEST(JsonValue, IsReadAfterItWasLookedAt) {
  show_written("[[], [1, \"2.5\"], {}, 3]", [](JsonValue value, ondemand::document&) {
    ASSERT_FALSE(json_is_nothing(value));
    std::string said;
    std::vector<double> numbers;
    for (JsonValue one : value.get_array()) {
      said += json_is_nothing(one) ? '-' : '+';
      if (said.size() == 1 || said.size() == 2) json_numbers(one, numbers);
    }
    EXPECT_EQ(said, "-+-+");
    EXPECT_EQ(numbers, (std::vector<double>{1, 2.5}));
  });
  show_written(R"({"a": {"b": [7]}, "c": "d"})", [](JsonValue value, ondemand::document&) {
    ASSERT_FALSE(json_is_nothing(value));
    std::string said;
    for (ondemand::field field : value.get_object()) {
      JsonValue inside = field.value();
      EXPECT_FALSE(json_is_nothing(inside));
      if (inside.type() == ondemand::json_type::string)
        said = json_text(inside);
      else
        for (ondemand::field deep : inside.get_object())
          json_each_number(deep.value(), [&](double number) { EXPECT_EQ(number, 7); });
    }
    EXPECT_EQ(said, "d");
  });
}

TEST(JsonValue, IsANumberHoweverItsWritten) {
  const auto number = [](const std::string& written) {
    double is = 0;
    show_written(written, [&](JsonValue value, ondemand::document&) { is = json_number(value); });
    return is;
  };
  EXPECT_EQ(number("-2.5e1"), -25);
  EXPECT_EQ(number("\" 7 \""), 7);
  for (const char* written : {"null", "[1]", "{}", "\"x\"", "\"\"", "true"})
    EXPECT_EQ(error_of([&] { number(written); }), "not a number") << written;
}

TEST(JsonValue, IsWholeWhereItsFractionIsNothing) {
  const auto whole = [](const std::string& written) {
    std::optional<std::int64_t> is;
    show_written(written, [&](JsonValue value, ondemand::document&) { is = json_whole(value); });
    return is;
  };
  EXPECT_EQ(whole("3"), 3);
  EXPECT_EQ(whole("3.0"), 3);
  EXPECT_EQ(whole("\"3\""), 3);
  EXPECT_EQ(whole("null"), std::nullopt);
  EXPECT_EQ(error_of([&] { whole("3.5"); }), "not a whole number");
  EXPECT_EQ(error_of([&] { whole("[3]"); }), "neither a text nor a number");
}

TEST(JsonValue, IsAFlagHoweverItsWritten) {
  const auto flag = [](const std::string& written) {
    bool is = false;
    show_written(written, [&](JsonValue value, ondemand::document&) { is = json_flag(value); });
    return is;
  };
  for (const char* written : {"true", "1", "\"True\"", "\"1\"", "2.0"}) EXPECT_TRUE(flag(written)) << written;
  for (const char* written : {"false", "0", "\"false\"", "\"0\"", "null"})
    EXPECT_FALSE(flag(written)) << written;
  EXPECT_EQ(error_of([&] { flag("\"maybe\""); }), "neither 0 nor 1");
}

TEST(JsonValue, IsAListOfNumbers) {
  const auto numbers = [](const std::string& written) {
    std::vector<double> all;
    show_written(written, [&](JsonValue value, ondemand::document&) { json_numbers(value, all); });
    return all;
  };
  EXPECT_EQ(numbers("[1, -2.25 ,\"3\",4e2]"), (std::vector<double>{1, -2.25, 3, 400}));
  EXPECT_TRUE(numbers("null").empty());
  EXPECT_TRUE(numbers("[ ]").empty());
  EXPECT_EQ(error_of([&] { numbers("{}"); }), "not a list of numbers");
  EXPECT_EQ(error_of([&] { numbers("[1,[2]]"); }), "'[2]' is no number");
}

}  // namespace
}  // namespace doppel::dataset
