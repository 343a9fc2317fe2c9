#include "doppel/dataset/sources/segmentation_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/npy_header.h"
#include "doppel/codec/picture_file.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/file_source.h"
#include "listed_images.h"
#include "mask_colors.h"
#include "nnunet.h"
#include "segmentation_cases.h"
#include "text.h"

namespace doppel::dataset {

namespace fs = std::filesystem;

namespace {

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

/// The numbers of classes that whole numbers or floats are, as of a slice of a volume.
cv::Mat mask_of(const cv::Mat& numbers) {
  if (numbers.channels() != 1) throw Error("a mask must be grey, not colour");
  if (numbers.depth() == CV_8U) return numbers;
  cv::Mat floats, mask;
  numbers.convertTo(floats, CV_32F);
  for (int y = 0; y < floats.rows; ++y)
    for (int x = 0; x < floats.cols; ++x)
      if (const float number = floats.at<float>(y, x);
          !(number >= 0 && number <= 255) || number != std::floor(number))
        throw Error(fmt::format(
            "masks hold numbers of classes from 0 to 255; {} at row {}, column {} is none", number, y, x));
  floats.convertTo(mask, CV_8U);
  return mask;
}

/// True of NumPy's bools, which are 255 in an image, and are the class 1 in a mask.
bool is_of_bools(const std::vector<unsigned char>& npy) {
  const auto header = std::span(npy).first(std::min(npy.size(), NpyHeader::kMost));
  return NpyHeader::read(header).type.kind == NumberType::Kind::Bool;
}

/// Numbers as they are stored; of a file in colour, by the table.
cv::Mat mask_in(const std::vector<unsigned char>& bytes, const MaskColors* colors) {
  const ImageFacts facts = facts_of(bytes);
  check_mask_kind(facts);
  if (facts.channels == 1 && facts.kind == ImageKind::Png) return decode_mask(bytes);
  if (facts.channels == 1) {
    cv::Mat mask = mask_of(decode_image(bytes, {.depth = ImageDepth::AsStored}));
    return facts.kind == ImageKind::Npy && is_of_bools(bytes) ? cv::Mat(mask / 255) : mask;
  }
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

/// The number of pixels that don't count, by custom.
constexpr int kUncountedPixel = 255;

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
  if (const NnUnetFacts facts = nnunet_facts(root, remarks_); !facts.file.empty()) {
    labels_file_ = facts.file;
    uncounted_ = facts.uncounted;
    if (classes_.empty()) classes_ = facts.classes;
  }
  SegmentationFiles files;
  files.root = root;
  files.image_folder = images.lexically_relative(root).string();
  files.mask_folder = masks.lexically_relative(root).string();
  for (std::string& file : images_below(root, masks, remarks_)) {
    if (is_another_kind(file))
      remarks_.add("masks of another kind, which aren't read", file);
    else
      files.masks.push_back(std::move(file));
  }
  files.images = images_below(root, images, remarks_);
  if (files.images.empty()) throw Error(fmt::format("{} holds no images", images.string()));
  cases_ = segmentation_cases(files, remarks_);
  for (std::size_t k = 0; k < cases_.size(); ++k) {
    if (progress) progress(k, cases_.size());
    keep_slices(cases_[k].images[0]);
    check_slices(cases_[k]);
    case_of_.resize(files_.size(), static_cast<std::uint32_t>(k));
  }
  if (files_.empty())
    throw Error(fmt::format("no image in {} has a mask of its name in {}", images.string(), masks.string()));
}

SegmentationFolder::~SegmentationFolder() = default;

/// Of an image that is a volume.
void SegmentationFolder::check_slices(const SegmentationCase& one) const {
  const auto count = [this](const std::string& file) { return is_volume_file(file) ? slices_in(file) : 1; };
  const std::string& image = one.images[0];
  const auto check = [&](const std::string& other, std::string_view what) {
    if (!is_volume_file(image) && !is_volume_file(other)) return;
    const int slices = count(image), others = count(other);
    if (slices != others)
      throw Error(fmt::format("{} has {} slices, but its {} {} has {}", (root_ / image).string(), slices,
                              what, (root_ / other).string(), others));
  };
  for (const std::string& channel : std::span(one.images).subspan(1)) check(channel, "channel");
  check(one.mask, "mask");
}

/// One image of all files' channels.
cv::Mat SegmentationFolder::channels_of(std::size_t index) const {
  const SegmentationCase& one = cases_[case_of_[index]];
  std::vector<cv::Mat> channels;
  int count = 0;
  for (const std::string& file : one.images) {
    channels.push_back(frame_of(file, std::max(0, files_[index].frame)));
    const cv::Mat& channel = channels.back();
    if (channel.size() != channels[0].size())
      throw Error(fmt::format("{} is {}x{} and {} {}x{} (width x height), though they are one image",
                              (root_ / one.images[0]).string(), channels[0].cols, channels[0].rows,
                              (root_ / file).string(), channel.cols, channel.rows));
    count += channel.channels();
  }
  if (count > kMostChannels)
    throw Error(fmt::format("{} channels, where an image has 1 to {}", count, kMostChannels));
  // Bytes beside floats are numbers in their file's unit, too.
  if (std::ranges::any_of(channels, [&](const cv::Mat& c) { return c.depth() != channels[0].depth(); }))
    for (cv::Mat& channel : channels) channel.convertTo(channel, CV_32F);
  cv::Mat image;
  cv::merge(channels, image);
  return image;
}

void SegmentationFolder::annotate(std::size_t index, Item& item) const {
  const SegmentationCase& one = cases_[case_of_[index]];
  if (one.images.size() > 1) {
    item.encoded.clear();
    item.sample.image = channels_of(index);
    item.sample.bands = item.sample.image.channels() == 4;
  }
  const fs::path file = root_ / one.mask;
  try {
    const int frame = files_[index].frame;
    // Of a volume's only slice the mask may be a picture, and the other way round.
    cv::Mat mask = is_volume_file(one.mask) ? mask_of(frame_of(one.mask, std::max(0, frame)))
                                            : mask_in(read_picture(file), colors_.get());
    if (uncounted_ >= 0) mask.setTo(kUncountedPixel, mask == uncounted_);
    item.sample.masks = {mask};
    const Size size = image_size(item), own = augment::size_of(mask);
    if (own != size)
      throw Error(fmt::format("a mask of {}x{} for an image of {}x{} (width x height)", own.width, own.height,
                              size.width, size.height));
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
}

}  // namespace doppel::dataset
