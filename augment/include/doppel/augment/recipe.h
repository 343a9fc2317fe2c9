// A recipe: random transforms in order, as C++ values or as YAML.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "doppel/augment/explain.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Draws every part, in order.
struct Sequence {
  static constexpr std::string_view name = "Sequence";
  static constexpr std::string_view help = "Applies its parts in order.";
  std::vector<Transform> of;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Draws one part, chosen by `weights` (all alike where empty).
struct OneOf {
  static constexpr std::string_view name = "OneOf";
  static constexpr std::string_view help = "Applies one of its parts, chosen by weight.";
  OneOf() = default;
  OneOf(std::initializer_list<Transform> parts) : of(parts) {}
  std::vector<Transform> of;
  std::vector<double> weights;
  double p = 0.5;
  OneOf with_chance(double chance) const;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Draws `n` parts: distinct ones, in their order; with `replace`, any ones in the order they were drawn.
struct SomeOf {
  static constexpr std::string_view name = "SomeOf";
  static constexpr std::string_view help = "Applies n of its parts.";
  std::vector<Transform> of;
  IntRange n{1, 2};
  bool replace = false;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Draws all its parts, or none.
struct Maybe {
  static constexpr std::string_view name = "Maybe";
  static constexpr std::string_view help = "Applies all its parts, or none.";
  std::vector<Transform> what;
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Draws all its parts several times, each time with draws of its own.
struct Repeat {
  static constexpr std::string_view name = "Repeat";
  static constexpr std::string_view help = "Applies its parts several times.";
  std::vector<Transform> what;
  IntRange times{2, 2};
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Draws its parts, but shows them only through a mask: smooth noise, a gradient, a checker, the boxes of the
/// sample, or those of one class. Meant for changes of pixels: what a geometric part moves is blended in, and
/// targets stay.
struct BlendMask {
  static constexpr std::string_view name = "BlendMask";
  static constexpr std::string_view help = "Applies its parts in part of the picture.";
  enum class Mask { Noise, Gradient, Checker, Boxes, Class };
  std::vector<Transform> what;
  Mask mask = Mask::Noise;
  double scale = 0.2;  ///< of the short side: patches of noise, squares of the checker
  int label = 0;       ///< for Class
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// The whole: transforms, and the rules by which objects are dropped at the end. A value; drawing is const
/// and safe from any number of threads.
class Recipe {
 public:
  Recipe() = default;
  Recipe(std::initializer_list<Transform> transforms) : transforms_(transforms) {}
  explicit Recipe(std::vector<Transform> transforms, TargetRules rules = {})
      : transforms_(std::move(transforms)), rules_(rules) {}

  /// Reads YAML: a list of transforms, or a map {transforms, min_area, min_visibility, keypoints,
  /// mirror_pairs}. Throws
  /// UsageError with `name`, the line, and the nearest right word.
  static Recipe from_yaml(const std::string& text, const std::string& name = "recipe");
  /// Reads a file, or takes the preset of that name (see presets()).
  static Recipe load(const std::string& path_or_preset);
  static std::span<const std::string> presets();

  const std::vector<Transform>& transforms() const { return transforms_; }
  const TargetRules& rules() const { return rules_; }
  Recipe then(Transform next) const;
  /// See Transform::bind_labels.
  void bind_labels(std::span<const std::string> classes);
  /// True where a Normalize takes the data set's own mean and std and hasn't got them.
  bool wants_statistics() const;
  /// Gives every such Normalize one value per channel, in shares of the full range.
  void bind_statistics(const std::vector<double>& mean, const std::vector<double>& std);

  /// What will be done to `sample`, and where its targets go. A pure function of sample and stream.
  /// `partners` gives other samples to transforms that mix; without it they do nothing.
  /// `pixels` fills in the sample's picture where a transform looks at it; without it the picture is there.
  Draft::Result draft(const Sample& sample, const Stream& stream, const PartnerSource& partners = {},
                      const PixelSource& pixels = {}) const;
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
