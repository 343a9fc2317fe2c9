// doppel augment
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "choice.h"
#include "command.h"
#include "common_options.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/dataset/write/write_dataset.h"
#include "folder_lock.h"
#include "live_line.h"
#include "telling.h"

namespace doppel::apps {
namespace {

using dataset::DataFormat;
using Role = dataset::WritePart::Role;
using WrittenImages = dataset::WriteOptions::Images;

constexpr Meaning<DataFormat> kFormats[] = {
    {"folder", DataFormat::ImageFolder, "a folder for each class"},
    {"coco", DataFormat::Coco, "boxes, keypoints, masks of instances, polygons"},
    {"yolo", DataFormat::Yolo, "boxes, keypoints"},
    {"yolo-seg", DataFormat::YoloSeg, "outlines of instances"},
    {"yolo-obb", DataFormat::YoloObb, "rotated boxes"},
    {"voc", DataFormat::Voc, "boxes in whole pixels"},
    {"csv", DataFormat::Csv, "classes, boxes"},
    {"jsonl", DataFormat::JsonLines, "classes, shares of classes, boxes, maps, polygons"},
    {"masks", DataFormat::MaskFolder, "masks of classes"},
    {"webdataset", DataFormat::WebDataset, "tar shards"},
    {"pack", DataFormat::Pack, "a pack, which holds everything"}};

constexpr Meaning<WrittenImages> kImageKinds[] = {{"keep", WrittenImages::Keep},
                                                  {"jpeg", WrittenImages::Jpeg},
                                                  {"png", WrittenImages::Png},
                                                  {"webp", WrittenImages::Webp}};

/// --images: a kind, and after a colon the quality of one that has some.
void read_images(const std::string& text, dataset::WriteOptions& options) {
  const std::size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const auto* found =
      std::ranges::find(kImageKinds, kind, [](const auto& row) { return std::string(row.word); });
  const auto fail = [&] {
    throw UsageError(
        fmt::format("--images is keep, jpeg, png or webp, maybe with a quality of 1 to 100 behind, as "
                    "jpeg:92; '{}' is none",
                    text));
  };
  if (found == std::end(kImageKinds)) fail();
  options.images = found->value;
  if (colon == text.npos) return;
  const auto quality = parse_whole(text.substr(colon + 1));
  const bool has_quality = options.images == WrittenImages::Jpeg || options.images == WrittenImages::Webp;
  if (!quality || *quality < 1 || *quality > 100 || !has_quality) fail();
  options.quality = static_cast<int>(*quality);
}

dataset::WriteOptions options_of(const CommandLine& line) {
  dataset::WriteOptions options;
  options.format = chosen(line, "format", kFormats);
  options.copies = line.get<int>("copies");
  options.originals = !line.has("no-originals");
  read_images(line.get<std::string>("images"), options);
  options.alpha = alpha_of(line);
  options.seed = line.get<std::uint64_t>("seed");
  options.shard = line.get<int>("shard");
  options.threads = line.get<int>("threads");
  return options;
}

std::vector<dataset::WritePart> parts_of(const dataset::OpenedData& data, const std::string& only) {
  std::vector<dataset::WritePart> parts{{Role::Train, data.train}};
  if (data.valid) parts.push_back({Role::Valid, data.valid});
  if (data.test) parts.push_back({data.test_is_valid ? Role::Valid : Role::Test, data.test});
  if (only.empty() || only == "all") return parts;
  const Role wanted = only == "train" ? Role::Train : only == "val" ? Role::Valid : Role::Test;
  std::erase_if(parts, [&](const dataset::WritePart& part) { return part.role != wanted; });
  if (parts.empty()) throw UsageError(fmt::format("--only-part {}: {} has no such part", only, data.name));
  return parts;
}

void print_report(const dataset::WriteReport& report, const std::string& out, double seconds) {
  for (const auto& part : report.parts)
    fmt::print("{}: {} images of {} samples\n", part.name, part.images, part.samples);
  fmt::print("{}: {} images, {:.1f} MB, {:.1f} s{}\n", out, report.images, double(report.bytes) / 1e6,
             seconds, report.kept ? fmt::format("; {} samples were there already", report.kept) : "");
  for (const dataset::Remark& remark : report.remarks) fmt::print("  left behind: {}\n", remark.text());
  if (report.unreadable_count > 0) fmt::print("  left out, unreadable: {}\n", report.unreadable_count);
  constexpr std::size_t kShown = 10;
  for (std::size_t i = 0; i < std::min(kShown, report.unreadable.size()); ++i)
    fmt::print("    {}\n", report.unreadable[i]);
}

nlohmann::json json_of(const dataset::WriteReport& report, double seconds) {
  nlohmann::json result{{"images", report.images},         {"kept", report.kept},
                        {"bytes", report.bytes},           {"seconds", seconds},
                        {"unreadable", report.unreadable}, {"unreadable_count", report.unreadable_count}};
  result["parts"] = nlohmann::json::object();
  for (const auto& part : report.parts)
    result["parts"][part.name] = {{"samples", part.samples}, {"images", part.images}};
  result["left_behind"] = nlohmann::json::array();
  for (const dataset::Remark& remark : report.remarks)
    result["left_behind"].push_back(
        {{"what", remark.what}, {"count", remark.count}, {"examples", remark.examples}});
  return result;
}

int run_augment(const CommandLine& line) {
  dataset::WriteOptions options = options_of(line);
  const augment::Recipe recipe = augment::Recipe::load(line.get<std::string>("recipe"));
  const auto name = line.get<std::string>("data"), out = line.need("out");
  const dataset::OpenedData data = open_told(name, data_options(line));
  options.range = data.range;
  if (!data.range.empty() && options.format != dataset::DataFormat::Pack)
    std::cerr << fmt::format(
        "images are written as shares of {:g} to {:g}: all of their type's range, so without --range "
        "where they are read\n",
        data.range[0], data.range[1]);
  tell_few_levels(data);
  const FolderLock lock(out, false);
  const auto start = Clock::now();
  LiveLine live("augmenting", "samples");
  const dataset::WriteReport report = write_dataset(parts_of(data, line.get<std::string>("only-part")),
                                                    recipe, out, options, name, live.counter());
  live.end();
  const double seconds = seconds_since(start);
  print_report(report, out, seconds);
  write_json(line, json_of(report, seconds));
  return 0;
}

}  // namespace

Command augment_command() {
  return {
      .name = "augment",
      .brief = "write an augmented data set as files",
      .about =
          "Writes the training part augmented, and the others as they are, as files for any trainer. Killed, "
          "the "
          "same command goes on. provenance.jsonl says where each image is from.",
      .words = {data_word()},
      .groups =
          {{"What is made",
            {recipe_option("standard"),
             {"copies", Whole{.initial = 1, .least = 0, .most = 100000},
              "augmented images of each one for training; 0 converts"},
             {"no-originals", Flag{}, "leave out the training part's own images"},
             {"only-part",
              Choice{.words = {{"all", ""}, {"train", ""}, {"val", ""}, {"test", ""}}, .initial = "all"},
              "the part that is written"},
             seed_option("of what is drawn")}},
           {"How it is written",
            {{"out", folder(), "where it goes: a new or empty folder, or one to go on with"},
             {"format", choice(kFormats, "folder"), "what it is written as"},
             {"images",
              Text{.placeholder = "KIND", .initial = "keep", .known = {"keep", "jpeg:92", "png", "webp:92"}},
              "what images are encoded as: keep, jpeg, png or webp, maybe with a quality, as jpeg:92"},
             alpha_option(AlphaOver::Keep),
             {"shard", Whole{.initial = 1000, .least = 1}, "images in a shard of webdataset and pack"},
             threads_option("threads that work, on which no byte depends; 0: all cores"),
             json_option()}},
           data_group()},
      .examples = {"augment sample:digits --recipe digits --copies 2 --out augmented",
                   "augment coco/annotations --recipe aerial --copies 4 --format yolo --out augmented"},
      .run = run_augment};
}

}  // namespace doppel::apps
