// What a recipe draws for one image, as a tile and as words.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "serve/pictures.h"
#include "serve/recipe_book.h"

namespace doppel::apps {

/// Which tile is wanted.
struct TileOrder {
  BookedPtr recipe;
  Stream stream;  ///< its index is the image's number
  int side = 192;
  bool is_draft = false;                ///< drawn on a small copy, where that looks alike
  std::optional<std::size_t> ops = {};  ///< so many of the plan's first; all, unless it is said
};

/// A plan, and what it is drawn for.
struct Sketch {
  Pictures::Ptr source;
  augment::Drawn drawn;
};

/// Draws, and renders nothing unless a transform must look. Throws Error where the image can't be read, or a
/// result would have more than 64 million pixels.
Sketch sketch(const TileOrder& order, Pictures& pictures);

/// The tile, 8-bit RGB, as `doppel preview --side` shows it: bit for bit, unless it's a draft. Boxes and
/// their like are left out.
cv::Mat tile_of(const Sketch& sketch, const TileOrder& order);

/// The plan in words, op by op, and where the targets are: in shares of the result's height and width, as are
/// the outlines of what is in masks.
nlohmann::json plan_json(const Sketch& sketch, const Images& images, const TileOrder& order);

/// What was fused into what, and what each step costs.
nlohmann::json explanation_json(const Sketch& sketch);

}  // namespace doppel::apps
