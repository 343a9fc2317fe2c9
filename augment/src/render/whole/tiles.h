// Where op::Tiles cuts, and what it puts where; pixels and targets ask here.
#pragma once

#include <opencv2/core/types.hpp>
#include <span>

#include "base/pooled_vector.h"
#include "doppel/augment/plan/op.h"

namespace doppel::augment {

PooledVector<cv::Rect> tiles_of(const op::Tiles& o, Size size);
/// The tile that comes to a place; its own where the order's has another size.
std::size_t tile_at(const op::Tiles& o, std::span<const cv::Rect> tiles, std::size_t place);

}  // namespace doppel::augment
