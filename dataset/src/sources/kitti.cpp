#include "doppel/dataset/sources/kitti.h"

#include <fmt/format.h>

#include "doppel/base/error.h"
#include "drawn_image.h"
#include "paired_texts.h"
#include "text.h"

namespace doppel::dataset {

void Kitti::take(std::string_view line, DrawnImage& drawn) {
  constexpr std::size_t kWords = 15, kBox = 4;
  const std::vector<std::string_view> words = words_of(line);
  if (words.empty()) return;
  if (words.size() != kWords && words.size() != kWords + 1)
    throw Error(
        fmt::format("{} words; a line is a type and 14 numbers: truncated, occluded, alpha, left, top, "
                    "right, bottom, three dimensions, three places, rotation_y; and maybe a score",
                    words.size()));
  std::vector<double> numbers;
  for (std::size_t k = 1; k < words.size(); ++k) {
    const auto number = real_number(words[k]);
    if (!number) throw Error(fmt::format("'{}' is no number", words[k]));
    numbers.push_back(*number);
  }
  if (lower(words[0]) == "dontcare") return remarks_.add("regions marked DontCare, left out", drawn.place);
  if (real_number(words[0])) throw Error(fmt::format("'{}' is no type, but a number", words[0]));
  std::vector<double> box(numbers.begin() + kBox - 1, numbers.begin() + kBox + 3);
  if (box[2] < box[0] || box[3] < box[1])
    throw Error(fmt::format("a box from {}, {} to {}, {}", box[0], box[1], box[2], box[3]));
  drawn.shapes.push_back(
      {.kind = DrawnShape::Kind::Box, .label = class_of(words[0]), .numbers = std::move(box)});
}

Kitti::Kitti(const std::filesystem::path& images, const std::filesystem::path& labels,
             const std::filesystem::path& list, const OnProgress& progress)
    : AnnotatedImages(images) {
  const std::vector<PairedText> pairs = paired_texts(images, labels, list, remarks_);
  std::size_t objects = 0;
  read_paired_texts(
      pairs, progress, [this](std::string_view line, DrawnImage& drawn) { take(line, drawn); },
      [&](const std::string& image, DrawnImage drawn) {
        objects += drawn.shapes.size();
        add_image(image, std::move(drawn));
      });
  if (objects > 0)
    remarks_.say(
        "truncated, occluded, alpha, dimensions, location, rotation_y of objects, which aren't read");
  sort_names();
}

}  // namespace doppel::dataset
