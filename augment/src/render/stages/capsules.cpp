#include "capsules.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/exact_math.h"
#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

struct Depth {
  double count, length, width;
};

int draw_count(const Stream& stream, double mean) {
  const double whole = std::floor(mean);
  return static_cast<int>(whole) + stream.chance("one_more", mean - whole);
}

float smooth(float edge0, float edge1, float x) {
  const float t = std::clamp((x - edge0) / (edge1 - edge0), 0.F, 1.F);
  return t * t * (3 - 2 * t);
}

}  // namespace

CapsuleLayer::CapsuleLayer(const op::Rain& rain, Size size) {
  const double s = std::min(size.height, size.width);
  const double areas = double(size.height) * size.width / (4.0 / 3 * s * s);
  constexpr std::array<Depth, 3> kLayers{{{40, .12, .004}, {120, .07, .0025}, {300, .04, .0015}}};
  for (int z = 0; z < 3; ++z) {
    const Depth layer = kLayers[static_cast<std::size_t>(z)];
    const Stream stream = Stream{.seed = rain.seed}.split("rain", static_cast<std::uint64_t>(z));
    const int count = draw_count(stream, layer.count * rain.amount * areas);
    const double wide = layer.width * rain.width * s;
    // Thinner than 0.7 pixels, a streak fades instead of aliasing.
    const double shown = std::max(wide, 0.7);
    for (int i = 0; i < count; ++i) {
      const Stream one = stream.split("streak", static_cast<std::uint64_t>(i));
      const double tilt = (rain.angle + one.normal("tilt", 0, 2)) * exact::kRadians;
      const double half = layer.length * rain.length * s / 2 * one.uniform("length", 0.7, 1.3);
      const double x = one.uniform("x", -0.1, 1.1) * size.width,
                   y = one.uniform("y", -0.1, 1.1) * size.height;
      const double dx = exact::sin(tilt) * half, dy = exact::cos(tilt) * half;
      capsules_.push_back({static_cast<float>(x - dx), static_cast<float>(y - dy), static_cast<float>(x + dx),
                           static_cast<float>(y + dy), static_cast<float>(shown / 2), 1.F,
                           static_cast<float>(0.75 / (1 + 0.5 * z) * wide / shown), 0.35F});
    }
  }
  sort_rows();
}

CapsuleLayer::CapsuleLayer(const op::SnowFall& snow, Size size) {
  const double s = std::min(size.height, size.width);
  const double areas = double(size.height) * size.width / (4.0 / 3 * s * s);
  constexpr std::array<double, 3> kCounts{40, 120, 300};
  constexpr std::array<double, 3> kOpacity{0.9, 0.7, 0.5};
  for (int z = 0; z < 3; ++z) {
    const Stream stream = Stream{.seed = snow.seed}.split("snow", static_cast<std::uint64_t>(z));
    const int count = draw_count(stream, kCounts[static_cast<std::size_t>(z)] * snow.amount * areas);
    const double low = exact::log(0.004 / (z + 1)), high = exact::log(0.02 / (z + 1));
    for (int i = 0; i < count; ++i) {
      const Stream one = stream.split("flake", static_cast<std::uint64_t>(i));
      const double radius = exact::exp(one.uniform("radius", low, high)) * s;
      const double shown = std::max(radius, 0.5);
      const double tilt = (snow.wind + one.normal("tilt", 0, 5)) * exact::kRadians;
      const double half = radius * one.uniform("smear", 0.25, 1.0);
      const double x = one.uniform("x", -0.05, 1.05) * size.width,
                   y = one.uniform("y", -0.05, 1.05) * size.height;
      const double dx = exact::sin(tilt) * half, dy = exact::cos(tilt) * half;
      capsules_.push_back(
          {static_cast<float>(x - dx), static_cast<float>(y - dy), static_cast<float>(x + dx),
           static_cast<float>(y + dy), static_cast<float>(shown),
           static_cast<float>(std::max(1.0, 0.9 * shown)),
           static_cast<float>(kOpacity[static_cast<std::size_t>(z)] * radius * radius / (shown * shown)),
           0.F});
    }
  }
  sort_rows();
}

CapsuleLayer::CapsuleLayer(const op::Specks& specks, Size size) {
  const double s = std::min(size.height, size.width);
  const Stream stream = Stream{.seed = specks.seed}.split("specks");
  const int count = draw_count(stream, specks.count * double(size.height) * size.width / (s * s));
  const double low = exact::log(specks.least), high = exact::log(std::max(specks.least, specks.most));
  for (int i = 0; i < count; ++i) {
    const Stream one = stream.split("speck", static_cast<std::uint64_t>(i));
    const double radius = exact::exp(one.uniform("radius", low, high)) * s, shown = std::max(radius, 0.5);
    const auto x = static_cast<float>(one.uniform("x") * size.width),
               y = static_cast<float>(one.uniform("y") * size.height);
    capsules_.push_back({x, y, x, y, static_cast<float>(shown),
                         static_cast<float>(std::max(0.8, 0.5 * shown)),
                         static_cast<float>(specks.opacity * radius * radius / (shown * shown)), 0.F});
  }
  sort_rows();
}

void CapsuleLayer::sort_rows() {
  for (const Capsule& c : capsules_)
    tallest_ = std::max(tallest_, std::abs(c.y1 - c.y0) + 2 * (c.radius + c.softness));
  // A total order, so that the image is the same wherever it's sorted.
  std::ranges::sort(capsules_, {}, [](const Capsule& c) {
    return std::tuple{std::min(c.y0, c.y1) - c.radius - c.softness, c.x0, c.x1};
  });
}

void CapsuleLayer::row(int y, std::span<float> transmission) const {
  const float py = static_cast<float>(y) + 0.5F;
  const auto top = [](const Capsule& c) { return std::min(c.y0, c.y1) - c.radius - c.softness; };
  auto first = std::ranges::lower_bound(capsules_, py - tallest_ - 1, {}, top);
  for (; first != capsules_.end() && top(*first) <= py; ++first) {
    const Capsule& c = *first;
    const float reach = c.radius + c.softness / 2;  // no cover beyond
    if (std::max(c.y0, c.y1) + reach < py || std::min(c.y0, c.y1) - reach > py) continue;
    const float dx = c.x1 - c.x0, dy = c.y1 - c.y0, inverse = 1 / std::max(1e-6F, dx * dx + dy * dy);
    // The part of the axis that's within reach of this row.
    float near = 0, far = 1;
    if (std::abs(dy) > 1e-3F) {
      near = std::clamp((py - std::copysign(reach, dy) - c.y0) / dy, 0.F, 1.F);
      far = std::clamp((py + std::copysign(reach, dy) - c.y0) / dy, 0.F, 1.F);
    }
    const auto [left, right] = std::minmax({c.x0 + near * dx, c.x0 + far * dx});
    const int from = std::max(0, static_cast<int>(std::floor(left - reach)));
    const int to =
        std::min(static_cast<int>(transmission.size()), static_cast<int>(std::ceil(right + reach)) + 1);
    const float steep = 1 / c.softness, edge = (c.radius + c.softness / 2) * steep;
    for (int x = from; x < to; ++x) {
      const float px = static_cast<float>(x) + 0.5F;
      const float t = std::clamp(((px - c.x0) * dx + (py - c.y0) * dy) * inverse, 0.F, 1.F);
      const float ex = px - c.x0 - t * dx, ey = py - c.y0 - t * dy;
      const float distance = std::sqrt(ex * ex + ey * ey);
      float cover = std::clamp(edge - distance * steep, 0.F, 1.F);
      if (c.taper > 0) cover *= smooth(0, c.taper, std::min(t, 1 - t) + 0.02F);
      transmission[static_cast<std::size_t>(x)] *= 1 - c.opacity * cover;
    }
  }
}

}  // namespace doppel::augment
