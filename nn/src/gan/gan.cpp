#include "doppel/nn/gan/gan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/notation.h"
#include "gan_augment.h"
#include "gan_penalty.h"
#include "spectral_norm.h"
#include "train/checkpoint.h"
#include "train/recorded_settings.h"
#include "train/weight_average.h"

namespace doppel::nn {
namespace {

Graph fitted(const std::string& text, const Shape& in, const Shape& out, const char* what) {
  Graph graph = build_graph(parse_network(text), in);
  if (graph.output().count() != out.count() || graph.output().flat != out.flat)
    throw UsageError(
        fmt::format("the {} makes {} of {}, not {}", what, graph.output().text(), in.text(), out.text()));
  return graph;
}

OptimizerOptions adam(const GanOptions& o) {
  return Adam{.beta1 = o.beta1, .beta2 = o.beta2, .weight_decay = 0};
}

ExecutorOptions executor_options(const GanOptions& o, int batch) {
  return {.batch = batch,
          .shards = o.shards,
          .threads = o.threads,
          .seed = o.seed,
          .precision = o.precision,
          .input_gradient = true,
          .timing = o.timing};
}

ExecutorOptions discriminator_executor_options(const GanOptions& o) {
  ExecutorOptions options = executor_options(o, 2 * o.batch);
  options.tangent = o.penalty > 0;
  return options;
}

bool has_norm(const Model& model) {
  return std::ranges::any_of(model.graph().nodes,
                             [](const Node& n) { return std::holds_alternative<BatchNorm2d>(n.layer); });
}

/// The number that the discriminator has for an image of a class.
double logit_of(std::span<const float> outputs, std::size_t row, std::size_t width, int label) {
  return static_cast<double>(outputs[row * width]) +
         static_cast<double>(outputs[row * width + 1 + static_cast<std::size_t>(label)]);
}

std::vector<std::vector<float>> gradients_of(const Model& model) {
  std::vector<std::vector<float>> all;
  for (const Parameter& p : model.parameters()) all.push_back(p.grad);
  return all;
}

}  // namespace

Gan::~Gan() = default;

Gan::Gan(const Shape& image, int classes, GanOptions options)
    : image_(image),
      classes_(classes),
      options_(std::move(options)),
      generator_(fitted(options_.generator, {options_.latent + classes, 1, 1}, image, "generator"),
                 options_.seed),
      discriminator_(build_graph(parse_network(options_.discriminator), image, 1 + classes),
                     options_.seed + 1),
      averaged_(generator_),
      generator_executor_(generator_, executor_options(options_, options_.batch)),
      discriminator_executor_(discriminator_, discriminator_executor_options(options_)),
      generator_optimizer_(generator_, adam(options_)),
      discriminator_optimizer_(discriminator_, adam(options_)),
      normalizes_(has_norm(discriminator_)),
      rate_(options_.rate) {
  if (classes < 1) throw UsageError("a GAN needs at least one class");
  if (!options_.augment.transforms().empty())
    augment_ = std::make_unique<GanAugment>(options_.augment, image, options_.seed + 3);
  if (!(options_.augment_chance >= 0 && options_.augment_chance <= 1 && options_.augment_target >= 0 &&
        options_.augment_target < 1))
    throw UsageError("the chance of augmentation is 0 to 1, its target 0 to below 1");
  augment_chance_ = options_.augment_target > 0 ? 0 : options_.augment_chance;
  if (options_.spectral) spectral_ = std::make_unique<SpectralNorm>(discriminator_, options_.seed + 4);
  if (options_.critic_steps < 1)
    throw UsageError(fmt::format("{} discriminator steps for one of the generator; it needs at least 1",
                                 options_.critic_steps));
  if (options_.latent < 1)
    throw UsageError(fmt::format("the latent vector has {} numbers; it needs at least 1", options_.latent));
  if (options_.batch < 1)
    throw UsageError(fmt::format("a batch has {} images; it needs at least 1", options_.batch));
  if (options_.loss == GanLoss::Relativistic && normalizes_)
    throw UsageError(
        "the relativistic loss needs a discriminator without BatchNorm: it sees both kinds at once");
}

std::vector<float> Gan::latents(std::span<const int> labels, std::uint64_t seed, std::uint64_t first) {
  const auto latent = static_cast<std::size_t>(options_.latent),
             width = latent + static_cast<std::size_t>(classes_);
  std::vector<float> z(labels.size() * width);
  for (const int label : labels)
    if (label < 0 || label >= classes_)
      throw Error(
          fmt::format("class {} was never trained; there are {} (0 to {})", label, classes_, classes_ - 1));
  generator_executor_.parallel(static_cast<int>(labels.size()), [&](int row) {
    const auto i = static_cast<std::size_t>(row);
    const Stream stream = Stream{.seed = seed}.split("latent", first + i);
    for (std::size_t k = 0; k < latent; ++k)
      z[i * width + k] = static_cast<float>(stream.split("at", k).normal("z"));
    z[i * width + latent + static_cast<std::size_t>(labels[i])] = 1;
  });
  return z;
}

template <class F>
auto Gan::with_spectral_norm(F run) {
  if (!spectral_) return run();
  spectral_->put_on(discriminator_);
  discriminator_executor_.parameters_changed();
  struct Off {
    Gan& gan;
    ~Off() {
      gan.spectral_->take_off(gan.discriminator_);
      gan.discriminator_executor_.parameters_changed();
    }
  } off{*this};
  return run();
}

GanRecord Gan::step(std::span<const float> images, std::span<const int> labels) {
  const std::size_t n = labels.size();
  if (n == 0 || n > static_cast<std::size_t>(options_.batch) ||
      images.size() != n * static_cast<std::size_t>(image_.count()))
    throw UsageError(fmt::format("{} numbers aren't {} images of {}", images.size(), n, image_.text()));
  GanRecord record;
  record.step = step_;
  const auto first = step_ * static_cast<std::uint64_t>(options_.batch);
  const auto fakes =
      generator_executor_.forward(latents(labels, options_.seed + 2, first), static_cast<int>(n), step_);
  const double progress =
      static_cast<double>(step_) / static_cast<double>(std::max<std::uint64_t>(1, options_.steps));
  const double rate = rate_ * (0.625 + 0.375 * std::cos(std::numbers::pi * std::min(1.0, progress)));
  std::vector<float> both(images.begin(), images.end());
  both.insert(both.end(), fakes.begin(), fakes.end());
  // Two draws for each pair: one a network.
  const auto draws = 4 * first;
  record.augment_chance = augment_ ? augment_chance_ : 0;
  const auto seen = [&](std::uint64_t number) {
    return augment_ ? augment_->apply(both, number, augment_chance_, discriminator_executor_) : both;
  };
  with_spectral_norm([&] { train_discriminator(seen(draws), labels, record); });
  discriminator_optimizer_.step(discriminator_, discriminator_executor_, rate);
  if ((step_ + 1) % static_cast<std::uint64_t>(options_.critic_steps) == 0) {
    generator_executor_.backward(
        with_spectral_norm([&] { return generator_gradient(seen(draws + 2 * n), labels, record); }));
    generator_optimizer_.step(generator_, generator_executor_, rate);
    follow_average();
    generator_loss_ = record.generator_loss;
  }
  record.generator_loss = generator_loss_;
  adapt_augment(record);
  ++step_;
  if (!std::isfinite(record.discriminator_loss + record.generator_loss))
    throw GanDiverged(
        fmt::format("the GAN diverged at step {}: the {} loss is NaN or infinite", step_,
                    std::isfinite(record.discriminator_loss) ? "generator's" : "discriminator's"));
  return record;
}

/// What the discriminator says of `images`, real ones before generated ones, each half of the classes
/// `labels`.
std::vector<double> Gan::logits_of(std::span<const float> images, std::span<const int> labels) {
  const std::size_t n = images.size() / static_cast<std::size_t>(image_.count());
  const auto outputs = discriminator_executor_.forward(images, static_cast<int>(n), step_);
  std::vector<double> all(n);
  for (std::size_t r = 0; r < n; ++r)
    all[r] = logit_of(outputs, r, static_cast<std::size_t>(1 + classes_), labels[r % labels.size()]);
  return all;
}

std::vector<double> Gan::scores(std::span<const float> images, std::span<const int> labels) {
  const auto row = static_cast<std::size_t>(image_.count()), batch = static_cast<std::size_t>(options_.batch);
  std::vector<double> all;
  with_spectral_norm([&] {
    for (std::size_t at = 0; at < labels.size(); at += batch) {
      const std::size_t n = std::min(batch, labels.size() - at);
      const auto some = logits_of(images.subspan(at * row, n * row), labels.subspan(at, n));
      all.insert(all.end(), some.begin(), some.end());
    }
  });
  return all;
}

/// What gradients of the logits are for the outputs.
std::vector<float> Gan::outputs_of(std::span<const double> gradients, std::span<const int> labels) const {
  const auto width = static_cast<std::size_t>(1 + classes_);
  std::vector<float> gradient(gradients.size() * width, 0.F);
  for (std::size_t r = 0; r < gradients.size(); ++r) {
    const auto label = static_cast<std::size_t>(labels[r % labels.size()]);
    gradient[r * width] = gradient[r * width + 1 + label] = static_cast<float>(gradients[r]);
  }
  return gradient;
}

/// Sets the discriminator's gradients from real images and generated ones of the same classes.
void Gan::train_discriminator(std::span<const float> both, std::span<const int> labels, GanRecord& record) {
  const std::size_t n = labels.size(), size = both.size() / 2;
  const double share = 1.0 / static_cast<double>(n);
  // BatchNorm must not see both kinds in one batch.
  std::vector<double> real, fake, gradients(2 * n);
  if (normalizes_) {
    real = logits_of(both.first(size), labels);
  } else {
    real = logits_of(both, labels);
    fake.assign(real.begin() + static_cast<std::ptrdiff_t>(n), real.end());
    real.resize(n);
  }
  const auto gradient = [&](std::size_t r) {
    return discriminator_loss(options_.loss, real[r], fake.empty() ? 0 : fake[r]).by_real * share;
  };
  for (std::size_t r = 0; r < n; ++r) gradients[r] = gradient(r);
  std::vector<std::vector<float>> of_real;
  if (normalizes_) {
    discriminator_executor_.backward(outputs_of(std::span(gradients).first(n), labels),
                                     Executor::Wanted::Parameters);
    of_real = gradients_of(discriminator_);
    fake = logits_of(both.subspan(size), labels);
  }
  const double middle = options_.loss == GanLoss::LeastSquares ? 0.5 : 0;
  for (std::size_t r = 0; r < n; ++r) {
    const PairLoss pair = discriminator_loss(options_.loss, real[r], fake[r]);
    gradients[n + r] = share * pair.by_fake;
    record.discriminator_loss += share * pair.loss;
    record.value -= share * discriminator_loss(GanLoss::Minimax, real[r], fake[r]).loss;
    // Against each other logits have no zero of their own: a pair is told apart, or not.
    const bool pairs = options_.loss == GanLoss::Relativistic;
    record.real_found += (pairs ? real[r] > fake[r] : real[r] > middle) ? share : 0;
    record.fake_found += (pairs ? real[r] > fake[r] : fake[r] < middle) ? share : 0;
  }
  if (normalizes_) {
    discriminator_executor_.backward(outputs_of(std::span(gradients).subspan(n), labels),
                                     Executor::Wanted::Parameters);
    for (std::size_t p = 0; p < of_real.size(); ++p)
      for (std::size_t i = 0; i < of_real[p].size(); ++i)
        discriminator_.parameters()[p].grad[i] += of_real[p][i];
    return;
  }
  discriminator_executor_.backward(outputs_of(gradients, labels), Executor::Wanted::Parameters);
  if (!(options_.penalty > 0)) return;
  record.penalty =
      options_.penalty_between
          ? add_penalty_between(both, labels)
          : add_gradient_penalty(discriminator_executor_, discriminator_,
                                 outputs_of(std::vector(2 * n, 1.0), labels),
                                 {.gamma = options_.penalty, .length = 0, .divisor = static_cast<double>(n)});
}

double Gan::add_penalty_between(std::span<const float> both, std::span<const int> labels) {
  const std::size_t n = labels.size(), size = both.size() / 2, row = size / n;
  std::vector<float> between(size);
  const Stream stream = Stream{.seed = options_.seed + 5}.split("between", step_);
  for (std::size_t r = 0; r < n; ++r) {
    const auto share = static_cast<float>(stream.split("row", r).uniform("share", 0, 1));
    for (std::size_t i = r * row; i < (r + 1) * row; ++i)
      between[i] = share * both[i] + (1 - share) * both[size + i];
  }
  discriminator_executor_.forward(between, static_cast<int>(n), step_);
  return add_gradient_penalty(discriminator_executor_, discriminator_,
                              outputs_of(std::vector(n, 1.0), labels),
                              {.gamma = options_.penalty, .length = 1, .divisor = static_cast<double>(n)});
}

/// What the generator's loss means for each of its images.
std::vector<float> Gan::generator_gradient(std::span<const float> both, std::span<const int> labels,
                                           GanRecord& record) {
  const std::size_t n = labels.size(), size = both.size() / 2;
  std::vector<double> real(n, 0.0);
  if (options_.loss == GanLoss::Relativistic) real = logits_of(both.first(size), labels);
  const auto fake = logits_of(both.subspan(size), labels);
  std::vector<double> gradients(n);
  for (std::size_t r = 0; r < n; ++r) {
    const PairLoss pair = generator_loss(options_.loss, real[r], fake[r]);
    record.generator_loss += pair.loss / static_cast<double>(n);
    gradients[r] = pair.by_fake / static_cast<double>(n);
  }
  const auto of_fakes =
      discriminator_executor_.backward(outputs_of(gradients, labels), Executor::Wanted::Images);
  std::vector<float> gradient_of_fakes(of_fakes.begin(), of_fakes.end());
  if (augment_) augment_->back(gradient_of_fakes, n, discriminator_executor_);
  return gradient_of_fakes;
}

/// From never to always takes 500,000 images.
void Gan::adapt_augment(const GanRecord& record) {
  if (!augment_ || !(options_.augment_target > 0)) return;
  constexpr double kImages = 500000;
  const double surplus = 2 * record.real_found - 1;
  const double by = static_cast<double>(options_.batch) / kImages;
  augment_chance_ = std::clamp(augment_chance_ + (surplus > options_.augment_target ? by : -by), 0.0, 1.0);
}

void Gan::follow_average() {
  const float decay = average_decay(options_.average, step_);
  for (std::size_t p = 0; p < averaged_.parameters().size(); ++p)
    follow(averaged_.parameters()[p].value, generator_.parameters()[p].value, decay);
  if (average_executor_) average_executor_->parameters_changed();
}

std::vector<float> Gan::generate(std::span<const int> labels, std::uint64_t seed, std::uint64_t first) {
  const std::lock_guard lock(generating_);
  const auto batch = static_cast<std::size_t>(options_.batch);
  if (!average_executor_) {
    ExecutorOptions o = executor_options(options_, options_.batch);
    o.mode = ExecutorOptions::Mode::Inference;
    o.input_gradient = false;
    average_executor_ = std::make_unique<Executor>(averaged_, o);
  }
  std::vector<float> images;
  images.reserve(labels.size() * static_cast<std::size_t>(image_.count()));
  for (std::size_t at = 0; at < labels.size(); at += batch) {
    const auto some = labels.subspan(at, std::min(batch, labels.size() - at));
    // Always whole batches: an image must not depend on how many are made with it.
    std::vector<int> whole(some.begin(), some.end());
    whole.resize(batch, some[0]);
    const auto out = average_executor_->predict(latents(whole, seed, first + at), static_cast<int>(batch))
                         .first(some.size() * static_cast<std::size_t>(image_.count()));
    images.insert(images.end(), out.begin(), out.end());
  }
  return images;
}

void Gan::save(const std::filesystem::path& path, std::map<std::string, std::string> metadata) const {
  TensorFile file;
  file.metadata = std::move(metadata);
  file.metadata["gan_step"] = std::to_string(step_);
  file.metadata["generator"] = options_.generator;
  file.metadata["discriminator"] = options_.discriminator;
  file.metadata["rate"] = fmt::format("{}", rate_);
  file.metadata["doppel.format"] = std::to_string(kModelFormat);
  file.metadata["settings"] = settings_json(settings());
  file.metadata["augment_chance"] = fmt::format("{}", augment_chance_);
  file.metadata["latent"] = std::to_string(options_.latent);
  file.metadata["kernels"] = nlohmann::json{{"generator", generator_executor_.chosen_kernels()},
                                            {"discriminator", discriminator_executor_.chosen_kernels()}}
                                 .dump();
  add_model(file, "generator.", generator_);
  add_model(file, "discriminator.", discriminator_);
  add_model(file, "average.", averaged_);
  add_optimizer(file, "generator_optimizer.", generator_, generator_optimizer_);
  add_optimizer(file, "discriminator_optimizer.", discriminator_, discriminator_optimizer_);
  if (spectral_)
    for (const auto& [name, u] : spectral_->vectors())
      file.tensors["spectral." + name] = {{static_cast<std::int64_t>(u.size())}, u};
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

/// Goes on with the kernels that the file was made with: others give other bits.
void Gan::take_kernels(const std::string& text, const std::string& path) {
  using Kernels = std::map<std::string, std::string>;
  try {
    const auto kernels = nlohmann::json::parse(text);
    ExecutorOptions make = executor_options(options_, options_.batch),
                    tell = discriminator_executor_options(options_);
    make.kernels = kernels.at("generator").get<Kernels>();
    tell.kernels = kernels.at("discriminator").get<Kernels>();
    if (make.kernels != generator_executor_.chosen_kernels())
      generator_executor_ = Executor(generator_, make);
    if (tell.kernels != discriminator_executor_.chosen_kernels())
      discriminator_executor_ = Executor(discriminator_, tell);
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("{}: the names of its kernels are damaged: {}", path, error.what()));
  }
}

std::vector<SettingText> Gan::settings() const {
  std::vector<SettingText> all = settings_of(options_);
  add_recipe(all, options_.augment);
  return all;
}

void Gan::resume(const std::filesystem::path& path) {
  check_settings(load_tensors(path).metadata, settings(), path.string());
  load(path);
}

void Gan::load(const std::filesystem::path& path) {
  const TensorFile file = load_tensors(path);
  check_model_format(file, path.string());
  const auto step = file.metadata.find("gan_step");
  if (step == file.metadata.end()) throw Error(fmt::format("{}: holds no GAN", path.string()));
  step_ = std::strtoull(step->second.c_str(), nullptr, 10);
  if (const auto rate = file.metadata.find("rate"); rate != file.metadata.end())
    rate_ = std::strtod(rate->second.c_str(), nullptr);
  if (const auto chance = file.metadata.find("augment_chance"); chance != file.metadata.end())
    augment_chance_ = std::strtod(chance->second.c_str(), nullptr);
  if (const auto kernels = file.metadata.find("kernels"); kernels != file.metadata.end())
    take_kernels(kernels->second, path.string());
  read_model(file, "generator.", generator_, path.string());
  read_model(file, "discriminator.", discriminator_, path.string());
  read_model(file, "average.", averaged_, path.string());
  read_optimizer(file, "generator_optimizer.", generator_, generator_optimizer_, path.string());
  generator_optimizer_.set_steps(step_ / static_cast<std::uint64_t>(options_.critic_steps));
  read_optimizer(file, "discriminator_optimizer.", discriminator_, discriminator_optimizer_, path.string());
  discriminator_optimizer_.set_steps(step_);
  if (spectral_)
    for (auto& [name, u] : spectral_->vectors())
      u = numbers_of(file, "spectral." + name, u.size(), path.string());
  if (const auto loss = file.metadata.find("generator_loss"); loss != file.metadata.end())
    generator_loss_ = std::strtod(loss->second.c_str(), nullptr);
  generator_executor_.parameters_changed();
  discriminator_executor_.parameters_changed();
  if (average_executor_) average_executor_->parameters_changed();
}

}  // namespace doppel::nn
