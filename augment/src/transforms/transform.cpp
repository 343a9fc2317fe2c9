#include "doppel/augment/transforms/transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "doppel/base/error.h"
#include "transforms/field_growth.h"

namespace doppel::augment {
namespace {

/// Visits children only.
class ChildVisitor final : public FieldVisitor {
 public:
  explicit ChildVisitor(std::span<const std::string> classes) : classes_(classes) {}

 private:
  void visit(const FieldInfo&, const FieldValue& value) override {
    if (const auto* children = std::get_if<Children*>(&value))
      for (Transform& child : items_of<Transform>(**children)) child.bind_labels(classes_);
  }
  std::span<const std::string> classes_;
};

/// Looks for a child with a schedule.
class ScheduleFinder final : public FieldVisitor {
 public:
  bool found = false;

 private:
  void visit(const FieldInfo&, const FieldValue& value) override {
    if (const auto* children = std::get_if<Children*>(&value))
      for (const Transform& child : items_of<Transform>(**children)) found = found || child.has_schedule();
  }
};

/// The number of class `word`: its place among the names, or else the number itself; empty where it is
/// neither.
std::optional<int> class_number(const std::string& word, std::span<const std::string> classes) {
  const auto found = std::find(classes.begin(), classes.end(), word);
  if (found != classes.end()) return static_cast<int>(found - classes.begin());
  int number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc() && end == word.data() + word.size() && number >= 0;
  if (whole && (classes.empty() || number < static_cast<int>(classes.size()))) return number;
  return std::nullopt;
}

/// A class that no data set has: what a word for no class becomes.
constexpr int kNoClass = -2;

/// A word that ends in "?" names a class that may be missing.
int class_of(std::string_view owner, const std::string& word, std::span<const std::string> classes) {
  if (word.ends_with('?')) {
    const auto found = std::find(classes.begin(), classes.end(), word.substr(0, word.size() - 1));
    return found == classes.end() ? kNoClass : static_cast<int>(found - classes.begin());
  }
  if (const auto number = class_number(word, classes)) return *number;
  throw UsageError(fmt::format("{}: there is no class '{}' among {}{}", owner, word, classes.size(),
                               did_you_mean(word, classes)));
}

}  // namespace

Transform& Transform::operator=(Transform other) noexcept {
  std::swap(model_, other.model_);
  std::swap(rules_, other.rules_);
  std::swap(bound_, other.bound_);
  std::swap(schedule_, other.schedule_);
  return *this;
}

Transform Transform::during(double from, double until) const {
  Transform changed = *this;
  changed.schedule_.from = from;
  changed.schedule_.until = until;
  changed.validate();
  return changed;
}

Transform Transform::growing_from(const Transform& start) const {
  Transform changed = *this;
  changed.schedule_.start = std::make_shared<const Transform>(start);
  changed.validate();
  return changed;
}

bool Transform::has_schedule() const {
  if (schedule_.is_set()) return true;
  ScheduleFinder finder;
  model_->fields(finder);
  return finder.found;
}

/// The Drawable as it is at a share of training.
Transform Transform::grown(double share) const {
  FieldNumbers numbers;
  Transform start = *schedule_.start, now = *this;
  start.model_->fields(numbers);
  const double length = schedule_.until - schedule_.from;
  GrowFields grow(numbers.numbers, std::clamp((share - schedule_.from) / length, 0.0, 1.0));
  now.model_->fields(grow);
  now.schedule_.start = nullptr;
  return now;
}

Transform Transform::with_chance(double p) const {
  Transform changed = *this;
  changed.model_->set_chance(p);
  changed.validate();
  return changed;
}

Transform Transform::only_labels(std::vector<std::string> labels) const {
  Transform changed = *this;
  changed.rules_.only = std::move(labels);
  changed.validate();
  return changed;
}

Transform Transform::except_labels(std::vector<std::string> labels) const {
  Transform changed = *this;
  changed.rules_.except = std::move(labels);
  changed.validate();
  return changed;
}

Transform Transform::relabel(std::map<std::string, std::string> labels) const {
  Transform changed = *this;
  changed.rules_.relabel = std::move(labels);
  changed.validate();
  return changed;
}

void Transform::validate() {
  if (!(chance() >= 0 && chance() <= 1))
    throw UsageError(fmt::format("{}: p is {}, but a chance must be 0 to 1", name(), chance()));
  FieldValidator validator(name());
  model_->fields(validator);
  if (!(schedule_.from >= 0 && schedule_.from < schedule_.until && schedule_.until <= 1))
    throw UsageError(fmt::format("{}: from {:g} until {:g} is no part of training, which goes from 0 to 1",
                                 name(), schedule_.from, schedule_.until));
  if (schedule_.start && (schedule_.start->name() != name() || name() == "custom"))
    throw UsageError(fmt::format("{} can't grow from {}", name(), schedule_.start->name()));
  // Rules that name classes by number hold at once; names wait for bind_labels.
  const auto numbers = [](const std::vector<std::string>& words) {
    std::vector<int> bound;
    for (const auto& word : words) bound.push_back(class_number(word, {}).value_or(kNoClass));
    return bound;
  };
  bound_ = {numbers(rules_.only), numbers(rules_.except), {}};
  for (const auto& [from, to] : rules_.relabel)
    if (const auto a = class_number(from, {}), b = class_number(to, {}); a && b) bound_.relabel[*a] = *b;
}

void Transform::bind_labels(std::span<const std::string> classes) {
  bound_ = {};
  for (const auto& word : rules_.only) bound_.only.push_back(class_of(name(), word, classes));
  for (const auto& word : rules_.except) bound_.except.push_back(class_of(name(), word, classes));
  for (const auto& [from, to] : rules_.relabel)
    bound_.relabel[class_of(name(), from, classes)] = class_of(name(), to, classes);
  ChildVisitor children(classes);
  model_->fields(children);
}

bool Transform::touches(int label) const {
  const auto has = [&](const std::vector<int>& list) { return std::ranges::find(list, label) != list.end(); };
  return (bound_.only.empty() || has(bound_.only)) && !has(bound_.except);
}

void Transform::draw(Draft& draft, const Stream& stream) const {
  if (schedule_.is_set()) {
    if (!schedule_.applies(stream.share)) return;
    if (schedule_.start) return grown(stream.share).draw(draft, stream);
  }
  if (!touches(draft.label())) return draft.spare(name());
  if (!stream.chance("apply", chance())) return;
  const std::string_view outer = draft.draw_as(name());
  model_->draw(draft, stream);
  draft.draw_as(outer);
  if (!bound_.relabel.empty()) draft.relabel(bound_.relabel);
}

void draw_all(std::span<const Transform> parts, Draft& draft, const Stream& stream, Level level) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto before = parts.first(i);
    if (level == Level::Top)
      draft.set_before([before](Draft& partner, const Stream& own) { draw_all(before, partner, own); });
    const std::string_view name = parts[i].name();
    const auto turn = std::ranges::count(before, name, &Transform::name);
    parts[i].draw(draft, stream.split(name, static_cast<std::uint64_t>(turn)));
  }
}

}  // namespace doppel::augment
