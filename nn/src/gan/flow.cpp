#include "doppel/nn/gan/flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/notation.h"
#include "flow_sampling.h"
#include "formats/json_fault.h"
#include "gan_weights.h"
#include "latents.h"
#include "train/checkpoint.h"

namespace doppel::nn {
namespace {

Graph flow_graph(const GanOptions& options, const Shape& image, int classes) {
  const Shape in{static_cast<int>(image.count()) + classes + kFlowTimeNumbers, 1, 1};
  Graph graph = build_graph(parse_network(options.generator), in);
  if (graph.output().count() != image.count())
    throw UsageError(fmt::format("the flow's network makes {} of {}, not {}", graph.output().text(),
                                 in.text(), image.text()));
  return graph;
}

/// A flow's own: nothing flows back into its images.
ExecutorOptions flow_executor_options(const GanOptions& o) {
  return {.batch = o.batch,
          .shards = o.shards,
          .threads = o.threads,
          .seed = o.seed,
          .precision = o.precision,
          .timing = o.timing};
}

/// Throws UsageError for what only a discriminator has.
void check_no_game(const GanOptions& o) {
  const auto refuse = [](const char* what) {
    throw UsageError(fmt::format("{} is of a discriminator, and a flow has none: leave it out", what));
  };
  if (!o.discriminator.empty()) refuse("--discriminator");
  if (o.spectral) refuse("--spectral");
  if (o.freeze_discriminator > 0) refuse("--freeze-d");
  if (o.penalty > 0) refuse("--penalty");
  if (o.lecam > 0) refuse("--lecam");
  if (o.augment_target > 0) refuse("--ada");
  if (o.critic_steps != 1) refuse("--critic-steps");
  if (!o.augment.transforms().empty()) refuse("--augment");
  if (o.group && o.group->world() > 1) throw UsageError("a flow learns in one process, not in a group");
}

}  // namespace

Flow::Flow(const Shape& image, int classes, GanOptions options)
    : GenerativeModel(image, classes, options, Model(flow_graph(options, image, classes), options.seed)),
      executor_(generator_, flow_executor_options(options_)),
      optimizer_(generator_, Adam{.beta1 = options_.beta1, .beta2 = options_.beta2, .weight_decay = 0}) {
  check_no_game(options_);
}

/// Times are one in each of as many equal parts of 0 to 1 as there are images, which come in any order.
Flow::Lesson Flow::lesson(std::span<const float> images, std::span<const int> labels) {
  const auto numbers = static_cast<std::size_t>(image_.count()),
             given = numbers + static_cast<std::size_t>(classes_),
             width = given + static_cast<std::size_t>(kFlowTimeNumbers);
  const std::uint64_t first = step_ * static_cast<std::uint64_t>(options_.batch);
  const std::vector<float> noise =
      draw_latents(labels, {static_cast<int>(numbers), classes_, options_.seed + 2, first}, executor_);
  Lesson lesson{std::vector<float>(labels.size() * width), std::vector<float>(images.size())};
  const Stream stream = Stream{.seed = options_.seed + 3};
  executor_.parallel(static_cast<int>(labels.size()), [&](int row) {
    const auto r = static_cast<std::size_t>(row);
    const double part = stream.split("time", first + r).uniform("t", 0, 1),
                 t = (static_cast<double>(r) + part) / static_cast<double>(labels.size());
    const float* const z = &noise[r * given];
    float* const to = &lesson.rows[r * width];
    const auto share = static_cast<float>(t);
    for (std::size_t i = 0; i < numbers; ++i) {
      const float x = images[r * numbers + i];
      to[i] = z[i] + share * (x - z[i]);
      lesson.velocities[r * numbers + i] = x - z[i];
    }
    std::copy(z + numbers, z + given, to + numbers);
    tell_time(std::span(to + given, static_cast<std::size_t>(kFlowTimeNumbers)), t);
  });
  return lesson;
}

GanRecord Flow::step(std::span<const float> images, std::span<const int> labels) {
  const std::size_t n = labels.size();
  if (n == 0 || n > static_cast<std::size_t>(options_.batch) ||
      images.size() != n * static_cast<std::size_t>(image_.count()))
    throw UsageError(fmt::format("{} numbers aren't {} images of {}", images.size(), n, image_.text()));
  const Lesson learned = lesson(images, labels);
  const auto out = executor_.forward(learned.rows, static_cast<int>(n), step_);
  std::vector<float> gradient(out.size());
  double loss = 0;
  const double share = 1.0 / static_cast<double>(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto off = static_cast<double>(out[i] - learned.velocities[i]);
    loss += share * off * off;
    gradient[i] = static_cast<float>(2 * share * off);
  }
  executor_.backward(gradient, Executor::Wanted::Parameters);
  optimizer_.step(generator_, executor_, scheduled_rate());
  follow_average();
  const GanRecord record{.step = step_++, .generator_loss = loss};
  if (!std::isfinite(loss))
    throw GanDiverged(fmt::format("the flow diverged at step {}: its loss is NaN or infinite", step_));
  return record;
}

void Flow::save(const std::filesystem::path& path, std::map<std::string, std::string> metadata) const {
  TensorFile file = saved(std::move(metadata));
  file.metadata["sample_steps"] = std::to_string(options_.sample_steps);
  file.metadata["kernels"] = nlohmann::json(executor_.chosen_kernels()).dump();
  add_optimizer(file, "generator_optimizer.", generator_, optimizer_);
  save_tensors(path, file);
}

/// Goes on with the kernels that the file was made with: others give other bits.
void Flow::take_kernels(const std::string& text, const std::string& path) {
  try {
    ExecutorOptions options = flow_executor_options(options_);
    options.kernels = nlohmann::json::parse(text).get<std::map<std::string, std::string>>();
    if (options.kernels != executor_.chosen_kernels()) executor_ = Executor(generator_, options);
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("{}: the names of its kernels are damaged: {}", path, json_fault(error)));
  }
}

void Flow::load(const std::filesystem::path& path) {
  const TensorFile file = load_tensors(path);
  if (!file.metadata.contains("sample_steps")) throw Error(fmt::format("{}: holds no flow", path.string()));
  take_saved(file, path.string());
  if (const auto kernels = file.metadata.find("kernels"); kernels != file.metadata.end())
    take_kernels(kernels->second, path.string());
  read_optimizer(file, "generator_optimizer.", generator_, optimizer_, path.string());
  optimizer_.set_steps(step_);
  weights_changed();
}

void Flow::weights_changed() {
  executor_.parameters_changed();
  averaged_.parameters_changed();
}

std::size_t Flow::begin_from(const std::filesystem::path& path, const std::vector<std::string>& theirs,
                             const std::vector<std::string>& ours) {
  const TensorFile file = load_tensors(path);
  check_model_format(file, path.string());
  if (!file.metadata.contains("sample_steps"))
    throw UsageError(fmt::format("{}: holds a GAN; a flow begins with a flow's weights", path.string()));
  check_same_networks(file.metadata, {{"generator", options_.generator}}, path.string());
  if (theirs != ours)
    throw UsageError(fmt::format(
        "{}: a flow begins with the weights of one of the same classes in the same order", path.string()));
  read_model(file, "generator.", generator_, path.string());
  read_model(file, "average.", averaged_.model(), path.string());
  weights_changed();
  return ours.size();
}

}  // namespace doppel::nn
