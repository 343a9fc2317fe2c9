#include "python_value.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

using Kind = PythonValue::Kind;

constexpr int kDeepest = 32;

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool in_name(char c) {
  return starts_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.';
}

/// Reads values from left to right; what it makes of a text is never run.
class PythonReader {
 public:
  explicit PythonReader(std::string_view text) : text_(text) {}

  std::vector<PythonArgument> call(std::string_view function) {
    const bool whole = skip_to_arguments(function);
    std::vector<PythonArgument> arguments;
    for (skip(); at_ < text_.size() && !(whole && peek() == ')'); skip()) {
      arguments.push_back(argument());
      skip();
      if (at_ < text_.size() && peek() != ',' && !(whole && peek() == ')'))
        fail(fmt::format("a comma should stand before '{}'", rest()));
      if (at_ < text_.size() && peek() == ',') ++at_;
    }
    if (whole && at_ == text_.size()) fail("the call has no closing parenthesis");
    if (whole) ++at_;
    skip();
    if (at_ < text_.size()) fail(fmt::format("'{}' follows the call", rest()));
    return arguments;
  }

 private:
  /// True where the text is a whole call.
  bool skip_to_arguments(std::string_view function) {
    skip();
    const std::size_t start = at_;
    std::string word = name();
    skip();
    if (!word.empty() && peek() == '=' && peek(1) != '=') {
      const std::size_t before = at_++;
      skip();
      if (const std::string called = name();
          !called.empty() && (skip(), peek() == '(') && is(called, function)) {
        ++at_;
        return true;
      }
      at_ = before;
    }
    if (is(word, function) && peek() == '(') {
      ++at_;
      return true;
    }
    at_ = start;
    return false;
  }
  static bool is(std::string_view called, std::string_view function) {
    return called == function ||
           (called.ends_with(function) && called[called.size() - function.size() - 1] == '.');
  }

  PythonArgument argument() {
    PythonArgument made;
    made.place = place(at_);
    if (peek() == '*') fail("arguments behind * or ** aren't known here: write them out");
    const std::size_t start = at_;
    std::string word = name();
    skip();
    if (!word.empty() && word.find('.') == word.npos && peek() == '=' && peek(1) != '=') {
      ++at_;
      made.name = std::move(word);
    } else {
      at_ = start;
    }
    skip();
    made.value = value();
    return made;
  }

  PythonValue value() {
    const std::size_t start = at_;
    if (++depth_ > kDeepest) fail(fmt::format("nested more than {} deep", kDeepest));
    PythonValue result = sum();
    --depth_;
    skip();
    // Whatever goes on is an expression that only Python can work out: a call, a comparison, `if`.
    if (at_ < text_.size() && std::string_view(",)]}").find(peek()) == std::string_view::npos) {
      skip_code(start);
      result = code(start);
    }
    return result;
  }

  PythonValue sum() {
    PythonValue left = product();
    for (skip(); peek() == '+' || peek() == '-'; skip()) {
      const char sign = text_[at_++];
      skip();
      left = worked_out(left, sign, product());
    }
    return left;
  }
  PythonValue product() {
    PythonValue left = power();
    for (skip(); (peek() == '*' && peek(1) != '*') || peek() == '/'; skip()) {
      char sign = text_[at_++];
      if (sign == '/' && peek() == '/') {
        ++at_;
        sign = '\\';
      }
      skip();
      left = worked_out(left, sign, power());
    }
    return left;
  }
  PythonValue power() {
    if (peek() == '-' || peek() == '+') {
      const char sign = text_[at_++];
      skip();
      return worked_out({.kind = Kind::Int, .number = 0}, sign, power_within());
    }
    PythonValue base = atom();
    skip();
    if (peek() == '*' && peek(1) == '*') {
      at_ += 2;
      skip();
      return worked_out(base, '^', power_within());
    }
    return base;
  }
  PythonValue power_within() {
    if (++depth_ > kDeepest) fail(fmt::format("nested more than {} deep", kDeepest));
    PythonValue of = power();
    --depth_;
    return of;
  }

  /// Of whole numbers a whole one, but for quotients.
  PythonValue worked_out(const PythonValue& a, char sign, const PythonValue& b) const {
    if (!a.is_number() || !b.is_number()) return {.kind = Kind::Code, .text = a.text + sign + b.text};
    const bool divides = sign == '/' || sign == '\\';
    if ((divides && b.number == 0) || (sign == '^' && a.number == 0 && b.number < 0))
      fail("a division by zero");
    const double x = a.number, y = b.number;
    const double result = sign == '+'    ? x + y
                          : sign == '-'  ? x - y
                          : sign == '*'  ? x * y
                          : sign == '/'  ? x / y
                          : sign == '\\' ? std::floor(x / y)
                                         : std::pow(x, y);
    const bool whole =
        a.kind == Kind::Int && b.kind == Kind::Int && sign != '/' && result == std::floor(result);
    if (std::isnan(result)) fail("a power that is no real number");
    if (!std::isfinite(result)) fail("a number that is too large");
    return {.kind = whole ? Kind::Int : Kind::Float, .number = result, .text = fmt::format("{}", result)};
  }

  PythonValue atom() {
    const char c = peek();
    if (c == '(' || c == '[') return list(c == '(' ? ')' : ']');
    if (c == '{') {
      const std::size_t start = at_;
      skip_code(start);
      return code(start);
    }
    if (c == '"' || c == '\'') return quoted();
    if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.') return number();
    if (starts_name(c)) return word();
    fail(at_ == text_.size() ? "a value is missing" : fmt::format("'{}' is no value", rest()));
  }

  PythonValue word() {
    const std::size_t start = at_;
    const std::string word = name();
    if (word == "None") return {.text = word};
    if (word == "True" || word == "False")
      return {.kind = Kind::Bool, .number = word == "True" ? 1. : 0., .text = word};
    if (word == "math.pi" || word == "np.pi" || word == "numpy.pi")
      return {.kind = Kind::Float, .number = std::numbers::pi, .text = word};
    if (word.size() == 1 && std::string_view("rRuUbBfF").find(word[0]) != std::string_view::npos &&
        (peek() == '"' || peek() == '\''))
      return quoted();
    skip_code(start);
    return code(start);
  }

  PythonValue number() {
    const std::size_t start = at_;
    std::string digits;
    while (at_ < text_.size()) {
      const char c = peek();
      const bool exponent = c == 'e' || c == 'E';
      const bool sign =
          (c == '+' || c == '-') && !digits.empty() && (digits.back() == 'e' || digits.back() == 'E');
      if (std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '.' && !exponent && !sign && c != '_')
        break;
      if (c != '_') digits += c;
      ++at_;
    }
    PythonValue made{.kind = Kind::Int, .text = std::string(text_.substr(start, at_ - start))};
    if (digits.find_first_of(".eE") != digits.npos) made.kind = Kind::Float;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), made.number);
    const bool bad = problem != std::errc() || end != digits.data() + digits.size() || in_name(peek());
    if (bad || !std::isfinite(made.number)) {
      at_ = start;
      fail(fmt::format("'{}' is no number", rest()));
    }
    return made;
  }

  PythonValue quoted() {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    if (peek() == quote && peek(1) == quote) {
      at_ = start;
      fail("texts in three quotes aren't read");
    }
    PythonValue made{.kind = Kind::Text};
    for (; at_ < text_.size() && peek() != quote && peek() != '\n'; ++at_) {
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      made.text += peek();
    }
    if (peek() != quote) {
      at_ = start;
      fail("a text without its closing quote");
    }
    ++at_;
    return made;
  }

  /// A list, a tuple, or one value in parentheses.
  PythonValue list(char closing) {
    const std::size_t start = at_++;
    PythonValue made{.kind = Kind::List};
    bool comma = false;
    for (skip(); at_ < text_.size() && peek() != closing; skip()) {
      made.items.push_back(value());
      skip();
      comma = peek() == ',';
      if (at_ < text_.size() && !comma && peek() != closing)
        fail(fmt::format("a comma or '{}' should stand here", closing));
      if (comma) ++at_;
    }
    if (at_ == text_.size()) {
      at_ = start;
      fail(fmt::format("'{}' without its '{}'", text_[start], closing));
    }
    ++at_;
    made.text = std::string(text_.substr(start, at_ - start));
    if (closing == ')' && made.items.size() == 1 && !comma) return std::move(made.items.front());
    return made;
  }

  /// On to what ends an argument: a comma or a closing bracket that belongs to none within.
  void skip_code(std::size_t start) {
    at_ = start;
    std::string open;
    for (bool lambda = text_.substr(start).starts_with("lambda"); at_ < text_.size(); ++at_) {
      const char c = peek();
      if (c == '"' || c == '\'') {
        quoted();
        --at_;
      } else if (c == '#') {
        skip();
        --at_;
      } else if (c == '(' || c == '[' || c == '{') {
        open += c == '(' ? ')' : c == '[' ? ']' : '}';
      } else if (c == ')' || c == ']' || c == '}') {
        if (open.empty()) return;
        if (open.back() != c) fail(fmt::format("'{}' should stand before '{}'", open.back(), c));
        open.pop_back();
      } else if (c == ':' && open.empty()) {
        lambda = false;
      } else if (c == ',' && open.empty() && !lambda) {
        return;
      }
    }
    if (!open.empty()) fail(fmt::format("a '{}' is missing", open.back()));
  }
  PythonValue code(std::size_t start) const {
    std::string_view written = text_.substr(start, at_ - start);
    while (!written.empty() && std::isspace(static_cast<unsigned char>(written.back())) != 0)
      written.remove_suffix(1);
    return {.kind = Kind::Code, .text = std::string(written)};
  }

  std::string name() {
    const std::size_t start = at_;
    if (at_ < text_.size() && starts_name(peek()))
      while (at_ < text_.size() && in_name(peek())) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  /// Over blanks, line ends and comments.
  void skip() {
    while (at_ < text_.size()) {
      const char c = peek();
      if (c == '#')
        while (at_ < text_.size() && peek() != '\n') ++at_;
      else if (std::isspace(static_cast<unsigned char>(c)) != 0 || (c == '\\' && peek(1) == '\n'))
        ++at_;
      else
        break;
    }
  }
  char peek(std::size_t on = 0) const { return at_ + on < text_.size() ? text_[at_ + on] : '\0'; }
  std::string rest() const {
    return std::string(text_.substr(at_, std::min<std::size_t>(20, text_.find('\n', at_) - at_)));
  }
  std::string place(std::size_t at) const {
    std::size_t line = 1, begin = 0;
    for (std::size_t i = 0; i < at; ++i)
      if (text_[i] == '\n') {
        ++line;
        begin = i + 1;
      }
    const std::string column = fmt::format("column {}", at - begin + 1);
    return text_.find('\n') == text_.npos ? column : fmt::format("line {}, {}", line, column);
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw UsageError(fmt::format("Keras' arguments, {}: {}", place(at_), what));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::vector<PythonArgument> read_python_call(std::string_view text, std::string_view function) {
  return PythonReader(text).call(function);
}

}  // namespace doppel::augment
