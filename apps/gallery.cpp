// doppel gallery --out FOLDER: the catalogue as a page with images.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <opencv2/imgproc.hpp>

#include "command.h"
#include "common_options.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/dataset/open/open_data.h"
#include "live_line.h"
#include "report/draw.h"
#include "settings_page.h"

namespace doppel::apps {
namespace {

using augment::CatalogueEntry;
using augment::Sample;

constexpr int kSide = 128;
constexpr std::array kMagnitudes{1.0 / 3, 2.0 / 3, 1.0};

/// A sample photograph, square, and as long as the side.
Sample photograph(const dataset::Source& photos, std::size_t index) {
  Sample sample = load(photos, index);
  const int side = std::min(sample.image.rows, sample.image.cols);
  const cv::Rect middle((sample.image.cols - side) / 2, (sample.image.rows - side) / 2, side, side);
  cv::Mat square;
  cv::resize(sample.image(middle), square, {kSide, kSide}, 0, 0, cv::INTER_AREA);
  sample.image = square;
  return sample;
}

/// The astronaut with what is known of her face: a box, a mask, and the eyes.
Sample portrait(const dataset::Source& photos) {
  Sample sample = photograph(photos, 0);
  sample.masks = {cv::Mat(kSide, kSide, CV_8U, cv::Scalar(0))};
  sample.instance_mask = 0;
  const double unit = kSide / 512.0;
  cv::ellipse(sample.masks[0], cv::Point(int(222 * unit), int(118 * unit)),
              cv::Size(int(44 * unit), int(62 * unit)), 0, 0, 360, 1, cv::FILLED);
  sample.boxes = {{178 * unit, 56 * unit, 266 * unit, 180 * unit, 0, 1, 1}};
  sample.keypoints = {{203 * unit, 111 * unit, 0, 1, 0, 1, 1}, {241 * unit, 110 * unit, 0, 1, 1, 1, 1}};
  return sample;
}

/// Narrows every range to one place: a share of the way from where it does least to where it does most.
/// Sizes that are larger than the image become half of it.
class Magnitude final : public FieldVisitor {
 public:
  explicit Magnitude(double share) : share_(share) {}

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (info.name == "p") return;
    if (auto* const* range = std::get_if<Range*>(&value)) {
      const auto [low, high] = **range;
      // A range about 0, or about 1 as factors have it, does least in its middle.
      const double least = low < 0 && high > 0 ? 0 : low < 1 && high > 1 && low > 0 && high < 4 ? 1 : low;
      const double at = least + share_ * (high - least);
      **range = {at, at};
    } else if (auto* const* whole = std::get_if<IntRange*>(&value)) {
      const auto [low, high] = **whole;
      const int at = low + static_cast<int>(std::lround(share_ * (high - low)));
      **whole = {at, at};
    } else if (auto* const* size = std::get_if<Size*>(&value)) {
      if ((*size)->height > kSide) **size = {kSide * 3 / 4, kSide * 3 / 4};
    } else if (auto* const* number = std::get_if<int*>(&value)) {
      if (info.name == "size" && **number > kSide) **number = kSide * 3 / 4;
    }
  }
  double share_;
};

/// Fields for transforms that need to be told something before they do anything; PHOTO is another image.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kExamples{{
    {"RandomCrop", "size: [88, 88]"},
    {"Crop", "box: [0.2, 0.1, 0.8, 0.7]"},
    {"CenterCrop", "size: [88, 88]"},
    {"Pad", "left: 24, right: 8, top: 8, bottom: 24, fill: reflect"},
    {"HistogramMatch", "references: [PHOTO]"},
    {"FourierAdapt", "references: [PHOTO]"},
    {"Overlay", "images: [PHOTO]"},
    {"ObjectDropout", "share: 1"},
    {"Sequence", "of: [HorizontalFlip: {p: 1}, Brightness: {factor: 1.3, p: 1}]"},
    {"OneOf", "of: [Negative: {p: 1}, Gray: {p: 1}, Sepia: {p: 1}]"},
    {"SomeOf", "of: [Rotate: {p: 1}, Gray: {p: 1}, GaussianBlur: {p: 1}, CoarseDropout: {p: 1}], n: 2"},
    {"Maybe", "do: [Rotate: {p: 1}, Gray: {p: 1}]"},
    {"Repeat", "do: [CoarseDropout: {p: 1}], times: 3"},
}};

class Gallery {
 public:
  explicit Gallery(std::filesystem::path folder)
      : folder_(std::move(folder)),
        photos_(dataset::open_data("sample:photos").train),
        sample_(portrait(*photos_)) {
    make_folder(folder_ / "gallery");
  }

  std::string page() const {
    std::string text =
        "# Transforms\n\n"
        "Made by `./dev docs`: every transform with its fields, their defaults, and what it does to a "
        "photograph "
        "with a box, a mask and two keypoints. After the original the ranges stand at a third, at two thirds "
        "and "
        "at the end of their defaults.\n\n"
        "Every transform also takes `only_labels`, `except_labels`, `relabel`, `from`, `until` and `start`; "
        "see "
        "[recipes.md](recipes.md). "
        "*Strength* is the mean change of a number of the sample photographs by the defaults, in levels of "
        "255.\n";
    std::string_view family;
    LiveLine live("drawing", "transforms");
    std::size_t done = 0;
    for (const CatalogueEntry& entry : augment::catalogue()) {
      live.count(done++, augment::catalogue().size());
      if (entry.family != family) {
        family = entry.family;
        text += fmt::format("\n## {}{}\n", static_cast<char>(std::toupper(family[0])), family.substr(1));
      }
      text += section(entry);
    }
    return text;
  }

 private:
  std::string section(const CatalogueEntry& entry) const {
    augment::Transform transform = entry.make();
    FieldDescriber describer;
    transform.fields(describer);
    std::string text = fmt::format("\n### {}\n\n{}", entry.name, entry.help);
    if (const int levels = strength(entry); levels > 0) text += fmt::format(" *Strength {}.*", levels);
    write_strip(entry);
    text += fmt::format("\n\n![{0}](gallery/{0}.jpg)\n\n", entry.name);
    text += "| field | default | | meaning |\n|---|---|---|---|\n";
    for (const FieldText& f : describer.fields)
      text += fmt::format("| {} | `{}` | {}{} | {} |\n", f.name, f.value, f.bounds,
                          f.unit.empty() ? "" : " " + f.unit, f.help);
    return text;
  }

  /// Other photographs, with a disc in their middle as an object.
  augment::PartnerSource partners() const {
    return [this](std::uint64_t bits) {
      Sample other = photograph(*photos_, 1 + bits % (photos_->size() - 1));
      other.masks = {cv::Mat(kSide, kSide, CV_8U, cv::Scalar(0))};
      other.instance_mask = 0;
      cv::circle(other.masks[0], {kSide / 2, kSide / 2}, kSide / 4, 1, cv::FILLED);
      return augment::PartnerPick{std::move(other), {.index = bits}};
    };
  }

  augment::Transform example(const CatalogueEntry& entry) const {
    for (const auto& [name, fields] : kExamples) {
      if (name != entry.name) continue;
      std::string text(fields);
      if (const auto at = text.find("PHOTO"); at != text.npos) text.replace(at, 5, photos_->name(2));
      return augment::Recipe::from_yaml(fmt::format("- {}: {{{}}}", name, text))
          .transforms()[0]
          .with_chance(1);
    }
    return entry.make().with_chance(1);
  }

  void write_strip(const CatalogueEntry& entry) const {
    std::vector<Tile> tiles{{with_targets(sample_), ""}};
    for (std::size_t i = 0; i < kMagnitudes.size(); ++i) {
      augment::Transform transform = example(entry);
      Magnitude magnitude(kMagnitudes[i]);
      transform.fields(magnitude);
      const Stream stream{.seed = 3, .epoch = i};
      tiles.push_back({with_targets(augment::Recipe{transform}.apply(sample_, stream, partners())), ""});
    }
    const std::vector<unsigned char> jpeg = encode_jpeg(tile_sheet(tiles, 4, kSide), 85);
    write_file(folder_ / "gallery" / fmt::format("{}.jpg", entry.name), jpeg);
  }

  /// Mean absolute change by a few draws; 0 for what moves pixels, where it says nothing.
  int strength(const CatalogueEntry& entry) const {
    for (const std::string_view family : {"flip", "crop", "geometry", "structure", "mix", "policy"})
      if (entry.family == family) return 0;
    const augment::Recipe recipe{entry.make().with_chance(1)};
    double sum = 0, count = 0;
    for (std::size_t photo = 0; photo < photos_->size(); ++photo)
      for (std::uint64_t i = 0; i < 8; ++i) {
        Sample sample = photograph(*photos_, photo);
        sample.boxes = {{kSide * 0.3, kSide * 0.3, kSide * 0.6, kSide * 0.7, 0}};
        const cv::Mat out = recipe.apply(sample, {.seed = 1, .epoch = i, .index = photo}).image;
        if (out.type() != sample.image.type() || out.size() != sample.image.size()) return 0;
        sum += cv::norm(out, sample.image, cv::NORM_L1);
        count += static_cast<double>(out.total()) * 3;
      }
    return static_cast<int>(std::lround(sum / count));
  }

  std::filesystem::path folder_;
  dataset::SourcePtr photos_;
  Sample sample_;
};

int run_gallery(const CommandLine& line) {
  const std::filesystem::path folder = line.get<std::string>("out");
  const Gallery gallery(folder);
  write_file(folder / "transforms.md", gallery.page());
  write_file(folder / "settings.md", settings_page());
  fmt::print("{}: {} transforms\n", (folder / "transforms.md").string(), augment::catalogue().size());
  return 0;
}

}  // namespace

Command gallery_command() {
  return {.name = "gallery",
          .brief = "the catalogue as a page with images",
          .about =
              "Writes the catalogue as a page with images, transforms.md, and the settings as tables, "
              "settings.md.",
          .groups = {{"Options", {{"out", folder(), "where it goes", Presence::Needed}}}},
          .examples = {"gallery --out docs"},
          .run = run_gallery};
}

}  // namespace doppel::apps
