#include "doppel/nn/engine/executor.h"

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "base/parallel.h"
#include "cpu_isa.h"
#include "doppel/base/cores.h"
#include "doppel/base/error.h"
#include "execution_order.h"
#include "group_sum.h"
#include "model/fold.h"
#include "onednn.h"
#include "plan.h"
#include "step_clock.h"

namespace doppel::nn {

using engine::Blob;
using engine::Pass;
using engine::Shard;
using engine::Step;

// With AVX-512 alone oneDNN has bfloat16, too, but slower than floats.
bool has_bf16() {
  return __builtin_cpu_supports("avx512bf16") != 0 && engine::uses(dnnl::cpu_isa::avx512_core_bf16);
}

namespace {

/// The most probable class has the largest share. Of independent labels it's one of those with it, or none is
/// probable where there is none.
bool is_right(std::span<const float> row, std::span<const float> shares, bool independent) {
  const auto top = std::ranges::max_element(row) - row.begin();
  const auto most = std::ranges::max_element(shares);
  if (!independent) return top == most - shares.begin();
  if (*most > 0) return shares[static_cast<std::size_t>(top)] == *most;
  return row[static_cast<std::size_t>(top)] < 0;
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
    context.batch = options.batch;
    context.shards = std::min(options.shards, options.batch);
    if (options.batch == 1 && options.mode == ExecutorOptions::Mode::Inference)
      context.parts = options.shards;
    context.training = options.mode == ExecutorOptions::Mode::Training;
    context.seed = options.seed;
    if (!options.after.empty())
      context.first_node = static_cast<int>(std::ranges::find(m.graph().nodes, options.after, &Node::name) -
                                            m.graph().nodes.begin() + 1);
    context.keeps_pieces = options.tangent;
    context.weight_gradients = options.weight_gradients;
    context.group = options.group && options.group->world() > 1 ? options.group : nullptr;
    // Others drop other numbers.
    if (context.group) context.seed += static_cast<std::uint64_t>(context.group->rank()) << 48;
    context.bf16 = options.precision == Precision::BF16 && has_bf16();
    const int cores = usable_cores();
    threads = options.threads > 0 ? std::min(options.threads, cores) : cores;
    arena.initialize(threads);
    const engine::OneDnnScope scope;
    plan.emplace(graph, nodes, model, context, options);
  }

  static Graph part_of(const Graph& whole, const ExecutorOptions& o) {
    const bool all = o.mode == ExecutorOptions::Mode::Training && o.after.empty() && o.until.empty();
    return all ? whole : whole.part(o.after, o.until);
  }
  static std::optional<Model> without_norms(const Model& m, const Graph& part, const ExecutorOptions& o) {
    if (o.mode == ExecutorOptions::Mode::Training || !has_foldable(part)) return {};
    return folded(m, part);
  }

  template <class F>
  void parallel(int count, F f) {
    arena.execute([&] {
      parallel_turns(
          static_cast<std::size_t>(count),
          [&](std::size_t i) {
            const engine::OneDnnScope scope;
            f(static_cast<int>(i));
          },
          tbb::simple_partitioner());
    });
  }

  /// Splits `rows` into shards: the same split for the same number of rows.
  void begin(std::span<const float> images, int rows) {
    if (rows < 1 || rows > options.batch ||
        images.size() != static_cast<std::size_t>(rows) * plan->input.row_numbers())
      throw UsageError(fmt::format("{} rows of {} numbers don't fit an executor for {} rows of {}", rows,
                                   images.size(), options.batch, plan->input.row_numbers()));
    if (rows != context.rows) {
      context.rows = rows;
      shards.clear();
      const engine::OneDnnScope scope;
      for (int i = 0; i < context.shards; ++i) {
        const int first = static_cast<int>(std::int64_t{rows} * i / context.shards);
        const int last = static_cast<int>(std::int64_t{rows} * (i + 1) / context.shards);
        if (last == first) continue;
        shards.push_back({static_cast<int>(shards.size()), first, last - first});
        for (auto& step : plan->steps) step->prepare(last - first);
      }
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
    if (clock) return clock->time(step, pass, turn, call);
    call();
  }
  template <class Call>
  void timed_alone(const Step& step, Pass pass, Call call) {
    if (clock) return clock->time_alone(step, pass, call);
    call();
  }
  /// The end of a pass that came in so many tasks.
  void end(Pass pass, int tasks) {
    if (clock) clock->end(pass, std::min(threads, tasks));
  }

  /// Runs every step's phases; shards meet only where a step asks for it.
  /// `meet`: also where it is a meeting.
  template <class Phases, class Run, class Merge>
  void sweep(const std::vector<Step*>& order, bool meet, Phases phases, Run run, Merge merge) {
    std::size_t first = 0;
    int first_phase = 0;
    while (first < order.size()) {
      // A segment: up to and with the first phase that all shards must be through with.
      std::size_t last = first;
      int last_phase = first_phase;
      while (last + 1 < order.size() && last_phase + 1 == phases(*order[last]) &&
             !(meet && order[last]->is_meeting()))
        ++last, last_phase = 0;
      parallel(static_cast<int>(shards.size()), [&](int i) {
        const Shard& shard = shards[static_cast<std::size_t>(i)];
        for (std::size_t s = first; s <= last; ++s) run(*order[s], s == first ? first_phase : 0, shard);
      });
      const bool through = last_phase + 1 == phases(*order[last]);
      if (!through) merge(*order[last]);
      first_phase = through ? 0 : last_phase + 1;
      first = through ? last + 1 : last;
    }
  }

  void copy_images(std::span<const float> images) { std::ranges::copy(images, plan->input.data->data()); }

  /// One image: steps follow each other, those that can in pieces.
  void forward_in_parts() {
    const engine::OneDnnScope scope;
    for (auto& step : plan->steps)
      timed_alone(*step, Pass::Forward, [&] {
        if (step->splits() == 1) return step->forward(0, shards[0]);
        parallel(step->splits(), [&](int i) { step->forward_piece(i, shards[0]); });
      });
    end(Pass::Forward, 1);
  }

  void forward() {
    if (context.parts > 1) return forward_in_parts();
    std::vector<Step*> order;
    for (auto& step : plan->steps) order.push_back(step.get());
    sweep(
        order, !context.training, [](const Step& s) { return s.forward_phases(); },
        [this](Step& s, int phase, const Shard& shard) {
          timed(s, Pass::Forward, shard.index, [&] { s.forward(phase, shard); });
        },
        [this](Step& s) { timed_alone(s, Pass::Forward, [&] { s.merge_forward(); }); });
    end(Pass::Forward, static_cast<int>(shards.size()));
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
    sweep(
        order, true, [](const Step& s) { return s.backward_phases(); },
        [this](Step& s, int phase, const Shard& shard) {
          timed(s, Pass::Backward, shard.index, [&] { s.backward(phase, shard); });
        },
        [this](Step& s) { timed_alone(s, Pass::Backward, [&] { s.merge_backward(); }); });
    end(Pass::Backward, static_cast<int>(shards.size()));
    if (!context.parameters) return;
    std::vector<std::pair<Step*, int>> tasks;
    for (auto& step : plan->steps)
      for (int t = 0; t < step->parameter_tasks(); ++t) tasks.emplace_back(step.get(), t);
    parallel(static_cast<int>(tasks.size()), [&](int i) {
      Step& step = *tasks[static_cast<std::size_t>(i)].first;
      const int task = tasks[static_cast<std::size_t>(i)].second;
      timed(step, Pass::Parameters, task, [&] { step.parameter_task(task); });
    });
    end(Pass::Parameters, static_cast<int>(tasks.size()));
  }

  void keep_pieces() {
    parallel(static_cast<int>(shards.size()), [&](int i) {
      for (auto& step : plan->steps) step->keep_pieces(shards[static_cast<std::size_t>(i)]);
    });
  }

  LossSums loss(std::span<const float> targets, const Loss& of_row, std::span<const float> weights) {
    for (const auto& [logits, weight] : plan->sides) loss_of(*logits, weight, targets, of_row, weights);
    return loss_of(plan->blobs.back(), 1, targets, of_row, weights);
  }
  /// Sets the gradient of `weight` times the mean loss of the rows of `logits`, each times its own weight.
  LossSums loss_of(const Blob& logits, float weight, std::span<const float> targets, const Loss& of_row,
                   std::span<const float> weights) {
    const auto classes = static_cast<std::size_t>(logits.shape.channels);
    const float share = weight / static_cast<float>(all_rows);
    const bool independent = outputs_of(of_row) == dataset::Labels::Independent;
    LossSums sums{0, 0, context.rows};
    for (int r = 0; r < context.rows; ++r) {
      const std::span<const float> row(logits.row(r), classes);
      const std::span<float> gradient(logits.grad_row(r), classes);
      const auto shares = targets.subspan(static_cast<std::size_t>(r) * classes, classes);
      const float counts = weights.empty() ? 1.F : weights[static_cast<std::size_t>(r)];
      sums.loss += static_cast<double>(counts) * row_loss(of_row, row, shares, gradient);
      for (float& g : gradient) g *= share * counts;
      sums.correct += is_right(row, shares, independent);
    }
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
  tbb::task_arena arena;
  int threads = 1;  ///< of the arena
  std::optional<Plan> plan;
  std::optional<engine::StepClock> clock;  ///< none: times aren't wanted
  std::vector<Shard> shards;
  Blob plain;                       ///< of the last value, where it is in blocks
  std::vector<float> label_shares;  ///< of labels that were given as numbers
  double all_rows = 0;              ///< of the batch, whose other rows other processes have
  bool stale = true;                ///< what steps have of the parameters
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
  const auto classes = static_cast<std::size_t>(impl_->plan->blobs.back().shape.channels);
  if (shares.empty() || shares.size() % classes != 0)
    throw Error(fmt::format("{} label shares aren't rows of {} classes", shares.size(), classes));
  if (!weights.empty() && weights.size() != shares.size() / classes)
    throw Error(fmt::format("{} weights for {} rows", weights.size(), shares.size() / classes));
  impl_->context.step = step;
  impl_->begin(images, static_cast<int>(shares.size() / classes));
  impl_->copy_images(images);
  impl_->forward();
  impl_->all_rows = impl_->context.rows;
  if (impl_->context.group) impl_->context.group->sum(std::span(&impl_->all_rows, 1));
  const LossSums sums = impl_->loss(shares, loss, weights);
  impl_->backward();
  return impl_->context.group ? sum_over_group(*impl_->context.group, impl_->model, sums) : sums;
}

std::span<const float> Executor::predict(std::span<const float> images, int rows) {
  if (impl_->context.training) throw UsageError("this executor was made for training");
  impl_->begin(images, rows);
  impl_->copy_images(images);
  impl_->forward();
  return impl_->output();
}

std::span<const float> Executor::forward(std::span<const float> images, int rows, std::uint64_t step) {
  if (!impl_->context.training) throw UsageError("this executor was made for inference");
  impl_->context.step = step;
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
