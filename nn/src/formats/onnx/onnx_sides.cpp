// The operators that give a value other sides, and those that ask for them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "onnx_operators.h"

namespace doppel::nn {

void OnnxOperators::to_vector(const OnnxNode& node, const OnnxState& x) {
  if (x.groups > 0 || x.pixels_first || x.padding != Pads{})
    throw Error("makes a vector of a value in an order that no layer gives");
  const Shape shape = shape_of(x);
  if (shape.flat) return alias(node, x);
  OnnxState result(pieces_.layer(Flatten{}, x.piece, node.called()));
  if (x.last && shape.height * shape.width > 1) result.rows = shape;
  give(node, result);
}

void OnnxOperators::flatten(const OnnxNode& node) {
  if (axis_of(node.whole("axis", 1), 4) != 1) throw Error("makes a vector of something else than an image");
  to_vector(node, state(node, 0));
}

/// From [N, groups, …] or [N, pixels, channels] back to an image.
void OnnxOperators::back_from_groups(const OnnxNode& node, const OnnxState& x,
                                     const std::vector<std::int64_t>& sides) {
  const Shape shape = shape_of(x);
  const auto is = [&](std::int64_t a, std::int64_t b, std::int64_t c) {
    return sides.size() == 4 && (sides[1] == a || sides[1] == -1) && (sides[2] == b || sides[2] == -1) &&
           (sides[3] == c || sides[3] == -1);
  };
  OnnxState result(x.piece);
  result.alone = x.alone;
  const bool image = is(shape.channels, shape.height, shape.width),
             rows = is(shape.height, shape.width, shape.channels);
  if (x.groups > 0 && image && x.turned) {
    result.piece = pieces_.layer(ChannelShuffle{x.groups}, x.piece, node.called());
    return give(node, result);
  }
  const auto channels = static_cast<std::size_t>(shape.channels);
  const std::map<std::string, Numbers> plain_numbers{{"weight", Numbers(channels, 1)},
                                                     {"bias", Numbers(channels, 0)}};
  if (x.groups > 0 && image && x.normal) {
    result.piece = pieces_.layer(GroupNorm{x.groups, x.epsilon}, x.piece, node.called(), plain_numbers);
    return give(node, result);
  }
  const bool vector = shape.flat && sides.size() == 2;
  if (x.pixels_first && x.normal && (rows || image || vector)) {
    result.last =
        rows && !vector && !(image && shape.height * shape.width == 1 && sides[1] == shape.channels);
    result.piece = pieces_.layer(LayerNorm{x.epsilon}, x.piece, node.called(), plain_numbers);
    return give(node, result);
  }
  throw Error("gives sides that no layer does");
}

void OnnxOperators::reshape(const OnnxNode& node) {
  const std::vector<std::int64_t> sides = wholes(node, 1, "shape");
  const OnnxState& x = state(node, 0);
  const Shape shape = shape_of(x);
  if (x.groups > 0 || x.pixels_first) return back_from_groups(node, x, sides);
  if (sides.size() == 2) {
    // Of a batch of any size, 1 is what an exporter saw.
    const bool images =
        sides[0] == batch_ || sides[0] == 0 || sides[0] == -1 || (batch_ < 0 && sides[0] == 1);
    if (!images || (sides[1] != -1 && sides[1] != shape.count()))
      throw Error("gives sides that no layer does");
    return to_vector(node, x);
  }
  const std::int64_t c = shape.channels, pixels = std::int64_t{shape.height} * shape.width;
  if (x.padding != Pads{} || x.rows.channels > 0 || sides.size() < 2)
    throw Error("gives sides that no layer does");
  const bool splits = !shape.flat && !x.last && sides[1] > 0 && c % sides[1] == 0;
  OnnxState result = x;
  if (shape.flat && sides.size() == 4 && sides[1] == 1 && sides[2] == 1 &&
      (sides[3] == c || sides[3] == -1)) {
    result = OnnxState(pieces_.layer(Unflatten{1, 1}, x.piece, node.called()));
    result.last = sides[3] != 1 || c == 1;
    return give(node, result);
  }
  // A row of one pixel's channels, to be normalised.
  if (sides.size() == 4 && (x.last || shape.flat || pixels == 1) && sides[1] == pixels && sides[2] == c &&
      sides[3] == 1) {
    result.pixels_first = true;
    return alias(node, result);
  }
  const auto fits = [&](std::size_t i, std::int64_t side) { return sides[i] == side || sides[i] == -1; };
  const auto is_side = [&](std::size_t i) { return sides[i] > 0 && sides[i] <= 16384; };
  if (shape.flat && sides.size() == 4 && is_side(2) && is_side(3) && fits(1, c / (sides[2] * sides[3]))) {
    const Unflatten layer{static_cast<int>(sides[2]), static_cast<int>(sides[3])};
    return give(node, pieces_.layer(layer, x.piece, node.called()));
  }
  const bool same = sides.size() == 4 && (x.last ? sides[3] : sides[1]) == c &&
                    (x.last ? sides[1] : sides[2]) == shape.height &&
                    (x.last ? sides[2] : sides[3]) == shape.width;
  if (same) return alias(node, x);
  const bool in_two =
      sides.size() != 5 || (splits && fits(2, c / sides[1]) && fits(3, shape.height) && fits(4, shape.width));
  if (!splits || !in_two)
    throw Error(fmt::format("makes [{}] of {}, which no layer does", fmt::join(sides, ", "), shape.text()));
  result.groups = static_cast<int>(sides[1]);
  alias(node, result);
}

void OnnxOperators::squeeze(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  const Shape& shape = shape_of(x);
  if (shape.height * shape.width != 1) throw Error("takes sides of more than 1 away");
  to_vector(node, x);
}

void OnnxOperators::unsqueeze(const OnnxNode& node) {
  const OnnxState x = plain(node, 0);
  std::vector<std::int64_t> axes = wholes(node, 1, "axes");
  for (std::int64_t& axis : axes) axis = axis_of(axis, 2 + static_cast<std::int64_t>(axes.size()));
  std::ranges::sort(axes);
  // One side is followed by the other.
  const bool second = !shape_of(x).flat && shape_of(x).count() == shape_of(x).channels;
  if (second && axes == std::vector<std::int64_t>{3}) return alias(node, x);
  if (!shape_of(x).flat) throw Error("adds sides to an image");
  if (axes == std::vector<std::int64_t>{2} || axes == std::vector<std::int64_t>{2, 3})
    return give(node, pieces_.layer(Unflatten{1, 1}, x.piece, node.called()));
  throw Error("adds sides that no layer does");
}

void OnnxOperators::transpose(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  const std::vector<std::int64_t> order = node.wholes("perm", {});
  OnnxState result = x;
  if (x.groups > 0 && !x.turned && order == std::vector<std::int64_t>{0, 2, 1, 3, 4}) {
    result.turned = true;
    return alias(node, result);
  }
  const bool to_back = order == std::vector<std::int64_t>{0, 2, 3, 1},
             to_front = order == std::vector<std::int64_t>{0, 3, 1, 2};
  if (shape_of(x).flat || x.groups > 0 || x.pixels_first || x.padding != Pads{} ||
      !(x.last ? to_front : to_back))
    throw Error(fmt::format("turns sides to {}, which no layer does", fmt::join(order, ", ")));
  result.last = to_back;
  alias(node, result);
}

void OnnxOperators::shape(const OnnxNode& node) {
  const OnnxState& x = state(node, 0);
  if (x.groups > 0 || x.pixels_first || x.padding != Pads{}) throw Error("asks for sides that no layer has");
  const Shape& of = shape_of(x);
  std::vector<std::int64_t> sides{0, of.channels, of.height, of.width};
  if (of.flat)
    sides = {0, of.channels};
  else if (x.last)
    sides = {0, of.height, of.width, of.channels};
  // Some of them, in later versions.
  const std::int64_t count = std::ssize(sides);
  const auto place = [&](std::int64_t at) { return std::clamp(axis_of(at, count), std::int64_t{0}, count); };
  const std::int64_t first = place(node.whole("start", 0)), end = place(node.whole("end", count));
  sides.erase(sides.begin() + std::max(first, end), sides.end());
  sides.erase(sides.begin(), sides.begin() + first);
  constants_.take_shape(node.outputs.at(0), std::move(sides));
}

}  // namespace doppel::nn
