#include "doppel/nn/train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "checkpoint.h"
#include "doppel/base/clock.h"
#include "doppel/base/cores.h"
#include "doppel/base/error.h"
#include "doppel/base/interrupted.h"
#include "doppel/base/json_fields.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/notation.h"
#include "epoch_json.h"
#include "formats/json_fault.h"
#include "kept_features.h"
#include "recorded_settings.h"
#include "weight_average.h"

namespace doppel::nn {
namespace {

std::string graph_text(const Graph& graph) {
  return fmt::format("{}: {}", graph.input.text(), network_text(graph.network));
}

/// With the text that tells what network it is.
void add_network(TensorFile& file, const Model& model) {
  add_model(file, "", model);
  file.metadata["network"] = graph_text(model.graph());
  file.metadata["doppel.format"] = std::to_string(kModelFormat);
}

/// What the rate is multiplied by after epochs that brought nothing.
double plateau_factor(const std::vector<EpochRecord>& history, int patience, double factor) {
  if (patience <= 0) return 1;
  constexpr double kLess = 1 - 1e-4;  // what counts as a fall
  double best = std::numeric_limits<double>::infinity(), product = 1;
  int waited = 0;
  for (const EpochRecord& r : history) {
    const double loss = r.valid_loss.value_or(r.loss);
    if (loss < best * kLess) {
      best = loss;
      waited = 0;
    } else if (++waited >= patience) {
      product *= factor;
      waited = 0;
    }
  }
  return product;
}

}  // namespace

void check_learns(const Network& network, const Loss& loss) {
  if (learns_masks(loss) == gives_masks(network)) return;
  if (!learns_masks(loss))
    throw UsageError("a network that ends in conv1x1(classes) learns masks, by the loss segmentation");
  const auto* last = network.empty() ? nullptr : std::get_if<Layer>(&network.back().is);
  throw UsageError(
      fmt::format("masks are learned by networks that end in conv1x1(classes), with that word for the number "
                  "of filters, as unet_small does{}",
                  last ? fmt::format("; this one ends in {}", layer_text(*last)) : ""));
}

Trainer::Trainer(Model& model, dataset::Loader& train, dataset::Loader* valid, TrainerOptions options)
    : model_(model),
      train_(train),
      valid_(valid),
      options_(std::move(options)),
      optimizer_(model, options_.optimizer, options_.clip_norm) {
  if (options_.epochs < 1) throw UsageError("training needs at least 1 epoch");
  if (options_.accumulate < 1) throw UsageError("a step needs at least 1 batch");
  if (options_.group &&
      (options_.group->world() != train.options().world || options_.group->rank() != train.options().rank))
    throw UsageError(fmt::format("process {} of {} has a loader for rank {} of {}", options_.group->rank(),
                                 options_.group->world(), train.options().rank, train.options().world));
  if (!options_.numbers.empty() && !learns_numbers(options_.loss))
    throw UsageError("numbers are learned by the losses mse, mae and huber");
  check_learns(model.graph().network, options_.loss);
  if (options_.patience > 0 && !valid) throw UsageError("patience needs something held out to measure");
  if (options_.valid_every > 1 && (options_.patience > 0 || (options_.plateau > 0 && valid)))
    throw UsageError("plateau and patience need a measurement after each epoch");
  const int world = train.options().world;
  if (options_.shards == 0) options_.shards = world * std::clamp(usable_cores(), 2, 16);
  if (options_.shards % world != 0)
    throw UsageError(fmt::format("{} processes can't share {} shards: give a multiple of {}", world,
                                 options_.shards, world));
  if (options_.rate == 0) options_.rate = default_rate(options_.optimizer);
  const double total = static_cast<double>(options_.epochs * train.steps());
  const double warm_up = std::min(options_.warm_up_epochs * static_cast<double>(train.steps()), total / 5);
  schedule_ = {options_.schedule, options_.rate, static_cast<std::uint64_t>(warm_up),
               static_cast<std::uint64_t>(total), train.steps()};
  if (options_.average > 0)
    for (const Parameter& p : model.parameters()) average_.push_back(p.value);
}

LossSums Trainer::train_step(const dataset::Batch& batch, std::uint64_t global_step) {
  const dataset::Tensor targets =
      loss_targets(batch, model_.graph().output().channels, options_.loss, options_.numbers);
  const LossSums sums = executor_->train(batch.images.values<float>(), targets.values<float>(), options_.loss,
                                         global_step, loss_weights(batch));
  if (!std::isfinite(sums.loss)) fail_not_finite(batch);
  if (options_.accumulate > 1) accumulate(batch);
  if (!steps_after(batch.step)) return sums;
  optimizer_.step(model_, *executor_, rate_at(global_step));
  if (!average_.empty()) follow_average();
  return sums;
}

bool Trainer::steps_after(std::uint64_t step) const {
  return (step + 1) % static_cast<std::uint64_t>(options_.accumulate) == 0 || step + 1 == train_.steps();
}

/// Adds up gradients; before a step the model gets their mean.
void Trainer::accumulate(const dataset::Batch& batch) {
  const auto parameters = model_.parameters();
  gradients_.resize(parameters.size());
  const auto group = static_cast<std::uint64_t>(options_.accumulate);
  const std::uint64_t place = batch.step % group;
  const bool ends = steps_after(batch.step);
  executor_->parallel(static_cast<int>(parameters.size()), [&](int i) {
    std::vector<float>& sum = gradients_[static_cast<std::size_t>(i)];
    std::vector<float>& grad = parameters[static_cast<std::size_t>(i)].grad;
    if (place == 0) sum.assign(grad.size(), 0.F);
    for (std::size_t k = 0; k < grad.size(); ++k) sum[k] += grad[k];
    if (!ends) return;
    const float share = 1.F / static_cast<float>(place + 1);
    for (std::size_t k = 0; k < grad.size(); ++k) grad[k] = sum[k] * share;
  });
}

void Trainer::fail_not_finite(const dataset::Batch& batch) const {
  std::string where;
  for (const Parameter& p : model_.parameters())
    if (where.empty() && !std::ranges::all_of(p.value, [](float v) { return std::isfinite(v); }))
      where = fmt::format("{} holds NaN or infinite values", p.name);
  if (const Executor::NotFinite found = executor_->not_finite(); where.empty() && !found.layer.empty()) {
    where = fmt::format("NaN or infinite values first appear in the output of {}", found.layer);
    constexpr std::size_t kShown = 3;
    for (std::size_t i = 0; i < std::min(kShown, found.rows.size()); ++i)
      where += (i == 0 ? " for " : ", ") +
               train_.source().name(batch.indices[static_cast<std::size_t>(found.rows[i])]);
    if (found.rows.size() > kShown) where += fmt::format(" and {} more", found.rows.size() - kShown);
  }
  throw Error(fmt::format(
      "the loss is NaN or infinite in epoch {} at step {}{}{}; lower the learning rate (it is {})",
      batch.epoch + 1, batch.step + 1, where.empty() ? "" : ": ", where, options_.rate));
}

/// After the last step no loss tells it.
void Trainer::check_finite() const {
  for (const Parameter& p : model_.parameters())
    if (!std::ranges::all_of(p.value, [](float v) { return std::isfinite(v); }))
      throw Error(fmt::format(
          "{} holds NaN or infinite values after step {} of epoch {}; lower the learning rate (it "
          "is {})",
          p.name, step_, epoch_ + 1, options_.rate));
}

double Trainer::rate_at(std::uint64_t step) const {
  return schedule_(step) * plateau_factor(history_, options_.plateau, options_.plateau_factor);
}

int Trainer::best_epoch() const {
  int best = -1;
  for (std::size_t i = 0; i < history_.size(); ++i) {
    const EpochRecord& r = history_[i];
    if (!r.held_out()) continue;
    if (best < 0) {
      best = static_cast<int>(i);
      continue;
    }
    const EpochRecord& b = history_[static_cast<std::size_t>(best)];
    if (*r.held_out() > *b.held_out() || (*r.held_out() == *b.held_out() && *r.valid_loss < *b.valid_loss))
      best = static_cast<int>(i);
  }
  return best;
}

bool Trainer::stopped_early() const {
  const int best = best_epoch(), last = static_cast<int>(history_.size()) - 1;
  return options_.patience > 0 && best >= 0 && last - best >= options_.patience &&
         history_.size() < options_.epochs;
}

void Trainer::follow_average() {
  const float decay = average_decay(options_.average, optimizer_.steps());
  executor_->parallel(static_cast<int>(average_.size()), [&](int i) {
    const auto p = static_cast<std::size_t>(i);
    follow(average_[p], model_.parameters()[p].value, decay);
  });
}

void Trainer::swap_average() {
  for (std::size_t i = 0; i < average_.size(); ++i) std::swap(average_[i], model_.parameters()[i].value);
}

bool Trainer::run(const OnStep& on_step, const std::function<void(const EpochRecord&)>& on_epoch,
                  const std::atomic<bool>* stop) {
  const int world = train_.options().world, batch = static_cast<int>(train_.options().batch);
  ExecutorOptions executing{.batch = (batch + world - 1) / world,
                            .threads = options_.threads,
                            .seed = options_.seed,
                            .precision = options_.precision};
  executing.group = options_.group;
  executing.gradients = options_.gradients;
  executing.stop = stop;
  executing.timing = [this](std::size_t done, std::size_t all) {
    if (options_.group) options_.group->check();
    if (options_.timing) options_.timing(done, all);
  };
  keep_features();
  executing.kernels = kernels_;
  executing.after = kept_layer();
  agree_with_group();
  make_executor(std::move(executing));
  started_ = Clock::now();
  images_seen_ = 0;
  for (; epoch_ < options_.epochs && !stopped_early(); ++epoch_, step_ = 0, sums_ = {}) {
    const auto start = Clock::now();
    const std::uint64_t before = images_seen_;
    try {
      if (step_ < train_.steps() && !run_epoch(on_step, stop)) return false;
      finish_epoch(seconds_since(start), images_seen_ - before, stop);
    } catch (const Interrupted&) { return leave(); }
    on_epoch(history_.back());
  }
  swap_average();
  return true;
}

/// Of a group the first process says how many shards there are, and times kernels: all take those that it
/// took.
void Trainer::make_executor(ExecutorOptions executing) {
  const bool leads = is_first();
  if (options_.group) {
    std::string shards = std::to_string(options_.shards);
    options_.group->share(shards);
    options_.shards = std::stoi(shards);
  }
  executing.shards = (options_.shards + train_.options().world - 1) / train_.options().world;
  if (leads) executor_.emplace(model_, executing);
  if (!options_.group) return;
  std::string kernels = leads ? nlohmann::json(executor_->chosen_kernels()).dump() : "";
  options_.group->share(kernels);
  executing.kernels = nlohmann::json::parse(kernels).get<std::map<std::string, std::string>>();
  if (!leads) executor_.emplace(model_, executing);
}

void Trainer::keep_features() {
  // Kept values have labels and numbers beside them, no masks; and a group's processes would each keep their
  // own.
  if (options_.run_frozen || options_.group || learns_masks(options_.loss) ||
      std::exchange(looked_for_features_, true))
    return;
  auto kept = nn::keep_features(model_, train_, valid_,
                                {.shards = options_.shards,
                                 .threads = options_.threads,
                                 .kernels = kernels_,
                                 .timing = options_.timing},
                                options_.keeping);
  if (!kept) return;
  kept_ = std::make_shared<KeptFeatures>(std::move(*kept));
  kernels_ = kept_->kernels;
}

std::string Trainer::kept_layer() const { return kept_ ? kept_->node : ""; }

std::string Trainer::frozen_layer() const {
  return frozen_until(model_, std::numeric_limits<std::size_t>::max());
}

dataset::Loader& Trainer::loader() const { return kept_ ? *kept_->train : train_; }

std::vector<SettingText> Trainer::settings() const {
  std::vector<SettingText> all = settings_of(options_);
  const auto add = [&](const std::string& name, std::string value) {
    all.push_back({name, std::move(value), MayDiffer::No});
  };
  for (SettingText& setting : settings_of(train_.options())) {
    if (setting.may_differ != MayDiffer::No) continue;
    if (setting.name == "seed") setting.name = "seed of the loader";
    all.push_back(std::move(setting));
  }
  add("samples", std::to_string(train_.samples()));
  for (std::size_t k = 0; k < options_.numbers.names.size(); ++k)
    add("the number " + options_.numbers.names[k],
        fmt::format("mean {}, standard deviation {}", options_.numbers.mean[k], options_.numbers.std[k]));
  add_recipe(all, train_.recipe());
  for (const Parameter& p : model_.parameters())
    if (p.rate != 1) add("the learning rate's factor of " + p.name, number_text(p.rate));
  return all;
}

/// All begin at the same place, with the same numbers.
void Trainer::agree_with_group() {
  if (!options_.group || std::exchange(has_agreed_, true)) return;
  Group& group = *options_.group;
  group.agree("the network", graph_text(model_.graph()));
  group.agree_on_data("the training data", train_.source());
  if (valid_) group.agree_on_data("the test data", valid_->source());
  for (const SettingText& setting : settings())
    if (setting.may_differ != MayDiffer::Yes) group.agree(setting.name, setting.value);
  group.agree("the place in the run", fmt::format("epoch {}, step {}", epoch_ + 1, step_ + 1));
  std::string numbers;
  for (const Parameter& p : model_.parameters())
    numbers.append(reinterpret_cast<const char*>(p.value.data()), p.value.size() * sizeof(float));
  group.agree("what the weights begin with", numbers);
}

bool Trainer::run_epoch(const OnStep& on_step, const std::atomic<bool>* stop) {
  const double speed_base = static_cast<double>(images_seen_);
  const double left_before =
      static_cast<double>((options_.epochs - epoch_) * train_.samples() - step_ * train_.options().batch);
  for (const dataset::Batch& batch : loader().epoch(epoch_, step_)) {
    const auto begun = Clock::now();
    const LossSums one = train_step(batch, epoch_ * train_.steps() + batch.step);
    step_seconds_ += seconds_since(begun) * (options_.threads > 0 ? options_.threads : usable_cores());
    // Of numbers no row is right or wrong.
    sums_.loss += one.loss;
    sums_.correct += options_.numbers.empty() ? one.correct : 0;
    sums_.rows += one.rows;
    step_ = batch.step + 1;
    images_seen_ += static_cast<std::uint64_t>(one.rows);
    const double speed = static_cast<double>(images_seen_) / seconds_since(started_);
    const double left = left_before - (static_cast<double>(images_seen_) - speed_base);
    on_step({epoch_, options_.epochs, step_, train_.steps(), sums_.loss / sums_.rows,
             double(sums_.correct) / sums_.rows, speed, left / speed});
    if (!steps_after(batch.step)) continue;
    // Where one process is told to stop all do, after the same step.
    const bool stops = options_.group ? one.stops > 0 : stop && *stop;
    const std::uint64_t every = options_.checkpoint_every;
    const bool is_due = every > 0 && (epoch_ * train_.steps() + step_) % every == 0 && step_ < train_.steps();
    if ((stops || is_due) && !options_.checkpoint.empty() && is_first()) save(epoch_, step_);
    if (stops) return false;
  }
  return true;
}

/// Told to stop while it waited for data, or measured: what was learned is kept, up to a step after which one
/// can go on. Of a group the others would wait for this process.
bool Trainer::leave() {
  if (options_.group) throw Interrupted();
  const bool between_steps = step_ == 0 || steps_after(step_ - 1);
  if (between_steps && !options_.checkpoint.empty()) save(epoch_, step_);
  return false;
}

/// Measures, notes and keeps what the epoch came to.
void Trainer::finish_epoch(double seconds, std::uint64_t images, const std::atomic<bool>* stop) {
  check_finite();
  EpochRecord record{epoch_,
                     sums_.loss / std::max(1, sums_.rows),
                     double(sums_.correct) / std::max(1, sums_.rows),
                     rate_at((epoch_ + 1) * train_.steps() - 1),
                     {},
                     {},
                     static_cast<double>(images) / seconds,
                     seconds};
  const bool measures = valid_ && ((epoch_ + 1) % std::max<std::uint64_t>(1, options_.valid_every) == 0 ||
                                   epoch_ + 1 == options_.epochs);
  if (measures) {
    stop_measuring_ = options_.group ? nullptr : stop;
    swap_average();
    try {
      measure(record);
    } catch (...) {
      swap_average();
      throw;
    }
    if (options_.group) take_measures_of_first(record);
  }
  history_.push_back(record);
  if (measures) {
    if (!options_.best.empty() && is_first() && best_epoch() == static_cast<int>(history_.size()) - 1)
      save_model(options_.best, model_, options_.metadata);
    swap_average();
  }
  if (options_.checkpoint.empty() || !is_first()) return;
  const LossSums kept = std::exchange(sums_, {});
  save(epoch_ + 1, 0);
  sums_ = kept;
}

void Trainer::save(std::uint64_t epoch, std::uint64_t step) const {
  check_finite();
  TensorFile file;
  file.metadata = options_.metadata;
  add_network(file, model_);
  add_optimizer(file, "optimizer.", model_, optimizer_);
  for (std::size_t p = 0; p < average_.size(); ++p)
    file.tensors["average." + model_.parameters()[p].name] = {model_.parameters()[p].shape, average_[p]};
  nlohmann::json history = nlohmann::json::array();
  for (const EpochRecord& record : history_) history.push_back(to_json(record));
  const nlohmann::json state{{"epoch", epoch},
                             {"step", step},
                             {"updates", optimizer_.steps()},
                             {"shards", options_.shards},
                             {"kernels", executor_->chosen_kernels()},
                             {"loss", sums_.loss},
                             {"correct", sums_.correct},
                             {"rows", sums_.rows},
                             {"history", history}};
  file.metadata["training"] = state.dump();
  file.metadata["settings"] = settings_json(settings());
  save_tensors(options_.checkpoint, file);
}

void Trainer::resume() {
  const std::string path = options_.checkpoint.string();
  const TensorFile file = load_tensors(options_.checkpoint);
  check_model_format(file, path);
  const auto text = file.metadata.find("training");
  if (text == file.metadata.end())
    throw Error(path + ": holds a model but no training state; it can't be resumed");
  if (const auto net = file.metadata.find("network");
      net == file.metadata.end() || net->second != graph_text(model_.graph()))
    throw Error(fmt::format("{}: was made with the network {}, not {}", path,
                            net == file.metadata.end() ? "?" : net->second, graph_text(model_.graph())));
  check_settings(file.metadata, settings(), path);
  read_model(file, "", model_, path);
  read_optimizer(file, "optimizer.", model_, optimizer_, path);
  for (std::size_t p = 0; p < average_.size(); ++p)
    average_[p] = numbers_of(file, "average." + model_.parameters()[p].name, average_[p].size(), path);
  const auto damaged = [&](std::string_view fault) {
    return Error(fmt::format("{}: its training state is damaged: {}", path, fault));
  };
  try {
    go_on_at(text->second);
  } catch (const nlohmann::json::exception& error) {
    throw damaged(json_fault(error));
  } catch (const Error& error) { throw damaged(error.what()); }
}

/// Throws Error or nlohmann's where a field is missing or of another kind.
void Trainer::go_on_at(const std::string& training) {
  const auto state = nlohmann::json::parse(training);
  if (!state.is_object()) throw Error("it's no object of JSON");
  optimizer_.set_steps(json_whole_at<std::uint64_t>(state, "updates"));
  options_.shards = json_whole_at<int>(state, "shards");
  if (options_.shards < 1) throw Error("'shards' is less than 1");
  kernels_ = state.value("kernels", kernels_);
  epoch_ = json_whole_at<std::uint64_t>(state, "epoch");
  step_ = json_whole_at<std::uint64_t>(state, "step");
  sums_ = {.loss = state.at("loss"),
           .correct = json_whole_at<int>(state, "correct"),
           .rows = json_whole_at<int>(state, "rows")};
  history_.clear();
  for (const auto& record : state.at("history")) history_.push_back(epoch_from_json(record));
}

void save_model(const std::filesystem::path& path, const Model& model,
                const std::map<std::string, std::string>& metadata) {
  TensorFile file;
  file.metadata = metadata;
  add_network(file, model);
  save_tensors(path, file);
}

std::map<std::string, std::string> load_model(const std::filesystem::path& path, Model& model) {
  const TensorFile file = load_tensors(path);
  check_model_format(file, path.string());
  read_model(file, "", model, path.string());
  return file.metadata;
}

}  // namespace doppel::nn
