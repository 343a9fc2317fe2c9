// What transforms of transforms share.
#pragma once

#include <cstdint>
#include <span>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

inline void draw_part(std::span<const Transform> parts, std::size_t which, std::uint64_t turn, Draft& draft,
                      const Stream& stream) {
  parts[which].draw(draft, stream.split(parts[which].name(), which).split("turn", turn));
}

}  // namespace doppel::augment
