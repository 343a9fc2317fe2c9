#include "doppel/augment/transforms/weather/spatter.h"

#include <array>
#include <string_view>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 3> kSpatterModes{"rain", "mud", "any"};

}  // namespace

void Spatter::draw(Draft& draft, const Stream& stream) const {
  const bool mud = mode == Mode::Any ? stream.chance("mud", 0.5) : mode == Mode::Mud;
  draft.append(op::Spatter{mud ? op::Spatter::Mode::Mud : op::Spatter::Mode::Rain,
                           stream.uniform("amount", amount.low, amount.high),
                           stream.uniform("size", size.low, size.high), mud ? 0.9 : 0.8,
                           stream.bits("seed")});
}
void Spatter::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "rain, mud, or either"}, mode, kSpatterModes);
  visit({"amount", {0, 1}, "", "share covered"}, amount);
  visit({"size", {0.001, 1}, "of the short side", "of a drop"}, size);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
