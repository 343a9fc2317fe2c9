// A recipe: random transforms in order, as C++ values or as YAML.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "doppel/augment/render/explain.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// The number that yaml() writes.
constexpr int kRecipeFormat = 1;

/// The whole: transforms, and the rules by which objects are dropped at the end. A value; drawing is const
/// and safe from any number of threads.
class Recipe {
 public:
  Recipe() = default;  ///< changes nothing
  /// Of transforms in their order, with the default rules.
  Recipe(std::initializer_list<Transform> transforms) : transforms_(transforms) {}
  /// The same with rules.
  explicit Recipe(std::vector<Transform> transforms, TargetRules rules = {})
      : transforms_(std::move(transforms)), rules_(rules) {}

  /// Reads YAML: a list of transforms, or a map {transforms, min_area, min_visibility, keypoints,
  /// mirror_pairs, rgb}. Throws
  /// UsageError with `name`, the line, and the nearest right word.
  static Recipe from_yaml(const std::string& text, const std::string& name = "recipe");
  /// Reads a file, or takes the preset of that name (see presets()).
  static Recipe load(const std::string& path_or_preset);
  static std::span<const std::string> presets();  ///< the names that load() knows

  const std::vector<Transform>& transforms() const { return transforms_; }  ///< in order
  const TargetRules& rules() const { return rules_; }                       ///< for targets at the end
  /// The same with one more transform at its end.
  Recipe then(Transform next) const;
  /// See Transform::bind_labels.
  void bind_labels(std::span<const std::string> classes);
  /// True where a Normalize takes the data set's own mean and std and hasn't got them.
  bool wants_statistics() const;
  /// True where a transform isn't the same throughout training: Stream::share matters.
  bool has_schedule() const;
  /// Gives every such Normalize one value per channel, in shares of the full range.
  void bind_statistics(const std::vector<double>& mean, const std::vector<double>& std);

  /// What will be done to `sample`, and where its targets go. A pure function of sample and stream.
  /// `partners` gives other samples to transforms that mix; without it they do nothing.
  /// `pixels` fills in the sample's image where a transform looks at it; without it the image is there.
  Drawn draft(const Sample& sample, const Stream& stream, const PartnerSource& partners = {},
              const PixelSource& pixels = {}) const;
  /// The plan alone, without partners.
  Plan draw(const Sample& sample, const Stream& stream) const { return draft(sample, stream).plan; }
  /// Draws, and renders image and masks.
  Sample apply(const Sample& sample, const Stream& stream, const PartnerSource& partners = {}) const;

  /// What the engine fuses of one draw, and what each step costs here.
  Explanation explain(const Sample& sample, const Stream& stream, const PartnerSource& partners = {}) const;

  /// Every transform with every field; from_yaml reads it back to the same recipe.
  std::string yaml() const;

 private:
  std::vector<Transform> transforms_;
  TargetRules rules_;
};

}  // namespace doppel::augment
