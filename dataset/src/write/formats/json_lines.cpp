#include <algorithm>

#include "all.h"
#include "pack/named_values.h"
#include "write/text_file.h"
#include "yolo_files.h"

namespace doppel::dataset::write {
namespace {

using nlohmann::json;

class JsonLinesFormat final : public Format {
 public:
  explicit JsonLinesFormat(const SetFacts& facts) : facts_(facts) {}
  Holds holds() const override {
    return {.label = true, .shares = true, .boxes = true, .objects_without_class = true, .values = true};
  }
  std::string refusal(const augment::Sample&) const override { return ""; }
  bool leaves_out(const augment::Sample&, Losses&) const override { return false; }
  std::string image_path(const Shown& shown) const override { return yolo_image(shown); }
  std::vector<SideFile> side_files(const Shown&, Losses&) const override { return {}; }

  json record(const Shown& shown, Losses&) const override {
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
    return said;
  }

  void finish(const std::filesystem::path& out, const EachImage& each) const override {
    for (const std::string& part : facts_.parts) {
      TextFile file(out / (part + ".jsonl"));
      each(part, [&](const json& image) {
        nlohmann::ordered_json line{{"path", image["file"]}};
        for (const char* key : {"label", "labels", "boxes"})
          if (image["record"].contains(key)) line[key] = image["record"][key];
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
