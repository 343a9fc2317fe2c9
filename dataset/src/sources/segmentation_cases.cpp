#include "segmentation_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/file_source.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// Without one of these at its end, in any case.
std::string cut_end(const std::string& stem, std::initializer_list<std::string_view> ends) {
  for (const std::string_view end : ends)
    if (stem.size() > end.size() && lower(std::string_view(stem).substr(stem.size() - end.size())) == end)
      return stem.substr(0, stem.size() - end.size());
  return stem;
}

/// Masks by their names below their folder: those of images, or with what some tools add to them.
class MasksByName {
 public:
  explicit MasksByName(std::string folder) : folder_(std::move(folder)) {}
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
    const auto found = by_short_.find(cut_end(image, {"_leftimg8bit"}));
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
          cut_end(name, {"_mask", "_masks", "-mask", "_gt", "_label", "_labels", "_l", "_seg",
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

/// "case" and 1 of "case_0001", as nnU-Net numbers channels.
std::optional<std::pair<std::string, int>> channel_in(const std::string& stem) {
  constexpr std::size_t kEnd = 5;
  if (stem.size() <= kEnd || stem[stem.size() - kEnd] != '_') return {};
  int number = 0;
  for (const char c : stem.substr(stem.size() - kEnd + 1)) {
    if (c < '0' || c > '9') return {};
    number = 10 * number + (c - '0');
  }
  return std::pair(stem.substr(0, stem.size() - kEnd), number);
}

std::string stem_below(const std::string& file, const std::string& folder) {
  return std::string(without_ending(std::string_view(file).substr(folder.size() + 1)));
}

/// True of images that are called by 0, 1 and so on.
bool are_numbered(const std::vector<std::string>& images, const std::string& folder) {
  for (std::size_t k = 0; k < images.size(); ++k)
    if (const auto channel = channel_in(stem_below(images[k], folder));
        !channel || channel->second != static_cast<int>(k))
      return false;
  return true;
}

}  // namespace

std::vector<SegmentationCase> segmentation_cases(const SegmentationFiles& files, Remarks& remarks) {
  MasksByName mask_of((files.root / files.mask_folder).string());
  for (const std::string& mask : files.masks)
    mask_of.add(std::string_view(mask).substr(files.mask_folder.size() + 1), mask);
  std::vector<SegmentationCase> cases;
  std::map<std::string, std::size_t> first_channels;  // by what they are called without their number
  for (const std::string& image : files.images) {
    const std::string stem = stem_below(image, files.image_folder);
    const auto channel = channel_in(stem);
    std::string mask = mask_of.take(stem);
    if (mask.empty() && channel && channel->second == 0) {
      mask = mask_of.take(channel->first);
      if (!mask.empty()) first_channels.emplace(channel->first, cases.size());
    }
    if (!mask.empty())
      cases.push_back({{image}, std::move(mask)});
    else if (const auto known = channel ? first_channels.find(channel->first) : first_channels.end();
             known != first_channels.end())
      cases[known->second].images.push_back(image);
    else
      remarks.add("images without a mask, left out", image);
  }
  std::size_t channels = 1;
  for (const SegmentationCase& one : cases) channels = std::max(channels, one.images.size());
  if (channels > 1)
    std::erase_if(cases, [&](const SegmentationCase& one) {
      const bool whole = one.images.size() == channels && are_numbered(one.images, files.image_folder);
      if (!whole)
        remarks.add(fmt::format("images of which not all {} channels are there, left out", channels),
                    one.images[0]);
      return !whole;
    });
  for (const std::string& mask : mask_of.left()) remarks.add("masks without an image", mask);
  return cases;
}

}  // namespace doppel::dataset
