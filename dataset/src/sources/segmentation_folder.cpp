#include "doppel/dataset/sources/segmentation_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <unordered_map>
#include <utility>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/file_source.h"
#include "listed_images.h"
#include "mask_colors.h"
#include "text.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

namespace {

/// Without one of these at its end, in any case.
std::string without_end(const std::string& stem, std::initializer_list<std::string_view> ends) {
  for (const std::string_view end : ends)
    if (stem.size() > end.size() && lower(std::string_view(stem).substr(stem.size() - end.size())) == end)
      return stem.substr(0, stem.size() - end.size());
  return stem;
}

/// Masks by their names below their folder: those of images, or with what some tools add to them.
class Masks {
 public:
  explicit Masks(std::string folder) : folder_(std::move(folder)) {}
  /// `name`: below the folder.
  void add(std::string_view name, const std::string& file) {
    const auto [known, is_new] = by_name_.emplace(without_ending(name), file);
    if (!is_new)
      throw Error(
          fmt::format("{}: both {} and {} are called {}", folder_, known->second, file, known->first));
  }
  /// The mask of an image, which nobody else gets; empty where there is none.
  std::string take(const std::string& image) {
    if (auto exact = by_name_.extract(image)) return exact.mapped();
    shorten();
    const auto found = by_short_.find(without_end(image, {"_leftimg8bit", "_0000"}));
    if (found == by_short_.end()) return "";
    auto mask = by_name_.extract(found->second);
    return mask ? mask.mapped() : "";
  }
  std::vector<std::string> left() const {
    std::vector<std::string> files;
    for (const auto& [name, file] : by_name_) files.push_back(file);
    std::ranges::sort(files);
    return files;
  }

 private:
  /// Once it's known that names differ.
  void shorten() {
    if (std::exchange(is_short_, true)) return;
    for (const auto& [name, file] : by_name_) {
      const std::string small =
          without_end(name, {"_mask", "_masks", "-mask", "_gt", "_label", "_labels", "_l", "_seg",
                             "_segmentation", "_gtfine_labelids", "_gtcoarse_labelids"});
      const auto [known, is_new] = by_short_.emplace(small, name);
      if (!is_new)
        throw Error(
            fmt::format("{}: {} and {} may both be the mask of {}", folder_, known->second, name, small));
    }
  }
  std::string folder_;
  std::unordered_map<std::string, std::string> by_name_;   ///< file by the mask's name
  std::unordered_map<std::string, std::string> by_short_;  ///< the mask's name by the image's
  bool is_short_ = false;
};

/// Cityscapes has several files of an image; the others are colours, instances and outlines.
bool is_another_kind(const fs::path& file) {
  const std::string stem = lower(without_ending(file.native()));
  return (stem.find("_gtfine_") != stem.npos || stem.find("_gtcoarse_") != stem.npos) &&
         !stem.ends_with("_labelids");
}

/// What has no place in a mask: pixels that aren't those that were written.
void check_mask_kind(const ImageFacts& facts) {
  if (facts.kind == ImageKind::Jpeg || facts.kind == ImageKind::Webp)
    throw Error(
        fmt::format("a {}, whose pixels are near those that were drawn, not the same: they can't be "
                    "the numbers of classes; save masks as PNG",
                    facts.kind == ImageKind::Jpeg ? "JPEG" : "WebP"));
  if (facts.kind != ImageKind::Png && facts.bits > 8)
    throw Error(fmt::format("{} bits a pixel, of which 8 would be kept; save such masks as PNG", facts.bits));
}

/// Of a file in colour whose channels are the same, one of them: what programs make of a grey mask. Empty
/// where they aren't.
cv::Mat grey_of(const std::vector<unsigned char>& bytes, const ImageFacts& facts) {
  if (facts.bits > 8) return {};
  std::array<cv::Mat, 3> channels;
  cv::split(with_channels(decode_image(bytes), 3, AlphaOver::Drop), channels.data());
  const bool same = cv::norm(channels[0], channels[1], cv::NORM_INF) == 0 &&
                    cv::norm(channels[0], channels[2], cv::NORM_INF) == 0;
  return same ? channels[0] : cv::Mat();
}

/// Numbers as they are stored; of a file in colour, by the table.
cv::Mat mask_in(const std::vector<unsigned char>& bytes, const MaskColors* colors) {
  const ImageFacts facts = facts_of(bytes);
  check_mask_kind(facts);
  if (facts.channels == 1) return facts.kind == ImageKind::Png ? decode_mask(bytes) : decode_image(bytes);
  if (colors) return colors->numbers(with_channels(decode_image(bytes), 3, AlphaOver::Drop));
  try {
    if (facts.kind != ImageKind::Png) throw Error("a mask must be grey, or a PNG with a palette, not colour");
    return decode_mask(bytes);  // a palette's indices
  } catch (const Error& error) {
    if (cv::Mat grey = grey_of(bytes, facts); !grey.empty()) return grey;
    throw Error(
        fmt::format("{}; one in colour needs a table beside the masks: class_dict.csv with the "
                    "columns name, r, g and b",
                    error.what()));
  }
}

/// The numbers of classes that a slice of a volume holds, which may be floats there.
cv::Mat mask_in_slice(const cv::Mat& slice) {
  if (slice.channels() != 1) throw Error("a mask must be grey, not colour");
  if (slice.depth() == CV_8U) return slice;
  for (int y = 0; y < slice.rows; ++y)
    for (int x = 0; x < slice.cols; ++x)
      if (const float number = slice.at<float>(y, x);
          number != std::floor(number) || number < 0 || number > 255)
        throw Error(fmt::format(
            "masks hold numbers of classes from 0 to 255; {} at row {}, column {} is none", number, y, x));
  cv::Mat mask;
  slice.convertTo(mask, CV_8U);
  return mask;
}

}  // namespace

fs::path SegmentationFolder::mask_folder(const fs::path& root) {
  const std::vector<Entry> entries = listing_of(root);
  for (const std::string_view name : {"masks", "mask", "segmentationclass", "annotations", "labels",
                                      "groundtruth", "ground_truth", "gt", "gtfine", "gtcoarse"})
    for (const Entry& entry : entries) {
      if (!entry.is_folder || lower(entry.path.filename().string()) != name) continue;
      Remarks ignored;
      if (!images_below(root, entry.path, ignored).empty()) return entry.path;
    }
  return {};
}

SegmentationFolder::SegmentationFolder(const fs::path& root, const fs::path& images, const fs::path& masks,
                                       const OnProgress& progress)
    : FileSource(root) {
  for (const fs::path& folder : {masks, root})
    if (color_table_.empty()) color_table_ = MaskColors::in(folder);
  if (!color_table_.empty()) {
    colors_ = std::make_unique<const MaskColors>(color_table_);
    classes_ = colors_->names();
  }
  Masks mask_of(masks.string());
  const std::size_t masks_root = masks.lexically_relative(root).string().size() + 1,
                    images_root = images.lexically_relative(root).string().size() + 1;
  for (std::string& file : images_below(root, masks, remarks_)) {
    if (is_another_kind(file))
      remarks_.add("masks of another kind, which aren't read", file);
    else
      mask_of.add(std::string_view(file).substr(masks_root), file);
  }
  const std::vector<std::string> files = images_below(root, images, remarks_);
  std::size_t looked_at = 0;
  for (const std::string& file : files) {
    if (progress) progress(looked_at++, files.size());
    const std::string mask =
        mask_of.take(std::string(without_ending(std::string_view(file).substr(images_root))));
    if (mask.empty()) {
      remarks_.add("images without a mask, left out", file);
      continue;
    }
    keep_slices(file);
    check_slices(file, mask);
    masks_.resize(files_.size(), mask);
  }
  if (files.empty()) throw Error(fmt::format("{} holds no images", images.string()));
  if (files_.empty())
    throw Error(fmt::format("no image in {} has a mask of its name in {}", images.string(), masks.string()));
  for (const std::string& mask : mask_of.left()) remarks_.add("masks without an image", mask);
}

SegmentationFolder::~SegmentationFolder() = default;

/// Of an image that is a volume.
void SegmentationFolder::check_slices(const std::string& image, const std::string& mask) const {
  if (!is_volume_file(image) && !is_volume_file(mask)) return;
  const auto count = [this](const std::string& file) { return is_volume_file(file) ? slices_in(file) : 1; };
  const int slices = count(image), masks = count(mask);
  if (slices != masks)
    throw Error(fmt::format("{} has {} slices, but its mask {} has {}", (root_ / image).string(), slices,
                            (root_ / mask).string(), masks));
}

void SegmentationFolder::annotate(std::size_t index, Item& item) const {
  const fs::path file = root_ / masks_[index];
  try {
    const int frame = files_[index].frame;
    // Of a volume's only slice the mask may be a picture, and the other way round.
    item.sample.masks = {is_volume_file(masks_[index])
                             ? mask_in_slice(frame_of(masks_[index], std::max(0, frame)))
                             : mask_in(read_file(file), colors_.get())};
    const Size size = image_size(item), own = augment::size_of(item.sample.masks[0]);
    if (own != size)
      throw Error(fmt::format("a mask of {}x{} for an image of {}x{} (width x height)", own.width, own.height,
                              size.width, size.height));
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
}

}  // namespace doppel::dataset
