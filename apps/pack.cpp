// doppel pack, doppel verify
#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>

#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/dataset/pack.h"
#include "doppel/dataset/sources.h"
#include "duplicates.h"

namespace doppel::apps {
namespace {

using Clock = std::chrono::steady_clock;

dataset::PackOptions options_of(const CommandLine& line) {
  dataset::PackOptions options;
  const std::string images = line.get<std::string>("images");
  using Images = dataset::PackOptions::Images;
  constexpr std::array<std::string_view, 4> kImages{"tiles", "keep", "jpeg", "raw"};
  const auto found = std::ranges::find(kImages, images);
  if (found == kImages.end())
    throw UsageError(fmt::format("--images must be tiles, keep, jpeg or raw, not '{}'", images));
  options.images = static_cast<Images>(found - kImages.begin());
  options.quality = line.get<int>("quality");
  options.size = line.get<int>("size");
  if (options.size < 0) throw UsageError("--size must be 0 or more");
  if (options.size > 0 && options.images <= Images::Keep)
    throw UsageError("--size needs --images jpeg or raw: with tiles and keep, pictures stay as they are");
  options.shard = line.get<std::size_t>("shard");
  return options;
}

nlohmann::json pack_part(const std::string& part, const dataset::Source& source,
                         const std::filesystem::path& out, const dataset::PackOptions& options,
                         dataset::DuplicateFinder& duplicates) {
  const auto start = Clock::now();
  const bool shows = ::isatty(2) == 1;
  auto last = start;
  const dataset::PackReport report = write_pack(
      source, out, options,
      [&](std::size_t done) {
        if (!shows || Clock::now() - last < std::chrono::milliseconds(200)) return;
        last = Clock::now();
        const double seconds = std::chrono::duration<double>(last - start).count();
        fmt::print(stderr, "\r{} {}/{}  {:.0f}/s ", part, done, source.size(), double(done) / seconds);
      },
      &duplicates, part == "test");
  if (shows) fmt::print(stderr, "\r");
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
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

}  // namespace

int run_pack(const Words& words) {
  CommandLine line("pack DATA OUT [--images tiles|keep|jpeg|raw] [--size S] [--quality Q]",
                   "Packs a data set into indexed tar shards for the fastest streaming.");
  line.add()("data", po::value<std::string>(), "a data set")("out", po::value<std::string>(), "a folder")(
      "images", po::value<std::string>()->default_value("tiles"),
      "tiles: JPEGs with restart markers, the same pixels, of which crops decode only their part; keep: "
      "files as they are; jpeg: encoded again; raw: pixels")(
      "size", po::value<int>()->default_value(0), "the shorter side of jpeg and raw pictures; 0: as it is")(
      "quality", po::value<int>()->default_value(90), "of jpeg")(
      "shard", po::value<std::size_t>()->default_value(0),
      "samples in a shard; 0: 2048, or what makes 256 shards")("json", po::value<std::string>(),
                                                               "also write the result here");
  line.positional("data", 1);
  line.positional("out", 1);
  if (!line.parse(words)) return 0;
  const dataset::OpenedData data = dataset::open_data(line.need("data"));
  const std::filesystem::path out = line.need("out");
  const dataset::PackOptions options = options_of(line);
  nlohmann::json result;
  dataset::DuplicateFinder duplicates;
  result["train"] = pack_part("train", *data.train, data.test ? out / "train" : out, options, duplicates);
  if (data.test) result["test"] = pack_part("test", *data.test, out / "test", options, duplicates);
  result["duplicates"] = report_duplicates(duplicates);
  write_json(line, result);
  return 0;
}

int run_verify(const Words& words) {
  CommandLine line("verify PACK", "Checks every sample's checksum and decodes it.");
  line.add()("pack", po::value<std::string>(), "a pack's folder, or a shard");
  line.positional("pack", 1);
  if (!line.parse(words)) return 0;
  const std::filesystem::path root = line.need("pack");
  std::vector<std::filesystem::path> parts;
  for (const char* part : {"train", "test"})
    if (std::filesystem::is_directory(root / part)) parts.push_back(root / part);
  if (parts.empty()) parts.push_back(root);
  std::vector<std::string> bad;
  std::size_t samples = 0;
  for (const auto& part : parts) {
    const dataset::PackSource pack(part);
    samples += pack.size();
    std::mutex mutex;
    tbb::parallel_for(std::size_t{0}, pack.size(), [&](std::size_t i) {
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

}  // namespace doppel::apps
