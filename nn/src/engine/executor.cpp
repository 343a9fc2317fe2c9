#include "doppel/nn/engine/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include "batch_split.h"
#include "distributed/tree_sum.h"
#include "doppel/base/cores.h"
#include "doppel/base/error.h"
#include "doppel/base/parallel.h"
#include "execution_order.h"
#include "gradient_sums.h"
#include "model/fold.h"
#include "onednn.h"
#include "plan.h"
#include "row_losses.h"
#include "step_clock.h"

namespace doppel::nn {

using engine::Blob;
using engine::Pass;
using engine::Shard;
using engine::Step;

namespace {

std::optional<Model> without_norms(const Model& m, const Graph& part, const ExecutorOptions& o) {
  if (o.mode == ExecutorOptions::Mode::Training || !has_foldable(part)) return {};
  return folded(m, part);
}

}  // namespace

struct Executor::Impl {
  Impl(Model& m, ExecutorOptions o)
      : given(m),
        options(o),
        wanted_kernels(o.kernels),
        part(part_of(m.graph(), o)),
        own(without_norms(m, part, o)),
        model(own ? *own : m),
        graph(own ? own->graph() : part),
        nodes(execution_order(graph, o.mode)) {
    if (options.batch < 1 || options.shards < 1)
      throw UsageError("a batch and its shards must be at least 1");
    context.take(options);
    if (!options.after.empty())
      context.first_node = static_cast<int>(std::ranges::find(m.graph().nodes, options.after, &Node::name) -
                                            m.graph().nodes.begin() + 1);
    threads = options.threads > 0 ? std::min(options.threads, usable_cores()) : usable_cores();
    arena.emplace(threads);
    const engine::OneDnnScope scope;
    plan.emplace(graph, nodes, model, context, options);
    if (context.group) gradients.emplace(*context.group, plan->steps, model, options.gradients);
  }

  template <class F>
  void parallel(int count, F f) {
    arena->run([&] {
      for_all(
          static_cast<std::size_t>(count),
          [&](std::size_t i) {
            const engine::OneDnnScope scope;
            f(static_cast<int>(i));
          },
          tbb::simple_partitioner());
    });
  }

  /// Splits the rows into shards: the same split for the same numbers of them, here and in other processes.
  void begin(std::span<const float> images, int rows) {
    if (rows < 1 || rows > options.batch ||
        images.size() != static_cast<std::size_t>(rows) * plan->input.row_numbers())
      throw UsageError(fmt::format("{} rows of {} numbers don't fit an executor for {} rows of {}", rows,
                                   images.size(), options.batch, plan->input.row_numbers()));
    if (const engine::BatchPart now{rows, context.first_row, context.all_rows};
        std::exchange(split, now) != now) {
      context.rows = rows;
      context.lanes = engine::split_batch(now, context.shards, context.group);
      const engine::OneDnnScope scope;
      for (const Shard& shard : context.lanes)
        for (auto& step : plan->steps) step->prepare(shard.rows);
    }
    if (own && own_is_stale) {
      Model now = folded(given, part);
      for (std::size_t i = 0; i < now.parameters().size(); ++i)
        own->parameters()[i].value = std::move(now.parameters()[i].value);
    }
    if (stale) load_parameters();
    stale = own_is_stale = false;
  }

  void load_parameters() {
    const int count = static_cast<int>(plan->steps.size());
    parallel(count, [&](int i) {
      Step& step = *plan->steps[static_cast<std::size_t>(i)];
      timed(step, Pass::Load, 0, [&] { step.load_parameters(); });
    });
    end(Pass::Load, count);
  }

  /// Calls call(), a step's, and takes its time where that is wanted.
  template <class Call>
  void timed(const Step& step, Pass pass, int turn, Call call) {
    clock ? clock->time(step, pass, turn, call) : call();
  }
  template <class Call>
  void timed_alone(const Step& step, Pass pass, Call call) {
    clock ? clock->time_alone(step, pass, call) : call();
  }
  /// The end of a pass that came in so many tasks.
  void end(Pass pass, int tasks) {
    if (clock) clock->end(pass, std::min(threads, tasks));
  }

  /// Runs every step's phases; shards meet only where a step asks for it.
  /// `meets`: whether they also do after it. `done`: gets how many steps all shards are through with.
  template <class Meets, class Phases, class Run, class Merge, class Done>
  void sweep(const std::vector<Step*>& order, Meets meets, Phases phases, Run run, Merge merge, Done done) {
    std::size_t first = 0;
    int first_phase = 0;
    while (first < order.size()) {
      // A segment: up to and with the first phase that all shards must be through with.
      std::size_t last = first;
      int last_phase = first_phase;
      while (last + 1 < order.size() && last_phase + 1 == phases(*order[last]) && !meets(*order[last]))
        ++last, last_phase = 0;
      parallel(static_cast<int>(context.lanes.size()), [&](int i) {
        const Shard& shard = context.lanes[static_cast<std::size_t>(i)];
        for (std::size_t s = first; s <= last; ++s) run(*order[s], s == first ? first_phase : 0, shard);
      });
      const bool through = last_phase + 1 == phases(*order[last]);
      if (!through) merge(*order[last]);
      first_phase = through ? 0 : last_phase + 1;
      first = through ? last + 1 : last;
      done(first);
    }
  }

  /// Which of the batch's rows are this process's `rows`.
  void count_rows(int rows) {
    context.first_row = 0;
    context.all_rows = rows;
    if (!context.group) return;
    const double mine_alone = rows;
    std::vector<double> all(static_cast<std::size_t>(context.group->world()));
    context.group->gather(std::span(&mine_alone, 1), all);
    const auto mine = all.begin() + context.group->rank();
    context.first_row = static_cast<int>(std::accumulate(all.begin(), mine, 0.0));
    context.all_rows = static_cast<int>(std::accumulate(all.begin(), all.end(), 0.0));
  }

  /// Everybody's.
  LossSums of_group(LossSums sums) {
    sums.stops = options.stop && *options.stop ? 1 : 0;
    if (!context.group) return sums;
    std::array<double, 4> all{sums.loss, double(sums.correct), double(sums.rows), double(sums.stops)};
    context.group->sum(std::span<double>(all));
    return {all[0], static_cast<int>(all[1]), static_cast<int>(all[2]), static_cast<int>(all[3])};
  }

  void copy_images(std::span<const float> images) { std::ranges::copy(images, plan->input.data->data()); }

  /// One image: steps follow each other, those that can in pieces.
  void forward_in_parts() {
    const engine::OneDnnScope scope;
    for (auto& step : plan->steps)
      timed_alone(*step, Pass::Forward, [&] {
        if (step->splits() == 1) return step->forward(0, context.lanes[0]);
        parallel(step->splits(), [&](int i) { step->forward_piece(i, context.lanes[0]); });
      });
    end(Pass::Forward, 1);
  }

  void forward() {
    if (context.parts > 1) return forward_in_parts();
    std::vector<Step*> order;
    for (auto& step : plan->steps) order.push_back(step.get());
    sweep(
        order, [this](const Step& s) { return !context.training && s.is_meeting(); },
        [](const Step& s) { return s.forward_phases(); },
        [this](Step& s, int phase, const Shard& shard) {
          timed(s, Pass::Forward, shard.index, [&] { s.forward(phase, shard); });
        },
        [this](Step& s) { timed_alone(s, Pass::Forward, [&] { s.merge_forward(); }); }, [](std::size_t) {});
    end(Pass::Forward, static_cast<int>(context.lanes.size()));
  }

  /// The last value's rows in plain order.
  std::span<float> output() {
    const Blob& out = plan->blobs.back();
    const std::size_t count =
        static_cast<std::size_t>(context.rows) * static_cast<std::size_t>(out.shape.count());
    if (out.format == engine::kPlain) return {out.data->data(), count};
    if (plain.data == nullptr) {
      plain.shape = out.shape;
      plain.allocate(options.batch, context.training);
      plain.take_memory();
    }
    const engine::OneDnnScope scope;
    engine::reorder(context, engine::view(context, out.desc(context.rows), out.data->data()),
                    engine::view(context, plain.desc(context.rows), plain.data->data()));
    return {plain.data->data(), count};
  }

  void set_output_gradient(std::span<const float> gradient) {
    for (const auto& [logits, weight] : plan->sides)
      std::fill_n(logits->grad->data(), logits->grad->count(), 0.F);
    const Blob& out = plan->blobs.back();
    if (gradient.size() !=
        static_cast<std::size_t>(context.rows) * static_cast<std::size_t>(out.shape.count()))
      throw UsageError(
          fmt::format("{} gradients for {} rows of {}", gradient.size(), context.rows, out.shape.text()));
    if (out.format == engine::kPlain) {
      std::ranges::copy(gradient, out.grad->data());
      return;
    }
    std::ranges::copy(gradient, plain.grad->data());
    const engine::OneDnnScope scope;
    engine::reorder(context, engine::view(context, plain.desc(context.rows), plain.grad->data()),
                    engine::view(context, out.desc(context.rows), out.grad->data()));
  }

  void backward() {
    std::vector<Step*> order;
    for (auto step = plan->steps.rbegin(); step != plan->steps.rend(); ++step) order.push_back(step->get());
    const bool gives = gradients && context.parameters;
    std::size_t sent = 0, tasks = 0, bytes = 0;
    sweep(
        order,
        [&](const Step& s) {  // gradients leave when there are some
          bytes += gives ? gradients->bytes(s) : 0;
          return s.is_meeting() ||
                 (gives && bytes >= gradients->bucket_bytes() && std::exchange(bytes, 0) > 0);
        },
        [](const Step& s) { return s.backward_phases(); },
        [this](Step& s, int phase, const Shard& shard) {
          timed(s, Pass::Backward, shard.index, [&] { s.backward(phase, shard); });
        },
        [this](Step& s) { timed_alone(s, Pass::Backward, [&] { s.merge_backward(); }); },
        [&](std::size_t done) {
          if (!gives) return;
          const std::span<Step* const> steps = std::span(order).subspan(sent, done - sent);
          tasks += set_gradients(steps);
          for (const Step* step : steps) gradients->give(*step);
          sent = done;
        });
    end(Pass::Backward, static_cast<int>(context.lanes.size()));
    if (!context.parameters) return;
    if (!gives) tasks = set_gradients(order);
    end(Pass::Parameters, static_cast<int>(tasks));
    if (gives) gradients->finish();
  }
  /// What gradients still need when all shards are through with these steps; says in how many tasks.
  std::size_t set_gradients(std::span<Step* const> steps) {
    std::vector<std::pair<Step*, int>> tasks;
    for (Step* step : steps)
      for (int t = 0; t < step->parameter_tasks(); ++t) tasks.emplace_back(step, t);
    parallel(static_cast<int>(tasks.size()), [&](int i) {
      Step& step = *tasks[static_cast<std::size_t>(i)].first;
      const int task = tasks[static_cast<std::size_t>(i)].second;
      timed(step, Pass::Parameters, task, [&] { step.parameter_task(task); });
    });
    return tasks.size();
  }

  void keep_pieces() {
    parallel(static_cast<int>(context.lanes.size()), [&](int i) {
      for (auto& step : plan->steps) step->keep_pieces(context.lanes[static_cast<std::size_t>(i)]);
    });
  }

  /// Numbers that a loss takes as a row's target: one for each class, or of masks for each pixel.
  std::size_t target_numbers(const Loss& of_row) const {
    const Shape& out = plan->blobs.back().shape;
    return static_cast<std::size_t>(learns_masks(of_row) ? out.height * out.width : out.channels);
  }

  LossSums loss(std::span<const float> targets, const Loss& of_row, std::span<const float> weights) {
    if (learns_masks(of_row)) return loss_of_masks(targets, of_row, weights);
    for (const auto& [logits, weight] : plan->sides) loss_of(*logits, weight, targets, of_row, weights);
    return loss_of(plan->blobs.back(), 1, targets, of_row, weights);
  }
  /// Of the mean loss, times `weight`.
  LossSums loss_of(const Blob& logits, float weight, std::span<const float> targets, const Loss& of_row,
                   std::span<const float> weights) const {
    return engine::loss_of_rows(context.lanes, logits, weight / static_cast<float>(context.all_rows),
                                {targets, of_row, weights});
  }
  /// The same of images of logits: of them no row is right or wrong.
  LossSums loss_of_masks(std::span<const float> masks, const Loss& of_row, std::span<const float> weights) {
    const std::span<const float> logits = output();
    mask_gradient.resize(logits.size());
    mask_losses.resize(static_cast<std::size_t>(context.rows));
    const engine::MaskLoss loss(logits, mask_gradient, plan->blobs.back().shape.channels,
                                1 / static_cast<float>(context.all_rows), {masks, of_row, weights},
                                context.rows);
    parallel(context.rows, [&](int r) { mask_losses[static_cast<std::size_t>(r)] = loss.of(r); });
    set_output_gradient(mask_gradient);
    LossSums sums{0, 0, context.rows};
    sums.loss =
        engine::sum_of_rows(context.lanes, [&](int r) { return mask_losses[static_cast<std::size_t>(r)]; });
    return sums;
  }

  Model& given;
  ExecutorOptions options;
  std::map<std::string, std::string> wanted_kernels;
  Graph part;                ///< of `given` that is wanted
  std::optional<Model> own;  ///< for inference: that part without its BatchNorms
  Model& model;              ///< what runs
  Graph graph;               ///< of what runs
  std::vector<Node> nodes;
  engine::EngineContext context;
  std::optional<ThreadArena> arena;
  int threads = 1;  ///< of the arena
  std::optional<Plan> plan;
  std::optional<engine::GradientSums> gradients;  ///< none: there are no other processes
  std::optional<engine::StepClock> clock;         ///< none: times aren't wanted
  Blob plain;                                     ///< of the last value, where it is in blocks
  std::vector<float> label_shares;                ///< of labels that were given as numbers
  std::vector<float> mask_gradient;               ///< of images of logits
  std::vector<double> mask_losses;                ///< of their rows
  engine::BatchPart split;                        ///< rows, the first and all: what shards are made for
  bool stale = true;                              ///< what steps have of the parameters
  bool own_is_stale = false;
};

Executor::Executor(Model& model, ExecutorOptions options) : impl_(std::make_unique<Impl>(model, options)) {}
Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;
Executor& Executor::operator=(Executor&&) noexcept = default;

LossSums Executor::train(std::span<const float> images, std::span<const int> labels, const Loss& loss,
                         std::uint64_t step) {
  const int classes = impl_->plan->blobs.back().shape.channels;
  std::vector<float>& shares = impl_->label_shares;
  shares.assign(labels.size() * static_cast<std::size_t>(classes), 0);
  for (std::size_t r = 0; r < labels.size(); ++r) {
    if (labels[r] < 0 || labels[r] >= classes)
      throw Error(fmt::format("label {} is outside the network's {} classes (0 to {})", labels[r], classes,
                              classes - 1));
    shares[r * static_cast<std::size_t>(classes) + static_cast<std::size_t>(labels[r])] = 1;
  }
  return train(images, std::span<const float>(shares), loss, step);
}

LossSums Executor::train(std::span<const float> images, std::span<const float> shares, const Loss& loss,
                         std::uint64_t step, std::span<const float> weights) {
  if (!impl_->context.training) throw UsageError("this executor was made for inference");
  const std::size_t width = impl_->target_numbers(loss);
  if (shares.empty() && impl_->context.group) engine::throw_without_images(*impl_->context.group);
  if (shares.empty() || shares.size() % width != 0)
    throw Error(learns_masks(loss)
                    ? fmt::format("{} pixels aren't masks of {}", shares.size(), width)
                    : fmt::format("{} label shares aren't rows of {} classes", shares.size(), width));
  if (!weights.empty() && weights.size() != shares.size() / width)
    throw Error(fmt::format("{} weights for {} rows", weights.size(), shares.size() / width));
  impl_->context.step = step;
  const int rows = static_cast<int>(shares.size() / width);
  impl_->count_rows(rows);
  impl_->begin(images, rows);
  impl_->copy_images(images);
  impl_->forward();
  const LossSums sums = impl_->loss(shares, loss, weights);
  impl_->backward();
  return impl_->of_group(sums);
}

std::span<const float> Executor::predict(std::span<const float> images, int rows) {
  if (impl_->context.training) throw UsageError("this executor was made for training");
  impl_->count_rows(rows);
  impl_->begin(images, rows);
  impl_->copy_images(images);
  impl_->forward();
  return impl_->output();
}

std::span<const float> Executor::forward(std::span<const float> images, int rows, std::uint64_t step) {
  if (!impl_->context.training) throw UsageError("this executor was made for inference");
  impl_->context.step = step;
  impl_->count_rows(rows);
  impl_->begin(images, rows);
  impl_->copy_images(images);
  impl_->forward();
  return impl_->output();
}

std::span<const float> Executor::backward(std::span<const float> gradient, Wanted wanted) {
  if (!impl_->context.training) throw UsageError("this executor was made for inference");
  impl_->set_output_gradient(gradient);
  engine::EngineContext& context = impl_->context;
  context.parameters = wanted != Wanted::Images;
  context.images = wanted != Wanted::Parameters;
  impl_->backward();
  context.parameters = context.images = true;
  if (!impl_->options.input_gradient || wanted == Wanted::Parameters) return {};
  return {impl_->plan->input.grad->data(),
          static_cast<std::size_t>(impl_->context.rows) * impl_->plan->input.row_numbers()};
}

void Executor::backward_tangent(std::span<const float> direction, std::span<const float> gradient) {
  if (!impl_->options.tangent) throw UsageError("this executor was made without tangents");
  if (direction.size() != static_cast<std::size_t>(impl_->context.rows) * impl_->plan->input.row_numbers())
    throw UsageError(fmt::format("a direction of {} numbers for {} images of {}", direction.size(),
                                 impl_->context.rows, impl_->plan->input.row_numbers()));
  impl_->keep_pieces();
  impl_->context.tangent = true;
  impl_->copy_images(direction);
  impl_->forward();
  impl_->set_output_gradient(gradient);
  impl_->context.images = false;
  impl_->backward();
  impl_->context.images = true;
  impl_->context.tangent = false;
  for (Parameter& p : impl_->model.parameters())
    if (p.kind == Parameter::Kind::Vector) std::ranges::fill(p.grad, 0.F);
}

Executor::NotFinite Executor::not_finite() const {
  for (const auto& [name, blob] : impl_->plan->named) {
    NotFinite found{name, {}};
    for (int r = 0; r < impl_->context.rows; ++r)
      if (!engine::all_finite(blob->numbers(r), blob->row_numbers())) found.rows.push_back(r);
    if (!found.rows.empty()) return found;
  }
  return {};
}

void Executor::parameters_changed() { impl_->stale = impl_->own_is_stale = true; }

void Executor::run_parallel(int count, void (*call)(void*, int), void* context) {
  impl_->parallel(count, [&](int i) { call(context, i); });
}

std::vector<KernelInfo> Executor::kernels() const {
  // A shard's kernels are made for its rows.
  const engine::OneDnnScope scope;
  if (impl_->context.rows == 0) {
    impl_->context.rows = impl_->options.batch;
    for (auto& step : impl_->plan->steps)
      step->prepare((impl_->options.batch + impl_->context.shards - 1) / impl_->context.shards);
    impl_->context.rows = 0;
  }
  std::vector<KernelInfo> all;
  for (const auto& step : impl_->plan->steps)
    for (auto& [pass, implementation] : step->kernels()) all.push_back({step->node(), pass, implementation});
  return all;
}

const std::map<std::string, std::string>& Executor::chosen_kernels() const { return impl_->options.kernels; }

std::vector<KernelChange> Executor::changed_kernels() const {
  std::vector<KernelChange> changes;
  for (const auto& [node, wanted] : impl_->wanted_kernels)
    if (const std::string& used = impl_->options.kernels.at(node); used != wanted)
      changes.push_back({node, wanted, used});
  return changes;
}

std::vector<KernelTiming> Executor::kernel_timings() const {
  return engine::kernel_timings(impl_->nodes, impl_->context, impl_->options.kernels);
}

void Executor::time_steps(bool wanted) {
  impl_->clock.reset();
  if (wanted) impl_->clock.emplace(impl_->plan->steps, impl_->context.shards);
}

std::vector<StepTime> Executor::step_times() const {
  if (!impl_->clock) return {};
  return impl_->clock->times(impl_->context.rows);
}

std::size_t Executor::memory_bytes() const {
  std::set<const engine::Buffer*> buffers{impl_->plan->input.data.get(), impl_->plan->input.grad.get()};
  for (const Blob& blob : impl_->plan->blobs) buffers.insert({blob.data.get(), blob.grad.get()});
  std::size_t floats = impl_->plan->shared.count();
  for (const engine::Buffer* buffer : buffers)
    floats += buffer && buffer->owns_memory() ? buffer->count() : 0;
  return floats * sizeof(float);
}

}  // namespace doppel::nn
