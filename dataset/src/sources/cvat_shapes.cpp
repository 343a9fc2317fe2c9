#include "cvat_shapes.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using pugi::xml_node;
using ShapeKind = DrawnShape::Kind;

std::string_view attribute_of(const xml_node& node, const char* name) {
  return trimmed(node.attribute(name).as_string());
}

double cvat_number(const xml_node& node, const char* name) {
  const std::string_view text = attribute_of(node, name);
  if (const auto number = real_number(text)) return *number;
  throw Error(text.empty() ? fmt::format("it has no {}", name)
                           : fmt::format("{} is '{}', which is no number", name, text));
}

/// "x,y;x,y".
std::vector<double> cvat_points(const xml_node& node) {
  std::vector<double> numbers;
  std::string_view text = attribute_of(node, "points");
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (trimmed(pair).empty()) continue;
    const std::size_t comma = pair.find(',');
    const auto x = real_number(pair.substr(0, comma)),
               y = comma == pair.npos ? std::nullopt : real_number(pair.substr(comma + 1));
    if (!x || !y) throw Error(fmt::format("'{}' is no point, x,y", pair));
    numbers.insert(numbers.end(), {*x, *y});
  }
  return numbers;
}

std::vector<double> points_of(const xml_node& node, std::size_t least) {
  std::vector<double> numbers = cvat_points(node);
  if (numbers.size() < 2 * least)
    throw Error(fmt::format("it has {} points, where {} are the least", numbers.size() / 2, least));
  return numbers;
}

bool is_set(const xml_node& node, const char* mark) {
  const std::string text = lower(attribute_of(node, mark));
  return text == "1" || text == "true";
}

DrawnShape cvat_bitmap(const xml_node& node) {
  DrawnShape shape{.kind = ShapeKind::Bitmap,
                   .numbers = {cvat_number(node, "left"), cvat_number(node, "top"),
                               cvat_number(node, "width"), cvat_number(node, "height")}};
  constexpr double kLargest = 1 << 28;
  const double width = shape.numbers[2], height = shape.numbers[3];
  if (width < 1 || height < 1 || width * height > kLargest)
    throw Error(fmt::format("a mask of {} x {}", width, height));
  std::string_view text = attribute_of(node, "rle");
  std::uint64_t sum = 0;
  while (!text.empty()) {
    const std::string_view run = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), run.size() + 1));
    const auto number = whole_number(run);
    if (!number || *number < 0 || *number > static_cast<std::int64_t>(kLargest))
      throw Error(fmt::format("'{}' in rle is no run", trimmed(run)));
    sum += static_cast<std::uint64_t>(*number);
    shape.runs.push_back(static_cast<std::uint32_t>(*number));
  }
  if (sum != static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height))
    throw Error(fmt::format("rle has {} pixels, where the mask is of {} x {}", sum, width, height));
  return shape;
}

/// Takes one element after another.
class CvatElements {
 public:
  CvatElements(CvatImage& image, Remarks& remarks) : image_(image), remarks_(remarks) {}
  void take(const xml_node& node);

 private:
  void keep(const xml_node& node, DrawnShape drawn) {
    image_.shapes.push_back({label_, group_, std::move(drawn), false, 0});
    if (is_set(node, "occluded"))
      remarks_.add("objects marked occluded, a mark that isn't kept", image_.name);
  }
  void take_box(const xml_node& node);
  void take_points(const xml_node& node);
  void take_skeleton(const xml_node& node);
  void meet_attributes(const xml_node& node);

  CvatImage& image_;
  Remarks& remarks_;
  std::string label_, group_;
  std::size_t skeletons_ = 0;
};

void CvatElements::meet_attributes(const xml_node& node) {
  for (const xml_node child : node.children("attribute"))
    remarks_.add(fmt::format("attributes ({}), which aren't read", attribute_of(child, "name")), image_.name);
}

void CvatElements::take_box(const xml_node& node) {
  double x0 = cvat_number(node, "xtl"), y0 = cvat_number(node, "ytl"), x1 = cvat_number(node, "xbr"),
         y1 = cvat_number(node, "ybr");
  if (x0 > x1 || y0 > y1) remarks_.add("boxes whose corners were exchanged, put in order", image_.name);
  if (x0 > x1) std::swap(x0, x1);
  if (y0 > y1) std::swap(y0, y1);
  const double angle = node.attribute("rotation") ? cvat_number(node, "rotation") : 0;
  keep(node, {.kind = ShapeKind::Box, .angle = angle, .numbers = {x0, y0, x1, y1}});
}

void CvatElements::take_points(const xml_node& node) {
  const std::vector<double> points = points_of(node, 1);
  for (std::size_t k = 0; k < points.size(); k += 2)
    image_.shapes.push_back({label_,
                             group_,
                             {.kind = ShapeKind::Point,
                              .visibility = is_set(node, "occluded") ? 0.0 : 1.0,
                              .numbers = {points[k], points[k + 1]}},
                             true,
                             0});
}

/// Its points, and a box around them.
void CvatElements::take_skeleton(const xml_node& node) {
  ++skeletons_;
  std::vector<double> around;
  std::vector<CvatShape> points;
  for (const xml_node child : node.children("points")) {
    meet_attributes(child);
    if (is_set(child, "outside")) continue;
    const std::vector<double> place = points_of(child, 1);
    around.insert(around.end(), place.begin(), place.begin() + 2);
    points.push_back({std::string(attribute_of(child, "label")),
                      "",
                      {.kind = ShapeKind::Point,
                       .visibility = is_set(child, "occluded") ? 0.0 : 1.0,
                       .numbers = {place[0], place[1]}},
                      true,
                      skeletons_});
  }
  if (points.empty()) return remarks_.add("skeletons without a point that is seen, left out", image_.name);
  std::vector<double> box{around[0], around[1], around[0], around[1]};
  for (std::size_t k = 0; k < around.size(); k += 2) {
    box[0] = std::min(box[0], around[k]), box[2] = std::max(box[2], around[k]);
    box[1] = std::min(box[1], around[k + 1]), box[3] = std::max(box[3], around[k + 1]);
  }
  image_.shapes.push_back(
      {label_, "", {.kind = ShapeKind::Box, .numbers = std::move(box)}, false, skeletons_});
  std::ranges::move(points, std::back_inserter(image_.shapes));
}

void CvatElements::take(const xml_node& node) {
  const std::string_view kind = node.name();
  label_ = attribute_of(node, "label");
  group_ = attribute_of(node, "group_id");
  if (label_.empty()) throw Error("it has no label");
  meet_attributes(node);
  if (kind == "box")
    take_box(node);
  else if (kind == "polygon")
    keep(node, {.kind = ShapeKind::Polygon, .numbers = points_of(node, 3)});
  else if (kind == "polyline")
    keep(node, {.kind = ShapeKind::Line, .numbers = points_of(node, 2)});
  else if (kind == "points")
    take_points(node);
  else if (kind == "ellipse")
    keep(node, {.kind = ShapeKind::Ellipse,
                .angle = node.attribute("rotation") ? cvat_number(node, "rotation") : 0,
                .numbers = {cvat_number(node, "cx"), cvat_number(node, "cy"), cvat_number(node, "rx"),
                            cvat_number(node, "ry")}});
  else if (kind == "mask")
    keep(node, cvat_bitmap(node));
  else if (kind == "skeleton")
    take_skeleton(node);
  else if (kind == "tag")
    image_.labels.push_back(label_);
  else
    remarks_.add(fmt::format("<{}>, which isn't read", kind), image_.name);
}

int cvat_side(const xml_node& image, const char* name) {
  const auto side = whole_number(attribute_of(image, name));
  return side && *side > 0 ? static_cast<int>(std::min<std::int64_t>(*side, 1 << 30)) : 0;
}

}  // namespace

CvatImage read_cvat_image(const xml_node& element, Remarks& remarks) {
  CvatImage image{.name = std::string(attribute_of(element, "name")),
                  .subset = std::string(attribute_of(element, "subset")),
                  .size = {cvat_side(element, "height"), cvat_side(element, "width")},
                  .labels = {},
                  .shapes = {}};
  if (image.name.empty()) throw Error("an <image> without a name");
  CvatElements elements(image, remarks);
  std::size_t number = 0;
  for (const xml_node node : element.children()) {
    if (node.type() != pugi::node_element) continue;
    ++number;
    try {
      elements.take(node);
    } catch (const Error& error) {
      throw Error(fmt::format("{}: <{}> {}: {}", image.name, node.name(), number, error.what()));
    }
  }
  std::ranges::sort(image.labels);
  image.labels.erase(std::unique(image.labels.begin(), image.labels.end()), image.labels.end());
  return image;
}

}  // namespace doppel::dataset
