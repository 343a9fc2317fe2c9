#include "doppel/augment/transforms/color/window.h"

#include <array>
#include <utility>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 10> kWindowNames{
    "custom", "brain", "subdural", "stroke", "bone", "lung", "mediastinum", "abdomen", "liver", "spine"};
/// Centre and width in Hounsfield units, in the order of the names from the second on.
constexpr std::array<std::pair<double, double>, 9> kWindows{
    {{40, 80}, {75, 215}, {40, 40}, {400, 1800}, {-600, 1500}, {50, 350}, {50, 400}, {30, 150}, {50, 250}}};

}  // namespace

void Window::draw(Draft& draft, const Stream& stream) const {
  std::pair<double, double> drawn;
  if (preset == Preset::Custom)
    drawn = {stream.uniform("center", center.low, center.high),
             stream.uniform("width", width.low, width.high)};
  else
    drawn = kWindows[static_cast<std::size_t>(preset) - 1];
  const double full = draft.full_range(), scale = full / drawn.second,
               offset = 0.5 - drawn.first / drawn.second;
  draft.append(op::ColorMatrix{{scale, 0, 0, offset, 0, scale, 0, offset, 0, 0, scale, offset}});
}
void Window::fields(FieldVisitor& visit) {
  visit({"center", {-1e9, 1e9}, "image numbers", "the middle of what is shown"}, center);
  visit({"width", {1e-9, 1e9}, "image numbers", "how much is shown"}, width);
  visit.choice({"preset", {}, "", "those usual for CT, in Hounsfield units, instead of both"}, preset,
               kWindowNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
