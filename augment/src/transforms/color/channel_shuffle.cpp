#include "doppel/augment/transforms/color/channel_shuffle.h"

#include <array>

#include "transforms/chance_field.h"

namespace doppel::augment {

void ChannelShuffle::draw(Draft& draft, const Stream& stream) const {
  constexpr std::array<std::array<std::size_t, 3>, 6> kOrders{
      {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};
  if (draft.channels() < 3) return;
  const auto& order = kOrders[static_cast<std::size_t>(stream.integer("order", 0, 5))];
  op::ColorMatrix matrix{{}};
  for (std::size_t c = 0; c < 3; ++c) matrix.matrix[4 * c + order[c]] = 1;
  draft.append(matrix);
}
void ChannelShuffle::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
