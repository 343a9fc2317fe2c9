#include <fmt/format.h>

#include <array>
#include <opencv2/core.hpp>

#include "all.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/combine/class_masks.h"
#include "sources/text.h"
#include "yolo_files.h"

namespace doppel::dataset::write {
namespace {

/// The first mask that isn't one of instances; null where there is none.
const cv::Mat* class_mask(const augment::Sample& sample) {
  for (std::size_t i = 0; i < sample.masks.size(); ++i)
    if (static_cast<int>(i) != sample.instance_mask) return &sample.masks[i];
  return nullptr;
}

/// With 8 bits where they are enough.
cv::Mat narrow(const cv::Mat& mask) {
  double low = 0, high = 0;
  cv::minMaxLoc(mask, &low, &high);
  if (mask.type() == CV_8UC1 || low < 0 || high > 255) return mask;
  cv::Mat bytes;
  mask.convertTo(bytes, CV_8U);
  return bytes;
}

/// So that its image is found: what ends like a mask's name is said to be one.
std::string mask_stem(const std::string& stem) {
  static constexpr std::array<std::string_view, 5> kEnds{"_mask", "_masks", "_gt", "_label", "_labels"};
  for (const std::string_view end : kEnds)
    if (lower(stem).ends_with(end)) return stem + "_mask";
  return stem;
}

class MaskFolderFormat final : public Format {
 public:
  Holds holds() const override { return {.instance_masks = true, .class_masks = true}; }
  Names names() const override { return Names::None; }
  std::string refusal(const augment::Sample& sample) const override {
    return sample.masks.empty() ? "it is about masks, and these images have none" : "";
  }
  bool leaves_out(const augment::Sample& sample, Losses& losses) const override {
    if (!sample.masks.empty()) return false;
    ++losses["images without a mask, which are left out"];
    return true;
  }
  std::string image_path(const Shown& shown) const override { return yolo_image(shown); }
  std::vector<SideFile> side_files(const Shown& shown, Losses& losses) const override {
    const augment::Sample& sample = *shown.sample;
    const cv::Mat* classes = class_mask(sample);
    if (!classes)
      ++losses["masks of instances, written as classes: 0 is background, k + 1 is class k"];
    else if (sample.instance_mask >= 0)
      ++losses["masks of instances"];
    const std::size_t written = 1 + (classes && sample.instance_mask >= 0 ? 1 : 0);
    if (sample.masks.size() > written)
      losses["masks beyond an image's first"] += sample.masks.size() - written;
    const cv::Mat mask = classes ? *classes : classes_of_instances(sample);
    return {{fmt::format("masks/{}/{}.png", shown.part, mask_stem(shown.stem)), encode_mask(narrow(mask))}};
  }
  nlohmann::json record(const Shown&, Losses&) const override { return {}; }
  void finish(const std::filesystem::path&, const EachImage&) const override {}
};

}  // namespace

std::unique_ptr<Format> mask_folder_format(const SetFacts&) { return std::make_unique<MaskFolderFormat>(); }

}  // namespace doppel::dataset::write
