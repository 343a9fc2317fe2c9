// One transform of an Albumentations pipeline, as it was serialised.
#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/fields.h"
#include "recipe_text.h"

namespace doppel::augment {

/// What one number stands for where a range is asked for.
enum class OneNumber {
  Itself,     ///< [v, v]
  EitherSign  ///< [-v, v]
};

/// Its arguments, of any version: each is asked for by the names that it has had. Throws UsageError with the
/// line where a value is of another type.
class AlbumentationsArguments {
 public:
  using Names = std::initializer_list<const char*>;

  AlbumentationsArguments(YAML::Node map, std::string file);

  const std::string& name() const { return name_; }  ///< of the class, without its module
  const YAML::Node& map() const { return map_; }
  const std::string& file() const { return file_; }
  double chance(double initial) const;

  /// The first that is there and isn't null; marks it as used.
  YAML::Node find(Names names);
  double number(Names names, double initial);
  Range range(Names names, Range initial, OneNumber one = OneNumber::Itself);
  /// Of x or y, where a map says each; else the range itself.
  Range range_of_axis(Names names, const char* axis, Range initial, OneNumber one = OneNumber::Itself);
  bool flag(Names names, bool initial);
  std::string word(Names names, const char* initial);
  std::vector<double> numbers(Names names);

  /// True where an integer was written: pixels where a fraction would be a share.
  bool is_whole(Names names);

  /// The border's colour or rule as YAML.
  std::string fill(Names modes, Names values);
  /// Of a warp: nearest, bilinear or bicubic. Of a resize all five.
  std::string warp_filter();
  std::string resize_filter();
  /// Sets fill and filter of a warp.
  void sample(Written& made);
  /// A colour from 0 to 255 as a list of shares.
  std::string color(Names names);
  /// fill: and color: of a cover.
  void cover(Written& made, Names names);

  /// A sentence on this transform, beginning with its name.
  void note(const std::string& what) { notes_.push_back(name_ + ": " + what); }
  /// Those, and one for each argument that nobody asked for and that may matter.
  std::vector<std::string> notes();

 private:
  Range range_at(const YAML::Node& node, const std::string& name, OneNumber one) const;

  YAML::Node map_;
  std::string file_, name_;
  std::set<std::string> used_;
  std::vector<std::string> notes_;
};

/// What stands for a class; without a name where nothing does.
struct AlbumentationsMap {
  std::string_view name;
  Written (*map)(AlbumentationsArguments& given);
  double chance = 0.5;  ///< where none is written
};
std::span<const AlbumentationsMap> albumentations_geometry();
std::span<const AlbumentationsMap> albumentations_crops();
std::span<const AlbumentationsMap> albumentations_colors();
std::span<const AlbumentationsMap> albumentations_effects();

}  // namespace doppel::augment
