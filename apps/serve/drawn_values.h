// What a recipe draws, many times over.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "serve/sketch.h"

namespace doppel::apps {

/// Of `count` epochs from the order's on, for its image: how often each op came, and the numbers that it came
/// with, by field; of a warp its angle, zoom, shear and move. At most 1,000 numbers of each.
nlohmann::json drawn_values(const TileOrder& order, Pictures& pictures, std::size_t count);

}  // namespace doppel::apps
