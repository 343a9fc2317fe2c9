#include "generated_sheet.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/gan/generated_source.h"
#include "doppel/nn/study/classifier.h"
#include "live_line.h"
#include "report/draw.h"
#include "report/gan_sheets.h"
#include "telling.h"

namespace doppel::apps {
namespace {

/// "NAME:SHARE" of a known class.
std::optional<std::pair<std::size_t, float>> class_share(const std::string& text,
                                                         const std::vector<std::string>& classes) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return {};
  const auto found = std::ranges::find(classes, text.substr(0, colon));
  float share = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, share);
  if (found == classes.end() || read.ec != std::errc() || read.ptr != end || !(share > 0)) return {};
  return std::pair(static_cast<std::size_t>(found - classes.begin()), share);
}

/// What images are made from.
std::vector<float> rows_of(nn::Generator& generator, const GeneratedSheet& sheet,
                           const std::vector<int>& labels, const std::vector<float>& shares) {
  std::vector<float> rows = generator.latents(labels, sheet.seed, sheet.first, sheet.truncation);
  const auto latent = static_cast<std::ptrdiff_t>(generator.latent()),
             width = latent + static_cast<std::ptrdiff_t>(generator.classes());
  for (std::ptrdiff_t at = 0; !shares.empty() && at < std::ssize(rows); at += width)
    std::ranges::copy(shares, rows.begin() + at + latent);
  return rows;
}

cv::Mat beside_nearest(const nn::OpenedGan& gan, std::vector<augment::Sample> made, const std::string& data) {
  const dataset::SourcePtr train = train_and_test(open_data(data)).train;
  nn::RunInfo info = describe_data(*train);
  if (info.input.channels != gan.info.input.channels)
    throw UsageError(fmt::format("--beside {}: its images have {} channels, but the GAN's {}", data,
                                 info.input.channels, gan.info.input.channels));
  info.input = gan.info.input;
  info.classes = train->classes();
  if (info.classes.empty())
    throw UsageError(fmt::format("--beside {}: it has no classes, by which images could be compared", data));
  const auto source = std::make_shared<dataset::InMemory>(std::move(made), info.classes);
  nn::Classifier classifier(info, train, {.on_phase = live_phases()});
  const auto near = nn::nearest(classifier.features(source), classifier.features(train));
  std::vector<nn::NearestPair> pairs;
  for (std::size_t i = 0; i < near.size(); ++i) pairs.push_back({i, near[i].index, near[i].distance});
  return nearest_sheet(pairs, *source, *train);
}

}  // namespace

std::vector<float> class_shares(const std::string& text, const std::vector<std::string>& classes) {
  std::vector<float> shares(classes.size(), 0.F);
  std::size_t from = 0;
  for (std::size_t comma = text.find(','); from < text.size(); comma = text.find(',', comma + 1)) {
    if (const auto one = class_share(text.substr(from, comma - from), classes)) {
      shares[one->first] += one->second;
      from = comma == std::string::npos ? text.size() : comma + 1;
    }
    if (comma == std::string::npos) break;
  }
  const float sum = std::accumulate(shares.begin(), shares.end(), 0.F);
  if (text.empty() || from < text.size() || std::abs(sum - 1) > 1e-3F)
    throw UsageError(fmt::format(
        "--mixture is A:SHARE,B:SHARE, of the classes {}, with shares above 0 that are 1 together, not '{}'",
        fmt::join(classes, ", "), text));
  return shares;
}

cv::Mat draw_generated(const nn::OpenedGan& gan, const GeneratedSheet& sheet) {
  const bool mixed = !sheet.mixture.empty();
  std::vector<float> shares;
  if (mixed) shares = class_shares(sheet.mixture, gan.info.classes);
  std::vector<int> labels;
  for (std::size_t i = 0; i < sheet.count; ++i)
    labels.push_back(mixed ? 0 : sheet.classes[(sheet.first + i) % sheet.classes.size()]);
  const std::vector<float> images = gan.generator->images(rows_of(*gan.generator, sheet, labels, shares));
  const auto size = static_cast<std::size_t>(gan.info.input.count());
  std::vector<augment::Sample> made(sheet.count);
  for (std::size_t i = 0; i < made.size(); ++i)
    made[i].image = nn::image_of(std::span(images).subspan(i * size, size), gan.info.input);
  if (!sheet.beside.empty()) return beside_nearest(gan, std::move(made), sheet.beside);
  std::vector<Tile> tiles;
  for (std::size_t i = 0; i < made.size(); ++i)
    tiles.push_back({made[i].image, mixed || sheet.classes.size() < 2
                                        ? ""
                                        : gan.info.classes[static_cast<std::size_t>(labels[i])]});
  constexpr int kAcross = 10, kSide = 64;
  return tile_sheet(tiles, kAcross, kSide);
}

}  // namespace doppel::apps
