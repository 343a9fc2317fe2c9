#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "all.h"
#include "write/text_file.h"

namespace doppel::dataset::write {
namespace {

std::string in_xml(const std::string& text) {
  std::string safe;
  for (const char c : text) switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      default:
        safe += c;
    }
  return safe;
}

/// Pixels of a side that a box has, from 1, both ends inside; never none.
std::pair<int, int> pixels_of(double low, double high, int side) {
  const int first = std::clamp(static_cast<int>(std::lround(low)) + 1, 1, side);
  return {first, std::clamp(static_cast<int>(std::lround(high)), first, side)};
}

class VocFormat final : public Format {
 public:
  explicit VocFormat(const SetFacts& facts) : facts_(facts) {}
  Holds holds() const override { return {.boxes = true}; }
  std::string refusal(const augment::Sample& sample) const override {
    return sample.boxes.empty() && (facts_.classes.empty() || sample.label >= 0 ||
                                    !sample.rotated_boxes.empty() || !sample.masks.empty())
               ? "it is about boxes, and these images have none"
               : "";
  }
  bool leaves_out(const augment::Sample&, Losses&) const override { return false; }
  bool shares_folder() const override { return true; }
  std::string image_path(const Shown& shown) const override {
    return fmt::format("JPEGImages/{}{}", shown.stem, shown.ending);
  }

  std::vector<SideFile> side_files(const Shown& shown, Losses& losses) const override {
    std::string text = fmt::format(
        "<annotation>\n  <folder>JPEGImages</folder>\n  <filename>{}{}</filename>\n  <size><width>{}</width>"
        "<height>{}</height><depth>{}</depth></size>\n  <segmented>0</segmented>\n",
        in_xml(shown.stem), shown.ending, shown.size.width, shown.size.height, shown.channels);
    for (const augment::Box& box : shown.sample->boxes) {
      if (box.label < 0) continue;
      const auto [x0, x1] = pixels_of(box.x0, box.x1, shown.size.width);
      const auto [y0, y1] = pixels_of(box.y0, box.y1, shown.size.height);
      constexpr double kExact = 1e-6;
      const double off = std::max({std::abs(x0 - 1 - box.x0), std::abs(y0 - 1 - box.y0),
                                   std::abs(x1 - box.x1), std::abs(y1 - box.y1)});
      if (off > kExact) ++losses["boxes whose corners are rounded to whole pixels"];
      text += fmt::format(
          "  <object>\n    <name>{}</name>\n    <pose>Unspecified</pose>\n    <truncated>{}</truncated>\n"
          "    <difficult>0</difficult>\n    "
          "<bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax>"
          "</bndbox>\n  </object>\n",
          in_xml(class_name(facts_, box.label)), box.visibility < 1 ? 1 : 0, x0, y0, x1, y1);
    }
    return {{fmt::format("Annotations/{}.xml", shown.stem), bytes_of(text + "</annotation>\n")}};
  }
  nlohmann::json record(const Shown&, Losses&) const override { return {}; }

  void finish(const std::filesystem::path& out, const EachImage& each) const override {
    for (const std::string& part : facts_.parts) {
      TextFile file(out / "ImageSets/Main" / (part + ".txt"));
      each(part, [&](const nlohmann::json& image) {
        file.add(std::filesystem::path(image["file"].get<std::string>()).stem().string() + "\n");
      });
      file.finish();
    }
  }

 private:
  const SetFacts& facts_;
};

}  // namespace

std::unique_ptr<Format> voc_format(const SetFacts& facts) { return std::make_unique<VocFormat>(facts); }

}  // namespace doppel::dataset::write
