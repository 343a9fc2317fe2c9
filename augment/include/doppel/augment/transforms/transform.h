// A transform knows only how to draw: it reads its ranges and a random stream and appends concrete ops to a
// draft.
#pragma once

#include <concepts>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "doppel/augment/draft/draft.h"
#include "doppel/augment/transforms/schedule.h"
#include "doppel/base/fields.h"
#include "doppel/base/random.h"

namespace doppel::augment {

/// Anything that can draw is a transform: no base class. A member `double p` is the chance to apply at all; a
/// static `name` and `fields(FieldVisitor&)` make it readable and writable as YAML.
template <class T>
concept Drawable =
    std::copy_constructible<T> &&
    requires(const T& value, Draft& draft, const Stream& stream) { value.draw(draft, stream); };

/// Which classes a transform may touch, and what it makes of their labels. Classes are names, or numbers as
/// text.
struct LabelRules {
  std::vector<std::string> only;               ///< where not empty: no other class is touched
  std::vector<std::string> except;             ///< these classes are left alone
  std::map<std::string, std::string> relabel;  ///< new label of the sample and of boxes, where it was applied
  friend bool operator==(const LabelRules&, const LabelRules&) = default;
};

/// A Drawable as a value, with its label rules. Validates the fields when made: UsageError says which is
/// wrong.
class Transform {
 public:
  static constexpr std::string_view kChildren = "transforms";  ///< what a list of them is called
  static constexpr bool kMayBeNone = false;                    ///< a list of them names at least one
  /// Throws UsageError where `p` isn't 0 to 1 or a field can't be as it is.
  template <class T>
    requires(!std::same_as<T, Transform>) && Drawable<T>
  Transform(T value)
      : model_(std::make_unique<Model<T>>(std::move(value))) {  // NOLINT: a Drawable is a transform
    validate();
  }
  /// With a Drawable, rules and bound labels of its own.
  Transform(const Transform& other)
      : model_(other.model_->clone()),
        rules_(other.rules_),
        bound_(other.bound_),
        schedule_(other.schedule_) {}
  Transform(Transform&&) noexcept = default;       ///< the other may only be destroyed or assigned to
  Transform& operator=(Transform other) noexcept;  ///< takes over all of the other
  ~Transform() = default;

  /// The same with another chance. Throws UsageError where it isn't 0 to 1.
  Transform with_chance(double p) const;
  /// The same for these classes only, as LabelRules names them. A name is no class until bind_labels().
  Transform only_labels(std::vector<std::string> labels) const;
  /// The same for all classes but these.
  Transform except_labels(std::vector<std::string> labels) const;
  /// The same that turns labels into others where it is applied: from, to.
  Transform relabel(std::map<std::string, std::string> labels) const;

  /// The same in a part of training only, in shares of it: from `from` on, and no more from `until` on.
  Transform during(double from, double until) const;
  /// The same whose numbers grow from those of `start`, which is of the same name. Throws UsageError where it
  /// isn't.
  Transform growing_from(const Transform& start) const;

  /// The Drawable's, or "custom" where it has none.
  std::string_view name() const { return model_->name(); }
  double chance() const { return model_->chance(); }      ///< that it is applied, 0 to 1
  const LabelRules& rules() const { return rules_; }      ///< as they were given
  const Schedule& schedule() const { return schedule_; }  ///< when it is applied
  bool has_schedule() const;                              ///< true where it, or one in it, has one

  /// Draws into `draft`, if chance and label rules let it.
  void draw(Draft& draft, const Stream& stream) const;
  /// Shows every field, children too; a visitor that changes values changes this transform.
  void fields(FieldVisitor& visit) { model_->fields(visit); }
  /// Turns class names into numbers, here and in children. Throws UsageError for a name that no class has.
  void bind_labels(std::span<const std::string> classes);
  /// They hold from the next validate() or bind_labels() on.
  void set_rules(LabelRules rules) { rules_ = std::move(rules); }
  void set_schedule(Schedule schedule) { schedule_ = std::move(schedule); }  ///< the same
  /// Throws UsageError where the chance or a field can't be as it is. Takes up label rules that name classes
  /// by number, and forgets those that bind_labels() bound.
  void validate();

 private:
  struct AnyModel {
    virtual ~AnyModel() = default;
    virtual std::unique_ptr<AnyModel> clone() const = 0;
    virtual std::string_view name() const = 0;
    virtual double chance() const = 0;
    virtual void set_chance(double p) = 0;
    virtual void draw(Draft& draft, const Stream& stream) const = 0;
    virtual void fields(FieldVisitor& visit) = 0;
  };
  template <class T>
  struct Model final : AnyModel {
    explicit Model(T v) : value(std::move(v)) {}
    std::unique_ptr<AnyModel> clone() const override { return std::make_unique<Model>(*this); }
    std::string_view name() const override {
      if constexpr (requires { T::name; }) return T::name;
      return "custom";
    }
    double chance() const override {
      if constexpr (requires { value.p; }) return value.p;
      return own_chance;
    }
    void set_chance(double p) override {
      if constexpr (requires { value.p; }) value.p = p;
      own_chance = p;
    }
    void draw(Draft& draft, const Stream& stream) const override { value.draw(draft, stream); }
    void fields(FieldVisitor& visit) override {
      if constexpr (HasFields<T>) value.fields(visit);
    }
    T value;
    double own_chance = 1;
  };
  struct BoundRules {
    std::vector<int> only, except;
    std::map<int, int> relabel;
  };
  bool touches(int label) const;
  Transform grown(double share) const;

  std::unique_ptr<AnyModel> model_;
  LabelRules rules_;
  BoundRules bound_;
  Schedule schedule_;
};

/// At the top of a recipe the draft learns what has been drawn before each part: a partner for mixing is
/// drawn the same way.
enum class Level { Top, Nested };
/// Draws each of `parts` in turn. Part k of its name has the stream split(name, k), so that adding, moving or
/// editing one transform leaves the draws of the others as they were.
void draw_all(std::span<const Transform> parts, Draft& draft, const Stream& stream,
              Level level = Level::Nested);

}  // namespace doppel::augment
