#include "import/python_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numbers>

#include "error_of.h"

namespace doppel::augment {
namespace {

using PythonKind = PythonValue::Kind;

PythonValue python_value(const std::string& text) {
  const auto arguments = read_python_call("x=" + text, "f");
  EXPECT_EQ(arguments.size(), 1U) << text;
  return arguments.at(0).value;
}
double python_number(const std::string& text) {
  const PythonValue value = python_value(text);
  EXPECT_TRUE(value.is_number()) << text;
  return value.number;
}
std::string python_problem(const std::string& text) {
  return error_of([&] { read_python_call(text, "f"); });
}

TEST(PythonValue, NumbersAreThoseOfPython) {
  EXPECT_EQ(python_value("40").kind, PythonKind::Int);
  EXPECT_EQ(python_value("40.").kind, PythonKind::Float);
  EXPECT_EQ(python_number(".5"), 0.5);
  EXPECT_EQ(python_number("1_000"), 1000);
  EXPECT_EQ(python_number("-1e-3"), -0.001);
  EXPECT_EQ(python_number("1./255"), 1 / 255.0);
  EXPECT_EQ(python_number("1 / 255.0"), 1 / 255.0);
  EXPECT_EQ(python_number("2 * (3 + 4) - 5 // 2"), 12);
  EXPECT_EQ(python_number("-2 ** 2"), -4);
  EXPECT_EQ(python_number("2 ** -1"), 0.5);
  EXPECT_EQ(python_number("2 ** 3 ** 2"), 512);
  EXPECT_EQ(python_number("np.pi / 2"), std::numbers::pi / 2);
  EXPECT_EQ(python_value("6 / 2").kind, PythonKind::Float);
  EXPECT_EQ(python_value("6 * 2").kind, PythonKind::Int);
}

TEST(PythonValue, WordsTextsAndLists) {
  EXPECT_EQ(python_value("None").kind, PythonKind::None);
  EXPECT_EQ(python_value("True").number, 1);
  EXPECT_EQ(python_value("False").kind, PythonKind::Bool);
  EXPECT_EQ(python_value("'it\\'s'").text, "it's");
  EXPECT_EQ(python_value("r\"a, (b\"").text, "a, (b");
  EXPECT_EQ(python_value("(0.5, 1.5,)").items.size(), 2U);
  EXPECT_EQ(python_value("[-10, 0, 10]").items[0].number, -10);
  EXPECT_EQ(python_value("[]").items.size(), 0U);
  EXPECT_EQ(python_value("(7)").kind, PythonKind::Int);  // no tuple
  EXPECT_EQ(python_value("(7,)").kind, PythonKind::List);
}

TEST(PythonValue, WhatOnlyPythonCanWorkOutIsKeptAsText) {
  for (const char* code : {"lambda x, y: x / 255", "preprocess_input", "tf.keras.g(x, [1, 2])",
                           "np.array([1, 2])", "a if b else c", "{'a': (1, 2)}", "x[1:2]"}) {
    const PythonValue value = python_value(code);
    EXPECT_EQ(value.kind, PythonKind::Code) << code;
    EXPECT_EQ(value.text, code);
  }
}

TEST(PythonValue, CallsAndBareArgumentsAreTheSame) {
  for (const char* text :
       {"a=1, b=(2, 3)", "f(a=1, b=(2, 3))", "g = keras.image.f(\n    a=1,  # first\n    b=(2, 3),\n)\n",
        "  a = 1 ,\\\n b = (2, 3),"}) {
    const auto arguments = read_python_call(text, "f");
    ASSERT_EQ(arguments.size(), 2U) << text;
    EXPECT_EQ(arguments[0].name, "a");
    EXPECT_EQ(arguments[1].value.items[1].number, 3);
  }
  EXPECT_TRUE(read_python_call("", "f").empty());
  EXPECT_TRUE(read_python_call("f()", "f").empty());
  EXPECT_EQ(read_python_call("f(True, b=1)", "f")[0].name, "");
  EXPECT_EQ(read_python_call("a=1,\n b=2", "f")[1].place, "line 2, column 2");
}

TEST(PythonValue, WhatIsNoPythonIsNamedWithItsPlace) {
  EXPECT_EQ(python_problem("a=1, b=[1, 2"), "Keras' arguments, column 8: '[' without its ']'");
  EXPECT_EQ(python_problem("a='x"), "Keras' arguments, column 3: a text without its closing quote");
  EXPECT_EQ(python_problem("a=1.2.3"), "Keras' arguments, column 3: '1.2.3' is no number");
  EXPECT_EQ(python_problem("a=3px"), "Keras' arguments, column 3: '3px' is no number");
  EXPECT_EQ(python_problem("a=1,\nb="), "Keras' arguments, line 2, column 3: a value is missing");
  EXPECT_EQ(python_problem("f(a=1"), "Keras' arguments, column 6: the call has no closing parenthesis");
  EXPECT_EQ(python_problem("f(a=1) + 2"), "Keras' arguments, column 8: '+ 2' follows the call");
  EXPECT_EQ(python_problem("a=1/0"), "Keras' arguments, column 6: a division by zero");
  EXPECT_EQ(python_problem("**options"),
            "Keras' arguments, column 1: arguments behind * or ** aren't known here: write them out");
  EXPECT_EQ(python_problem("a=10**999"), "Keras' arguments, column 10: a number that is too large");
  EXPECT_EQ(python_problem("a=g(1"), "Keras' arguments, column 6: a ')' is missing");
  EXPECT_EQ(python_problem("a=(-8)**0.5"), "Keras' arguments, column 12: a power that is no real number");
  EXPECT_EQ(python_problem("a=0**-1"), "Keras' arguments, column 8: a division by zero");
  EXPECT_NE(python_problem("a=" + std::string(100000, '[')), "");
  std::string tower = "a=1";
  for (int i = 0; i < 100'000; ++i) tower += "**1";
  EXPECT_THAT(python_problem(tower), testing::HasSubstr("nested more than 32 deep"));
  EXPECT_NE(python_problem("a=" + std::string(100000, '-') + "1"), "");
  EXPECT_NE(python_problem("a=" + std::string(100000, '(')), "");
  EXPECT_NE(python_problem(std::string("a=\0001", 5)), "");
}

}  // namespace
}  // namespace doppel::augment
