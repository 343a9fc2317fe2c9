#include "train_data.h"

#include <fmt/format.h>

#include <iostream>

#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/base/fields.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/nn/model/notation.h"
#include "multi_label_result.h"
#include "telling.h"

namespace doppel::apps {
namespace {

/// Whether an image has none of the classes, which is then something to be told from having one.
bool shows_none(const dataset::Source& source) {
  for (std::size_t i = 0; i < source.size(); ++i)
    if (source.label(i) < 0 && is_labelled(source, i)) return true;
  return false;
}

constexpr std::string_view kBestEpoch = "; --valid with its folder lets it choose the best epoch";

/// Of the training data; none where --valid names a data set.
std::optional<double> validation_share(const nn::TrainSettings& settings) {
  const auto share = parse_real(settings.valid);
  if (share && (*share <= 0 || *share >= 1))
    throw UsageError(
        fmt::format("--valid must be a share above 0 and below 1, or a data set, not '{}'", settings.valid));
  return share;
}

std::string loss_name(nn::Loss loss) { return std::string(KindsOf(loss).name()); }

/// Throws UsageError for settings that are about classes.
void check_for_numbers(const nn::TrainSettings& settings) {
  if (!nn::learns_numbers(settings.training.loss))
    throw UsageError(
        fmt::format("--columns target=… are numbers to learn, for which --loss is mse, mae or huber, not {}",
                    loss_name(settings.training.loss)));
  if (settings.class_weights != nn::TrainSettings::ClassWeights::None || settings.per_class > 0)
    throw UsageError("--class-weights and --per-class are for classes, but numbers are to be learned");
}

/// Throws UsageError for settings that are about classes of images.
void check_for_masks(const nn::TrainSettings& settings) {
  if (settings.per_class > 0)
    throw UsageError("--per-class is for classes of images, but masks are to be learned");
}

/// Parts whose masks have what segmentation learns.
TrainParts split_masks(const dataset::OpenedData& data, const nn::TrainSettings& settings) {
  check_for_masks(settings);
  const dataset::FoundMasks train = with_masks(data.train, data.name);
  if (std::ranges::count_if(train.pixels, [](std::size_t n) { return n > 0; }) < 2)
    throw Error(
        fmt::format("{}: all pixels of its masks that count are of one class: there is nothing to tell "
                    "apart",
                    data.name));
  TrainParts parts{train.source, {}, "test", train.classes.foreground};
  const auto also = [&](const dataset::SourcePtr& source, const std::string& name) {
    return with_masks(source, name, train.classes).source;
  };
  if (settings.valid.empty()) {
    tell_unused_valid(data, kBestEpoch);
    if (data.test) parts.held_out = also(data.test, data.name);
    return parts;
  }
  parts.held_out_name = "validation";
  if (const auto share = validation_share(settings)) {
    const dataset::Split split = dataset::stratified_split(train.source, *share, settings.training.seed);
    parts.train = split.train;
    parts.held_out = split.rest;
    return parts;
  }
  parts.held_out = also(
      open_told(settings.valid, {settings.ignore, settings.columns, settings.root, settings.range}).train,
      settings.valid);
  return parts;
}

/// Those of a part that there is something to learn of.
dataset::SourcePtr usable(const dataset::SourcePtr& source, const std::string& name, dataset::Labels labels,
                          bool numbers) {
  return numbers ? with_numbers(source, name, source->number_names().size()) : labelled(source, name, labels);
}

void check_classes(const dataset::Source& train, const std::string& name) {
  if (train.classes().size() == 1 && !shows_none(train))
    throw Error(fmt::format(
        "{} has one class alone, {}: there is nothing to tell apart; class folders may lie one level deeper",
        name, train.classes()[0]));
}

/// Without a last layer that the loss stands for.
std::string without_last_layer(const std::string& network, const nn::TrainSettings& settings, bool numbers) {
  nn::Network all = nn::parse_network(network);
  const bool binary = nn::outputs_of(settings.training.loss) == dataset::Labels::Independent;
  const nn::Layer* last = all.empty() ? nullptr : std::get_if<nn::Layer>(&all.back().is);
  const char* name = nullptr;
  if (last && binary && std::holds_alternative<nn::Sigmoid>(*last)) name = "sigmoid";
  if (last && numbers && std::holds_alternative<nn::Softmax>(*last)) name = "softmax";
  if (!name) return network;
  std::cerr << fmt::format(
      "the {} at the network's end is left out: {}\n", name,
      binary ? "the loss has one of its own, as have predict and eval" : "numbers are no probabilities");
  all.pop_back();
  return nn::network_text(all);
}

/// Sides to which the network's ways down and up come out even: the nearest multiples of 2, 4, 8 … that do.
void fit_to_network(nn::RunInfo& info) {
  const nn::Network network = nn::parse_network(info.network);
  if (!nn::gives_masks(network)) return;
  const nn::Shape own = info.input;
  const auto fits = [&](const nn::Shape& input) {
    try {
      (void)nn::build_graph(network, input, info.outputs_count());
    } catch (const UsageError&) { return false; }
    return true;
  };
  for (int unit = 1; unit <= 64; unit *= 2) {
    const auto rounded = [&](int side) { return std::max(unit, (side + unit / 2) / unit * unit); };
    const nn::Shape input{own.channels, rounded(own.height), rounded(own.width)};
    if (!fits(input)) continue;
    info.input = input;
    if (unit > 1 && input != own)
      std::cerr << fmt::format("images of {}x{} become {}x{}, multiples of {} that the network needs\n",
                               own.width, own.height, input.width, input.height, unit);
    return;
  }
}

}  // namespace

TrainParts split_data(dataset::OpenedData data, const nn::TrainSettings& settings) {
  const std::uint64_t seed = settings.training.seed;
  const dataset::Labels labels = nn::outputs_of(settings.training.loss);
  const bool numbers = !data.train->number_names().empty();
  if (numbers) check_for_numbers(settings);
  if (nn::learns_masks(settings.training.loss)) return split_masks(data, settings);
  data.train = usable(data.train, data.name, labels, numbers);
  if (!numbers) check_classes(*data.train, data.name);
  if (data.test && settings.valid.empty()) data.test = usable(data.test, data.name, labels, numbers);
  if (settings.per_class > 0) data.train = dataset::per_class(data.train, settings.per_class, seed);
  if (settings.valid.empty()) {
    tell_unused_valid(data, kBestEpoch);
    return {data.train, data.test, "test"};
  }
  const std::string& valid = settings.valid;
  if (const auto share = validation_share(settings)) {
    const dataset::Split split = dataset::stratified_split(data.train, *share, seed);
    return {split.train, split.rest, "validation"};
  }
  const dataset::SourcePtr held_out =
      open_told(valid, {settings.ignore, settings.columns, settings.root, settings.range}).train;
  if (numbers)
    return {data.train, with_numbers(held_out, valid, data.train->number_names().size()), "validation"};
  return {data.train, labelled(matched_classes(held_out, data.train->classes(), valid), valid, labels),
          "validation"};
}

nn::RunInfo run_info(const nn::TrainSettings& settings, const TrainParts& parts) {
  const dataset::Source& train = *parts.train;
  nn::RunInfo info = describe_data(train, settings.size, settings.loading.alpha);
  const bool numbers = !train.number_names().empty();
  info.network = without_last_layer(network_text(settings.net), settings, numbers);
  nn::check_learns(nn::parse_network(info.network), settings.training.loss);
  info.outputs = nn::outputs_of(settings.training.loss);
  if (nn::learns_masks(settings.training.loss)) {
    info.masks = true;
    info.foreground = parts.foreground;
    fit_to_network(info);
    return info;
  }
  if (numbers) {
    info.classes.clear();
    info.numbers = nn::number_task(train);
    return info;
  }
  if (nn::labels_of(settings.training.loss) == dataset::Labels::Exclusive)
    if (const std::size_t several = count_several_labels(train); several > 0)
      std::cerr << fmt::format(
          "images with several labels: {}; they are shared equally; --loss binary learns them as "
          "independent\n",
          several);
  return info;
}

}  // namespace doppel::apps
