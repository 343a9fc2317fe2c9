#include "conv_parameters.h"

#include <algorithm>
#include <stdexcept>

namespace doppel::nn::engine {

ConvParameters::ConvParameters(const Conv2d& layer, Parameter& weight, Parameter* bias)
    : layer_(layer), weight_(weight), bias_(bias) {}

void ConvParameters::fill_up(int inputs, int filters, int groups, int merged) {
  inputs_ = inputs;
  filters_ = filters;
  groups_ = groups;
  merged_ = merged;
}

bool ConvParameters::is_filled_up() const {
  return merged_ > 0 ||
         static_cast<std::size_t>(filters_) * static_cast<std::size_t>(inputs_ / groups_) * taps() !=
             weight_.value.size();
}

Desc ConvParameters::weight_desc() const {
  if (groups_ > 1)
    return {{groups_, filters_ / groups_, inputs_ / groups_, layer_.kernel_h, layer_.kernel_w},
            kFloat,
            Tag::goihw};
  return {{filters_, inputs_, layer_.kernel_h, layer_.kernel_w}, kFloat, Tag::oihw};
}

Desc ConvParameters::any_weights(dnnl::memory::data_type type) const {
  return {dims_of(weight_desc()), type, Tag::any};
}

Desc ConvParameters::bias_desc() const { return bias_ ? Desc({filters_}, kFloat, Tag::x) : Desc(); }

/// The parameter's numbers, or where it is filled up their copy with zeros between.
dnnl::memory ConvParameters::plain_view(const EngineContext& context, std::vector<float>& parameter) const {
  return view(context, weight_desc(), is_filled_up() ? staging_.data() : parameter.data());
}

/// Calls move(parameter's number, its place in staging_) for every weight.
template <class Move>
void ConvParameters::copy(Move move, std::vector<float>& parameter) {
  const std::size_t filters = static_cast<std::size_t>(layer_.filters), row = parameter.size() / filters,
                    filled = static_cast<std::size_t>(inputs_ / groups_) * taps();
  for (std::size_t o = 0; o < filters; ++o) {
    // Inputs of the groups before it in its block.
    const std::size_t before = merged_ > 0 ? o % static_cast<std::size_t>(merged_) * taps() / row * row : 0;
    for (std::size_t i = 0; i < row; ++i)
      move(parameter[o * row + i], staging_.data()[o * filled + before + i]);
  }
}

dnnl::memory ConvParameters::load(const EngineContext& context) {
  if (is_filled_up()) {
    if (staging_.count() == 0) staging_ = Buffer(weight_desc().get_size() / sizeof(float));
    // Gradients have been there, also between groups.
    if (merged_ > 0) std::fill_n(staging_.data(), staging_.count(), 0.F);
    copy([](float& parameter, float& filled) { filled = parameter; }, weight_.value);
  }
  if (bias_) {
    if (bias_values_.count() == 0) {
      bias_values_ = Buffer(static_cast<std::size_t>(filters_));
      no_bias_ = Buffer(static_cast<std::size_t>(filters_));
    }
    std::ranges::copy(bias_->value, bias_values_.data());
  }
  return plain_view(context, weight_.value);
}

float* ConvParameters::bias(const EngineContext& context) const {
  return (context.tangent ? no_bias_ : bias_values_).data();
}

void ConvParameters::take_weight_gradient(const EngineContext& context, LaneGradients& gradients) {
  const OneDnnScope scope;
  reorder(context, view(context, gradients.desc(), gradients.sum_weights(context)),
          plain_view(context, weight_.grad));
  if (is_filled_up()) copy([](float& parameter, float& filled) { parameter = filled; }, weight_.grad);
}

void ConvParameters::take_bias_gradient(const EngineContext& context, LaneGradients& gradients) {
  if (bias_) std::copy_n(gradients.sum_biases(context), bias_->grad.size(), bias_->grad.begin());
}

void WeightCopies::load(const EngineContext& context, const dnnl::memory& plain, const Desc& desc) {
  auto copy = std::ranges::find(copies_, desc, &Copy::desc);
  if (copy == copies_.end())
    copy = copies_.insert(copy, Copy{desc, Buffer(desc.get_size() / sizeof(float) + 1)});
  reorder(context, plain, view(context, desc, copy->buffer.data()));
}

dnnl::memory WeightCopies::find(const EngineContext& context, const Desc& desc) const {
  const auto copy = std::ranges::find(copies_, desc, &Copy::desc);
  if (copy == copies_.end()) throw std::logic_error("weights in a layout that wasn't loaded");
  return view(context, desc, copy->buffer.data());
}

ConvGeometry geometry_of(const Node& conv) {
  const auto& l = std::get<Conv2d>(conv.layer);
  // oneDNN counts what is left out between taps. What it calls the padding behind must fit the output's size
  // exactly, so rows that no window reaches are cut.
  return {{l.stride, l.stride},
          {l.dilation - 1, l.dilation - 1},
          {conv.pads.top, conv.pads.left},
          {(conv.out.height - 1) * l.stride + l.span_h() - conv.in.height - conv.pads.top,
           (conv.out.width - 1) * l.stride + l.span_w() - conv.in.width - conv.pads.left}};
}

}  // namespace doppel::nn::engine
