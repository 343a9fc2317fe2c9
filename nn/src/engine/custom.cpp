#include "doppel/nn/model/custom_layer.h"
#include "onednn.h"

namespace doppel::nn::engine {
namespace {

/// Brings rows into plain order for a layer of the user's, where they aren't.
class CustomStep final : public Step {
 public:
  explicit CustomStep(const StepInputs& inputs)
      : layer_(*std::get<Custom>(inputs.node.layer).layer),
        context_(inputs.context),
        in_(inputs.in),
        out_(inputs.out),
        needs_data_grad_(inputs.in_needs_grad),
        plain_{in_.shape, kPlain, false, nullptr, nullptr} {
    out_.format = kPlain;
    out_.allocate(context_.batch, context_.training);
    if (in_.format == kPlain) return;
    plain_.allocate(context_.batch, context_.training);
    plain_.take_memory();
  }

  void forward(int, const Shard& shard) override {
    if (plain_.data)
      reorder(context_, whole(in_, shard, in_.row(shard.first)),
              whole(plain_, shard, plain_.row(shard.first)));
    for (int r = shard.first; r < shard.first + shard.rows; ++r)
      layer_.forward(values(source(), source().row(r)), values(out_, out_.row(r)));
  }

  void backward(int, const Shard& shard) override {
    if (!needs_data_grad_) return;
    for (int r = shard.first; r < shard.first + shard.rows; ++r)
      layer_.backward(values(source(), source().row(r)), values(out_, out_.row(r)),
                      values(out_, out_.grad_row(r)), values(source(), source().grad_row(r)));
    if (plain_.data)
      reorder(context_, whole(plain_, shard, plain_.grad_row(shard.first)),
              whole(in_, shard, in_.grad_row(shard.first)));
  }

 private:
  const Blob& source() const { return plain_.data ? plain_ : in_; }
  static std::span<float> values(const Blob& blob, float* row) {
    return {row, static_cast<std::size_t>(blob.shape.count())};
  }
  dnnl::memory whole(const Blob& blob, const Shard& shard, float* rows) const {
    return view(context_, blob.desc(shard.rows), rows);
  }

  const CustomLayer& layer_;
  EngineContext& context_;
  Blob &in_, &out_;
  bool needs_data_grad_;
  Blob plain_;  ///< without memory where `in_` is plain
};

}  // namespace

std::unique_ptr<Step> make_custom(const StepInputs& inputs) { return std::make_unique<CustomStep>(inputs); }

}  // namespace doppel::nn::engine
