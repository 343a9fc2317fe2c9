// A transform or op lists its fields once; validation, YAML both ways, `doppel transforms` and the docs
// follow.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "doppel/base/geometry.h"

namespace doppel {

/// An inclusive range that a value is drawn from, uniformly unless said.
struct Range {
  double low = 0;   ///< the least
  double high = 0;  ///< the largest; not below `low`
  friend bool operator==(const Range&, const Range&) = default;
};

/// The same for whole numbers.
struct IntRange {
  int low = 0;   ///< the least
  int high = 0;  ///< the largest; not below `low`
  friend bool operator==(const IntRange&, const IntRange&) = default;
};

/// The values that a field may take: both ends included, but for those that are said to be open.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();  ///< the least; -infinity: none
  double high = std::numeric_limits<double>::infinity();  ///< the largest; infinity: none
  bool above_low = false;                                 ///< `low` itself is left out
  bool below_high = false;                                ///< `high` itself is left out
  /// True for a value that a field may take.
  bool hold(double value) const {
    return value >= low && value <= high && !(above_low && value == low) && !(below_high && value == high);
  }
};

/// A word that stands for a range in a recipe, as `heavy` does for an amount of rain.
struct NamedRange {
  std::string_view name;  ///< the word
  Range value;            ///< what it stands for
};

/// Whether a setting may differ where a run goes on, or between processes that train as one.
enum class MayDiffer {
  No,
  InLength,  ///< a run that goes on may have more of it, as epochs
  Yes        ///< results don't depend on it, as threads
};

/// What is said of a field besides its value.
struct FieldInfo {
  std::string_view name;                 ///< as YAML and messages call it
  Bounds bounds = {};                    ///< of each number in it
  std::string_view unit = {};            ///< of settings: what help calls a value, as "RATE"
  std::string_view help = {};            ///< what it is, in a few words
  std::span<const NamedRange> named{};   ///< words that may stand for its value
  MayDiffer may_differ = MayDiffer::No;  ///< of settings, as MayDiffer says
  bool follows = false;  ///< from the data or from other settings: recorded and compared, never asked for
};

/// One of `names`, by its position.
struct Choice {
  int* position;                            ///< of the one chosen, counted from 0
  std::span<const std::string_view> names;  ///< those to choose from
};

/// A list of things with fields of their own within a field, as transforms within a transform.
class Children {
 public:
  virtual ~Children() = default;
  virtual std::string_view kind() const = 0;  ///< what there are several of: "transforms"
  virtual bool may_be_none() const = 0;       ///< true where the list may be empty
  virtual std::size_t size() const = 0;       ///< how many there are
};
/// T names its kind: T::kChildren, and whether there may be none: T::kMayBeNone.
template <class T>
class ChildrenOf final : public Children {
 public:
  /// `list` must outlive it.
  explicit ChildrenOf(std::vector<T>& list) : items(list) {}
  std::string_view kind() const override { return T::kChildren; }
  bool may_be_none() const override { return T::kMayBeNone; }
  std::size_t size() const override { return items.size(); }
  std::vector<T>& items;  ///< the list itself
};
/// The list itself. Throws std::bad_cast where it isn't one of T.
template <class T>
std::vector<T>& items_of(Children& list) {
  return dynamic_cast<ChildrenOf<T>&>(list).items;
}

class FieldVisitor;

/// One of several kinds of a thing, each with fields of its own: an optimizer, a loss.
class Kinds {
 public:
  virtual ~Kinds() = default;
  /// Those that can be chosen by name, in their order.
  virtual std::span<const std::string_view> names() const = 0;
  /// Of the one that is there; it may be one that can't be chosen by name.
  virtual std::string_view name() const = 0;
  /// Puts a new one in its place, unless it is that one.
  virtual void choose(std::string_view name) = 0;
  virtual void fields(FieldVisitor& visit) = 0;  ///< those of the one that is there
  /// Those of a new one.
  virtual void fields_of(std::string_view name, FieldVisitor& visit) const = 0;
  /// The remark on that kind; "" where it has none.
  virtual std::string_view help_of(std::string_view name) const = 0;
};

/// A field's value, by its type.
using FieldValue =
    std::variant<bool*, double*, int*, std::uint64_t*, Range*, IntRange*, Size*, Fill*, std::vector<double>*,
                 std::string*, std::vector<std::string>*, Children*, Choice, Kinds*>;

/// Walks over fields. A struct with fields has `void fields(FieldVisitor& visit)` that calls `visit` once
/// each.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  /// A value that FieldValue can point to.
  template <class T>
  void operator()(const FieldInfo& info, T& value) {
    visit(info, FieldValue(&value));
  }
  /// A list of things with fields of their own: see ChildrenOf.
  template <class T>
    requires requires { T::kChildren; }
  void operator()(const FieldInfo& info, std::vector<T>& value) {
    ChildrenOf<T> children(value);
    visit(info, FieldValue(&children));
  }
  /// Kinds that name themselves: T::kName, and T::kHelp, a remark or "". One without kName can't be chosen.
  template <class... T>
  void operator()(const FieldInfo& info, std::variant<T...>& value);
  /// What follows belongs together.
  virtual void heading(std::string_view) {}
  /// A text that must be one of `names`; it is the first where it is none of them.
  void one_of(const FieldInfo& info, std::string& word, std::span<const std::string_view> names);
  /// An enum whose values count up from 0, with a name each.
  template <class Enum>
    requires std::is_enum_v<Enum>
  void choice(const FieldInfo& info, Enum& value, std::span<const std::string_view> names) {
    int position = static_cast<int>(value);
    visit(info, Choice{&position, names});
    value = static_cast<Enum>(position);
  }

 private:
  friend class SomeFields;
  virtual void visit(const FieldInfo& info, const FieldValue& value) = 0;
};

/// Can be shown to a visitor.
template <class T>
concept HasFields = requires(T& value, FieldVisitor& visit) { value.fields(visit); };

/// A kind that can be chosen by name.
template <class T>
concept HasName = requires { T::kName; };

/// Kinds that a variant holds one of; a new one has its fields at their defaults.
template <class... T>
class KindsOf final : public Kinds {
 public:
  /// `value` must outlive it, and changes where another is chosen.
  explicit KindsOf(std::variant<T...>& value) : value_(value) {}
  std::span<const std::string_view> names() const override {
    static const std::vector<std::string_view> names = [] {
      std::vector<std::string_view> all;
      (add<T>(all), ...);
      return all;
    }();
    return names;
  }
  std::string_view name() const override {
    return std::visit(
        [](const auto& kind) -> std::string_view {
          if constexpr (HasName<std::remove_cvref_t<decltype(kind)>>)
            return kind.kName;
          else
            return kind.name;
        },
        value_);
  }
  void choose(std::string_view wanted) override {
    if (name() == wanted) return;
    (with<T>(wanted, [&](T kind) { value_ = std::move(kind); }), ...);
  }
  void fields(FieldVisitor& visit) override {
    std::visit([&](auto& kind) { kind.fields(visit); }, value_);
  }
  void fields_of(std::string_view wanted, FieldVisitor& visit) const override {
    (with<T>(wanted, [&](T kind) { kind.fields(visit); }), ...);
  }
  std::string_view help_of(std::string_view wanted) const override {
    std::string_view help;
    (with<T>(wanted, [&](const T& kind) { help = kind.kHelp; }), ...);
    return help;
  }

 private:
  template <class K>
  static void add(std::vector<std::string_view>& all) {
    if constexpr (HasName<K>) all.push_back(K::kName);
  }
  template <class K, class F>
  static void with(std::string_view wanted, const F& use) {
    if constexpr (HasName<K>)
      if (K::kName == wanted) use(K{});
  }
  std::variant<T...>& value_;
};

template <class... T>
void FieldVisitor::operator()(const FieldInfo& info, std::variant<T...>& value) {
  KindsOf<T...> kinds(value);
  visit(info, FieldValue(static_cast<Kinds*>(&kinds)));
}

/// One field as text: what `doppel transforms NAME` and the gallery print.
struct FieldText {
  std::string name;    ///< as in FieldInfo
  std::string kind;    ///< of value, as "number", or the names to choose from
  std::string value;   ///< as field_text() writes it
  std::string bounds;  ///< as "0 to 1", or "any"; empty for texts, choices and true | false
  std::string unit;    ///< as in FieldInfo
  std::string help;    ///< as in FieldInfo
};

/// Throws UsageError, naming `owner` and the field, where a value is out of bounds or a range is upside down.
void check_bounds(const std::string& owner, const FieldInfo& info, const FieldValue& value);

/// The same for all fields of a thing.
class FieldValidator final : public FieldVisitor {
 public:
  /// `owner`: whose fields they are.
  explicit FieldValidator(std::string_view owner) : owner_(owner) {}

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override { check_bounds(owner_, info, value); }
  std::string owner_;
};

/// Some of the fields of a struct, by name, to another visitor.
class SomeFields final : public FieldVisitor {
 public:
  /// Pass: the named ones alone go on to the other visitor. Stay: all but those.
  enum class Named { Pass, Stay };
  /// `to`: the other visitor, which must outlive it.
  SomeFields(FieldVisitor& to, Named named, std::initializer_list<std::string_view> names)
      : to_(to), named_(named), names_(names) {}
  void heading(std::string_view text) override { to_.heading(text); }

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
  FieldVisitor& to_;
  Named named_;
  std::vector<std::string_view> names_;
};
/// Shows the fields of `options` that are named.
template <HasFields T>
void visit_only(FieldVisitor& visit, T& options, std::initializer_list<std::string_view> names) {
  SomeFields some(visit, SomeFields::Named::Pass, names);
  options.fields(some);
}
/// Shows all fields of `options` but those named.
template <HasFields T>
void visit_except(FieldVisitor& visit, T& options, std::initializer_list<std::string_view> names) {
  SomeFields some(visit, SomeFields::Named::Stay, names);
  options.fields(some);
}

/// Collects every field's text.
class FieldDescriber final : public FieldVisitor {
 public:
  std::vector<FieldText> fields;  ///< those visited so far

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
};

/// The values that a field may have: "0 to 1", "at least 1", "f32 | bf16", "true | false", "text".
std::string values_text(const FieldInfo& info, const FieldValue& value);

/// A value as text; numbers read back to the same bits.
std::string field_text(const FieldValue& value);

/// A number as short text that reads back to the same bits.
std::string number_text(double value);

/// The candidate nearest to `word` by edit distance, or empty where none is near (for "did you mean").
std::string nearest_name(std::string_view word, std::span<const std::string> candidates);
/// "; did you mean 'lion'?", or `otherwise` where none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates,
                         std::string_view otherwise = "");

}  // namespace doppel
