#include "doppel/nn/gan/gan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/nn/model/notation.h"
#include "gan_augment.h"
#include "gan_executors.h"
#include "gan_penalty.h"
#include "gan_weights.h"
#include "latents.h"
#include "lecam.h"
#include "spectral_norm.h"

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

/// What it says of an image depends on the others of its batch.
bool looks_at_batch(const Model& model) {
  return std::ranges::any_of(model.graph().nodes, [](const Node& n) {
    return std::holds_alternative<BatchNorm2d>(n.layer) || std::holds_alternative<BatchDeviation>(n.layer);
  });
}

/// The number that the discriminator has for an image of a class.
double logit_of(std::span<const float> outputs, std::size_t row, std::size_t width, int label) {
  return static_cast<double>(outputs[row * width]) +
         static_cast<double>(outputs[row * width + 1 + static_cast<std::size_t>(label)]);
}

/// Real and generated images in turns: whatever a shard has, it has pairs.
std::vector<float> in_turns(std::span<const float> real, std::span<const float> fake, std::size_t pairs) {
  const std::size_t row = real.size() / pairs;
  std::vector<float> both;
  both.reserve(2 * real.size());
  for (std::size_t at = 0; at < real.size(); at += row)
    for (const auto& kind : {real, fake}) {
      const auto one = kind.subspan(at, row);
      both.insert(both.end(), one.begin(), one.end());
    }
  return both;
}

std::vector<std::vector<float>> gradients_of(const Model& model) {
  std::vector<std::vector<float>> all;
  for (const Parameter& p : model.parameters()) all.push_back(p.grad);
  return all;
}

}  // namespace

Gan::~Gan() = default;

Gan::Gan(const Shape& image, int classes, GanOptions options)
    : GenerativeModel(image, classes, options,
                      Model(fitted(options.generator, {options.latent + classes, 1, 1}, image, "generator"),
                            options.seed)),
      discriminator_(with_frozen_blocks(
          Model(build_graph(parse_network(options_.discriminator), image, 1 + classes), options_.seed + 1),
          options_.freeze_discriminator)),
      generator_executor_(generator_, generator_executor_options(options_)),
      discriminator_executor_(discriminator_, discriminator_executor_options(options_)),
      generator_optimizer_(generator_, adam(options_)),
      discriminator_optimizer_(discriminator_, adam(options_)),
      looks_at_batch_(looks_at_batch(discriminator_)) {
  if (options_.loss == GanLoss::Velocity)
    throw UsageError("velocity is a flow's loss: --preset flow, which has no discriminator");
  if (!options_.augment.transforms().empty())
    augment_ = std::make_unique<GanAugment>(options_.augment, image, options_.seed + 3);
  if (!(options_.augment_chance >= 0 && options_.augment_chance <= 1 && options_.augment_target >= 0 &&
        options_.augment_target < 1))
    throw UsageError("the chance of augmentation is 0 to 1, its target 0 to below 1");
  augment_chance_ = options_.augment_target > 0 ? 0 : options_.augment_chance;
  if (options_.spectral) spectral_ = std::make_unique<SpectralNorm>(discriminator_, options_.seed + 4);
  if (options_.lecam > 0) lecam_ = std::make_unique<LeCam>(options_.lecam);
  if (options_.critic_steps < 1)
    throw UsageError(fmt::format("{} discriminator steps for one of the generator; it needs at least 1",
                                 options_.critic_steps));
  if (options_.latent < 1)
    throw UsageError(fmt::format("the latent vector has {} numbers; it needs at least 1", options_.latent));
  if (options_.loss == GanLoss::Relativistic && looks_at_batch_)
    throw UsageError(
        "the relativistic loss needs a discriminator without BatchNorm and batchstd: it sees both kinds at "
        "once");
  if (options_.group && options_.group->world() > 1) agree_with_group();
}

/// All have the same settings, and the first one's kernels.
void Gan::agree_with_group() {
  for (const SettingText& setting : settings())
    if (setting.may_differ != MayDiffer::Yes) options_.group->agree(setting.name, setting.value);
  std::string kernels = kernels_text();
  options_.group->share(kernels);
  take_kernels(kernels, "process 0 of the group");
}

void Gan::find_rows(std::size_t rows) {
  rows_ = {0, rows};
  if (!options_.group) return;
  const double own = static_cast<double>(rows);
  std::vector<double> all(static_cast<std::size_t>(options_.group->world()));
  options_.group->gather(std::span(&own, 1), all);
  if (std::ranges::find(all, 0.0) != all.end())
    throw Error(fmt::format("a batch of {} images leaves one of {} processes of the group without any",
                            std::accumulate(all.begin(), all.end(), 0.0), all.size()));
  const auto mine = all.begin() + options_.group->rank();
  rows_.first = static_cast<std::size_t>(std::accumulate(all.begin(), mine, 0.0));
  rows_.all = static_cast<std::size_t>(std::accumulate(all.begin(), all.end(), 0.0));
}

/// What all processes have for their rows of a batch, in the order of the rows.
std::vector<double> Gan::of_all(std::span<const double> own) const {
  std::vector<double> all(rows_.all);
  std::ranges::copy(own, all.begin() + static_cast<std::ptrdiff_t>(rows_.first));
  if (options_.group) options_.group->sum(std::span<double>(all));
  return all;
}

/// As a discriminator sees them. Real image r is augmented by draw number + r, a generated one by those after
/// all real ones'.
Gan::Seen Gan::seen(std::span<const float> real, std::span<const float> fake, std::uint64_t number) {
  if (!augment_) return {{real.begin(), real.end()}, {fake.begin(), fake.end()}};
  Seen seen;
  seen.real = augment_->apply(real, number + rows_.first, augment_chance_, discriminator_executor_);
  seen.fake =
      augment_->apply(fake, number + rows_.all + rows_.first, augment_chance_, discriminator_executor_);
  return seen;
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
  find_rows(n);
  if (n == 0 || rows_.all > static_cast<std::size_t>(options_.batch) ||
      images.size() != n * static_cast<std::size_t>(image_.count()))
    throw UsageError(fmt::format("{} numbers aren't {} images of {}", images.size(), n, image_.text()));
  GanRecord record;
  record.step = step_;
  const auto first = step_ * static_cast<std::uint64_t>(options_.batch);
  const auto made = generator_executor_.forward(
      draw_latents(labels, {options_.latent, classes_, options_.seed + 2, first + rows_.first},
                   generator_executor_),
      static_cast<int>(n), step_);
  const std::vector<float> fakes(made.begin(), made.end());
  const double rate = scheduled_rate();
  // Two draws for each pair: one a network.
  const auto draws = 4 * first;
  record.augment_chance = augment_ ? augment_chance_ : 0;
  with_spectral_norm([&] { train_discriminator(seen(images, fakes, draws), labels, record); });
  discriminator_optimizer_.step(discriminator_, discriminator_executor_, rate);
  if ((step_ + 1) % static_cast<std::uint64_t>(options_.critic_steps) == 0) {
    generator_executor_.backward(with_spectral_norm(
        [&] { return generator_gradient(seen(images, fakes, draws + 2 * rows_.all), labels, record); }));
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

/// What the discriminator says of `images`, one or several for each of the labels.
std::vector<double> Gan::logits_of(std::span<const float> images, std::span<const int> labels) {
  const std::size_t n = images.size() / static_cast<std::size_t>(image_.count());
  const auto outputs = discriminator_executor_.forward(images, static_cast<int>(n), step_);
  const std::size_t each = n / labels.size();
  std::vector<double> all(n);
  for (std::size_t r = 0; r < n; ++r)
    all[r] = logit_of(outputs, r, static_cast<std::size_t>(1 + classes_), labels[r / each]);
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
  const std::size_t each = gradients.size() / labels.size();
  std::vector<float> gradient(gradients.size() * width, 0.F);
  for (std::size_t r = 0; r < gradients.size(); ++r) {
    const auto label = static_cast<std::size_t>(labels[r / each]);
    gradient[r * width] = gradient[r * width + 1 + label] = static_cast<float>(gradients[r]);
  }
  return gradient;
}

/// Sets the discriminator's gradients from real images and generated ones of the same classes.
void Gan::train_discriminator(const Seen& images, std::span<const int> labels, GanRecord& record) {
  // It must not see both kinds in one batch.
  if (looks_at_batch_) return train_on_each_kind(images, labels, record);
  const std::size_t n = labels.size();
  const std::vector<double> both = logits_of(in_turns(images.real, images.fake, n), labels);
  std::vector<double> real(n), fake(n), gradients(2 * n);
  for (std::size_t r = 0; r < n; ++r) {
    real[r] = both[2 * r];
    fake[r] = both[2 * r + 1];
  }
  note_discriminator(of_all(real), of_all(fake), record);
  for (std::size_t r = 0; r < n; ++r) {
    const PairLoss pair = pair_loss(real[r], fake[r]);
    gradients[2 * r] = pair.by_real / static_cast<double>(rows_.all);
    gradients[2 * r + 1] = pair.by_fake / static_cast<double>(rows_.all);
  }
  discriminator_executor_.backward(outputs_of(gradients, labels), Executor::Wanted::Parameters);
  if (!(options_.penalty > 0)) return;
  const auto divisor = static_cast<double>(rows_.all);
  double penalty = options_.penalty_between
                       ? add_penalty_between(images, labels)
                       : add_gradient_penalty(discriminator_executor_, discriminator_,
                                              outputs_of(std::vector(2 * n, 1.0), labels),
                                              {.gamma = options_.penalty, .length = 0, .divisor = divisor});
  if (options_.group) options_.group->sum(std::span<double>(&penalty, 1));
  record.penalty += penalty;
}

/// The same by two passes.
void Gan::train_on_each_kind(const Seen& images, std::span<const int> labels, GanRecord& record) {
  const std::size_t n = labels.size();
  const auto back = [&](std::span<const double> real, std::span<const double> fake, double PairLoss::* by) {
    std::vector<double> gradients(n);
    for (std::size_t r = 0; r < n; ++r)
      gradients[r] = pair_loss(real[r], fake[r]).*by / static_cast<double>(rows_.all);
    discriminator_executor_.backward(outputs_of(gradients, labels), Executor::Wanted::Parameters);
  };
  const std::vector<double> none(n, 0.0);
  const std::vector<double> real = logits_of(images.real, labels);
  back(real, none, &PairLoss::by_real);
  const std::vector<std::vector<float>> of_real = gradients_of(discriminator_);
  const std::vector<double> fake = logits_of(images.fake, labels);
  note_discriminator(of_all(real), of_all(fake), record);
  back(real, fake, &PairLoss::by_fake);
  for (std::size_t p = 0; p < of_real.size(); ++p)
    for (std::size_t i = 0; i < of_real[p].size(); ++i)
      discriminator_.parameters()[p].grad[i] += of_real[p][i];
}

/// Of the discriminator, with what holds it back.
PairLoss Gan::pair_loss(double real, double fake) const {
  PairLoss pair = discriminator_loss(options_.loss, real, fake);
  if (!lecam_) return pair;
  const PairLoss held = lecam_->of_pair(real, fake);
  return {pair.loss + held.loss, pair.by_real + held.by_real, pair.by_fake + held.by_fake};
}

/// What it said of all processes' images.
void Gan::note_discriminator(std::span<const double> real, std::span<const double> fake, GanRecord& record) {
  const auto mean = [](std::span<const double> v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
  };
  if (lecam_) lecam_->follow(mean(real), mean(fake));
  const double share = 1.0 / static_cast<double>(real.size());
  const double middle = options_.loss == GanLoss::LeastSquares ? 0.5 : 0;
  for (std::size_t r = 0; r < real.size(); ++r) {
    record.discriminator_loss += share * discriminator_loss(options_.loss, real[r], fake[r]).loss;
    if (lecam_) record.penalty += share * lecam_->of_pair(real[r], fake[r]).loss;
    record.value -= share * discriminator_loss(GanLoss::Minimax, real[r], fake[r]).loss;
    // Against each other logits have no zero of their own: a pair is told apart, or not.
    const bool pairs = options_.loss == GanLoss::Relativistic;
    record.real_found += (pairs ? real[r] > fake[r] : real[r] > middle) ? share : 0;
    record.fake_found += (pairs ? real[r] > fake[r] : fake[r] < middle) ? share : 0;
  }
}

double Gan::add_penalty_between(const Seen& images, std::span<const int> labels) {
  const std::size_t n = labels.size(), row = images.real.size() / n;
  std::vector<float> between(images.real.size());
  const Stream stream = Stream{.seed = options_.seed + 5}.split("between", step_);
  for (std::size_t r = 0; r < n; ++r) {
    const auto share = static_cast<float>(stream.split("row", rows_.first + r).uniform("share", 0, 1));
    for (std::size_t i = r * row; i < (r + 1) * row; ++i)
      between[i] = share * images.real[i] + (1 - share) * images.fake[i];
  }
  discriminator_executor_.forward(between, static_cast<int>(n), step_);
  return add_gradient_penalty(
      discriminator_executor_, discriminator_, outputs_of(std::vector(n, 1.0), labels),
      {.gamma = options_.penalty, .length = 1, .divisor = static_cast<double>(rows_.all)});
}

/// What the generator's loss means for each of its images.
std::vector<float> Gan::generator_gradient(const Seen& images, std::span<const int> labels,
                                           GanRecord& record) {
  const std::size_t n = labels.size();
  const auto all = static_cast<double>(rows_.all);
  std::vector<double> real(n, 0.0);
  if (options_.loss == GanLoss::Relativistic) real = logits_of(images.real, labels);
  const auto fake = logits_of(images.fake, labels);
  std::vector<double> gradients(n), losses(n);
  for (std::size_t r = 0; r < n; ++r) {
    const PairLoss pair = generator_loss(options_.loss, real[r], fake[r]);
    losses[r] = pair.loss / all;
    gradients[r] = pair.by_fake / all;
  }
  for (const double loss : of_all(losses)) record.generator_loss += loss;
  const auto of_fakes =
      discriminator_executor_.backward(outputs_of(gradients, labels), Executor::Wanted::Images);
  std::vector<float> gradient_of_fakes(of_fakes.begin(), of_fakes.end());
  if (augment_) augment_->back(gradient_of_fakes, 0, discriminator_executor_);
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

}  // namespace doppel::nn
