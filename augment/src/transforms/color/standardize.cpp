#include "doppel/augment/transforms/color/standardize.h"

#include <array>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 2> kWhose{"each", "together"};

}  // namespace

void Standardize::draw(Draft& draft, const Stream&) const {
  const bool together = channels == Channels::Together;
  if (const int n = draft.channels(); together && n != 1 && n != 3 && n != 4)
    throw Error("Standardize {channels: together} needs a grey or RGB image, not one of " +
                std::to_string(n) + " bands");
  draft.append(op::Normalize{.per_image = true, .together = together, .only_mean = !deviation});
}

void Standardize::fields(FieldVisitor& visit) {
  visit.choice({"channels", {}, "", "each by its own mean and deviation, or by one of all together"},
               channels, kWhose);
  visit({"deviation", {}, "", "divide by the deviation, too"}, deviation);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
