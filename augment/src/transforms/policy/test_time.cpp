#include "doppel/augment/transforms/policy/test_time.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

/// Where the corners' and the centre's windows lie: shares of the room that is left beside them.
constexpr std::array<std::array<double, 2>, 5> kPlaces{{{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0.5, 0.5}}};

}  // namespace

int TestTime::count() const {
  const int windows = crops == 1 ? 1 : 6;
  return static_cast<int>(scales.size()) * windows * (flips ? 2 : 1);
}
Plan TestTime::plan(Size source, int k) const {
  const Size out{size.height > 0 ? size.height : source.height, size.width > 0 ? size.width : source.width};
  const bool mirrored = flips && k % 2 == 1;
  const int view = flips ? k / 2 : k, windows = crops == 1 ? 1 : 6;
  const double scale = scales[static_cast<std::size_t>(view / windows)];
  const double width = source.width, height = source.height;
  // What the view shows of the source: the whole, or one of the windows.
  double share = 1;
  std::array<double, 2> place{0.5, 0.5};
  if (const int which = view % windows; which > 0) {
    share = window;
    place = kPlaces[static_cast<std::size_t>(which - 1)];
  }
  const double x = (1 - share) * width * place[0], y = (1 - share) * height * place[1];
  const Matrix3 centre = translation(width / 2, height / 2), back = translation(-width / 2, -height / 2);
  const Matrix3 map = scaling(out.width / (share * width), out.height / (share * height)) *
                      translation(-x, -y) * centre * scaling(scale, scale) * back;
  Plan plan{source, {}};
  if (map != Matrix3{} || out != source)
    plan.ops.emplace_back(op::Warp{map, out, {Fill::Kind::Reflect, {}}, Filter::Bilinear});
  if (mirrored) plan.ops.emplace_back(op::Flip{op::Flip::Axis::Horizontal});
  return plan;
}
std::vector<Plan> TestTime::plans(Size source) const {
  std::vector<Plan> all;
  for (int k = 0; k < count(); ++k) all.push_back(plan(source, k));
  return all;
}
void TestTime::draw(Draft& draft, const Stream& stream) const {
  const auto views = static_cast<std::uint64_t>(count());
  for (Op& op : plan(draft.size(), static_cast<int>(stream.epoch % views)).ops) draft.append(std::move(op));
}
void TestTime::fields(FieldVisitor& visit) {
  visit({"size", {0, 100000}, "pixels", "of every view; 0: the image's own"}, size);
  visit({"flips", {}, "", "each view also mirrored"}, flips);
  visit({"crops", {1, 5}, "", "1: the whole image; 5: its corners and centre as well"}, crops);
  visit({"window", {0.1, 1}, "of the sides", "that a corner or centre view shows"}, window);
  visit({"scales", {0.1, 10}, "", "magnifications about the centre"}, scales);
  visit_chance(visit, p);
  if (crops != 1 && crops != 5) throw UsageError("TestTime: crops is 1 or 5");
  if (scales.empty()) throw UsageError("TestTime: scales must name at least one scale");
}

}  // namespace doppel::augment
