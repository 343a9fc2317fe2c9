#include "doppel/nn/executor.h"

#include <fmt/format.h>
#include <tbb/info.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <set>

#include "doppel/augment/error.h"
#include "engine/half.h"
#include "engine/lifetimes.h"
#include "engine/onednn.h"
#include "engine/step.h"
#include "execution_order.h"
#include "fold.h"
#include "group_sum.h"
#include "parallel.h"

namespace doppel::nn {
namespace {

using engine::Blob;
using engine::Lane;
using engine::Step;

bool learns(const Model& model, const Node& node) {
  return std::ranges::any_of(model.parameters(), [&](const Parameter& p) {
    return p.rate != 0 && p.kind != Parameter::Kind::Statistic && p.name.starts_with(node.name + ".");
  });
}

}  // namespace

// With AVX-512 alone oneDNN has bfloat16, too, but slower than floats.
bool has_bf16() { return __builtin_cpu_supports("avx512bf16") != 0; }

struct Executor::Impl {
  Impl(Model& m, ExecutorOptions o)
      : given(m),
        options(o),
        own(without_norms(m, o)),
        model(own ? *own : m),
        graph(o.mode == ExecutorOptions::Mode::Training ? model.graph() : model.graph().without_sides()),
        nodes(execution_order(graph, o.mode)) {
    if (options.batch < 1 || options.shards < 1)
      throw UsageError("a batch and its shards must be at least 1");
    setting.batch = options.batch;
    setting.lanes = std::min(options.shards, options.batch);
    setting.training = options.mode == ExecutorOptions::Mode::Training;
    setting.seed = options.seed;
    setting.keeps_pieces = options.tangent;
    setting.group = options.group && options.group->world() > 1 ? options.group : nullptr;
    // Others drop other numbers.
    if (setting.group) setting.seed += static_cast<std::uint64_t>(setting.group->rank()) << 48;
    setting.bf16 = options.precision == Precision::BF16 && has_bf16();
    const int cores = tbb::info::default_concurrency();
    arena.initialize(options.threads > 0 ? std::min(options.threads, cores) : cores);
    const engine::OneDnnScope scope;
    compile();
    give_memory();
  }

  static std::optional<Model> without_norms(const Model& m, const ExecutorOptions& o) {
    if (o.mode == ExecutorOptions::Mode::Training || !has_foldable(m.graph())) return {};
    return folded(m);
  }

  void compile() {
    input.shape = graph.input;
    input.allocate(options.batch, options.input_gradient);
    input.pictures = true;
    consumers = graph.consumers();
    const auto kernels = engine::choose_conv_kernels(nodes, model, setting, options.kernels);
    const std::vector<bool> half = engine::half_values(nodes, kernels);
    values.resize(nodes.size() + 1);
    int readers = 0;
    for (const Node& node : nodes) readers += static_cast<int>(std::ranges::count(node.inputs, -1));
    hand_out(0, input, readers, options.input_gradient, 1);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      // A softmax at the end is left to the loss, and to who reads probabilities.
      if (i + 1 == nodes.size() && std::holds_alternative<Softmax>(nodes[i].layer)) break;
      Blob& out = blobs.emplace_back();
      out.shape = nodes[i].out;
      out.half = setting.bf16 && half[i];
      // Tangents need what a rectifier hides.
      const bool straight = goes_straight_on(nodes, consumers, i) && !options.tangent;
      const double slope = straight ? rectifier_slope(nodes[i + 1].layer) : 1;
      const bool sum = std::holds_alternative<Add>(nodes[i].layer),
                 takes_rectifier = slope != 1 && (sum || std::holds_alternative<BatchNorm2d>(nodes[i].layer));
      const std::size_t last = takes_rectifier ? i + 1 : i;
      const bool forked = consumers[last] > 1;
      bool needs_grad = learns(model, nodes[i]);
      needs_grad |= sum || std::holds_alternative<Concat>(nodes[i].layer)
                        ? add_join(nodes[i], out, {sum ? slope : 1, !forked})
                        : add_layer(i, out, slope, kernels[i]);
      i = last;
      named.emplace_back(nodes[i].name, &out);
      if (nodes[i].side_loss > 0) sides.emplace_back(&out, static_cast<float>(nodes[i].side_loss));
      hand_out(i + 1, out, consumers[i], needs_grad, sum ? slope : 1);
    }
  }

  /// The step of a sum or a concatenation. True where something before it needs a gradient.
  bool add_join(const Node& node, Blob& out, const engine::JoinRectifier& rectifier) {
    std::vector<engine::JoinedBlob> ins;
    bool needs_grad = false;
    std::vector<Blob*> touched{&out};
    for (const int source : node.inputs) {
      ins.push_back(take(source));
      needs_grad |= ins.back().needs_grad;
      touched.push_back(ins.back().blob);
    }
    const bool sum = std::holds_alternative<Add>(node.layer);
    steps.push_back(engine::make_join(setting, sum, std::move(ins), out, rectifier));
    steps.back()->set_blobs(std::move(touched));
    return needs_grad;
  }

  /// The step of any other layer, `next_slope` that of a rectifier after it.
  bool add_layer(std::size_t i, Blob& out, double next_slope, engine::ConvKernel kernel) {
    const Node& node = nodes[i];
    const auto [in, in_needs_grad] = take(node.inputs[0]);
    const engine::StepInputs inputs{node,  model, setting, *in, out, in_needs_grad, learns(model, node),
                                    kernel};
    const bool alone = i > 0 && node.inputs[0] == static_cast<int>(i) - 1 && consumers[i - 1] == 1;
    steps.push_back(make_step(inputs, next_slope, alone ? &nodes[i - 1].layer : nullptr));
    steps.back()->set_node(node.name);
    steps.back()->set_blobs({in, &out});
    if (options.tangent && !steps.back()->is_piecewise())
      throw UsageError(
          fmt::format("{} isn't linear in pieces, which a gradient penalty needs: convolutions, fc, "
                      "average pooling, resizing, relu, lrelu, add, cat and dropout are",
                      node.name));
    return in_needs_grad;
  }

  /// What steps pass on to each other shares memory where it can; the rest has its own.
  void give_memory() {
    if (setting.training) {
      std::vector<Blob*> heads{&blobs.back()};
      for (const auto& [logits, weight] : sides) heads.push_back(logits);
      shared = engine::share_gradients(steps, setting, input, heads);
    } else {
      shared = engine::share_values(steps, setting, input, blobs.back());
    }
    input.take_memory();
    for (Blob& blob : blobs) blob.take_memory();
  }

  /// A value's blobs for its readers, in the order in which they come for them. `place`: 0 for the picture, i
  /// + 1 for node i. `slope`: of the rectifier that a sum has done, and whose way back a fork does.
  void hand_out(std::size_t place, Blob& value, int readers, bool needs_grad, double slope) {
    auto& queue = values[place];
    if (readers <= 1) {
      queue.push_back({&value, needs_grad});
      return;
    }
    std::vector<Blob*> outs;
    for (int k = 0; k < readers; ++k) outs.push_back(&blobs.emplace_back());
    steps.push_back(engine::make_fork(setting, value, outs, needs_grad, slope));
    std::vector<Blob*> touched = outs;
    touched.push_back(&value);
    steps.back()->set_blobs(std::move(touched));
    for (Blob* out : outs) queue.push_back({out, needs_grad});
  }
  engine::JoinedBlob take(int node) {
    auto& queue = values[static_cast<std::size_t>(node + 1)];
    const engine::JoinedBlob first = queue.front();
    queue.pop_front();
    return first;
  }

  std::unique_ptr<Step> make_step(const engine::StepInputs& inputs, double next_slope,
                                  const Layer* before) const {
    const Layer& layer = inputs.node.layer;
    if (std::holds_alternative<Conv2d>(layer)) return engine::make_conv(inputs, next_slope);
    if (std::holds_alternative<ConvTranspose2d>(layer)) return engine::make_deconv(inputs);
    if (std::holds_alternative<Upsample>(layer)) return engine::make_upsample(inputs);
    if (std::holds_alternative<BatchNorm2d>(layer)) return engine::make_batch_norm(inputs, next_slope);
    if (std::holds_alternative<Linear>(layer)) return engine::make_linear(inputs);
    if (std::holds_alternative<Flatten>(layer) || std::holds_alternative<Unflatten>(layer))
      return engine::make_flatten(inputs);
    if (std::holds_alternative<Dropout>(layer) || std::holds_alternative<Dropout2d>(layer))
      return engine::make_dropout(inputs);
    if (std::holds_alternative<Softmax>(layer)) return engine::make_softmax(inputs);
    if (std::holds_alternative<PReLU>(layer)) return engine::make_prelu(inputs);
    if (std::holds_alternative<AdaptiveAvgPool2d>(layer)) return engine::make_adaptive_pool(inputs);
    if (std::holds_alternative<Custom>(layer)) return engine::make_custom(inputs);
    if (!is_activation(layer)) return engine::make_pool(inputs);
    const bool after_conv = before && std::holds_alternative<Conv2d>(*before);
    const bool fused = after_conv && !options.tangent && rectifier_slope(layer) != 1;
    // In place where nobody before needs what is overwritten.
    const bool in_place =
        after_conv ||
        (before && (std::holds_alternative<Linear>(*before) || std::holds_alternative<MaxPool2d>(*before) ||
                    std::holds_alternative<Add>(*before) || std::holds_alternative<AvgPool2d>(*before)));
    return engine::make_activation(inputs, fused, in_place);
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
        images.size() != static_cast<std::size_t>(rows) * input.row_numbers())
      throw UsageError(fmt::format("{} rows of {} numbers don't fit an executor for {} rows of {}", rows,
                                   images.size(), options.batch, input.row_numbers()));
    if (rows != setting.rows) {
      setting.rows = rows;
      lanes.clear();
      const engine::OneDnnScope scope;
      for (int i = 0; i < setting.lanes; ++i) {
        const int first = static_cast<int>(std::int64_t{rows} * i / setting.lanes);
        const int last = static_cast<int>(std::int64_t{rows} * (i + 1) / setting.lanes);
        if (last == first) continue;
        lanes.push_back({static_cast<int>(lanes.size()), first, last - first});
        for (auto& step : steps) step->prepare(last - first);
      }
    }
    if (own && own_is_stale) {
      Model now = folded(given);
      for (std::size_t i = 0; i < now.parameters().size(); ++i)
        own->parameters()[i].value = std::move(now.parameters()[i].value);
    }
    if (stale)
      parallel(static_cast<int>(steps.size()),
               [&](int i) { steps[static_cast<std::size_t>(i)]->load_parameters(); });
    stale = own_is_stale = false;
  }

  /// Runs every step's phases; lanes meet only where a step asks for it.
  /// `meet`: also where it is a meeting.
  template <class Phases, class Run, class Merge>
  void sweep(const std::vector<Step*>& order, bool meet, Phases phases, Run run, Merge merge) {
    std::size_t first = 0;
    int first_phase = 0;
    while (first < order.size()) {
      // A segment: up to and with the first phase that all lanes must be through with.
      std::size_t last = first;
      int last_phase = first_phase;
      while (last + 1 < order.size() && last_phase + 1 == phases(*order[last]) &&
             !(meet && order[last]->is_meeting()))
        ++last, last_phase = 0;
      parallel(static_cast<int>(lanes.size()), [&](int i) {
        const Lane& lane = lanes[static_cast<std::size_t>(i)];
        for (std::size_t s = first; s <= last; ++s) run(*order[s], s == first ? first_phase : 0, lane);
      });
      const bool through = last_phase + 1 == phases(*order[last]);
      if (!through) merge(*order[last]);
      first_phase = through ? 0 : last_phase + 1;
      first = through ? last + 1 : last;
    }
  }

  void copy_images(std::span<const float> images) { std::ranges::copy(images, input.data->data()); }

  void forward() {
    std::vector<Step*> order;
    for (auto& step : steps) order.push_back(step.get());
    sweep(
        order, !setting.training, [](const Step& s) { return s.forward_phases(); },
        [](Step& s, int phase, const Lane& lane) { s.forward(phase, lane); },
        [](Step& s) { s.merge_forward(); });
  }

  /// The last value's rows in plain order.
  std::span<float> output() {
    const Blob& out = blobs.back();
    const std::size_t count =
        static_cast<std::size_t>(setting.rows) * static_cast<std::size_t>(out.shape.count());
    if (out.format == engine::kPlain) return {out.data->data(), count};
    if (plain.data == nullptr) {
      plain.shape = out.shape;
      plain.allocate(options.batch, setting.training);
      plain.take_memory();
    }
    const engine::OneDnnScope scope;
    engine::reorder(setting, engine::view(setting, out.desc(setting.rows), out.data->data()),
                    engine::view(setting, plain.desc(setting.rows), plain.data->data()));
    return {plain.data->data(), count};
  }

  void set_output_gradient(std::span<const float> gradient) {
    for (const auto& [logits, weight] : sides) std::fill_n(logits->grad->data(), logits->grad->count(), 0.F);
    const Blob& out = blobs.back();
    if (gradient.size() !=
        static_cast<std::size_t>(setting.rows) * static_cast<std::size_t>(out.shape.count()))
      throw UsageError(
          fmt::format("{} gradients for {} rows of {}", gradient.size(), setting.rows, out.shape.text()));
    if (out.format == engine::kPlain) {
      std::ranges::copy(gradient, out.grad->data());
      return;
    }
    std::ranges::copy(gradient, plain.grad->data());
    const engine::OneDnnScope scope;
    engine::reorder(setting, engine::view(setting, plain.desc(setting.rows), plain.grad->data()),
                    engine::view(setting, out.desc(setting.rows), out.grad->data()));
  }

  void backward() {
    std::vector<Step*> order;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) order.push_back(step->get());
    sweep(
        order, true, [](const Step& s) { return s.backward_phases(); },
        [](Step& s, int phase, const Lane& lane) { s.backward(phase, lane); },
        [](Step& s) { s.merge_backward(); });
    if (!setting.parameters) return;
    std::vector<std::pair<Step*, int>> tasks;
    for (auto& step : steps)
      for (int t = 0; t < step->parameter_tasks(); ++t) tasks.emplace_back(step.get(), t);
    parallel(static_cast<int>(tasks.size()), [&](int i) {
      const auto [step, task] = tasks[static_cast<std::size_t>(i)];
      step->parameter_task(task);
    });
  }

  void keep_pieces() {
    parallel(static_cast<int>(lanes.size()), [&](int i) {
      for (auto& step : steps) step->keep_pieces(lanes[static_cast<std::size_t>(i)]);
    });
  }

  LossSums loss(std::span<const float> targets, const Loss& of_row) {
    for (const auto& [logits, weight] : sides) loss_of(*logits, weight, targets, of_row);
    return loss_of(blobs.back(), 1, targets, of_row);
  }
  /// Sets the gradient of `weight` times the mean loss of the rows of `logits`.
  LossSums loss_of(const Blob& logits, float weight, std::span<const float> targets, const Loss& of_row) {
    const auto classes = static_cast<std::size_t>(logits.shape.channels);
    const float share = weight / static_cast<float>(all_rows);
    LossSums sums{0, 0, setting.rows};
    for (int r = 0; r < setting.rows; ++r) {
      const std::span<const float> row(logits.row(r), classes);
      const std::span<float> gradient(logits.grad_row(r), classes);
      const auto shares = targets.subspan(static_cast<std::size_t>(r) * classes, classes);
      sums.loss += of_row(row, shares, gradient);
      for (float& g : gradient) g *= share;
      sums.correct +=
          std::ranges::max_element(row) - row.begin() == std::ranges::max_element(shares) - shares.begin();
    }
    return sums;
  }

  Model& given;
  ExecutorOptions options;
  std::optional<Model> own;  ///< for inference: `given` without its BatchNorms
  Model& model;              ///< what runs
  Graph graph;               ///< of what runs
  std::vector<Node> nodes;
  std::vector<std::pair<Blob*, float>>
      sides;  ///< what heads at the side give, and how much their loss counts
  engine::Setting setting;
  tbb::task_arena arena;
  Blob input;
  std::vector<int> consumers;
  std::vector<std::deque<engine::JoinedBlob>> values;      ///< while compiling
  std::deque<Blob> blobs;                                  ///< steps hold references
  engine::Buffer shared;                                   ///< what gradients or values lie in
  std::vector<std::pair<std::string, const Blob*>> named;  ///< each node's value
  std::vector<std::unique_ptr<Step>> steps;
  std::vector<Lane> lanes;
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
  const int classes = impl_->blobs.back().shape.channels;
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
                         std::uint64_t step) {
  if (!impl_->setting.training) throw UsageError("this executor was made for inference");
  const auto classes = static_cast<std::size_t>(impl_->blobs.back().shape.channels);
  if (shares.empty() || shares.size() % classes != 0)
    throw Error(fmt::format("{} label shares aren't rows of {} classes", shares.size(), classes));
  impl_->setting.step = step;
  impl_->begin(images, static_cast<int>(shares.size() / classes));
  impl_->copy_images(images);
  impl_->forward();
  impl_->all_rows = impl_->setting.rows;
  if (impl_->setting.group) impl_->setting.group->sum(std::span(&impl_->all_rows, 1));
  const LossSums sums = impl_->loss(shares, loss);
  impl_->backward();
  return impl_->setting.group ? sum_over_group(*impl_->setting.group, impl_->model, sums) : sums;
}

std::span<const float> Executor::predict(std::span<const float> images, int rows) {
  if (impl_->setting.training) throw UsageError("this executor was made for training");
  impl_->begin(images, rows);
  impl_->copy_images(images);
  impl_->forward();
  return impl_->output();
}

std::span<const float> Executor::forward(std::span<const float> images, int rows, std::uint64_t step) {
  if (!impl_->setting.training) throw UsageError("this executor was made for inference");
  impl_->setting.step = step;
  impl_->begin(images, rows);
  impl_->copy_images(images);
  impl_->forward();
  return impl_->output();
}

std::span<const float> Executor::backward(std::span<const float> gradient, Wanted wanted) {
  if (!impl_->setting.training) throw UsageError("this executor was made for inference");
  impl_->set_output_gradient(gradient);
  engine::Setting& setting = impl_->setting;
  setting.parameters = wanted != Wanted::Pictures;
  setting.pictures = wanted != Wanted::Parameters;
  impl_->backward();
  setting.parameters = setting.pictures = true;
  if (!impl_->options.input_gradient || wanted == Wanted::Parameters) return {};
  return {impl_->input.grad->data(),
          static_cast<std::size_t>(impl_->setting.rows) * impl_->input.row_numbers()};
}

void Executor::backward_tangent(std::span<const float> direction, std::span<const float> gradient) {
  if (!impl_->options.tangent) throw UsageError("this executor was made without tangents");
  if (direction.size() != static_cast<std::size_t>(impl_->setting.rows) * impl_->input.row_numbers())
    throw UsageError(fmt::format("a direction of {} numbers for {} pictures of {}", direction.size(),
                                 impl_->setting.rows, impl_->input.row_numbers()));
  impl_->keep_pieces();
  impl_->setting.tangent = true;
  impl_->copy_images(direction);
  impl_->forward();
  impl_->set_output_gradient(gradient);
  impl_->setting.pictures = false;
  impl_->backward();
  impl_->setting.pictures = true;
  impl_->setting.tangent = false;
  for (Parameter& p : impl_->model.parameters())
    if (p.kind == Parameter::Kind::Vector) std::ranges::fill(p.grad, 0.F);
}

Executor::NotFinite Executor::not_finite() const {
  for (const auto& [name, blob] : impl_->named) {
    NotFinite found{name, {}};
    for (int r = 0; r < impl_->setting.rows; ++r)
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
  // A lane's kernels are made for its rows.
  const engine::OneDnnScope scope;
  if (impl_->setting.rows == 0) {
    impl_->setting.rows = impl_->options.batch;
    for (auto& step : impl_->steps)
      step->prepare((impl_->options.batch + impl_->setting.lanes - 1) / impl_->setting.lanes);
    impl_->setting.rows = 0;
  }
  std::vector<KernelInfo> all;
  for (const auto& step : impl_->steps)
    for (auto& [pass, implementation] : step->kernels()) all.push_back({step->node(), pass, implementation});
  return all;
}

const std::map<std::string, std::string>& Executor::chosen_kernels() const { return impl_->options.kernels; }

std::size_t Executor::memory_bytes() const {
  std::set<const engine::Buffer*> buffers{impl_->input.data.get(), impl_->input.grad.get()};
  for (const Blob& blob : impl_->blobs) buffers.insert({blob.data.get(), blob.grad.get()});
  std::size_t floats = impl_->shared.count();
  for (const engine::Buffer* buffer : buffers)
    floats += buffer && buffer->owns_memory() ? buffer->count() : 0;
  return floats * sizeof(float);
}

}  // namespace doppel::nn
