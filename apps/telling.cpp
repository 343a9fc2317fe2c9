#include "telling.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <sstream>

#include "doppel/base/error.h"
#include "doppel/base/utf8.h"
#include "doppel/dataset/analysis/statistics.h"
#include "doppel/dataset/combine/matched_classes.h"
#include "doppel/dataset/combine/ranged.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/train/whiten.h"
#include "live_line.h"

namespace doppel::apps {

namespace {

/// A line about the data, with texts of its files.
void say(const std::string& text) { std::cerr << printable(text) << '\n'; }

/// "path=img,label=species".
std::map<std::string, std::string> columns_of(const std::string& text) {
  std::map<std::string, std::string> columns;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t equals = part.find('=');
    if (equals == part.npos || equals == 0 || equals + 1 == part.size())
      throw UsageError(fmt::format("--columns are NAME=COLUMN, as path=img,label=species; not '{}'", part));
    const auto [known, is_new] = columns.emplace(part.substr(0, equals), part.substr(equals + 1));
    if (!is_new)
      throw UsageError(
          fmt::format("--columns says {0} twice: {0}={1} and {2}", known->first, known->second, part));
  }
  return columns;
}

/// Each part's images as shares of what "0,4095" says, or of what is measured.
void set_range(dataset::OpenedData& data, const std::string& text) {
  if (!data.range.empty())
    throw UsageError(fmt::format("--range {}: {} holds shares of {:g} to {:g} already", text, data.name,
                                 data.range[0], data.range[1]));
  std::pair<double, double> range;
  if (text == "measured") {
    range = dataset::measured_range(*data.train);
    std::cerr << fmt::format("{}: images' numbers go from {:g} to {:g}\n", data.name, range.first,
                             range.second);
  } else {
    const std::size_t comma = text.find(',');
    const auto low = parse_real(text.substr(0, comma)),
               high = comma == text.npos ? std::nullopt : parse_real(text.substr(comma + 1));
    if (!low || !high || !(*low < *high))
      throw UsageError(fmt::format("--range is LOW,HIGH, as 0,4095, or measured; not '{}'", text));
    range = {*low, *high};
  }
  for (dataset::SourcePtr* part : {&data.train, &data.test, &data.valid})
    if (*part) *part = std::make_shared<dataset::Ranged>(*part, range.first, range.second);
  data.range = {range.first, range.second};
}

/// `few`: images of 16 bits that use little of them, of those looked at.
void tell_dark(std::size_t few, std::size_t looked_at) {
  if (few > 0)
    std::cerr << fmt::format(
        "images of 16 bits whose numbers end below an eighth of their range, as 12 bits do, {} of {} looked "
        "at: they "
        "are dark; --range LOW,HIGH, or --range measured, makes that their range\n",
        few, looked_at);
}

/// `beyond`: images of floats that aren't all from 0 to 1, of those looked at.
void tell_beyond(std::size_t beyond, std::size_t looked_at) {
  if (beyond > 0)
    std::cerr << fmt::format(
        "images whose numbers lie outside 0 to 1, as hounsfields do, {} of {} looked at: what changes "
        "colours "
        "cuts them there; --range LOW,HIGH, or --range measured, makes that black to white (augment and "
        "preview may begin a recipe with Window instead)\n",
        beyond, looked_at);
}

/// Whether the first sample has one.
bool begins_with_mask(const dataset::Source& source) {
  try {
    return source.size() > 0 && !source.read(0).sample.masks.empty();
  } catch (const Error&) { return false; }
}

}  // namespace

DataOptions data_options(const CommandLine& line) {
  if (line.knows("range") && line.has("range") && line.get<std::string>("range").empty())
    throw UsageError("--range is LOW,HIGH, as 0,4095, or measured; not ''");
  const auto text = [&](const char* name) {
    return line.knows(name) && line.has(name) ? line.get<std::string>(name) : "";
  };
  return {line.knows("ignore") && line.has("ignore"), text("columns"), text("root"), text("range")};
}

dataset::OpenedData open_data(const std::string& data, const DataOptions& options) {
  LiveLine live("looking through " + data);
  dataset::OpenOptions how;
  how.progress = live.counter();
  how.ignore_labels = options.ignore;
  how.table.columns = columns_of(options.columns);
  how.table.root = options.root;
  dataset::OpenedData opened = dataset::open_data(data, how);
  if (how.table.columns.contains("target") && opened.train->number_names().empty())
    throw UsageError(fmt::format("--columns target={}: {} ({}) has no columns of numbers",
                                 how.table.columns["target"], data, opened.layout));
  if (!options.range.empty()) set_range(opened, options.range);
  return opened;
}

dataset::OpenedData open_told(const std::string& data, const DataOptions& options) {
  dataset::OpenedData opened = open_data(data, options);
  for (const dataset::Remark& remark : opened.remarks) say(fmt::format("{}: {}", data, remark.text()));
  return opened;
}

void tell_unused_valid(const dataset::OpenedData& data, std::string_view hint) {
  if (data.valid)
    say(fmt::format("{}: the validation part ({} samples) isn't used beside the test part{}", data.name,
                    data.valid->size(), hint));
}

dataset::SourcePtr labelled(const dataset::SourcePtr& source, const std::string& data,
                            dataset::Labels labels) {
  std::vector<std::size_t> with;
  std::string without;
  bool has_class = false;
  for (std::size_t i = 0; i < source->size(); ++i) {
    has_class = has_class || source->label(i) >= 0;
    if (labels == dataset::Labels::Independent ? is_labelled(*source, i) : source->label(i) >= 0)
      with.push_back(i);
    else if (without.empty())
      without = source->name(i);
  }
  if (!has_class && begins_with_mask(*source))
    throw Error(
        fmt::format("{} has masks, but no class for each image, which is needed here; masks are learned by "
                    "doppel train with --loss segmentation",
                    data));
  if (!has_class)
    throw Error(
        source->classes().empty()
            ? fmt::format("{} has no classes to learn: training needs a folder for each class, a table with "
                          "labels, or "
                          "another data set with a class for each image",
                          data)
            : fmt::format(
                  "{} says where things are in its images, but not what an image is: train, eval, gan and "
                  "study need a class for each image. preview, pack and the loader take it as it is",
                  data));
  if (with.size() == source->size()) return source;
  say(fmt::format("{}: images without a class, which are left out: {} ({}{})", data,
                  source->size() - with.size(), without, source->size() - with.size() > 1 ? ", …" : ""));
  return std::make_shared<dataset::Subset>(source, std::move(with));
}

dataset::SourcePtr with_numbers(const dataset::SourcePtr& source, const std::string& data,
                                std::size_t wanted) {
  const std::vector<std::string> names = source->number_names();
  if (names.empty())
    throw UsageError(
        fmt::format("{}: numbers are to be learned or told, but no column holds any; --columns "
                    "target=NAME+NAME says which do",
                    data));
  if (names.size() != wanted)
    throw UsageError(fmt::format(
        "{}: the network tells {} numbers of an image, but {} columns are to hold them; --columns "
        "target=NAME+NAME says which do",
        data, wanted, names.size()));
  std::vector<std::size_t> with;
  std::string without;
  for (std::size_t i = 0; i < source->size(); ++i)
    if (!source->numbers(i).empty())
      with.push_back(i);
    else if (without.empty())
      without = source->name(i);
  if (with.empty()) throw Error(fmt::format("{}: no image has {}", data, fmt::join(names, " and ")));
  if (with.size() == source->size()) return source;
  say(fmt::format("{}: images without {}, which are left out: {} ({}{})", data, fmt::join(names, " and "),
                  source->size() - with.size(), without, source->size() - with.size() > 1 ? ", …" : ""));
  return std::make_shared<dataset::Subset>(source, std::move(with));
}

dataset::FoundMasks with_masks(const dataset::SourcePtr& source, const std::string& data,
                               const dataset::MaskClasses& classes) {
  LiveLine live("looking at", "masks");
  dataset::FoundMasks found;
  try {
    found = dataset::find_masks(source, classes, live.counter());
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", data, error.what())); }
  live.end();
  if (!found.without.empty())
    say(fmt::format("{}: images without a mask, which are left out: {} ({}{})", data, found.without.size(),
                    source->name(found.without[0]), found.without.size() > 1 ? ", …" : ""));
  if (found.unseen > 0)
    std::cerr << fmt::format(
        "{}: objects that no pixel of their image's mask shows, kept as background: {}\n", data,
        found.unseen);
  if (found.classes.foreground && classes.names.empty())
    std::cerr << fmt::format("{}: masks hold 0 and 255 alone: 255 is class 1, and all pixels count\n", data);
  std::vector<std::string> absent;
  for (std::size_t c = 0; c < found.pixels.size(); ++c)
    if (found.pixels[c] == 0) absent.push_back(found.classes.names[c]);
  if (!absent.empty()) say(fmt::format("{}: no pixel is of {}", data, fmt::join(absent, ", ")));
  return found;
}

dataset::SourcePtr matched_classes(const dataset::SourcePtr& source, const std::vector<std::string>& classes,
                                   const std::string& data) {
  std::vector<std::string> missing;
  for (const std::string& name : classes)
    if (std::ranges::find(source->classes(), name) == source->classes().end()) missing.push_back(name);
  if (!missing.empty() && !source->classes().empty())
    say(fmt::format("{}: has no images of {}", data, fmt::join(missing, ", ")));
  try {
    return dataset::matched(source, classes);
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", data, error.what())); }
}

void tell_few_levels(const dataset::OpenedData& data, std::size_t most) {
  if (!data.range.empty()) return;
  try {
    const dataset::ImageStatistics images = dataset::image_statistics(*data.train, 0, most);
    tell_dark(images.few_levels, images.looked_at);
    tell_beyond(images.beyond, images.looked_at);
  } catch (const Error&) {}  // who reads them all says so
}

nn::RunInfo describe_data(const dataset::Source& source, int side, AlphaOver alpha) {
  nn::RunInfo info = nn::describe_data(source, side, live_phases(), alpha);
  tell_dark(info.few_levels, info.looked_at);
  tell_beyond(info.beyond, info.looked_at);
  if (info.transparent > 0) {
    const std::string_view name = kAlphaOverNames[static_cast<std::size_t>(alpha)];
    const std::string what = alpha == AlphaOver::Keep   ? "keep their alpha, a fourth channel"
                             : alpha == AlphaOver::Drop ? "show the colours below their transparency"
                                                        : fmt::format("are put over {}", name);
    std::cerr << fmt::format("transparent images, {} of {} looked at, {} (--alpha {})\n", info.transparent,
                             info.looked_at, what, name);
  }
  if (!info.has_one_size) std::cerr << "images of several sizes become 64x64\n";
  return info;
}

nn::TrainTest train_and_test(const dataset::OpenedData& data) {
  nn::TrainTest parts = nn::train_and_test(data);
  if (parts.held_out)
    std::cerr << fmt::format("no test part: {} of {} images are held out to measure with\n",
                             parts.test->size(), data.train->size());
  return parts;
}

void fit_images_to_gan(nn::RunInfo& info, const std::optional<Size>& wanted) {
  const std::string before = info.input.text();
  if (nn::fit_to_gan(info, wanted))
    std::cerr << fmt::format("images{} become {}x{}\n", wanted ? "" : " of " + before, info.input.height,
                             info.input.width);
}

void report_changed(const std::vector<nn::KernelChange>& changes) {
  if (changes.empty()) return;
  std::vector<std::string> names;
  for (const nn::KernelChange& change : changes)
    names.push_back(fmt::format("{} ({} instead of {})", change.node, change.used, change.wanted));
  std::cerr << fmt::format(
      "this processor or this oneDNN has other kernels than where the run began: {}; it goes on, but no "
      "longer to "
      "the same bits\n",
      fmt::join(names, ", "));
}

void whiten(nn::Model& model, const dataset::SourcePtr& source, const nn::RunInfo& info) {
  constexpr std::size_t kImages = 2048;
  const std::size_t every = std::max<std::size_t>(1, source->size() / kImages);
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < source->size(); i += every) some.push_back(i);
  dataset::Loader loader(std::make_shared<dataset::Subset>(source, some), info.fitted({}),
                         info.evaluation_options(256));
  std::vector<float> images;
  LiveLine live("whitening", "images");
  std::size_t done = 0;
  for (const dataset::Batch& batch : loader.epoch(0)) {
    live.count(done += batch.size(), some.size());
    const auto values = batch.images.values<float>();
    images.insert(images.end(), values.begin(), values.end());
  }
  nn::whiten_first_convolution(model, images);
}

}  // namespace doppel::apps
