// A transform or op lists its fields once; validation, YAML both ways, `doppel transforms` and the docs
// follow.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "doppel/base/geometry.h"

namespace doppel {

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

/// The values that a field may take.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

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

/// A list of things with fields of their own within a field, as transforms within a transform.
class Children {
 public:
  virtual ~Children() = default;
  virtual std::string_view kind() const = 0;  ///< what there are several of: "transforms"
  virtual bool may_be_none() const = 0;
  virtual std::size_t size() const = 0;
};
/// T names its kind: T::kChildren, and whether there may be none: T::kMayBeNone.
template <class T>
class ChildrenOf final : public Children {
 public:
  explicit ChildrenOf(std::vector<T>& list) : items(list) {}
  std::string_view kind() const override { return T::kChildren; }
  bool may_be_none() const override { return T::kMayBeNone; }
  std::size_t size() const override { return items.size(); }
  std::vector<T>& items;
};
template <class T>
std::vector<T>& items_of(Children& list) {
  return dynamic_cast<ChildrenOf<T>&>(list).items;
}

/// A field's value, by its type.
using FieldValue =
    std::variant<bool*, double*, int*, std::uint64_t*, Range*, IntRange*, Size*, Fill*, std::vector<double>*,
                 std::string*, std::vector<std::string>*, Children*, Choice>;

/// Walks over fields. A struct with fields has `void fields(FieldVisitor& visit)` that calls `visit` once
/// each.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  template <class T>
  void operator()(const FieldInfo& info, T& value) {
    visit(info, FieldValue(&value));
  }
  template <class T>
    requires requires { T::kChildren; }
  void operator()(const FieldInfo& info, std::vector<T>& value) {
    ChildrenOf<T> children(value);
    visit(info, FieldValue(&children));
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

}  // namespace doppel
