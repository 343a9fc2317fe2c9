#include <fmt/format.h>

#include <algorithm>

#include "all.h"
#include "doppel/base/fields.h"
#include "pack/named_values.h"
#include "write/text_file.h"
#include "yolo_files.h"

namespace doppel::dataset::write {
namespace {

using nlohmann::json;

std::string in_csv(const std::string& field) {
  const bool plain = field.find_first_of(",;\t\"\n\r") == std::string::npos &&
                     (field.empty() || (field.front() != ' ' && field.back() != ' '));
  if (plain) return field;
  std::string safe = "\"";
  for (const char c : field) safe += c == '"' ? "\"\"" : std::string(1, c);
  return safe + "\"";
}

/// A line for each box; where no image has any, paths and labels alone.
class CsvFormat final : public Format {
 public:
  explicit CsvFormat(const SetFacts& facts) : facts_(facts) {}
  Holds holds() const override {
    return {.label = true, .boxes = true, .objects_without_class = true, .values = true};
  }
  std::string refusal(const augment::Sample&) const override { return ""; }
  bool leaves_out(const augment::Sample&, Losses&) const override { return false; }
  std::string image_path(const Shown& shown) const override { return yolo_image(shown); }
  std::vector<SideFile> side_files(const Shown&, Losses&) const override { return {}; }

  /// [label, [[x0, y0, x1, y1, label], …], [[name, value], …]].
  json record(const Shown& shown, Losses&) const override {
    json boxes = json::array();
    for (const augment::Box& b : shown.sample->boxes) boxes.push_back({b.x0, b.y0, b.x1, b.y1, b.label});
    json values = json::array();
    for (const auto& [name, value] : named_values(*shown.sample, facts_.number_names))
      values.push_back({name, value});
    return {shown.sample->label, std::move(boxes), std::move(values)};
  }

  void finish(const std::filesystem::path& out, const EachImage& each) const override {
    bool boxes = false;
    std::vector<std::string> names;  // of values, in the order in which they are met
    for (const std::string& part : facts_.parts)
      each(part, [&](const json& image) {
        boxes = boxes || !image["record"][1].empty();
        for (const json& value : image["record"][2])
          if (std::ranges::find(names, value[0].get_ref<const std::string&>()) == names.end())
            names.push_back(value[0]);
      });
    for (const std::string& part : facts_.parts) {
      TextFile file(out / (part + ".csv"));
      std::string head = boxes ? "path,label,x0,y0,x1,y1,box_label" : "path,label";
      for (const std::string& name : names) head += "," + in_csv(name);
      file.add(head + "\n");
      each(part, [&](const json& image) {
        const std::string begin = fmt::format("{},{}", in_csv(image["file"]), label_text(image["record"][0])),
                          end = values_text(image["record"][2], names) + "\n";
        const json& list = image["record"][1];
        if (list.empty()) file.add(begin + (boxes ? ",,,,," : "") + end);
        for (const json& box : list)
          file.add(fmt::format("{},{},{},{},{},{}", begin, number_text(box[0]), number_text(box[1]),
                               number_text(box[2]), number_text(box[3]), label_text(box[4])) +
                   end);
      });
      file.finish();
    }
  }

 private:
  /// A field for each name, empty where the image has no such value.
  static std::string values_text(const json& values, const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
      text += ',';
      const auto found =
          std::ranges::find(values, name, [](const json& value) { return value[0].get<std::string>(); });
      if (found == values.end()) continue;
      const json& value = (*found)[1];
      text += value.is_string()         ? in_csv(value)
              : value.is_number_float() ? number_text(value.get<double>())
                                        : in_csv(value.dump());
    }
    return text;
  }
  std::string label_text(int label) const { return label < 0 ? "" : in_csv(class_name(facts_, label)); }
  const SetFacts& facts_;
};

}  // namespace

std::unique_ptr<Format> csv_format(const SetFacts& facts) { return std::make_unique<CsvFormat>(facts); }

}  // namespace doppel::dataset::write
