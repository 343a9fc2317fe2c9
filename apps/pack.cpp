// doppel pack, doppel verify
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>

#include "choice.h"
#include "command.h"
#include "common_options.h"
#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/parallel.h"
#include "doppel/base/remote.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/pack/pack.h"
#include "duplicates.h"
#include "folder_lock.h"
#include "group_options.h"
#include "live_line.h"
#include "telling.h"

namespace doppel::apps {
namespace {

using PackedAs = dataset::PackOptions::Images;

constexpr Meaning<PackedAs> kImages[] = {
    {"tiles", PackedAs::Tiles,
     "JPEGs with restart markers, the same pixels, of which crops decode their part"},
    {"keep", PackedAs::Keep, "files as they are"},
    {"jpeg", PackedAs::Jpeg, "encoded again"},
    {"raw", PackedAs::Raw, "pixels"}};

dataset::PackOptions options_of(const CommandLine& line) {
  dataset::PackOptions options;
  options.images = chosen(line, "images", kImages);
  options.quality = line.get<int>("quality");
  options.size = line.get<int>("size");
  if (options.size > 0 && options.images <= PackedAs::Keep)
    throw UsageError("--size needs --images jpeg or raw: with tiles and keep, images stay as they are");
  options.alpha = alpha_of(line);
  options.shard = line.get<std::size_t>("shard");
  return options;
}

nlohmann::json pack_part(const std::string& part, const dataset::Source& source,
                         const std::filesystem::path& out, const dataset::PackOptions& options,
                         dataset::DuplicateFinder& duplicates, const nn::Group* group) {
  const auto start = Clock::now();
  LiveLine live("packing " + part, "images");
  const auto progress = [&](std::size_t done, std::size_t all) {
    if (group) group->check();
    live.count(done, all);
  };
  const dataset::PackReport report = write_pack(source, out, options, progress, &duplicates, part == "test");
  live.end();
  const double seconds = seconds_since(start);
  fmt::print("{}: {} samples in {} shards, {:.1f} MB, {:.1f} s{}\n", part, report.samples, report.shards,
             double(report.bytes) / 1e6, seconds,
             report.shards_kept ? fmt::format("; {} shards were there already", report.shards_kept) : "");
  nlohmann::json result{{"samples", report.samples},
                        {"shards", report.shards},
                        {"bytes", report.bytes},
                        {"unreadable", report.unreadable}};
  result["mean"] = report.mean;
  result["std"] = report.std;
  result["class_weights"] = report.class_weights;
  if (!report.mean.empty())
    fmt::print("  mean {:.4f}, std {:.4f}\n", fmt::join(report.mean, " "), fmt::join(report.std, " "));
  std::vector<double> weights = report.class_weights;
  std::erase(weights, 0.0);  // classes without any sample
  if (!weights.empty())
    if (const auto [least, most] = std::ranges::minmax(weights); most > 1.5 * least)
      fmt::print("  unequal classes: balancing weights from {:.2f} to {:.2f}\n", least, most);
  if (!report.unreadable.empty()) fmt::print("  left out, unreadable: {}\n", report.unreadable.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(10, report.unreadable.size()); ++i)
    fmt::print("    {}\n", report.unreadable[i]);
  return result;
}

/// Folders of a pack that weren't there and into which nothing was written go when this ends.
class EmptyFolders {
 public:
  explicit EmptyFolders(const std::filesystem::path& out) {
    for (const std::filesystem::path& folder : {out / "train", out / "valid", out / "test", out})
      if (!std::filesystem::exists(folder)) folders_.push_back(folder);
  }
  ~EmptyFolders() {
    std::error_code ignored;
    for (const std::filesystem::path& folder : folders_) std::filesystem::remove(folder, ignored);
  }
  EmptyFolders(const EmptyFolders&) = delete;
  EmptyFolders& operator=(const EmptyFolders&) = delete;

 private:
  std::vector<std::filesystem::path> folders_;
};

/// Several processes pack the same, each its shards.
void share_out(dataset::PackOptions& options, const CommandLine& line, const dataset::OpenedData& data,
               const GroupMember& member) {
  nn::Group* const group = member.group();
  if (!group) return;
  for (const auto& [part, source] : {std::pair<const char*, dataset::SourcePtr>{"train", data.train},
                                     {"valid", data.valid},
                                     {"test", data.test}})
    source ? group->agree_on_data(fmt::format("the data to {}", part), *source)
           : group->agree(fmt::format("the data to {}", part), "none");
  group->agree("images", line.get<std::string>("images"));
  group->agree("alpha", line.get<std::string>("alpha"));
  for (const auto& [name, value] : {std::pair<const char*, std::size_t>{"quality", options.quality},
                                    {"size", options.size},
                                    {"shard", options.shard}})
    group->agree(name, std::to_string(value));
  options.share = {member.rank(), member.world(),
                   [group](const std::string& own) { return group->collect(own); }};
}

int run_pack(const CommandLine& line) {
  GroupMember member(line, {.apart = true});
  const dataset::OpenedData data = open_told(line.get<std::string>("data"), data_options(line));
  const std::filesystem::path out = line.get<std::string>("out");
  dataset::PackOptions options = options_of(line);
  options.range = data.range;
  tell_few_levels(data);
  dataset::check_pack_folder(out, line.get<std::string>("data"));
  member.meet();
  const FolderLock lock = member.is_first() ? FolderLock(out, !member.group()) : FolderLock();
  share_out(options, line, data, member);
  const EmptyFolders made(out);
  nlohmann::json result;
  dataset::DuplicateFinder duplicates;
  result["train"] =
      pack_part("train", *data.train, data.test ? out / "train" : out, options, duplicates, member.group());
  if (data.valid)
    result["valid"] = pack_part("valid", *data.valid, out / "valid", options, duplicates, member.group());
  if (data.test)
    result["test"] = pack_part("test", *data.test, out / "test", options, duplicates, member.group());
  result["duplicates"] = report_duplicates(duplicates);
  if (member.is_first()) write_json(line, result);
  return 0;
}

int run_verify(const CommandLine& line) {
  const std::filesystem::path root = line.get<std::string>("pack");
  std::vector<std::filesystem::path> parts;
  for (const char* part : {"train", "valid", "test"})
    // Of a server that lists nothing a part is there if its first shard is.
    if (is_folder(root / part) ||
        (is_remote(root.native()) && is_file(root / part / dataset::PackSource::kFirstShard)))
      parts.push_back(root / part);
  if (parts.empty()) parts.push_back(root);
  std::vector<std::string> bad;
  std::size_t samples = 0;
  for (const auto& part : parts) {
    const dataset::PackSource pack(part);
    samples += pack.size();
    std::mutex mutex;
    LiveLine live("verifying", "images");
    for_all(pack.size(), [&](std::size_t i) {
      live.add(pack.size());
      try {
        pack.verify(i);
      } catch (const Error& error) {
        const std::lock_guard lock(mutex);
        bad.emplace_back(error.what());
      }
    });
  }
  std::ranges::sort(bad);
  for (const std::string& error : bad) fmt::print("{}\n", error);
  if (!bad.empty()) throw Error(fmt::format("{} of {} samples are damaged", bad.size(), samples));
  fmt::print("{} samples, all as they were packed\n", samples);
  return 0;
}

}  // namespace

Command pack_command() {
  return {
      .name = "pack",
      .brief = "pack a data set into indexed tar shards",
      .about = "Packs a data set into indexed tar shards for the fastest streaming.",
      .words = {data_word(), {"out", folder(), "where the pack goes", Presence::Needed}},
      .groups = {{"Options",
                  {{"images", choice(kImages, "tiles"), "what is kept of each image"},
                   {"size", Whole{.placeholder = "PIXELS", .initial = 0},
                    "the shorter side of jpeg and raw images; 0: as it is"},
                   alpha_option(),
                   {"quality", Whole{.initial = 90, .least = 1, .most = 100}, "of jpeg"},
                   {"shard", Whole{.initial = 0}, "samples in a shard; 0: 2048, or what makes 256 shards"},
                   json_option()}},
                 data_group(),
                 group_group()},
      .examples = {"pack sample:photos packed --images raw --size 256"},
      .run = run_pack};
}

Command verify_command() {
  return {.name = "verify",
          .brief = "check every byte of a pack",
          .about = "Checks every sample's checksum, decodes it, and looks at every byte between samples.",
          .words = {{"pack", file("PACK"), "a pack's folder, or a shard", Presence::Needed}},
          .examples = {"verify packed"},
          .run = run_verify};
}

}  // namespace doppel::apps
