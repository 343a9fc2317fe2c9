#include "interpolate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>
#include <utility>

#include "doppel/base/error.h"
#include "doppel/nn/gan/generated_source.h"
#include "report/animation.h"
#include "report/draw.h"

namespace doppel::apps {
namespace {

constexpr std::size_t kWalkers = 16, kFrames = 32;
constexpr int kFrameMilliseconds = 80;

/// The two classes; names may have commas in them.
std::pair<int, int> classes_between(const std::string& text, const std::vector<std::string>& classes) {
  const auto number = [&](const std::string& name) -> std::optional<int> {
    const auto found = std::ranges::find(classes, name);
    if (found == classes.end()) return {};
    return static_cast<int>(found - classes.begin());
  };
  for (std::size_t comma = text.find(','); comma != std::string::npos; comma = text.find(',', comma + 1)) {
    const auto from = number(text.substr(0, comma)), to = number(text.substr(comma + 1));
    if (from && to) return {*from, *to};
  }
  throw UsageError(fmt::format("--interpolate is A,B with two of the classes {}, not '{}'",
                               fmt::join(classes, ", "), text));
}

/// Where a walk is in a frame: 0 at its beginning, 1 half way, slower at both.
double progress_in(std::size_t frame) {
  return 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(frame) / kFrames);
}

}  // namespace

void write_walk(nn::Generator& generator, const std::vector<std::string>& classes, const Walk& walk,
                const std::filesystem::path& path) {
  const auto [a, b] = classes_between(walk.between, classes);
  if (path.extension() != ".webp")
    throw UsageError(
        fmt::format("--interpolate makes one animation: --out ends in .webp, not as {}", path.string()));
  const auto rows_of = [&](int label, std::uint64_t first) {
    return generator.latents(std::vector<int>(kWalkers, label), walk.seed, first, walk.truncation);
  };
  const std::vector<float> from = rows_of(a, walk.first),
                           to = rows_of(b, a == b ? walk.first + kWalkers : walk.first);
  const auto size = static_cast<std::size_t>(generator.image().count());
  std::vector<cv::Mat> frames;
  for (std::size_t f = 0; f < kFrames; ++f) {
    const double t = progress_in(f), angle = t * std::numbers::pi / 2;
    // Sums of independent normal numbers by a sine and a cosine are normal again, so that no image on the
    // way is made from others than a generator knows.
    const double keep = a == b ? std::cos(angle) : 1 - t, take = a == b ? std::sin(angle) : t;
    std::vector<float> rows(from.size());
    const std::size_t width = rows.size() / kWalkers, latent = static_cast<std::size_t>(generator.latent());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool is_class = i % width >= latent;
      rows[i] = is_class && a == b ? from[i] : static_cast<float>(keep * from[i] + take * to[i]);
    }
    const std::vector<float> images = generator.images(rows);
    std::vector<Tile> tiles;
    for (std::size_t i = 0; i < kWalkers; ++i)
      tiles.push_back({nn::image_of(std::span(images).subspan(i * size, size), generator.image()), ""});
    frames.push_back(tile_sheet(tiles, 4, 64));
  }
  write_animation(path, frames, kFrameMilliseconds);
}

}  // namespace doppel::apps
