#include "shard_findings.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"

namespace doppel::dataset::pack {
namespace {

using nlohmann::json;

json json_of(const ShardFindings::Shown& one) {
  const auto& thumbnail = one.print.thumbnail;
  return {one.print.content, one.print.shape,
          json::binary(std::vector<std::uint8_t>(thumbnail.begin(), thumbnail.end())), one.name, one.label};
}

ShardFindings::Shown shown_of(const json& from) {
  ShardFindings::Shown one{{from.at(0), from.at(1), {}}, from.at(3), from.at(4)};
  const auto& thumbnail = from.at(2).get_binary();
  if (thumbnail.size() != one.print.thumbnail.size()) throw Error("what another process packed is damaged");
  std::ranges::copy(thumbnail, one.print.thumbnail.begin());
  return one;
}

json json_of(const PixelSums& s) { return {s.sums, s.squares, s.pixels, s.channels, s.mixed}; }
PixelSums sums_of(const json& from) { return {from.at(0), from.at(1), from.at(2), from.at(3), from.at(4)}; }

}  // namespace

void PixelSums::add(const std::array<double, 4>& image_mean, const std::array<double, 4>& image_square,
                    int image_channels, double image_pixels) {
  if (pixels == 0) channels = image_channels;
  mixed = mixed || image_channels != channels || image_channels > 4;
  pixels += image_pixels;
  for (std::size_t c = 0; c < 4; ++c) {
    sums[c] += image_mean[c] * image_pixels;
    squares[c] += image_square[c] * image_pixels;
  }
}

void PixelSums::add(const PixelSums& other) {
  if (other.pixels == 0) return;
  if (pixels == 0) channels = other.channels;
  mixed = mixed || other.mixed || other.channels != channels;
  pixels += other.pixels;
  for (std::size_t c = 0; c < 4; ++c) {
    sums[c] += other.sums[c];
    squares[c] += other.squares[c];
  }
}

void PixelSums::write(PackReport& report) const {
  if (mixed || pixels == 0) return;
  for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
    const double mean = sums[c] / pixels;
    report.mean.push_back(mean / 255);
    report.std.push_back(std::sqrt(std::max(0.0, squares[c] / pixels - mean * mean)) / 255);
  }
}

std::string text_of(const std::vector<ShardFindings>& findings) {
  json all = json::array();
  for (const ShardFindings& f : findings) {
    json shown = json::array();
    for (const ShardFindings::Shown& one : f.shown) shown.push_back(json_of(one));
    all.push_back({f.shard, f.samples, f.kept, f.bytes, f.unreadable, json_of(f.sums), std::move(shown)});
  }
  std::string text;
  json::to_msgpack(all, text);
  return text;
}

std::vector<ShardFindings> findings_of(const std::string& text) {
  try {
    std::vector<ShardFindings> findings;
    for (const json& from : json::from_msgpack(text)) {
      ShardFindings f{from.at(0), from.at(1), from.at(2), from.at(3), from.at(4), sums_of(from.at(5)), {}};
      for (const json& one : from.at(6)) f.shown.push_back(shown_of(one));
      findings.push_back(std::move(f));
    }
    return findings;
  } catch (const json::exception&) { throw Error("what another process says of its shards is damaged"); }
}

}  // namespace doppel::dataset::pack
