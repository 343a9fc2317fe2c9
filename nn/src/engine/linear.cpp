#include <algorithm>

#include "distributed/tree_sum.h"
#include "kernels.h"
#include "onednn.h"

namespace doppel::nn::engine {
namespace {

/// Rows of the weight gradient that one parameter task computes.
constexpr int kGradRows = 64;

/// sums[i] = the sum over rows of the gradient's column i, first <= i < first + count.
void sum_rows(const Blob& out, const Shard& shard, int first, int count, float* sums) {
  std::fill_n(sums, count, 0.F);
  for (int r = shard.first; r < shard.first + shard.rows; ++r)
    add_to(sums, out.grad_row(r) + first, static_cast<std::size_t>(count));
}

/// The gradients of some output units' weights and biases over all shards, by a tree: product(shard, weights)
/// makes one shard's of the weights.
template <class Product>
void sum_shards(const EngineContext& context, const Blob& out, int first, int count, int features,
                float* weights, float* biases, Product product) {
  const int shards = static_cast<int>(context.lanes.size());
  const std::size_t units = static_cast<std::size_t>(count),
                    numbers = units * static_cast<std::size_t>(features);
  static thread_local std::vector<float> more;
  more.resize(static_cast<std::size_t>(tree_buffers(shards) - 1) * (numbers + units));
  const auto weights_of = [&](int buffer) {
    return buffer == 0 ? weights : more.data() + static_cast<std::size_t>(buffer - 1) * (numbers + units);
  };
  const auto biases_of = [&](int buffer) { return buffer == 0 ? biases : weights_of(buffer) + numbers; };
  make_by_tree(
      0, shards, 0,
      [&](int i, int buffer) {
        const Shard& shard = context.lanes[static_cast<std::size_t>(i)];
        product(shard, weights_of(buffer));
        sum_rows(out, shard, first, count, biases_of(buffer));
      },
      [&](int to, int from) {
        add_to(weights_of(to), weights_of(from), numbers);
        add_to(biases_of(to), biases_of(from), units);
      });
}

/// A product of a layer's matrices, of one of which `weights` bytes are read or written.
Work product(const Blob& in, const Blob& out, int rows, double weights, bool bf16) {
  return {2.0 * rows * in.shape.channels * out.shape.channels, in.bytes(rows) + out.bytes(rows) + weights,
          bf16};
}

/// Y = X·Wᵀ + b over plain row-major matrices. The weight gradient is split by output units, each of
/// which adds up the shards' while they are in the cache: no copies of all of it per shard.
class LinearStep final : public Step {
 public:
  explicit LinearStep(const StepInputs& inputs)
      : context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        weight_(*inputs.model.find(inputs.node.name, "weight")),
        bias_(*inputs.model.find(inputs.node.name, "bias")),
        units_(inputs.out.shape.channels),
        features_(inputs.in.shape.channels),
        needs_data_grad_(inputs.in_needs_grad),
        learns_(inputs.learns) {
    out_.format = kPlain;
    out_.allocate(context_.batch, context_.training);
  }

  void forward(int, const Shard& shard) override {
    if (!context_.tangent)
      for (int r = 0; r < shard.rows; ++r) std::ranges::copy(bias_.value, out_.row(shard.first + r));
    dnnl_sgemm('N', 'T', shard.rows, units_, features_, 1.F, in_.row(shard.first), features_,
               weight_.value.data(), features_, context_.tangent ? 0.F : 1.F, out_.row(shard.first), units_);
  }

  void backward(int, const Shard& shard) override {
    if (!needs_data_grad_) return;
    dnnl_sgemm('N', 'N', shard.rows, features_, units_, 1.F, out_.grad_row(shard.first), units_,
               weight_.value.data(), features_, 0.F, in_.grad_row(shard.first), features_);
  }

  bool is_piecewise() const override { return true; }
  bool keeps_gradient() const override { return true; }
  Work forward_work(int rows) const override { return product(in_, out_, rows, weight_bytes(), false); }
  Work backward_work(int rows) const override { return needs_data_grad_ ? forward_work(rows) : Work{}; }
  Work parameter_work() const override { return learns_ ? forward_work(context_.rows) : Work{}; }
  int parameter_tasks() const override { return !learns_ ? 0 : (units_ + kGradRows - 1) / kGradRows; }
  void parameter_task(int task) override {
    const OneDnnScope scope;
    const int first = task * kGradRows, count = std::min(kGradRows, units_ - first);
    sum_shards(context_, out_, first, count, features_, weight_.grad.data() + std::size_t(first) * features_,
               bias_.grad.data() + first, [&](const Shard& shard, float* weights) {
                 dnnl_sgemm('T', 'N', count, features_, shard.rows, 1.F, out_.grad_row(shard.first) + first,
                            units_, in_.row(shard.first), features_, 0.F, weights, features_);
               });
  }

 private:
  double weight_bytes() const { return static_cast<double>(weight_.value.size() * sizeof(float)); }

  EngineContext& context_;
  Blob &in_, &out_;
  Parameter &weight_, &bias_;
  int units_, features_;
  bool needs_data_grad_, learns_;
};

/// The same with products of bfloat16; what comes in and goes out are floats.
class Bf16LinearStep final : public Step {
 public:
  explicit Bf16LinearStep(const StepInputs& inputs)
      : context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        weight_(*inputs.model.find(inputs.node.name, "weight")),
        bias_(*inputs.model.find(inputs.node.name, "bias")),
        units_(inputs.out.shape.channels),
        features_(inputs.in.shape.channels),
        needs_data_grad_(inputs.in_needs_grad),
        learns_(inputs.learns),
        bf16_weight_((weight_.value.size() + 1) / 2),
        bf16_in_(bf16_size(features_)),
        bf16_grad_(bf16_size(units_)) {
    out_.format = kPlain;
    out_.allocate(context_.batch, context_.training);
  }

  void prepare(int rows) override {
    forward_.prepare(context_, matrix(rows, features_), matrix(features_, units_, true), rows, units_);
    context_.need_scratch(forward_.scratch_bytes());
    if (!context_.training) return;
    data_.prepare(context_, matrix(rows, units_), matrix(units_, features_), rows, features_);
    for (const int count : {std::min(kGradRows, units_), (units_ - 1) % kGradRows + 1})
      grad_.prepare(context_, gradient(count, rows), matrix(rows, features_), count, features_);
    context_.need_scratch(data_.scratch_bytes());
    const std::size_t floats = grad_.scratch_bytes() / sizeof(float) + 16;
    task_scratch_.resize(static_cast<std::size_t>(parameter_tasks()));
    for (Buffer& buffer : task_scratch_)
      if (buffer.count() < floats) buffer = Buffer(floats);
  }
  std::vector<std::pair<std::string, std::string>> kernels() const override {
    std::vector<std::pair<std::string, std::string>> named{{"forward", forward_.implementation()}};
    if (!context_.training) return named;
    named.emplace_back("weights", grad_.implementation());
    if (needs_data_grad_) named.emplace_back("data", data_.implementation());
    return named;
  }
  void load_parameters() override {
    to_bf16(bf16_numbers(bf16_weight_), weight_.value.data(), weight_.value.size());
  }

  void forward(int, const Shard& shard) override {
    auto* x = bf16_numbers(bf16_in_) + std::size_t(shard.first) * features_;
    to_bf16(x, in_.row(shard.first), std::size_t(shard.rows) * features_);
    forward_.run(context_, matrix(shard.rows, features_), x, bf16_numbers(bf16_weight_),
                 out_.row(shard.first), lane_scratch(shard));
    for (int r = 0; r < shard.rows && !context_.tangent; ++r)
      add_to(out_.row(shard.first + r), bias_.value.data(), static_cast<std::size_t>(units_));
  }

  void backward(int, const Shard& shard) override {
    auto* dy = bf16_numbers(bf16_grad_) + std::size_t(shard.first) * units_;
    to_bf16(dy, out_.grad_row(shard.first), std::size_t(shard.rows) * units_);
    if (needs_data_grad_)
      data_.run(context_, matrix(shard.rows, units_), dy, bf16_numbers(bf16_weight_),
                in_.grad_row(shard.first), lane_scratch(shard));
  }

  bool is_piecewise() const override { return true; }
  bool keeps_gradient() const override { return true; }
  Work forward_work(int rows) const override { return product(in_, out_, rows, weight_bytes(2), true); }
  Work backward_work(int rows) const override { return needs_data_grad_ ? forward_work(rows) : Work{}; }
  Work parameter_work() const override {
    return learns_ ? product(in_, out_, context_.rows, weight_bytes(4), true) : Work{};
  }
  Work load_work() const override { return {.bytes = weight_bytes(2 + 4)}; }
  int parameter_tasks() const override { return !learns_ ? 0 : (units_ + kGradRows - 1) / kGradRows; }
  void parameter_task(int task) override {
    const int first = task * kGradRows, count = std::min(kGradRows, units_ - first);
    sum_shards(context_, out_, first, count, features_, weight_.grad.data() + std::size_t(first) * features_,
               bias_.grad.data() + first, [&](const Shard& shard, float* weights) {
                 grad_.run(context_, gradient(count, shard.rows),
                           bf16_numbers(bf16_grad_) + std::size_t(shard.first) * units_ + first,
                           bf16_numbers(bf16_in_) + std::size_t(shard.first) * features_, weights,
                           task_scratch_[static_cast<std::size_t>(task)]);
               });
  }

 private:
  /// Products of two matrices of bfloat16, by the first one's shape.
  class Product {
   public:
    void prepare(EngineContext& context, const Desc& a, const Desc& b, int rows, int columns) {
      for (const auto& [known, kernel] : kernels_)
        if (known == a) return;
      const Desc c({rows, columns}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::ab);
      const OneDnnScope scope;
      kernels_.emplace_back(a, describe<dnnl::matmul>(context.engine, user_scratch(), a, b, c));
      runs_.emplace_back(kernels_.back().second);
      scratch_ = std::max(scratch_, kernels_.back().second.scratchpad_desc().get_size());
    }
    std::size_t scratch_bytes() const { return scratch_; }
    std::string implementation() const { return kernels_[0].second.impl_info_str(); }
    /// `scratch`: memory of scratch_bytes() that nobody else uses meanwhile.
    void run(const EngineContext& context, const Desc& a, void* x, void* y, float* to,
             const Buffer& scratch) const {
      std::size_t i = 0;
      while (kernels_[i].first != a) ++i;
      const auto& kernel = kernels_[i].second;
      const OneDnnScope scope;
      dnnl::stream stream(context.engine);
      runs_[i].execute(stream,
                       {{DNNL_ARG_SRC, view(context, a, x)},
                        {DNNL_ARG_WEIGHTS, view(context, kernel.weights_desc(), y)},
                        {DNNL_ARG_DST, view(context, kernel.dst_desc(), to)},
                        {DNNL_ARG_SCRATCHPAD, view(context, kernel.scratchpad_desc(), scratch.data())}});
      stream.wait();
    }

   private:
    std::vector<std::pair<Desc, dnnl::matmul::primitive_desc>> kernels_;
    std::vector<dnnl::matmul> runs_;
    std::size_t scratch_ = 0;
  };

  double weight_bytes(int each) const { return static_cast<double>(weight_.value.size()) * each; }
  const Buffer& lane_scratch(const Shard& shard) const {
    return *context_.scratch[static_cast<std::size_t>(shard.index)];
  }

  std::size_t bf16_size(int columns) const { return (std::size_t(context_.batch) * columns + 1) / 2; }
  static std::uint16_t* bf16_numbers(const Buffer& buffer) {
    return reinterpret_cast<std::uint16_t*>(buffer.data());
  }
  /// Rows one after the other; `turned`: a view of the matrix [columns, rows].
  static Desc matrix(int rows, int columns, bool turned = false) {
    return {{rows, columns},
            dnnl::memory::data_type::bf16,
            turned ? dnnl::memory::format_tag::ba : dnnl::memory::format_tag::ab};
  }
  /// `count` columns of a shard's gradient, as rows.
  Desc gradient(int count, int rows) const {
    return {{count, rows}, dnnl::memory::data_type::bf16, dnnl::memory::dims{1, units_}};
  }

  EngineContext& context_;
  Blob &in_, &out_;
  Parameter &weight_, &bias_;
  int units_, features_;
  bool needs_data_grad_, learns_;
  Buffer bf16_weight_, bf16_in_, bf16_grad_;
  Product forward_, data_, grad_;
  std::vector<Buffer> task_scratch_;
};

/// True where products of bfloat16 are worth their copies: not for a few logits, and not for matrices so
/// large that a step only waits for them to be read.
bool suits_bf16(int features, int units) {
  constexpr int kFewest = 64;
  constexpr std::int64_t kLargest = std::int64_t{1} << 24;
  return features >= kFewest && units >= kFewest && std::int64_t{features} * units <= kLargest;
}

}  // namespace

std::unique_ptr<Step> make_linear(const StepInputs& inputs) {
  if (inputs.context.bf16 && suits_bf16(inputs.in.shape.channels, inputs.out.shape.channels))
    return std::make_unique<Bf16LinearStep>(inputs);
  return std::make_unique<LinearStep>(inputs);
}

}  // namespace doppel::nn::engine
