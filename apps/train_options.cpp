#include "train_options.h"

#include <fmt/format.h>

#include <iostream>

#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/nn/study/gan_run.h"
#include "group_options.h"
#include "settings_options.h"
#include "telling.h"

namespace doppel::apps {
namespace {

OptionGroup run_group() {
  return {"The run",
          {{"out", folder(), "the run's folder; else runs/ and the data's name"},
           config_option(),
           {"resume", Flag{}, "go on from the run's checkpoint"},
           {"tensorboard", Flag{}, "also write event files to the run's folder"},
           {"verbose", Flag{}, "print each layer, and what computes it"},
           json_option()}};
}

std::vector<double> pixel_weights(const dataset::SourcePtr& train) {
  return nn::balanced_weights(with_masks(train, "the training images", {.names = train->classes()}).pixels);
}

std::vector<double> class_weights(const dataset::Source& train, dataset::Labels labels) {
  std::vector<std::size_t> counts(train.classes().size());
  const auto count = [&](int label) {
    if (label >= 0 && static_cast<std::size_t>(label) < counts.size())
      ++counts[static_cast<std::size_t>(label)];
  };
  for (std::size_t i = 0; i < train.size(); ++i) {
    const auto shares =
        labels == dataset::Labels::Independent ? train.label_shares(i) : std::vector<augment::LabelShare>();
    if (shares.empty()) count(train.label(i));
    for (const augment::LabelShare& share : shares)
      if (share.share >= 0.5) count(share.label);
  }
  return nn::balanced_weights(counts);
}

}  // namespace

void with_mix_run(nn::TrainSettings& settings, const std::function<void(std::string&)>& change) {
  if (settings.mix.empty()) return;
  nn::GanMix mix = nn::parse_mix(settings.mix);
  change(mix.run);
  settings.mix = mix.text();
}

std::vector<OptionGroup> train_options() {
  nn::TrainSettings settings;
  OptionLister lister;
  settings.fields(lister);
  std::vector<OptionGroup> groups = std::move(lister.groups);
  taken(groups, "data");
  option_named(groups, "recipe").kind = recipe_option(settings.recipe).kind;
  option_named(groups, "net").kind = net_option(settings.net, "").kind;
  option_named(groups, "weights").kind = file();
  Text part = data_text();
  part.placeholder = "SHARE|DATA";
  option_named(groups, "valid").kind = part;
  groups.push_back(group_group());
  groups.back().options.push_back(elastic_option());
  groups.insert(groups.begin(), run_group());
  return groups;
}

nn::TrainSettings train_settings(const CommandLine& line) {
  nn::TrainSettings settings;
  const auto resolve = [&] {
    const auto config = line.get<std::string>("config");
    for (std::string* path : {&settings.data, &settings.valid, &settings.weights})
      resolve_beside(config, *path);
    resolve_recipe(config, settings.recipe);
    with_mix_run(settings, [&](std::string& run) { resolve_beside(config, run); });
  };
  read_settings(line, "train", [&](FieldVisitor& visit) { settings.fields(visit); }, {.resolve = resolve});
  if (settings.data.empty()) throw UsageError(missing(line, "DATA"));
  if (settings.training.patience > 0 && settings.valid.empty())
    throw UsageError("--patience needs --valid: what decides when to stop must not be the test set");
  if (settings.freeze && !settings.freeze_until.empty())
    throw UsageError(
        fmt::format("--freeze and --freeze-until {} exclude each other: with --freeze the last layer alone "
                    "learns",
                    settings.freeze_until));
  check_precision(settings.training.precision);
  if (!settings.mix.empty()) nn::parse_mix(settings.mix);
  return settings;
}

nn::TrainerOptions trainer_options(const nn::TrainSettings& settings, const dataset::SourcePtr& train) {
  nn::TrainerOptions options = settings.training;
  if (settings.class_weights == nn::TrainSettings::ClassWeights::Balanced)
    nn::set_class_weights(options.loss, nn::learns_masks(options.loss)
                                            ? pixel_weights(train)
                                            : class_weights(*train, nn::outputs_of(options.loss)));
  return options;
}

dataset::LoaderOptions training_loader_options(const nn::TrainSettings& settings, const nn::RunInfo& info,
                                               const BatchSharing& sharing) {
  using Last = dataset::LoaderOptions::LastBatch;
  dataset::LoaderOptions options = info.evaluation_options(settings.loading.batch);
  options.order = dataset::LoaderOptions::Order::Shuffled;
  if (!settings.mix.empty()) {
    options.order = dataset::LoaderOptions::Order::Sequential;
    options.epoch_samples = sharing.images;
  }
  options.epochs = settings.training.epochs;
  options.seed = settings.training.seed;
  options.workers = settings.loading.workers;
  options.on_error = settings.loading.on_error;
  if (sharing.place) {
    options.rank = sharing.place->rank;
    options.world = sharing.place->world;
    // In a last batch of fewer images than shards some would have nothing to do.
    constexpr int kMostShards = 16;  // of a process that isn't told
    const auto shards = static_cast<std::size_t>(
        settings.training.shards > 0 ? settings.training.shards : kMostShards * sharing.place->world);
    const std::size_t last = sharing.images % settings.loading.batch;
    if (last < shards && sharing.images >= settings.loading.batch) options.last = Last::Drop;
  }
  if (!sharing.resumed.empty())
    options.last = nn::recorded_setting(sharing.resumed, "last") == "drop" ? Last::Drop : Last::Short;
  return options;
}

bool goes_on(const CommandLine& line, const std::filesystem::path& run,
             const std::filesystem::path& checkpoint) {
  namespace fs = std::filesystem;
  if (!line.has("resume")) return false;
  if (!fs::exists(checkpoint) && fs::exists(run / "run.yaml")) {
    std::cerr << fmt::format("{} was stopped before its first checkpoint: it begins again\n", run.string());
    return false;
  }
  nn::check_has_begun(checkpoint);
  return true;
}

}  // namespace doppel::apps
