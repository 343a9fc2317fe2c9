// The recipes that a page has asked for.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "images.h"

namespace doppel::apps {

/// A recipe as it is drawn, and as it was read; or a plan, which is drawn in the same way every time.
struct BookedRecipe {
  std::string hash;                        ///< of `yaml`: 16 digits
  std::string yaml;                        ///< canonical
  augment::Recipe written;                 ///< as it is shown
  augment::Recipe drawn;                   ///< the same with its labels bound
  std::optional<augment::Plan> plan = {};  ///< where it's a plan: the recipes are empty
};
using BookedPtr = std::shared_ptr<const BookedRecipe>;

/// Keeps the first, and the last thousand that were asked for, by their hashes. Any thread may call.
class RecipeBook {
 public:
  /// `images` must outlive it.
  explicit RecipeBook(const Images& images) : images_(images) {}
  /// Reads YAML, or JSON of the same shape. Throws UsageError as Recipe::from_yaml() with the name "recipe",
  /// and as bind_labels().
  BookedPtr add(const std::string& text);
  BookedPtr add(augment::Recipe recipe);
  /// Reads a plan. Throws UsageError as Plan::from_yaml() with the name "plan".
  BookedPtr add_plan(const std::string& text);
  /// Throws UsageError where it isn't there, or no longer.
  BookedPtr find(const std::string& hash) const;

 private:
  BookedPtr keep(BookedPtr booked);
  void use(const std::string& hash) const;

  const Images& images_;
  mutable std::mutex mutex_;
  std::map<std::string, BookedPtr, std::less<>> recipes_;
  mutable std::list<std::string> order_;  ///< hashes: the first one, then those asked for longest ago first
};

/// The same for images `factor` times as large, below 1: of transforms that count pixels, what is counted is
/// multiplied by it. Nothing where pixels are counted in whole numbers, or where an image's size is named:
/// those are drawn on images as they are.
std::optional<augment::Recipe> shrunk(const augment::Recipe& recipe, double factor);

}  // namespace doppel::apps
