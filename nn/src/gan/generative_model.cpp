#include "doppel/nn/gan/generative_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "doppel/base/error.h"
#include "doppel/nn/gan/flow.h"
#include "doppel/nn/gan/gan.h"
#include "train/checkpoint.h"
#include "train/recorded_settings.h"
#include "train/weight_average.h"

namespace doppel::nn {
namespace {

bool all_finite(const Model& model) {
  return std::ranges::all_of(model.parameters(), [](const Parameter& p) {
    return std::ranges::all_of(p.value, [](float v) { return std::isfinite(v); });
  });
}

GeneratorOptions making_of(const GanOptions& o) {
  return {.batch = o.batch,
          .shards = o.shards,
          .threads = o.threads,
          .precision = o.precision,
          .timing = o.timing,
          .sample_steps = o.loss == GanLoss::Velocity ? o.sample_steps : 0};
}

}  // namespace

GenerativeModel::GenerativeModel(const Shape& image, int classes, GanOptions options, Model generator)
    : image_(image),
      classes_(classes),
      options_(std::move(options)),
      generator_(std::move(generator)),
      averaged_(generator_, image, classes, making_of(options_)),
      rate_(options_.rate) {
  if (classes < 1) throw UsageError("a GAN needs at least one class");
  if (options_.batch < 1)
    throw UsageError(fmt::format("a batch has {} images; it needs at least 1", options_.batch));
}

std::vector<float> GenerativeModel::generate(std::span<const int> labels, std::uint64_t seed,
                                             std::uint64_t first) {
  return averaged_.generate(labels, seed, first);
}

double GenerativeModel::scheduled_rate() const {
  const double progress =
      static_cast<double>(step_) / static_cast<double>(std::max<std::uint64_t>(1, options_.steps));
  return rate_ * (0.625 + 0.375 * std::cos(std::numbers::pi * std::min(1.0, progress)));
}

void GenerativeModel::follow_average() {
  const float decay = average_decay(options_.average, step_);
  const auto averages = averaged_.model().parameters();
  for (std::size_t p = 0; p < averages.size(); ++p)
    follow(averages[p].value, generator_.parameters()[p].value, decay);
  averaged_.parameters_changed();
}

bool GenerativeModel::is_finite() const {
  return all_finite(averaged_.model()) &&
         std::ranges::all_of(networks(), [](const auto& named) { return all_finite(*named.second); });
}

std::vector<SettingText> GenerativeModel::settings() const {
  std::vector<SettingText> all = settings_of(options_);
  add_recipe(all, options_.augment);
  return all;
}

void GenerativeModel::resume(const std::filesystem::path& path) {
  check_settings(load_tensors(path).metadata, settings(), path.string());
  load(path);
}

TensorFile GenerativeModel::saved(std::map<std::string, std::string> metadata) const {
  TensorFile file;
  file.metadata = std::move(metadata);
  file.metadata["gan_step"] = std::to_string(step_);
  file.metadata["generator"] = options_.generator;
  file.metadata["rate"] = fmt::format("{}", rate_);
  file.metadata["doppel.format"] = std::to_string(kModelFormat);
  file.metadata["settings"] = settings_json(settings());
  file.metadata["latent"] = std::to_string(averaged_.latent());
  add_model(file, "generator.", generator_);
  add_model(file, "average.", averaged_.model());
  return file;
}

void GenerativeModel::take_saved(const TensorFile& file, const std::string& path) {
  check_model_format(file, path);
  const auto step = file.metadata.find("gan_step");
  if (step == file.metadata.end()) throw Error(fmt::format("{}: holds no GAN", path));
  step_ = std::strtoull(step->second.c_str(), nullptr, 10);
  if (const auto rate = file.metadata.find("rate"); rate != file.metadata.end())
    rate_ = std::strtod(rate->second.c_str(), nullptr);
  read_model(file, "generator.", generator_, path);
  read_model(file, "average.", averaged_.model(), path);
}

std::shared_ptr<GenerativeModel> make_generative_model(const Shape& image, int classes, GanOptions options) {
  if (options.loss == GanLoss::Velocity) return std::make_shared<Flow>(image, classes, std::move(options));
  return std::make_shared<Gan>(image, classes, std::move(options));
}

std::shared_ptr<Generator> average_of(const std::shared_ptr<GenerativeModel>& model) {
  return {model, &model->average()};
}

}  // namespace doppel::nn
