#include "doppel/augment/transforms/color/channel_dropout.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void ChannelDropout::draw(Draft& draft, const Stream& stream) const {
  if (draft.channels() < 3) return;
  const int n = stream.integer("count", count.low, count.high), first = stream.integer("which", 0, 2);
  op::ColorMatrix matrix;
  for (int i = 0; i < n; ++i) {
    const auto row = static_cast<std::size_t>(4 * ((first + i) % 3));
    for (std::size_t k = 0; k < 4; ++k) matrix.matrix[row + k] = k == 3 ? fill : 0;
  }
  draft.append(matrix);
}
void ChannelDropout::fields(FieldVisitor& visit) {
  visit({"count", {0, 2}, "", "channels"}, count);
  visit({"fill", {0, 1}, "of the full range", "their value"}, fill);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
