// What a trainer makes of what is held out.
#include <algorithm>
#include <array>
#include <numeric>

#include "doppel/base/interrupted.h"
#include "doppel/nn/train/trainer.h"
#include "kept_features.h"

namespace doppel::nn {

/// What is held out, and the node whose values it gives in place of images.
std::pair<dataset::Loader*, std::string> Trainer::measured() const {
  if (kept_ && kept_->valid) return {kept_->valid.get(), kept_->node};
  return {valid_, ""};
}

Group* Trainer::measuring_group() const {
  return options_.group && valid_->options().world > 1 ? options_.group : nullptr;
}

void Trainer::tell_measured(std::size_t done) const {
  if (options_.group) options_.group->check();
  if (stop_measuring_ && *stop_measuring_) throw Interrupted();
  if (options_.measuring)
    options_.measuring(done, valid_->source().size() / static_cast<std::size_t>(valid_->options().world));
}

/// With what the loss makes of the network.
void Trainer::measure(EpochRecord& record) {
  std::size_t done = 0;
  if (!options_.numbers.empty()) return measure_numbers(record);
  if (learns_masks(options_.loss)) return measure_masks(record);
  const auto [held_out, after] = measured();
  const OnRow count = [&](std::size_t, int, std::span<const float>) { tell_measured(done++); };
  if (outputs_of(options_.loss) == dataset::Labels::Independent) {
    const MultiLabel result = evaluate_multi_label(model_, *held_out, options_.threads, count,
                                                   options_.timing, after, measuring_group());
    record.valid_loss = result.mean_loss();
    record.valid_map = result.mean_average_precision();
    if (result.has_one_label_each()) record.valid_accuracy = result.accuracy();
    return;
  }
  const Confusion confusion =
      evaluate(model_, *held_out, options_.threads, count, options_.timing, after, measuring_group());
  record.valid_loss = confusion.mean_loss();
  record.valid_accuracy = confusion.accuracy();
}

/// The sum of what each process has of its samples, and 0 of others', in the order of the samples.
double Trainer::sum_of_measured(std::vector<double> losses) const {
  if (Group* const group = measuring_group()) group->sum(std::span<double>(losses));
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

void Trainer::measure_numbers(EpochRecord& record) {
  std::size_t done = 0;
  const auto [held_out, after] = measured();
  std::vector<double> losses(valid_->source().size());
  std::vector<float> gradient(options_.numbers.names.size());
  const NumberErrors errors = evaluate_numbers(
      model_, *held_out, options_.numbers, 1, options_.threads,
      [&](std::size_t i, std::span<const double> truths, std::span<const float> outputs) {
        tell_measured(done++);
        losses[i] = row_loss(options_.loss, outputs, options_.numbers.standardised(truths), gradient);
      },
      options_.timing, after, measuring_group());
  record.valid_loss =
      sum_of_measured(std::move(losses)) / static_cast<double>(std::max<std::int64_t>(1, errors.total()));
  record.valid_mae = errors.mean_absolute_error();
  record.valid_r2 = errors.r2();
}

void Trainer::measure_masks(EpochRecord& record) {
  std::size_t done = 0;
  std::vector<double> losses(valid_->source().size());
  std::vector<float> gradient(static_cast<std::size_t>(model_.graph().output().count()));
  const MaskConfusion confusion = evaluate_masks(
      model_, *valid_, options_.threads,
      [&](std::size_t i, std::span<const float> truth, std::span<const float> logits) {
        tell_measured(done++);
        losses[i] = row_loss(options_.loss, logits, truth, gradient);
      },
      options_.timing, measuring_group());
  record.valid_loss =
      sum_of_measured(std::move(losses)) / static_cast<double>(std::max<std::int64_t>(1, confusion.images()));
  record.valid_iou = confusion.mean_iou();
  record.valid_accuracy = confusion.pixel_accuracy();
}

/// What rates and ends depend on must be the same in all processes, whose kernels may round otherwise.
void Trainer::take_measures_of_first(EpochRecord& record) const {
  const std::array<std::optional<double>*, 6> all{&record.valid_loss, &record.valid_accuracy,
                                                  &record.valid_map,  &record.valid_mae,
                                                  &record.valid_r2,   &record.valid_iou};
  std::array<double, 6> numbers{};
  for (std::size_t i = 0; i < all.size(); ++i) numbers[i] = is_first() ? all[i]->value_or(0) : 0;
  options_.group->sum(std::span<double>(numbers));
  for (std::size_t i = 0; i < all.size(); ++i)
    if (*all[i]) *all[i] = numbers[i];
}

}  // namespace doppel::nn
