#include "gan_sheets.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "animation.h"
#include "doppel/dataset/sources/image_files.h"
#include "doppel/nn/gan/generated_source.h"
#include "draw.h"

namespace doppel::apps {

namespace fs = std::filesystem;

cv::Mat sample_sheet(nn::GenerativeModel& gan, const std::vector<std::string>& classes) {
  constexpr int kEach = 10, kMost = 10;
  std::vector<int> labels;
  if (gan.classes() == 1) labels.assign(std::size_t{kEach} * kMost, 0);
  for (int c = 0; c < std::min(kMost, gan.classes()) && gan.classes() > 1; ++c)
    labels.insert(labels.end(), kEach, c);
  const auto images = gan.generate(labels, 7, 0);
  const auto size = static_cast<std::size_t>(gan.image().count());
  std::vector<Tile> tiles;
  for (std::size_t i = 0; i < labels.size(); ++i)
    tiles.push_back(
        {nn::image_of(std::span(images).subspan(i * size, size), gan.image()),
         i % kEach == 0 && gan.classes() > 1 ? classes[static_cast<std::size_t>(labels[i])] : ""});
  return tile_sheet(tiles, kEach, 64);
}

cv::Mat nearest_sheet(std::span<const nn::NearestPair> pairs, const dataset::Source& made,
                      const dataset::Source& train) {
  constexpr std::size_t kAcross = 10;
  std::vector<Tile> tiles;
  for (std::size_t at = 0; at < pairs.size(); at += kAcross) {
    const auto some = pairs.subspan(at, std::min(kAcross, pairs.size() - at));
    const auto fill_row = [&] {
      while (tiles.size() % kAcross != 0)
        tiles.push_back(
            {cv::Mat(tiles.back().image.size(), tiles.back().image.type(), cv::Scalar::all(255)), ""});
    };
    for (const nn::NearestPair& pair : some) tiles.push_back({load(made, pair.generated).image, "made"});
    fill_row();
    for (const nn::NearestPair& pair : some)
      tiles.push_back({load(train, pair.real).image, fmt::format("real {:.2f}", pair.distance)});
    fill_row();
  }
  return tiles.empty() ? cv::Mat() : tile_sheet(tiles, kAcross, 64);
}

void animate_sheets(const fs::path& run) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(run))
    if (entry.path().filename().string().starts_with("samples_")) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<cv::Mat> sheets;
  if (files.size() < 2) return;
  const dataset::ImageFiles source(files);
  for (std::size_t i = 0; i < files.size(); ++i) sheets.push_back(load(source, i).image);
  write_animation(run / "samples.webp", sheets, 400);
}

}  // namespace doppel::apps
