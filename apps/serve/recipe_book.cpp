#include "serve/recipe_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "doppel/base/error.h"
#include "doppel/base/hash.h"

namespace doppel::apps {
namespace {

constexpr std::size_t kMostRecipes = 1000;

/// Multiplies what is counted in pixels.
class PixelScaler final : public FieldVisitor {
 public:
  explicit PixelScaler(double factor) : factor_(factor) {}
  bool can() const { return can_; }

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (const auto* children = std::get_if<Children*>(&value))
      for (augment::Transform& child : items_of<augment::Transform>(**children)) child.fields(*this);
    if (const auto* choice = std::get_if<doppel::Choice>(&value))
      can_ = can_ && choice->names[static_cast<std::size_t>(*choice->position)] != "pixels";
    if (info.unit != "pixels") return;
    if (const auto* number = std::get_if<double*>(&value))
      **number = scaled(info, **number);
    else if (const auto* range = std::get_if<Range*>(&value))
      **range = {scaled(info, (*range)->low), scaled(info, (*range)->high)};
    else if (const auto* size = std::get_if<Size*>(&value))
      can_ = can_ && **size == Size{};
    else if (const auto* whole = std::get_if<int*>(&value))
      can_ = can_ && **whole == 0;
    else
      can_ = false;
  }
  double scaled(const FieldInfo& info, double value) const {
    return std::clamp(factor_ * value, info.bounds.low, info.bounds.high);
  }
  double factor_;
  bool can_ = true;
};

}  // namespace

BookedPtr RecipeBook::add(const std::string& text) { return add(augment::Recipe::from_yaml(text)); }

BookedPtr RecipeBook::add(augment::Recipe recipe) {
  auto booked = std::make_shared<BookedRecipe>();
  booked->yaml = recipe.yaml();
  booked->hash = fmt::format("{:016x}", fnv1a(booked->yaml));
  booked->drawn = recipe;
  images_.bind_labels(booked->drawn);
  images_.bind_statistics(booked->drawn);
  booked->written = std::move(recipe);
  return keep(booked);
}

BookedPtr RecipeBook::add_plan(const std::string& text) {
  auto booked = std::make_shared<BookedRecipe>();
  booked->plan = augment::Plan::from_yaml(text);
  booked->yaml = booked->plan->yaml();
  booked->hash = fmt::format("{:016x}", fnv1a("plan " + booked->yaml));
  return keep(booked);
}

BookedPtr RecipeBook::keep(BookedPtr booked) {
  const std::lock_guard lock(mutex_);
  if (!recipes_.insert_or_assign(booked->hash, booked).second) {
    use(booked->hash);
    return booked;
  }
  order_.push_back(booked->hash);
  if (order_.size() > kMostRecipes) {
    const auto oldest = std::next(order_.begin());
    recipes_.erase(*oldest);
    order_.erase(oldest);
  }
  return booked;
}

/// Of the mutex's holder.
void RecipeBook::use(const std::string& hash) const {
  if (order_.front() == hash) return;
  order_.remove(hash);
  order_.push_back(hash);
}

BookedPtr RecipeBook::find(const std::string& hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = recipes_.find(hash);
  if (found == recipes_.end()) throw UsageError(fmt::format("there is no recipe {} here", hash));
  use(hash);
  return found->second;
}

std::optional<augment::Recipe> shrunk(const augment::Recipe& recipe, double factor) {
  PixelScaler scaler(factor);
  std::vector<augment::Transform> transforms = recipe.transforms();
  for (augment::Transform& transform : transforms) {
    transform.fields(scaler);
    if (transform.has_schedule()) return std::nullopt;
  }
  if (!scaler.can()) return std::nullopt;
  augment::TargetRules rules = recipe.rules();
  rules.min_area *= factor * factor;
  return augment::Recipe(std::move(transforms), rules);
}

}  // namespace doppel::apps
