#include "doppel/augment/transforms/occlusion/shape_occlusion.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/exact_math.h"
#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 4> kShapes{"ellipse", "stroke", "triangle", "any"};

constexpr std::array<std::string_view, 3> kShapeFills{"color", "texture", "any"};

}  // namespace

void ShapeOcclusion::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double s = std::min(now.height, now.width);
  const int kind = shape == Shape::Any ? stream.integer("shape", 0, 2) : static_cast<int>(shape);
  op::Shapes op;
  op.shape = static_cast<op::Shapes::Kind>(kind);
  const int n = stream.integer("count", count.low, count.high);
  for (int i = 0; i < n; ++i) {
    const Stream one = stream.split("one", static_cast<std::uint64_t>(i));
    const double half = one.uniform("size", size.low, size.high) * s / 2, x = one.uniform("x") * now.width,
                 y = one.uniform("y") * now.height;
    const double turn = one.uniform("turn", 0, 6.28318530717958648), c = exact::cos(turn),
                 t = exact::sin(turn);
    if (kind == 0)
      op.shapes.insert(op.shapes.end(),
                       {x, y, half, half * one.uniform("flat", 0.4, 1), turn * 57.295779513082321});
    else if (kind == 1)
      op.shapes.insert(op.shapes.end(), {x - 2 * half * c, y - 2 * half * t, x + 2 * half * c,
                                         y + 2 * half * t, half * one.uniform("thick", 0.2, 0.6)});
    else
      for (int k = 0; k < 3; ++k) {
        const double angle = turn + 2.0943951 * k +
                             one.split("corner", static_cast<std::uint64_t>(k)).uniform("angle", -0.5, 0.5);
        op.shapes.push_back(x + half * exact::cos(angle));
        op.shapes.push_back(y + half * exact::sin(angle));
      }
  }
  const bool texture = fill == Fill::Any ? stream.chance("texture", 0.5) : fill == Fill::Texture;
  for (std::size_t c = 0; c < 3; ++c) op.color[c] = stream.split("color", c).uniform("value");
  if (texture) {
    op.dx = stream.integer("dx", now.width / 4, std::max(now.width / 4, now.width * 3 / 4));
    op.dy = std::max(1, stream.integer("dy", now.height / 4, std::max(now.height / 4, now.height * 3 / 4)));
  }
  if (!op.shapes.empty()) draft.append(std::move(op));
}
void ShapeOcclusion::fields(FieldVisitor& visit) {
  visit.choice({"shape", {}, "", "any: one kind at random"}, shape, kShapes);
  visit({"count", {0, 1000}, "", ""}, count);
  visit({"size", {0.001, 2}, "of the short side", "of a shape"}, size);
  visit.choice({"fill", {}, "", "a drawn colour, the image itself, or either"}, fill, kShapeFills);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
