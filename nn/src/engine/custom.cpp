#include "doppel/nn/model/custom_layer.h"
#include "onednn.h"

namespace doppel::nn::engine {
namespace {

/// Brings rows into plain order for a layer of the user's, where they aren't.
class CustomStep final : public Step {
 public:
  explicit CustomStep(const StepInputs& inputs)
      : layer_(*std::get<Custom>(inputs.node.layer).layer),
        setting_(inputs.setting),
        in_(inputs.in),
        out_(inputs.out),
        needs_data_grad_(inputs.in_needs_grad),
        plain_{in_.shape, kPlain, false, nullptr, nullptr} {
    out_.format = kPlain;
    out_.allocate(setting_.batch, setting_.training);
    if (in_.format == kPlain) return;
    plain_.allocate(setting_.batch, setting_.training);
    plain_.take_memory();
  }

  void forward(int, const Lane& lane) override {
    if (plain_.data)
      reorder(setting_, whole(in_, lane, in_.row(lane.first)), whole(plain_, lane, plain_.row(lane.first)));
    for (int r = lane.first; r < lane.first + lane.rows; ++r)
      layer_.forward(values(source(), source().row(r)), values(out_, out_.row(r)));
  }

  void backward(int, const Lane& lane) override {
    if (!needs_data_grad_) return;
    for (int r = lane.first; r < lane.first + lane.rows; ++r)
      layer_.backward(values(source(), source().row(r)), values(out_, out_.row(r)),
                      values(out_, out_.grad_row(r)), values(source(), source().grad_row(r)));
    if (plain_.data)
      reorder(setting_, whole(plain_, lane, plain_.grad_row(lane.first)),
              whole(in_, lane, in_.grad_row(lane.first)));
  }

 private:
  const Blob& source() const { return plain_.data ? plain_ : in_; }
  static std::span<float> values(const Blob& blob, float* row) {
    return {row, static_cast<std::size_t>(blob.shape.count())};
  }
  dnnl::memory whole(const Blob& blob, const Lane& lane, float* rows) const {
    return view(setting_, blob.desc(lane.rows), rows);
  }

  const CustomLayer& layer_;
  Setting& setting_;
  Blob &in_, &out_;
  bool needs_data_grad_;
  Blob plain_;  ///< without memory where `in_` is plain
};

}  // namespace

std::unique_ptr<Step> make_custom(const StepInputs& inputs) { return std::make_unique<CustomStep>(inputs); }

}  // namespace doppel::nn::engine
