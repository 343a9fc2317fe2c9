#include "doppel/augment/transforms/mix/copy_paste.h"

#include <cstdint>
#include <utility>

#include "transforms/chance_field.h"
#include "transforms/mixing.h"

namespace doppel::augment {

void CopyPaste::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  Draft other = draft.partner(stream.bits("partner"));
  if (!other.has_masks()) return;
  fit(other, draft.size());
  const double chance = stream.uniform("share", share.low, share.high);
  op::Join join{.mode = op::Join::Mode::Cut,
                .plan = {},
                .feather = stream.uniform("feather", feather.low, feather.high)};
  for (const int instance : other.pastable_instances())
    if (stream.split("instance", static_cast<std::uint64_t>(instance)).chance("paste", chance))
      join.values.push_back(instance);
  if (!join.values.empty()) draft.join(std::move(join), other, 0);
}
void CopyPaste::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the instances"}, share);
  visit({"feather", {0, 100}, "pixels", "softness of the edge"}, feather);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
