#include "format.h"

#include <algorithm>

#include "write/formats/all.h"

namespace doppel::dataset::write {

std::unique_ptr<Format> make_format(DataFormat format, const SetFacts& facts) {
  switch (format) {
    case DataFormat::ImageFolder:
      return image_folder_format(facts);
    case DataFormat::Coco:
      return coco_format(facts);
    case DataFormat::Yolo:
      return yolo_format(facts);
    case DataFormat::YoloSeg:
      return yolo_seg_format(facts);
    case DataFormat::YoloObb:
      return yolo_obb_format(facts);
    case DataFormat::Voc:
      return voc_format(facts);
    case DataFormat::Csv:
      return csv_format(facts);
    case DataFormat::JsonLines:
      return json_lines_format(facts);
    case DataFormat::MaskFolder:
      return mask_folder_format(facts);
    case DataFormat::WebDataset:
      return webdataset_format(facts);
    case DataFormat::Pack:
      return pack_format(facts);
  }
  return nullptr;
}

namespace {

void count(Losses& losses, const char* what, std::size_t number) {
  if (number > 0) losses[what] += number;
}

std::size_t class_masks_of(const augment::Sample& sample) {
  const bool has_instances =
      sample.instance_mask >= 0 && sample.instance_mask < static_cast<int>(sample.masks.size());
  return sample.masks.size() - (has_instances ? 1 : 0);
}

}  // namespace

void count_losses(const Holds& holds, const augment::Sample& sample, Losses& losses) {
  const bool shared = std::ranges::any_of(
      sample.label_shares, [](const augment::LabelShare& one) { return one.label >= 0 && one.share > 0; });
  if (!holds.shares && shared)
    count(losses,
          holds.label ? "labels shared by several classes, of which the largest is written"
                      : "labels shared by several classes",
          1);
  if (!holds.label && sample.label >= 0 && (holds.shares || sample.label_shares.empty()))
    count(losses, "classes of whole images", 1);
  const auto nameless = [](const auto& boxes) {
    return static_cast<std::size_t>(std::ranges::count_if(boxes, [](const auto& b) { return b.label < 0; }));
  };
  if (!holds.boxes)
    count(losses, "boxes", sample.boxes.size());
  else if (!holds.objects_without_class)
    count(losses, "boxes without a class", nameless(sample.boxes));
  if (!holds.rotated_boxes)
    count(losses, "rotated boxes", sample.rotated_boxes.size());
  else if (!holds.objects_without_class)
    count(losses, "rotated boxes without a class", nameless(sample.rotated_boxes));
  if (!holds.keypoints) count(losses, "keypoints", sample.keypoints.size());
  if (!holds.values) {
    count(losses, "numbers", sample.numbers.size());
    count(losses, "weights", sample.weight == 1 ? 0 : 1);
    count(losses, "fields", sample.fields.size());
  }
  if (!holds.maps) count(losses, "maps", sample.maps.size());
  if (!holds.outlines) {
    const auto lines =
        static_cast<std::size_t>(std::ranges::count(sample.outlines, false, &augment::Outline::closed));
    count(losses, "polygons", sample.outlines.size() - lines);
    count(losses, "lines", lines);
  }
  const std::size_t classes = class_masks_of(sample);
  if (!holds.class_masks) count(losses, "masks of classes", classes);
  if (!holds.instance_masks) count(losses, "masks of instances", sample.masks.size() - classes);
}

std::string class_name(const SetFacts& facts, int label) {
  return label >= 0 && label < static_cast<int>(facts.classes.size())
             ? facts.classes[static_cast<std::size_t>(label)]
             : std::to_string(label);
}

std::string text_of_classes(const std::vector<std::string>& classes) {
  return nlohmann::json(classes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<unsigned char> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace doppel::dataset::write
