#include "doppel/nn/study/gan_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "doppel/base/deflate.h"
#include "doppel/base/error.h"
#include "doppel/dataset/combine/annealed.h"
#include "doppel/dataset/combine/matched_classes.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/gan/generated_ahead.h"

namespace doppel::nn {
namespace {

constexpr std::string_view kGanPrefix = "gan:";

/// Names that are in one list and not in the other, for an error.
std::string missing_names(const std::vector<std::string>& from, const std::vector<std::string>& in) {
  constexpr std::size_t kMostShown = 5;
  std::vector<std::string> names;
  for (const std::string& name : from)
    if (std::ranges::find(in, name) == in.end()) names.push_back(name);
  const bool more = names.size() > kMostShown;
  names.resize(std::min(names.size(), kMostShown));
  return names.empty() ? "none" : fmt::format("{}{}", fmt::join(names, ", "), more ? ", …" : "");
}

/// A text that is a number as a whole.
std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

/// Which of a GAN's images are in the reader's part of a batch, by the loader's rule.
GeneratedAhead::Needed needed_by(const MixReader& reader, const dataset::AnnealedShare& share,
                                 std::size_t epoch) {
  if (reader.world == 1) return {};
  const auto rank = static_cast<std::size_t>(reader.rank), world = static_cast<std::size_t>(reader.world);
  return {world, [=, batch = reader.batch](std::size_t number) {
            const std::size_t place = share.place_of(number) % epoch, begin = place / batch * batch,
                              rows = std::min(batch, epoch - begin), row = place - begin;
            return row >= rank * rows / world && row < (rank + 1) * rows / world;
          }};
}

void check_same_classes(const std::vector<std::string>& gan, const std::vector<std::string>& data) {
  if (std::ranges::is_permutation(gan, data)) return;
  throw UsageError(
      fmt::format("the GAN has other classes than the data: it alone has {}; the data alone has {}",
                  missing_names(gan, data), missing_names(data, gan)));
}

}  // namespace

std::filesystem::path gan_file(const std::filesystem::path& run) {
  for (const char* name : {"best.safetensors", "gan.safetensors"})
    if (std::filesystem::exists(run / name)) return run / name;
  throw Error(fmt::format("there is no GAN at {}", (run / "gan.safetensors").string()));
}

std::string identity_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  return fmt::format("{} {:08x}", file.filename().string(),
                     crc32_of({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()}));
}

OpenedGan open_gan(const std::filesystem::path& run, const GeneratorOptions& options) {
  const std::filesystem::path file = gan_file(run);
  OpenedGan gan;
  gan.info = RunInfo::from(load_tensors(file).metadata, file.string());
  gan.generator = load_generator(file, gan.info.input, static_cast<int>(gan.info.classes.size()), options);
  gan.identity = identity_of(file);
  if (options.sample_steps > 0) gan.identity += fmt::format(", {} steps", options.sample_steps);
  return gan;
}

std::string begin_from_run(GenerativeModel& gan, const std::filesystem::path& run,
                           const std::vector<std::string>& classes) {
  const std::filesystem::path file = gan_file(run);
  const RunInfo info = RunInfo::from(load_tensors(file).metadata, file.string());
  if (info.input != gan.image())
    throw UsageError(fmt::format("--weights {}: it makes images of {}, but these are {}", run.string(),
                                 info.input.text(), gan.image().text()));
  const std::size_t known = gan.begin_from(file, info.classes, classes);
  return fmt::format("begins with the weights of {}; of {} classes it knows {}", file.string(),
                     classes.size(), known);
}

std::string GanMix::text() const { return fmt::format("{}{}:{}", kGanPrefix, run, share); }

GanMix parse_mix(const std::string& text) {
  GanMix mix;
  if (text.starts_with(kGanPrefix)) mix.run = text.substr(kGanPrefix.size());
  if (const auto colon = mix.run.rfind(':'); colon != std::string::npos)
    if (const auto share = number_in(std::string_view(mix.run).substr(colon + 1))) {
      mix.share = *share;
      mix.run.resize(colon);
    }
  if (mix.run.empty() || !(mix.share > 0 && mix.share < 1))
    throw UsageError(fmt::format(
        "--mix is gan:RUN or gan:RUN:SHARE, a GAN's folder and a share above 0 and below 1, not '{}'", text));
  return mix;
}

dataset::SourcePtr with_generated(const dataset::SourcePtr& train, const OpenedGan& gan, const GanMix& mix,
                                  int channels, std::uint64_t epochs, std::uint64_t seed,
                                  const MixReader& reader) {
  check_same_classes(gan.info.classes, train->classes());
  if (gan.info.input.channels != channels)
    throw UsageError(fmt::format("{} makes images of {} channels, but the network reads {}", mix.run,
                                 gan.info.input.channels, channels));
  const std::size_t all = epochs * train->size();
  const auto most = static_cast<std::size_t>(mix.share * static_cast<double>(all)) + 1;
  const dataset::AnnealedShare share{mix.share, all, 0.8};
  const auto made = std::make_shared<GeneratedAhead>(gan.generator, gan.info.classes, most, seed,
                                                     needed_by(reader, share, train->size()));
  return std::make_shared<dataset::Annealed>(train, dataset::matched(made, train->classes()), share.share,
                                             all, seed, share.from, dataset::Annealed::ExtraOrder::AsItIs);
}

}  // namespace doppel::nn
