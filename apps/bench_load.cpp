// doppel bench load
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "bench.h"
#include "choice.h"
#include "common_options.h"
#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/codec/jpeg.h"
#include "doppel/dataset/combine/cached.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/loader/trace.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/study/run_info.h"
#include "live_line.h"
#include "telling.h"

namespace doppel::apps {
namespace {

using Nanoseconds = std::chrono::nanoseconds;

constexpr std::int64_t kMostMegabytes = 1'000'000'000;

constexpr Meaning<augment::PixelType> kTypes[] = {{"f32", augment::PixelType::F32},
                                                  {"bf16", augment::PixelType::BF16},
                                                  {"u8", augment::PixelType::U8},
                                                  {"u16", augment::PixelType::U16},
                                                  {"f16", augment::PixelType::F16}};

/// A cache as people name it: "encoded:500" or "decoded:2000", in megabytes.
dataset::SourcePtr cached(const dataset::SourcePtr& source, const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string keep = text.substr(0, colon);
  const std::int64_t megabytes = colon == text.npos ? 0 : parse_whole(text.substr(colon + 1)).value_or(0);
  if ((keep != "encoded" && keep != "decoded") || megabytes < 1 || megabytes > kMostMegabytes)
    throw UsageError(fmt::format("--keep must be encoded:MB or decoded:MB, not '{}'", text));
  using Keep = dataset::Cached::Keep;
  return std::make_shared<dataset::Cached>(source, static_cast<std::size_t>(megabytes) * 1'000'000,
                                           keep == "encoded" ? Keep::Encoded : Keep::Decoded);
}

struct Plan {
  dataset::SourcePtr source;
  augment::Recipe recipe;
  dataset::LoaderOptions options;
};

Plan plan_of(const CommandLine& line) {
  Plan plan;
  plan.source = open_data(line.get<std::string>("data"), data_options(line)).train;
  plan.recipe = augment::Recipe::load(line.get<std::string>("recipe"));
  if (nn::gives_one_size(plan.recipe, *plan.source)) {
    plan.options.batch = line.get<std::size_t>("batch");
    const augment::Sample first = load(*plan.source, 0);
    const int channels = first.image.channels();
    plan.options.channels = channels == 4 && !first.bands ? 3 : channels;  // bands as they are
  } else {
    const nn::RunInfo info = describe_data(*plan.source);
    plan.options = info.evaluation_options(line.get<std::size_t>("batch"));
    plan.options.order = dataset::LoaderOptions::Order::Shuffled;
    plan.recipe = info.fitted(plan.recipe);
  }
  plan.options.type = chosen(line, "type", kTypes);
  plan.options.workers = line.get<int>("workers");
  plan.options.prefetch = line.get<std::size_t>("prefetch");
  plan.options.seed = line.get<std::uint64_t>("seed");
  plan.options.epochs = line.get<std::uint64_t>("epochs");
  plan.options.memory = line.get<std::size_t>("memory") * 1'000'000;
  if (line.has("trace")) plan.options.trace = std::make_shared<dataset::Trace>();
  if (line.has("keep")) plan.source = cached(plan.source, line.get<std::string>("keep"));
  return plan;
}

double share(Nanoseconds part, Nanoseconds whole) {
  return static_cast<double>(part.count()) / std::max(1.0, static_cast<double>(whole.count()));
}

/// Bytes of all images decoded, from up to 100 of them.
double decoded_bytes(const dataset::Source& source) {
  const std::size_t step = std::max<std::size_t>(1, source.size() / 100);
  double bytes = 0;
  int looked = 0;
  for (std::size_t i = 0; i < source.size(); i += step) try {
      const cv::Mat image = load(source, i).image;
      bytes += static_cast<double>(image.total() * image.elemSize());
      ++looked;
    } catch (const Error&) {}
  return bytes / std::max(1, looked) * static_cast<double>(source.size());
}

/// How long decoding what this recipe reads takes with restart tiles, over without: measured on some of the
/// images. 1 where they aren't JPEGs or have tiles.
double tile_share(const dataset::Loader& loader, const augment::Recipe& recipe) {
  constexpr std::size_t kImages = 48;
  const dataset::Source& source = loader.source();
  const std::size_t step = std::max<std::size_t>(1, source.size() / kImages);
  Nanoseconds plain{}, tiled{};
  for (std::size_t i = 0; i < source.size(); i += step) try {
      dataset::Item item = source.read(i);
      if (item.encoded.size() < 3 || item.encoded[0] != 0xff) return 1;
      item.sample.image = decode_image(item.encoded, {.depth = ImageDepth::AsStored});
      const cv::Rect region =
          augment::source_region(recipe.draw(item.sample, {.seed = loader.options().seed, .index = i}));
      const auto time = [&](std::span<const unsigned char> bytes) {
        Nanoseconds best = Nanoseconds::max();
        for (int again = 0; again < 3; ++again) {
          const auto start = Clock::now();
          JpegReader(bytes).read(region, item.sample.image);
          best = std::min<Nanoseconds>(best, Clock::now() - start);
        }
        return best;
      };
      plain += time(item.encoded);
      tiled += time(with_restarts(item.encoded));
    } catch (const Error&) {}
  return plain.count() == 0 ? 1 : share(tiled, plain);
}

/// Where the time goes, and what each remedy would give: its part of the work gone.
nlohmann::json explain(const dataset::Loader& loader, const augment::Recipe& recipe,
                       const dataset::LoaderReport& report, double wall_seconds) {
  const Nanoseconds work = report.reading + report.decoding + report.drawing + report.rendering;
  fmt::print("\nwhere the threads' time goes\n");
  nlohmann::json result;
  for (const auto& [name, part] : {std::pair{"reading files", report.reading},
                                   {"decoding", report.decoding},
                                   {"drawing plans and targets", report.drawing},
                                   {"pixels", report.rendering}}) {
    fmt::print("  {:<26} {:>5.1f} %\n", name, 100 * share(part, work));
    result["shares"][name] = share(part, work);
  }
  const double waiting = std::chrono::duration<double>(report.waiting).count() / std::max(1e-9, wall_seconds);
  fmt::print("  the consumer waited {:.1f} % of the time\nwhat would help\n", 100 * waiting);
  result["waiting"] = waiting;
  const auto remedy = [&](const std::string& name, Nanoseconds gone) {
    const double gain = 1 / std::max(0.01, 1 - share(gone, work));
    if (gain < 1.05) return;
    fmt::print("  {:<60} {:.1f}x\n", name, gain);
    result["remedies"].push_back({{"name", name}, {"gain", gain}});
  };
  remedy("the files in memory (--keep encoded:MB), or a pack on a fast disk", report.reading);
  remedy(fmt::format("decoded images in memory (--keep decoded:{:.0f})",
                     decoded_bytes(loader.source()) / 1e6 * 1.02 + 1),
         report.reading + report.decoding);
  const double tiles = tile_share(loader, recipe);
  remedy("a pack with restart tiles (doppel pack)",
         Nanoseconds(static_cast<std::int64_t>(static_cast<double>(report.decoding.count()) * (1 - tiles))));
  remedy("a pack of raw pixels (doppel pack --images raw --size S)", report.decoding);
  if (!result.contains("remedies"))
    fmt::print("  nothing here: the pixels' own work is what takes the time\n");
  return result;
}

int bench_load(const CommandLine& line) {
  const Plan plan = plan_of(line);
  const std::chrono::milliseconds step(line.get<int>("step-ms"));
  const bool hashes = !line.has("no-hash");
  const auto made = Clock::now();
  dataset::Loader loader(plan.source, plan.recipe, plan.options);
  std::vector<double> speeds;
  nlohmann::json epochs = nlohmann::json::array();
  std::uint64_t all = 0;
  double first_batch = 0, seconds = 0;
  std::size_t loaded = 0;
  LiveLine live("loading", "images");
  for (std::uint64_t e = 0; e < plan.options.epochs; ++e) {
    const auto start = Clock::now();
    std::uint64_t hash = 0, images = 0;
    for (const dataset::Batch& batch : loader.epoch(e)) {
      if (first_batch == 0) first_batch = seconds_since(made);
      if (hashes) hash = digest(batch, hash);
      if (step.count() > 0) std::this_thread::sleep_for(step);
      images += batch.size();
      live.count(loaded += batch.size(), plan.options.epochs * plan.source->size());
    }
    const double took = seconds_since(start);
    live.end();
    seconds += took;
    all = all * 31 + hash;
    speeds.push_back(static_cast<double>(images) / took);
    fmt::print("epoch {}  {:.0f} images/s{}\n", e, speeds.back(),
               hashes ? fmt::format("  hash {:016x}", hash) : "");
    epochs.push_back({{"images_per_second", speeds.back()}, {"hash", fmt::format("{:016x}", hash)}});
  }
  const dataset::LoaderReport report = loader.report();
  const Nanoseconds work = report.reading + report.decoding + report.drawing + report.rendering;
  std::vector<double> sorted = speeds;
  std::ranges::sort(sorted);
  const double median = sorted[sorted.size() / 2];
  fmt::print(
      "median {:.0f} images/s; of the work: reading {:.0f} %, decoding {:.0f} %, drawing {:.0f} %, rendering "
      "{:.0f} %; consumer waited {:.2f} s; first batch after {:.0f} ms; pool {:.1f} MB\n",
      median, 100 * share(report.reading, work), 100 * share(report.decoding, work),
      100 * share(report.drawing, work), 100 * share(report.rendering, work),
      static_cast<double>(report.waiting.count()) / 1e9, 1000 * first_batch,
      static_cast<double>(loader.memory_bytes()) / 1e6);
  if (plan.options.trace) plan.options.trace->write(line.get<std::string>("trace"));
  if (report.skipped) fmt::print("{} samples couldn't be used\n", report.skipped);
  nlohmann::json result{{"images_per_second", median},
                        {"hash", fmt::format("{:016x}", all)},
                        {"epochs", epochs},
                        {"skipped", report.skipped},
                        {"first_batch_seconds", first_batch},
                        {"wall_seconds", seconds},
                        {"seconds",
                         {{"reading", report.reading.count() / 1e9},
                          {"decoding", report.decoding.count() / 1e9},
                          {"drawing", report.drawing.count() / 1e9},
                          {"rendering", report.rendering.count() / 1e9},
                          {"waiting", report.waiting.count() / 1e9}}}};
  if (line.has("explain")) result["explanation"] = explain(loader, plan.recipe, report, seconds);
  write_json(line, result);
  return 0;
}

}  // namespace

Command bench_load_command() {
  return {
      .name = "bench load",
      .brief = "images per second of the loader, and where the time goes",
      .about = "Images per second of the loader, where the time goes, and each epoch's digest.",
      .words = {data_word()},
      .groups =
          {{"What is loaded",
            {recipe_option("none"),
             {"epochs", Whole{.initial = 3, .least = 1}, "times that all of the data is loaded"},
             {"batch", Whole{.initial = 64, .least = 1}, "images in a batch"},
             {"type", choice(kTypes, "f32"), "what batches hold"},
             seed_option("of order and augmentation")}},
           {"How",
            {{"workers", Whole{.initial = -1, .least = -1}, "tasks beside the consumer; -1: one per core"},
             {"prefetch", Whole{.initial = 3, .least = 1}, "batches in flight"},
             {"memory", Whole{.placeholder = "MB", .initial = 0}, "for batches and images; 0: no limit"},
             {"keep", Text{.placeholder = "WORD:MB", .known = {"encoded:", "decoded:"}},
              "encoded:MB or decoded:MB: keep what was read in memory"}}},
           {"Measuring",
            {{"step-ms", Whole{.placeholder = "MS", .initial = 0},
              "time that a training step takes after each batch"},
             {"no-hash", Flag{}, "take batches without reading them: the loader's own speed"},
             {"explain", Flag{}, "say what would make it faster"},
             {"trace", file(), "what each thread did when, for chrome://tracing or Perfetto"},
             json_option()}},
           data_group()},
      .examples = {"bench load sample:photos --recipe standard --explain"},
      .run = bench_load};
}

}  // namespace doppel::apps
