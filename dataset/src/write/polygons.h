// Objects' polygons, as formats of polygons have them.
#pragma once

#include <vector>

#include "write/format.h"

namespace doppel::dataset::write {

using Polygons = std::vector<const augment::Outline*>;

/// A sample's, by its objects.
struct ObjectPolygons {
  /// A list for each box: those of its instance. Empty where the mask shows the object otherwise, but for
  /// pixels that they pass through and for what lies over it: the mask says more then.
  std::vector<Polygons> of_boxes;
  std::vector<Polygons> without_box;  ///< as polygons_without_box() gives them
};
/// Counts what isn't among them: lines, polygons without a class, and those of objects that the mask shows
/// otherwise.
ObjectPolygons object_polygons(const augment::Sample& sample, Losses& losses);

/// Objects of a class that have polygons and no box: of one instance each, or, where there is no instance, of
/// one polygon.
std::vector<Polygons> polygons_without_box(const augment::Sample& sample);

/// The area of simple polygons, in pixels.
double area_of(const Polygons& polygons);

/// One polygon with the same inside by the even-odd rule: joined by lines that are walked there and back.
std::vector<Point> joined(const Polygons& polygons);

}  // namespace doppel::dataset::write
