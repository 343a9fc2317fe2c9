// What a Python programmer writes between the parentheses of a call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doppel::augment {

/// A value as written. Sums, products and powers of numbers are worked out; whatever else is no literal is
/// Code, kept as its text.
struct PythonValue {
  enum class Kind { None, Bool, Int, Float, Text, List, Code };
  Kind kind = Kind::None;
  double number = 0;                 ///< of Bool (0, 1), Int and Float
  std::string text{};                ///< of Text its characters; else as it was written
  std::vector<PythonValue> items{};  ///< of a List, or a tuple

  bool is_number() const { return kind == Kind::Int || kind == Kind::Float; }
};

/// One argument of a call.
struct PythonArgument {
  std::string name;  ///< empty where it has its meaning by its position
  PythonValue value;
  std::string place;  ///< "column 12", or "line 2, column 5": where it begins
};

/// The arguments of `function(…)`, or of nothing but the arguments; "x = module.function(…)", too. Throws
/// UsageError with the place for what isn't Python's.
std::vector<PythonArgument> read_python_call(std::string_view text, std::string_view function);

}  // namespace doppel::augment
