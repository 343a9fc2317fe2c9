#include <fmt/format.h>

#include <algorithm>

#include "all.h"
#include "pack/named_values.h"
#include "write/drawn_json.h"
#include "write/npy_file.h"
#include "write/text_file.h"
#include "yolo_files.h"

namespace doppel::dataset::write {
namespace {

using nlohmann::json;

std::string map_path(const Shown& shown, std::size_t number) {
  return fmt::format("maps/{}/{}.map{}.npy", shown.part, shown.stem, number);
}

class JsonLinesFormat final : public Format {
 public:
  explicit JsonLinesFormat(const SetFacts& facts) : facts_(facts) {}
  Holds holds() const override {
    return {.label = true,
            .shares = true,
            .boxes = true,
            .objects_without_class = true,
            .values = true,
            .maps = true,
            .outlines = true};
  }
  std::string refusal(const augment::Sample&) const override { return ""; }
  bool leaves_out(const augment::Sample&, Losses&) const override { return false; }
  std::string image_path(const Shown& shown) const override { return yolo_image(shown); }
  std::vector<SideFile> side_files(const Shown& shown, Losses&) const override {
    std::vector<SideFile> files;
    for (std::size_t k = 0; k < shown.sample->maps.size(); ++k)
      files.push_back({map_path(shown, k), npy_of(shown.sample->maps[k].values)});
    return files;
  }

  json record(const Shown& shown, Losses& losses) const override {
    const augment::Sample& sample = *shown.sample;
    json said = json::object();
    const auto all_are = [&](double share) {
      return std::ranges::all_of(sample.label_shares, [&](const auto& s) { return s.share == share; });
    };
    if (!sample.label_shares.empty() && (all_are(1) || all_are(0))) {
      // A list, empty for none of the classes.
      said["labels"] = json::array();
      for (const augment::LabelShare& share : sample.label_shares)
        if (share.share > 0) said["labels"].push_back(class_name(facts_, share.label));
    } else if (!sample.label_shares.empty())
      for (const augment::LabelShare& share : sample.label_shares) {
        json& sum = said["label"][class_name(facts_, share.label)];
        sum = share.share + (sum.is_null() ? 0.0 : sum.get<double>());
      }
    else if (sample.label >= 0)
      said["label"] = class_name(facts_, sample.label);
    for (const augment::Box& b : sample.boxes)
      said["boxes"].push_back({b.x0, b.y0, b.x1, b.y1, b.label < 0 ? "" : class_name(facts_, b.label)});
    for (const auto& [name, value] : named_values(sample, facts_.number_names))
      said["values"].push_back({name, value});
    for (std::size_t k = 0; k < sample.maps.size(); ++k)
      said["maps"].push_back({sample.maps[k].name, map_said(sample.maps[k], map_path(shown, k))});
    for (const augment::Outline& outline : sample.outlines)
      // A polygon that says no class would have its image's.
      if (const char* list = outline_list(outline))
        said[list].push_back(
            outline_said(outline, outline.label < 0 ? "" : class_name(facts_, outline.label)));
      else
        ++losses[kUndrawn];
    return said;
  }

  void finish(const std::filesystem::path& out, const EachImage& each) const override {
    for (const std::string& part : facts_.parts) {
      TextFile file(out / (part + ".jsonl"));
      each(part, [&](const json& image) {
        nlohmann::ordered_json line{{"path", image["file"]}};
        for (const char* key : {"label", "labels", "boxes", "polygons", "polylines"})
          if (image["record"].contains(key)) line[key] = image["record"][key];
        if (image["record"].contains("maps"))
          for (const auto& map : image["record"]["maps"])
            line["maps"][map[0].get_ref<const std::string&>()] = map[1];
        if (image["record"].contains("values"))
          for (const auto& value : image["record"]["values"])
            if (const auto& name = value[0].get_ref<const std::string&>(); !line.contains(name))
              line[name] = value[1];
        file.add(line.dump() + "\n");
      });
      file.finish();
    }
  }

 private:
  const SetFacts& facts_;
};

}  // namespace

std::unique_ptr<Format> json_lines_format(const SetFacts& facts) {
  return std::make_unique<JsonLinesFormat>(facts);
}

}  // namespace doppel::dataset::write
