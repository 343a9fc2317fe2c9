// A GAN's state on disk.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/gan/gan.h"
#include "formats/json_fault.h"
#include "gan_executors.h"
#include "gan_weights.h"
#include "lecam.h"
#include "spectral_norm.h"
#include "train/checkpoint.h"
#include "train/recorded_settings.h"

namespace doppel::nn {

void Gan::save(const std::filesystem::path& path, std::map<std::string, std::string> metadata) const {
  TensorFile file = saved(std::move(metadata));
  file.metadata["discriminator"] = options_.discriminator;
  file.metadata["augment_chance"] = fmt::format("{}", augment_chance_);
  file.metadata["kernels"] = kernels_text();
  add_model(file, "discriminator.", discriminator_);
  add_optimizer(file, "generator_optimizer.", generator_, generator_optimizer_);
  add_optimizer(file, "discriminator_optimizer.", discriminator_, discriminator_optimizer_);
  if (spectral_)
    for (const auto& [name, u] : spectral_->vectors())
      file.tensors["spectral." + name] = {{static_cast<std::int64_t>(u.size())}, u};
  if (lecam_) {
    file.metadata["lecam_real"] = fmt::format("{}", lecam_->real());
    file.metadata["lecam_fake"] = fmt::format("{}", lecam_->fake());
  }
  file.metadata["generator_loss"] = fmt::format("{}", generator_loss_);
  save_tensors(path, file);
}

std::vector<KernelChange> Gan::changed_kernels() const {
  std::vector<KernelChange> changes;
  for (const auto& [network, executor] :
       {std::pair{"generator", &generator_executor_}, {"discriminator", &discriminator_executor_}})
    for (const KernelChange& change : executor->changed_kernels())
      changes.push_back({fmt::format("{} {}", network, change.node), change.wanted, change.used});
  return changes;
}

std::string Gan::kernels_text() const {
  return nlohmann::json{{"generator", generator_executor_.chosen_kernels()},
                        {"discriminator", discriminator_executor_.chosen_kernels()}}
      .dump();
}

/// Goes on with the kernels that the file was made with: others give other bits.
void Gan::take_kernels(const std::string& text, const std::string& path) {
  using Kernels = std::map<std::string, std::string>;
  try {
    const auto kernels = nlohmann::json::parse(text);
    ExecutorOptions make = generator_executor_options(options_),
                    tell = discriminator_executor_options(options_);
    make.kernels = kernels.at("generator").get<Kernels>();
    tell.kernels = kernels.at("discriminator").get<Kernels>();
    if (make.kernels != generator_executor_.chosen_kernels())
      generator_executor_ = Executor(generator_, make);
    if (tell.kernels != discriminator_executor_.chosen_kernels())
      discriminator_executor_ = Executor(discriminator_, tell);
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("{}: the names of its kernels are damaged: {}", path, json_fault(error)));
  }
}

void Gan::load(const std::filesystem::path& path) {
  const TensorFile file = load_tensors(path);
  take_saved(file, path.string());
  if (const auto chance = file.metadata.find("augment_chance"); chance != file.metadata.end())
    augment_chance_ = std::strtod(chance->second.c_str(), nullptr);
  if (const auto kernels = file.metadata.find("kernels"); kernels != file.metadata.end())
    take_kernels(kernels->second, path.string());
  read_model(file, "discriminator.", discriminator_, path.string());
  read_optimizer(file, "generator_optimizer.", generator_, generator_optimizer_, path.string());
  generator_optimizer_.set_steps(step_ / static_cast<std::uint64_t>(options_.critic_steps));
  read_optimizer(file, "discriminator_optimizer.", discriminator_, discriminator_optimizer_, path.string());
  discriminator_optimizer_.set_steps(step_);
  if (spectral_)
    for (auto& [name, u] : spectral_->vectors())
      u = numbers_of(file, "spectral." + name, u.size(), path.string());
  if (const auto loss = file.metadata.find("generator_loss"); loss != file.metadata.end())
    generator_loss_ = std::strtod(loss->second.c_str(), nullptr);
  const auto held_real = file.metadata.find("lecam_real"), held_fake = file.metadata.find("lecam_fake");
  if (lecam_ && held_real != file.metadata.end() && held_fake != file.metadata.end())
    lecam_->resume(std::strtod(held_real->second.c_str(), nullptr),
                   std::strtod(held_fake->second.c_str(), nullptr));
  weights_changed();
}

void Gan::weights_changed() {
  generator_executor_.parameters_changed();
  discriminator_executor_.parameters_changed();
  averaged_.parameters_changed();
}

std::size_t Gan::begin_from(const std::filesystem::path& path, const std::vector<std::string>& theirs,
                            const std::vector<std::string>& ours) {
  const TensorFile file = load_tensors(path);
  check_model_format(file, path.string());
  check_same_networks(file.metadata,
                      {{"generator", options_.generator},
                       {"discriminator", options_.discriminator},
                       {"latent", std::to_string(options_.latent)}},
                      path.string());
  const std::vector<int> places = places_of_classes(ours, theirs);
  take_generator(file, "generator.", generator_, places, path.string());
  take_generator(file, "average.", averaged_.model(), places, path.string());
  take_discriminator(file, "discriminator.", discriminator_, places, path.string());
  weights_changed();
  return places.size() - static_cast<std::size_t>(std::ranges::count(places, -1));
}

}  // namespace doppel::nn
