#include "drawn_json.h"

#include "pack/named_values.h"

namespace doppel::dataset::write {

nlohmann::json map_said(const augment::FloatMap& map, const std::string& file) {
  nlohmann::json said{{"file", file}, {"kind", augment::kMapKindNames[static_cast<std::size_t>(map.kind)]}};
  if (map.filter != augment::usual_filter(map.kind))
    said["filter"] = map.filter == Filter::Nearest ? "nearest" : "bilinear";
  if (map.fill != 0) said["fill"] = json_of_float(map.fill);
  if (map.colors) said["colors"] = true;
  return said;
}

nlohmann::json outline_said(const augment::Outline& outline, const nlohmann::json& label) {
  nlohmann::json said{{"points", nlohmann::json::array()}, {"label", label}};
  for (const Point& p : outline.points) said["points"].push_back({p.x, p.y});
  if (outline.instance >= 0) said["instance"] = outline.instance;
  return said;
}

const char* outline_list(const augment::Outline& outline) {
  if (outline.points.size() < (outline.closed ? 3U : 2U)) return nullptr;
  return outline.closed ? "polygons" : "polylines";
}

}  // namespace doppel::dataset::write
