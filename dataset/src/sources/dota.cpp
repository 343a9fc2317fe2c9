#include "doppel/dataset/sources/dota.h"

#include <fmt/format.h>

#include <cmath>

#include "doppel/base/error.h"
#include "drawn_image.h"
#include "paired_texts.h"
#include "text.h"

namespace doppel::dataset {

void Dota::take(std::string_view line, DrawnImage& drawn) {
  constexpr std::size_t kCorners = 8;
  const std::vector<std::string_view> words = words_of(line);
  if (words.empty()) return;
  if (const std::string head = lower(words[0]); head.starts_with("imagesource") || head.starts_with("gsd"))
    return remarks_.add(
        fmt::format("lines of {}, which aren't read", head.starts_with("gsd") ? "gsd" : "imagesource"),
        drawn.place);
  if (words.size() != kCorners + 1 && words.size() != kCorners + 2)
    throw Error(fmt::format(
        "{} words; a line is x1 y1 x2 y2 x3 y3 x4 y4, a class, and maybe 0 or 1 (difficult)", words.size()));
  std::vector<double> corners;
  for (std::size_t k = 0; k < kCorners; ++k) {
    const auto number = real_number(words[k]);
    if (!number || std::abs(*number) > 1e8)
      throw Error(fmt::format("'{}' is no place of a corner", words[k]));
    corners.push_back(*number);
  }
  if (words.size() > kCorners + 1) {
    const auto difficult = whole_number(words[kCorners + 1]);
    if (!difficult) throw Error(fmt::format("'{}' isn't 0 or 1 (difficult)", words[kCorners + 1]));
    if (*difficult != 0) remarks_.add("objects marked difficult, kept as all others", drawn.place);
  }
  if (!rectangle_around(corners).exact)
    remarks_.add("corners that are no rectangle: the smallest one around them is taken", drawn.place);
  drawn.shapes.push_back(
      {.kind = DrawnShape::Kind::Corners, .label = class_of(words[kCorners]), .numbers = std::move(corners)});
}

Dota::Dota(const std::filesystem::path& images, const std::filesystem::path& labels,
           const OnProgress& progress)
    : AnnotatedImages(images) {
  const std::vector<PairedText> pairs = paired_texts(images, labels, {}, remarks_);
  read_paired_texts(
      pairs, progress, [this](std::string_view line, DrawnImage& drawn) { take(line, drawn); },
      [this](const std::string& image, DrawnImage drawn) { add_image(image, std::move(drawn)); });
  sort_names();
}

}  // namespace doppel::dataset
