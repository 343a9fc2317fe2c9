#include "doppel/augment/transforms/crop/random_crop.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void RandomCrop::draw(Draft& draft, const Stream& stream) const {
  const Size wanted = or_same(size, draft.size());
  const int lack_x = std::max(0, wanted.width - draft.size().width);
  const int lack_y = std::max(0, wanted.height - draft.size().height);
  if (lack_x > 0 || lack_y > 0) {
    if (!pad_if_needed)
      throw Error(
          fmt::format("RandomCrop of {}x{} is larger than the image of {}x{}; set pad_if_needed: true, or "
                      "Resize first",
                      wanted.height, wanted.width, draft.size().height, draft.size().width));
    const int left = stream.integer("left", 0, lack_x), top = stream.integer("top", 0, lack_y);
    draft.append(op::Pad{left, lack_x - left, top, lack_y - top, fill});
  }
  const int x = stream.integer("x", 0, draft.size().width - wanted.width);
  const int y = stream.integer("y", 0, draft.size().height - wanted.height);
  if (wanted != draft.size()) draft.append(op::Crop{x, y, wanted});
}
void RandomCrop::fields(FieldVisitor& visit) {
  visit_size_or_same(visit, size);
  visit({"pad_if_needed", {}, "", "pad a smaller image instead of failing"}, pad_if_needed);
  visit({"fill", {}, "", "what the padding shows"}, fill);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
