#include "inspection.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <opencv2/core.hpp>
#include <set>

#include "doppel/codec/image.h"
#include "doppel/codec/image_facts.h"
#include "doppel/dataset/analysis/statistics.h"
#include "doppel/dataset/sources/load_alone.h"

namespace doppel::apps {
namespace {

/// More of a box than rounding beyond the image's edge.
bool is_outside(const augment::Box& box, const cv::Mat& image) {
  constexpr double kSlack = 1;  // pixels
  return box.x0 < -kSlack || box.y0 < -kSlack || box.x1 > image.cols + kSlack || box.y1 > image.rows + kSlack;
}

/// Adds the shares of its numbers, of `masks` masks in all.
void look_at_mask(const cv::Mat& mask, double masks, std::map<int, double>& shares) {
  std::map<int, std::size_t> counts;
  for (int y = 0; y < mask.rows; ++y)
    for (int x = 0; x < mask.cols;) {
      const auto at = [&](int k) {
        return mask.depth() == CV_8U ? int{mask.at<unsigned char>(y, k)} : mask.at<int>(y, k);
      };
      const int first = x, number = at(x);
      while (x < mask.cols && at(x) == number) ++x;
      counts[number] += static_cast<std::size_t>(x - first);
    }
  for (const auto& [number, count] : counts)
    shares[number] += static_cast<double>(count) / static_cast<double>(mask.total()) / masks;
}

void look_at_targets(const augment::Sample& sample, Look& look) {
  look.masks = static_cast<int>(sample.masks.size());
  const auto of_classes = static_cast<double>(sample.masks.size()) - (sample.instance_mask >= 0 ? 1 : 0);
  for (std::size_t k = 0; k < sample.masks.size(); ++k)
    if (static_cast<int>(k) != sample.instance_mask)
      look_at_mask(sample.masks[k], of_classes, look.mask_classes);
  look.keypoints = static_cast<int>(sample.keypoints.size());
  look.outlines = static_cast<int>(sample.outlines.size());
  for (const augment::FloatMap& map : sample.maps) look.maps.push_back(map.name);
  for (const augment::Box& box : sample.boxes) {
    look.box_labels.push_back(box.label);
    look.empty_boxes += !(box.x1 > box.x0 && box.y1 > box.y0);
    look.outside_boxes += is_outside(box, sample.image);
  }
  for (const augment::RotatedBox& box : sample.rotated_boxes) {
    look.box_labels.push_back(box.label);
    look.empty_boxes += !(box.width > 0 && box.height > 0);
  }
}

std::string channels_text(const cv::Mat& image, bool bands) {
  if (bands) return std::to_string(image.channels()) + " bands";
  return image.channels() == 1 ? "grey" : image.channels() == 3 ? "RGB" : "RGBA";
}

void look_at_file(const ImageFacts& facts, const cv::Mat& image, bool bands, Look& look) {
  look.frames = facts.frames;
  look.few_levels = dataset::uses_few_levels(facts, image);
  look.is_beyond = dataset::lies_beyond(image);
  look.is_transparent = !bands && is_transparent(image);
}

/// What its channels' numbers are, and whether they are all alike.
void measure(const cv::Mat& image, Look& look) {
  const double full = image.depth() == CV_8U ? 255 : image.depth() == CV_16U ? 65535 : 1;
  look.is_flat = true;
  for (int c = 0; c < image.channels(); ++c) {
    cv::Mat channel;
    cv::extractChannel(image, channel, c);
    cv::Scalar mean, deviation;
    cv::meanStdDev(channel, mean, deviation);
    look.is_flat = look.is_flat && deviation[0] == 0;
    look.sum.push_back(mean[0] / full);
    look.square.push_back((deviation[0] * deviation[0] + mean[0] * mean[0]) / (full * full));
  }
  if (image.channels() != 1) return;
  look.sum.resize(3, look.sum[0]);
  look.square.resize(3, look.square[0]);
}

}  // namespace

Look look_at(const dataset::Source& source, std::size_t index, std::mutex& large) {
  Look look;
  look.label = source.label(index);
  if (look.label >= 0) look.labels.push_back(look.label);
  for (const augment::LabelShare& share : source.label_shares(index))
    if (share.share >= 0.5 && share.label != look.label) look.labels.push_back(share.label);
  try {
    const auto [alone, sample, facts] = dataset::load_alone(source, index, large);
    look_at_targets(sample, look);
    // As it is shown: grey or RGB; of bands the first ones.
    const int channels = sample.image.channels();
    const bool bands = sample.bands || is_banded(channels);
    look_at_file(facts, sample.image, bands, look);
    cv::Mat image = sample.image;
    if (bands)
      cv::extractChannel(sample.image, image, 0);
    else
      image = with_channels(sample.image, channels == 1 ? 1 : 3);
    look.height = image.rows;
    look.width = image.cols;
    look.channels = channels_text(sample.image, bands);
    measure(bands ? sample.image : image, look);
    const cv::Mat dense = image.isContinuous() ? image : image.clone();
    look.print = dataset::DuplicateFinder::fingerprint({dense.data, dense.total() * dense.elemSize()}, image);
  } catch (const std::exception& error) { look.broken = error.what(); }
  return look;
}

bool is_all_broken(const std::vector<Look>& looks) {
  return !looks.empty() && std::ranges::none_of(looks, [](const Look& look) { return look.broken.empty(); });
}

Moments moments_of(const std::vector<Look>& looks) {
  std::vector<double> counts, squares;
  Moments moments;
  for (const Look& look : looks) {
    const std::size_t wide = std::max(counts.size(), look.sum.size());
    for (std::vector<double>* all : {&counts, &squares, &moments.mean}) all->resize(wide);
    for (std::size_t c = 0; c < look.sum.size(); ++c) {
      ++counts[c];
      moments.mean[c] += look.sum[c];
      squares[c] += look.square[c];
    }
  }
  for (std::size_t c = 0; c < counts.size(); ++c) {
    moments.mean[c] /= counts[c];
    moments.std.push_back(
        std::sqrt(std::max(0.0, squares[c] / counts[c] - moments.mean[c] * moments.mean[c])));
  }
  return moments;
}

std::map<int, MaskClass> mask_classes_of(const std::vector<Look>& looks) {
  std::map<int, MaskClass> classes;
  double masks = 0;
  for (const Look& look : looks) {
    masks += !look.mask_classes.empty();
    for (const auto& [number, share] : look.mask_classes)
      ++classes[number].images, classes[number].share += share;
  }
  for (auto& [number, one] : classes) one.share /= masks;
  return classes;
}

std::vector<std::size_t> images_of_classes(const std::vector<Look>& looks, std::size_t classes) {
  const bool labelled = std::ranges::any_of(looks, [](const Look& look) { return !look.labels.empty(); });
  std::vector<std::size_t> images(classes, 0);
  for (const Look& look : looks) {
    std::set<int> there(look.labels.begin(), look.labels.end());
    if (!labelled) {
      there.insert(look.box_labels.begin(), look.box_labels.end());
      for (const auto& [number, share] : look.mask_classes) there.insert(number);
    }
    for (const int label : there)
      if (label >= 0 && static_cast<std::size_t>(label) < classes) ++images[static_cast<std::size_t>(label)];
  }
  return images;
}

std::vector<Concern> concerns_of(const std::vector<Look>& looks) {
  std::vector<Concern> all;
  const auto add = [&](const char* what, const std::function<bool(const Look&)>& is) {
    Concern concern{what, {}};
    for (std::size_t i = 0; i < looks.size(); ++i)
      if (looks[i].broken.empty() && is(looks[i])) concern.samples.push_back(i);
    if (!concern.samples.empty()) all.push_back(std::move(concern));
  };
  add("boxes that reach beyond their image", [](const Look& look) { return look.outside_boxes > 0; });
  add("boxes without an area", [](const Look& look) { return look.empty_boxes > 0; });
  add("masks of one number alone", [](const Look& look) { return look.mask_classes.size() == 1; });
  add("images of one colour", [](const Look& look) { return look.is_flat; });
  add("transparent images, which are put over white unless --alpha says otherwise",
      [](const Look& look) { return look.is_transparent; });
  add("images of 16 bits whose numbers end below an eighth of their range, as 12 bits do; --range measured "
      "shows them in full",
      [](const Look& look) { return look.few_levels; });
  add("images whose numbers lie outside 0 to 1, as hounsfields do; --range LOW,HIGH or measured makes that "
      "black to white (augment and preview may begin a recipe with Window instead)",
      [](const Look& look) { return look.is_beyond; });
  add("images of several frames or pages, of which the first is read",
      [](const Look& look) { return look.frames > 1; });
  add("images with a side below 8 pixels",
      [](const Look& look) { return look.height < 8 || look.width < 8; });
  return all;
}

}  // namespace doppel::apps
