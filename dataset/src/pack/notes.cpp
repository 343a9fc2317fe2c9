#include "notes.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "format.h"
#include "named_values.h"

namespace doppel::dataset::pack {

std::string note_of(const augment::Sample& sample, std::span<const std::vector<unsigned char>> masks,
                    double scale_x, double scale_y, const NoteFacts& facts) {
  nlohmann::json note;
  for (const auto& b : sample.boxes)
    note["boxes"].push_back(
        {b.x0 * scale_x, b.y0 * scale_y, b.x1 * scale_x, b.y1 * scale_y, b.label, b.instance});
  for (const auto& b : sample.rotated_boxes)
    note["rotated_boxes"].push_back(
        {b.x * scale_x, b.y * scale_y, b.width * scale_x, b.height * scale_y, b.angle, b.label, b.instance});
  for (const auto& p : sample.keypoints)
    note["keypoints"].push_back({p.x * scale_x, p.y * scale_y, p.label, p.visibility, p.instance});
  for (const auto& s : sample.label_shares) note["label_shares"].push_back({s.label, s.share});
  for (const auto& mask : masks) note["masks"].push_back({mask.size(), crc_of(mask.data(), mask.size())});
  if (!masks.empty() && sample.instance_mask >= 0) note["instance_mask"] = sample.instance_mask;
  for (std::size_t k = 0; k < sample.numbers.size(); ++k)
    note["numbers"].push_back(
        {k < facts.number_names.size() ? facts.number_names[k] : std::to_string(k), sample.numbers[k]});
  if (sample.weight != 1) note["weight"] = sample.weight;
  for (const augment::NamedValue& field : sample.fields)
    note["fields"].push_back({field.name, json_of(field)});
  if (!facts.range.empty()) note["range"] = facts.range;
  return note.is_null() ? "" : note.dump();
}

void read_note(const std::string& text, augment::Sample& sample) {
  try {
    const nlohmann::json note = nlohmann::json::parse(text);
    const auto each = [&](const char* name, const auto& take) {
      if (note.contains(name))
        for (const auto& n : note.at(name)) take(n);
    };
    each("boxes", [&](const auto& n) {
      sample.boxes.push_back(
          {n.at(0), n.at(1), n.at(2), n.at(3), n.at(4).template get<int>(), 1, n.at(5).template get<int>()});
    });
    each("rotated_boxes", [&](const auto& n) {
      sample.rotated_boxes.push_back({n.at(0), n.at(1), n.at(2), n.at(3), n.at(4),
                                      n.at(5).template get<int>(), 1, n.at(6).template get<int>()});
    });
    each("keypoints", [&](const auto& n) {
      augment::Keypoint point{.x = n.at(0), .y = n.at(1)};
      point.label = n.at(2).template get<int>();
      point.visibility = n.at(3);
      point.instance = n.at(4).template get<int>();
      sample.keypoints.push_back(point);
    });
    each("label_shares",
         [&](const auto& n) { sample.label_shares.push_back({n.at(0).template get<int>(), n.at(1)}); });
    each("numbers", [&](const auto& n) { sample.numbers.push_back(n.at(1)); });
    each("fields", [&](const auto& n) {
      sample.fields.push_back(field_of(n.at(0).template get<std::string>(), n.at(1)));
    });
    sample.weight = note.value("weight", 1.0);
    sample.instance_mask = note.value("instance_mask", -1);
  } catch (const nlohmann::json::exception&) { throw Error("a damaged annotation"); }
}

std::vector<augment::LabelShare> shares_in(const std::string& note) {
  if (note.find("\"label_shares\"") == note.npos) return {};
  augment::Sample sample;
  read_note(note, sample);
  return sample.label_shares;
}

std::vector<std::pair<std::string, double>> numbers_in(const std::string& note) {
  std::vector<std::pair<std::string, double>> numbers;
  if (note.find("\"numbers\"") == note.npos) return numbers;
  try {
    const nlohmann::json json = nlohmann::json::parse(note);
    if (json.contains("numbers"))
      for (const auto& n : json.at("numbers"))
        numbers.emplace_back(n.at(0).get<std::string>(), n.at(1).get<double>());
  } catch (const nlohmann::json::exception&) { throw Error("a damaged annotation"); }
  return numbers;
}

std::vector<double> range_in(const std::string& note) {
  if (note.find("\"range\"") == note.npos) return {};
  try {
    const nlohmann::json json = nlohmann::json::parse(note);
    if (!json.contains("range")) return {};
    const auto range = json.at("range").get<std::vector<double>>();
    if (range.size() == 2 && range[0] < range[1]) return range;
  } catch (const nlohmann::json::exception&) {}
  throw Error("a damaged annotation");
}

std::vector<MaskFile> masks_in(const std::string& note) {
  std::vector<MaskFile> masks;
  // Most notes speak of none, and aren't worth being read twice.
  if (note.find("\"masks\"") == note.npos) return masks;
  try {
    const nlohmann::json json = nlohmann::json::parse(note);
    // A field may be called so, too.
    if (!json.contains("masks")) return masks;
    for (const auto& mask : json.at("masks")) masks.push_back({mask.at(0), mask.at(1)});
  } catch (const nlohmann::json::exception&) { throw Error("a damaged annotation"); }
  return masks;
}

}  // namespace doppel::dataset::pack
