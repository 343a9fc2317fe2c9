#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "doppel/dataset/loader/loader.h"

namespace doppel::dataset {
namespace {

constexpr std::array<std::string_view, 4> kOrders{"shuffled", "sequential", "weighted", "balanced"};
constexpr std::array<std::string_view, 3> kLastBatches{"short", "drop", "pad"};
constexpr std::array<std::string_view, 3> kOnErrors{"skip", "fail", "replace"};
constexpr std::array<std::string_view, 5> kTypes{"u8", "f32", "bf16", "u16", "f16"};
constexpr std::array<std::string_view, 2> kBatchLayouts{"chw", "hwc"};

void visit_channels(FieldVisitor& visit, std::string_view name, std::string_view help,
                    std::array<float, 4>& values) {
  std::vector<double> list(values.begin(), values.end());
  visit({.name = name, .help = help, .follows = true}, list);
  for (std::size_t i = 0; i < std::min(values.size(), list.size()); ++i)
    values[i] = static_cast<float>(list[i]);
}

void visit_buckets(FieldVisitor& visit, std::vector<Size>& buckets) {
  std::vector<double> list;
  for (const Size& size : buckets) list.insert(list.end(), {double(size.height), double(size.width)});
  visit({.name = "buckets", .bounds = {1}, .help = "sizes that a batch may have: height, width, height, …"},
        list);
  buckets.clear();
  for (std::size_t i = 0; i + 1 < list.size(); i += 2)
    buckets.push_back({static_cast<int>(list[i]), static_cast<int>(list[i + 1])});
}

}  // namespace

void LoaderOptions::fields(FieldVisitor& visit) {
  const MayDiffer free = MayDiffer::Yes;
  visit({"batch", {1}, "N", "images in a batch"}, batch);
  visit.choice({"order", {}, "", "in which samples come"}, order, kOrders);
  visit(
      {.name = "weights", .bounds = {0}, .help = "of each sample, where it draws by those", .follows = true},
      weights);
  visit({.name = "epoch_samples",
         .help = "of a source that has all epochs' samples, how many are one's; 0: it has one epoch's",
         .follows = true},
        epoch_samples);
  visit_buckets(visit, buckets);
  visit({"repeats", {1}, "N", "times that each sample comes in a row, augmented anew"}, repeats);
  visit.choice({"last", {}, "", "what becomes of a last batch that isn't full"}, last, kLastBatches);
  visit.choice({"on_error", {}, "", "what to do about a broken image"}, on_error, kOnErrors);
  visit({.name = "channels",
         .bounds = {0, kMostChannels},
         .help = "of images: 1, 3, 4, or their bands; 0: as they are",
         .follows = true},
        channels);
  visit.choice({"alpha", {}, "", "what becomes of transparency in RGB and grey"}, alpha, kAlphaOverNames);
  visit.choice({.name = "type", .help = "of the batches' numbers", .follows = true}, type, kTypes);
  visit.choice({.name = "layout", .help = "of the batches' images", .follows = true}, layout, kBatchLayouts);
  visit_channels(visit, "mean", "of each channel, that is taken off", mean);
  visit_channels(visit, "std", "of each channel, that is divided by", std);
  visit({"seed", {}, "N", "of order and augmentation"}, seed);
  visit({"workers", {-1}, "N", "tasks of the loader; -1: one per core", {}, free}, workers);
  visit({"prefetch", {1}, "N", "batches that are prepared ahead", {}, free}, prefetch);
  visit({"memory", {0}, "BYTES", "that batches and images may take; 0: no limit", {}, free}, memory);
  visit({.name = "epochs",
         .bounds = {0},
         .help = "that are prepared; 0: any",
         .may_differ = free,
         .follows = true},
        epochs);
  visit({.name = "rank", .bounds = {0}, .help = "of this process", .may_differ = free, .follows = true},
        rank);
  visit({.name = "world", .bounds = {1}, .help = "processes", .may_differ = free, .follows = true}, world);
}

}  // namespace doppel::dataset
