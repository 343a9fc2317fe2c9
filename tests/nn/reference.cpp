#include "reference.h"

#include <cmath>

#include "reference_layers.h"

namespace doppel::nn {

bool Reference::joins(const Node& node) {
  return std::holds_alternative<Add>(node.layer) || std::holds_alternative<Concat>(node.layer);
}

void Reference::each_joined(const Node& node,
                            const std::function<void(std::size_t, std::size_t, std::size_t)>& f) const {
  const std::size_t all = std::size_t(node.out.count());
  std::size_t before = 0;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const int source = node.inputs[k];
    const Shape& shape = source < 0 ? graph_.input : graph_.nodes[std::size_t(source)].out;
    const std::size_t part = std::size_t(shape.count());
    for (std::size_t r = 0; r < std::size_t(rows_); ++r)
      for (std::size_t i = 0; i < part; ++i) f(k, r * part + i, r * all + before + i);
    if (std::holds_alternative<Concat>(node.layer)) before += part;
  }
}

void Reference::each_factor(const Node& node,
                            const std::function<void(std::size_t, std::size_t, std::size_t)>& f) const {
  const int source = node.inputs[1];
  const Shape& shape = source < 0 ? graph_.input : graph_.nodes[std::size_t(source)].out;
  const auto all = std::size_t(rows_) * std::size_t(node.out.count());
  const std::size_t pixels =
      shape == node.out ? 1 : std::size_t(node.out.height) * std::size_t(node.out.width);
  for (std::size_t i = 0; i < all; ++i) f(i, i, i / pixels);
}

Reference::Reference(const Model& model) : graph_(model.graph()) {
  for (const Parameter& p : model.parameters()) parameters[p.name] = Numbers(p.value.begin(), p.value.end());
}

double Reference::forward(const Numbers& images, const std::vector<int>& labels, const Numbers& weights) {
  rows_ = static_cast<int>(images.size() / std::size_t(graph_.input.count()));
  values_.assign(1, images);
  grads_.clear();
  // Growing would move what is referred to.
  values_.reserve(graph_.nodes.size() + 1);
  for (const Node& node : graph_.nodes) {
    Numbers& out = values_.emplace_back(std::size_t(rows_) * std::size_t(node.out.count()));
    if (std::holds_alternative<Multiply>(node.layer))
      each_factor(node, [&](std::size_t to, std::size_t first, std::size_t second) {
        out[to] = values_[std::size_t(node.inputs[0] + 1)][first] *
                  values_[std::size_t(node.inputs[1] + 1)][second];
      });
    else if (std::holds_alternative<ChannelShift>(node.layer))
      each_factor(node, [&](std::size_t to, std::size_t first, std::size_t second) {
        out[to] = values_[std::size_t(node.inputs[0] + 1)][first] +
                  values_[std::size_t(node.inputs[1] + 1)][second];
      });
    else if (joins(node))
      each_joined(node, [&](std::size_t input, std::size_t from, std::size_t to) {
        out[to] += values_[std::size_t(node.inputs[input] + 1)][from];
      });
    else
      std::visit(
          reference::LayerLoops{node, rows_, values_[std::size_t(node.inputs[0] + 1)], out, parameters},
          node.layer);
  }
  for (const Numbers& v : values_) grads_.emplace_back(v.size());
  const Numbers& out = values_.back();
  double loss = 0;
  if (labels.empty()) {
    for (std::size_t i = 0; i < out.size(); ++i) loss += weights[i] * out[i];
    grads_.back() = weights;
    return loss;
  }
  const auto classes = out.size() / std::size_t(rows_);
  for (std::size_t r = 0; r < std::size_t(rows_); ++r) {
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c) sum += std::exp(out[r * classes + c]);
    loss += (std::log(sum) - out[r * classes + std::size_t(labels[r])]) / rows_;
    for (std::size_t c = 0; c < classes; ++c)
      grads_.back()[r * classes + c] = (std::exp(out[r * classes + c]) / sum - (int(c) == labels[r])) / rows_;
  }
  return loss;
}

std::map<std::string, Reference::Numbers> Reference::backward() {
  std::map<std::string, Numbers> grads;
  for (const auto& [name, value] : parameters) grads[name] = Numbers(value.size());
  for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
    const Node& node = graph_.nodes[i];
    if (std::holds_alternative<Multiply>(node.layer)) {
      const auto a = std::size_t(node.inputs[0] + 1), b = std::size_t(node.inputs[1] + 1);
      each_factor(node, [&](std::size_t at, std::size_t first, std::size_t second) {
        grads_[a][first] += grads_[i + 1][at] * values_[b][second];
        grads_[b][second] += grads_[i + 1][at] * values_[a][first];
      });
      continue;
    }
    if (std::holds_alternative<ChannelShift>(node.layer)) {
      each_factor(node, [&](std::size_t at, std::size_t first, std::size_t second) {
        grads_[std::size_t(node.inputs[0] + 1)][first] += grads_[i + 1][at];
        grads_[std::size_t(node.inputs[1] + 1)][second] += grads_[i + 1][at];
      });
      continue;
    }
    if (joins(node)) {
      each_joined(node, [&](std::size_t input, std::size_t from, std::size_t to) {
        grads_[std::size_t(node.inputs[input] + 1)][from] += grads_[i + 1][to];
      });
      continue;
    }
    const auto in = std::size_t(node.inputs[0] + 1);
    reference::LayerLoops context{node,       rows_,          values_[in], values_[i + 1],
                                  parameters, &grads_[i + 1], &grads_[in], &grads};
    std::visit(context, node.layer);
  }
  grads["input"] = grads_[0];
  return grads;
}

}  // namespace doppel::nn
