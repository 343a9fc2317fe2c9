#include "tile_grid.h"

namespace doppel::nn::engine {
namespace {

/// Positions that two tiles of rows take.
constexpr int kTwoTiles = 32;

int whole(int count, int unit) { return (count + unit - 1) / unit * unit; }

/// Where dx's first line, or column, lies among the positions that dy reaches.
int first_position(int before, int step) { return before / step; }

PlaneAxis data_grad_axis(int in, int out, int before, int step, int span) {
  const int first = first_position(before, step), last = (in - 1 + before) / step, reach = span / step;
  return {out, reach - first, 1, last - first + 1, reach};
}

WrittenAxis written_phase(int in, int before, int step, int phase) {
  return {step, step * first_position(before, step) + phase - before, in};
}

/// Calls visit(y, x, number) with each tap's distance from a window's first pixel.
template <class Visit>
void each_tap(const TileConv& conv, Visit visit) {
  for (int ky = 0, weight = 0; ky < conv.window.kernel_h; ++ky)
    for (int kx = 0; kx < conv.window.kernel_w; ++kx) visit(ky * conv.dilation, kx * conv.dilation, weight++);
}

/// The plane that such a tap reads.
int plane_of(const TileConv& conv, int y, int x) {
  const int step = conv.window.stride;
  return y % step * step + x % step;
}

}  // namespace

int TileGrid::positions(const TileStretch& stretch) const {
  const int lines = (stretch.rows - 1) * y.pitch() + stretch.count;
  return whole(lines * x.pitch(), kTwoTiles);
}

int TileGrid::stored(const TileStretch& stretch) const {
  return positions(stretch) + y.reach * x.pitch() + x.reach;
}

void TileGrid::read_pixels(int plane, const TileStretch& stretch, int groups, int* pixels) const {
  const int which = read[static_cast<std::size_t>(plane)], up = which / x.step - y.before,
            left = which % x.step - x.before;
  walk(stretch, stored(stretch), [&](int at, int image, int line, int column) {
    const int from_y = line * y.step + up, from_x = column * x.step + left;
    const bool inside = from_y >= 0 && from_y < y.in && from_x >= 0 && from_x < x.in;
    pixels[at] = inside ? (image * groups * y.in + from_y) * x.in + from_x : -1;
  });
}

void TileGrid::written_pixels(const WrittenAxis& to_y, const WrittenAxis& to_x, const TileStretch& stretch,
                              int groups, int* pixels) const {
  walk(stretch, positions(stretch), [&](int at, int image, int line, int column) {
    const int at_y = line * to_y.scale + to_y.offset, at_x = column * to_x.scale + to_x.offset;
    const bool inside = line < stretch.first + stretch.count && column < x.out && at_y >= 0 &&
                        at_y < to_y.size && at_x >= 0 && at_x < to_x.size;
    pixels[at] = inside ? (image * groups * to_y.size + at_y) * to_x.size + at_x : -1;
  });
}

TileGrid forward_grid(const TileConv& conv) {
  const SlidingWindow& w = conv.window;
  TileGrid grid{{w.in_h, w.top, w.stride, w.out_h, (w.kernel_h - 1) * conv.dilation / w.stride},
                {w.in_w, w.left, w.stride, w.out_w, (w.kernel_w - 1) * conv.dilation / w.stride}};
  std::vector<bool> is_read(static_cast<std::size_t>(w.stride * w.stride));
  each_tap(conv, [&](int y, int x, int) { is_read[static_cast<std::size_t>(plane_of(conv, y, x))] = true; });
  grid.read.clear();
  for (int plane = 0; plane < w.stride * w.stride; ++plane)
    if (is_read[static_cast<std::size_t>(plane)]) grid.read.push_back(plane);
  return grid;
}

TilePhase forward_phase(const TileConv& conv, const TileGrid& grid) {
  const SlidingWindow& w = conv.window;
  TilePhase phase{{}, {1, 0, w.out_h}, {1, 0, w.out_w}};
  each_tap(conv, [&](int y, int x, int weight) {
    const auto plane = std::ranges::find(grid.read, plane_of(conv, y, x)) - grid.read.begin();
    phase.taps.push_back({static_cast<int>(plane),
                          static_cast<std::ptrdiff_t>(y / w.stride) * grid.x.pitch() + x / w.stride, weight});
  });
  return phase;
}

TileGrid data_grad_grid(const TileConv& conv) {
  const SlidingWindow& w = conv.window;
  return {data_grad_axis(w.in_h, w.out_h, w.top, w.stride, (w.kernel_h - 1) * conv.dilation),
          data_grad_axis(w.in_w, w.out_w, w.left, w.stride, (w.kernel_w - 1) * conv.dilation)};
}

std::vector<TilePhase> data_grad_phases(const TileConv& conv, const TileGrid& grid) {
  const SlidingWindow& w = conv.window;
  std::vector<TilePhase> phases;
  for (int py = 0; py < w.stride; ++py)
    for (int px = 0; px < w.stride; ++px) {
      TilePhase phase{
          {}, written_phase(w.in_h, w.top, w.stride, py), written_phase(w.in_w, w.left, w.stride, px)};
      each_tap(conv, [&](int y, int x, int weight) {
        if (y % w.stride == py && x % w.stride == px)
          phase.taps.push_back({0,
                                static_cast<std::ptrdiff_t>(grid.y.reach - y / w.stride) * grid.x.pitch() +
                                    (grid.x.reach - x / w.stride),
                                weight});
      });
      phases.push_back(std::move(phase));
    }
  return phases;
}

}  // namespace doppel::nn::engine
