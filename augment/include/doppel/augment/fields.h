// A transform or op lists its fields once; validation, YAML both ways, `doppel transforms` and the docs
// follow.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace doppel::augment {

/// An inclusive range that a value is drawn from, uniformly unless said.
struct Range {
  double low = 0, high = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

/// The same for whole numbers.
struct IntRange {
  int low = 0, high = 0;
  friend bool operator==(const IntRange&, const IntRange&) = default;
};

/// Pixels, height first: [height, width].
struct Size {
  int height = 0, width = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

/// What shows where an image has no pixels: a colour (RGBA, shares of the full range), or a border rule.
/// Reflect repeats no edge pixel (dcb|abcd|cba), Replicate holds the edge, Wrap continues at the other side.
struct Fill {
  enum class Kind { Color, Reflect, Replicate, Wrap };
  Kind kind = Kind::Color;
  std::array<double, 4> color{0, 0, 0, 1};
  friend bool operator==(const Fill&, const Fill&) = default;
};

/// The values that a field may take.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

class Transform;
struct Plan;

/// A word that stands for a range in a recipe, as `heavy` does for an amount of rain.
struct NamedRange {
  std::string_view name;
  Range value;
};

/// What is said of a field besides its value.
struct FieldInfo {
  std::string_view name;
  Bounds bounds;
  std::string_view unit;
  std::string_view help;
  std::span<const NamedRange> named{};
};

/// One of `names`, by its position.
struct Choice {
  int* position;
  std::span<const std::string_view> names;
};

/// A field's value, by its type.
using FieldValue = std::variant<bool*, double*, int*, std::uint64_t*, Range*, IntRange*, Size*, Fill*,
                                std::vector<double>*, std::string*, std::vector<std::string>*,
                                std::vector<Transform>*, std::vector<Plan>*, Choice>;

/// Walks over fields. A struct with fields has `void fields(FieldVisitor& visit)` that calls `visit` once
/// each.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  template <class T>
  void operator()(const FieldInfo& info, T& value) {
    visit(info, FieldValue(&value));
  }
  /// An enum whose values count up from 0, with a name each.
  template <class Enum>
    requires std::is_enum_v<Enum>
  void choice(const FieldInfo& info, Enum& value, std::span<const std::string_view> names) {
    int position = static_cast<int>(value);
    visit(info, Choice{&position, names});
    value = static_cast<Enum>(position);
  }

 private:
  virtual void visit(const FieldInfo& info, const FieldValue& value) = 0;
};

template <class T>
concept HasFields = requires(T& value, FieldVisitor& visit) { value.fields(visit); };

/// One field as text: what `doppel transforms NAME` and the gallery print.
struct FieldText {
  std::string name, kind, value, bounds, unit, help;
};

/// Throws UsageError, naming `owner` and the field, where a value is out of bounds or a range is upside down.
class FieldValidator final : public FieldVisitor {
 public:
  explicit FieldValidator(std::string_view owner) : owner_(owner) {}

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
  std::string owner_;
};

/// Collects every field's text.
class FieldDescriber final : public FieldVisitor {
 public:
  std::vector<FieldText> fields;

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
};

/// A number as short text that reads back to the same bits.
std::string number_text(double value);

/// The candidate nearest to `word` by edit distance, or empty where none is near (for "did you mean").
std::string nearest_name(std::string_view word, std::span<const std::string> candidates);

}  // namespace doppel::augment
