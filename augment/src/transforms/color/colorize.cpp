#include "doppel/augment/transforms/color/colorize.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void Colorize::draw(Draft& draft, const Stream& stream) const {
  op::Colorize op{.share = stream.uniform("share", share.low, share.high)};
  for (std::size_t c = 0; c < 3; ++c) {
    const Stream one = stream.split("channel", c);
    op.black[c] = one.uniform("black", 0, 0.25);
    op.middle[c] = one.uniform("middle", 0.25, 0.75);
    op.white[c] = one.uniform("white", 0.75, 1);
  }
  draft.append(op);
}
void Colorize::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the result"}, share);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
