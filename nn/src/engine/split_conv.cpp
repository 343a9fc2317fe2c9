// A convolution of one image, whose filters are shared out among threads.
#include <algorithm>
#include <deque>
#include <stdexcept>

#include "step.h"

namespace doppel::nn::engine {
namespace {

constexpr int kBlock = 16;  ///< a piece's filters fill whole blocks, so that they lie side by side

/// As a graph of its own: the same layer with some of its filters.
Graph piece_of(const Node& node, int filters) {
  Graph graph{node.in, {}, {node}};
  Node& piece = graph.nodes[0];
  std::get<Conv2d>(piece.layer).filters = filters;
  piece.out.channels = filters;
  piece.inputs = {-1};
  piece.flops = node.flops * filters / node.out.channels;
  return graph;
}

class SplitConvStep final : public Step {
 public:
  SplitConvStep(const StepInputs& inputs, double relu_slope)
      : context_(inputs.context), out_(inputs.out), node_(inputs.node), model_(inputs.model) {
    const int blocks = out_.shape.channels / kBlock, count = std::min(context_.parts, blocks);
    for (int i = 0; i < count; ++i) {
      const int first = blocks * i / count * kBlock, last = blocks * (i + 1) / count * kBlock;
      pieces_.push_back({first, Model(piece_of(node_, last - first))});
      Piece& piece = pieces_.back();
      piece.out.shape = piece.model.graph().output();
      piece.out.bf16 = out_.bf16;
      piece.step = make_conv({piece.model.graph().nodes[0], piece.model, context_, inputs.in, piece.out,
                              false, false, inputs.kernel},
                             relu_slope);
    }
    out_.format = pieces_[0].out.format;
    out_.allocate(1, false);
  }
  /// True where pieces lie side by side, each in blocks.
  bool is_whole() const {
    return std::ranges::all_of(pieces_, [&](const Piece& piece) {
      return piece.out.format == out_.format && out_.format.block > 1;
    });
  }

  void prepare(int rows) override {
    if (rows == 0) return;
    for (Piece& piece : pieces_) {
      const auto numbers = static_cast<std::size_t>(piece.first) *
                           static_cast<std::size_t>(out_.shape.height * out_.shape.width);
      piece.out.data->borrow_memory(out_.data->data() + (out_.bf16 ? numbers / 2 : numbers));
      piece.load(node_, model_);
      piece.step->prepare(rows);
    }
  }
  void load_parameters() override {
    for (Piece& piece : pieces_) {
      piece.load(node_, model_);
      piece.step->load_parameters();
    }
  }
  int splits() const override { return static_cast<int>(pieces_.size()); }
  void forward(int, const Shard& shard) override {
    for (int i = 0; i < splits(); ++i) forward_piece(i, shard);
  }
  /// Each works in the memory of another shard.
  void forward_piece(int i, const Shard& shard) override {
    pieces_[static_cast<std::size_t>(i)].step->forward(0, {i, shard.first, shard.rows});
  }
  void backward(int, const Shard&) override { throw std::logic_error("pieces of an image don't train"); }
  std::vector<std::pair<std::string, std::string>> kernels() const override {
    return pieces_[0].step->kernels();
  }
  Work forward_work(int rows) const override {
    return sum([&](const Step& step) { return step.forward_work(rows); });
  }
  Work load_work() const override {
    return sum([](const Step& step) { return step.load_work(); });
  }
  bool is_piecewise() const override { return pieces_[0].step->is_piecewise(); }

 private:
  struct Piece {
    int first;  ///< of its filters
    Model model;
    Blob out = {};
    std::unique_ptr<Step> step = nullptr;

    void load(const Node& node, Model& from) {
      for (const char* which : {"weight", "bias"})
        if (Parameter* const mine = model.find(node.name, which)) {
          const std::vector<float>& all = from.find(node.name, which)->value;
          const auto begin = static_cast<std::ptrdiff_t>(static_cast<std::size_t>(first) * all.size() /
                                                         static_cast<std::size_t>(node.out.channels));
          std::copy_n(all.begin() + begin, mine->value.size(), mine->value.begin());
        }
    }
  };

  template <class WorkOf>
  Work sum(WorkOf work_of) const {
    Work all;
    for (const Piece& piece : pieces_) {
      const Work work = work_of(*piece.step);
      all = {all.flops + work.flops, all.bytes + work.bytes, work.bf16};
    }
    return all;
  }

  EngineContext& context_;
  Blob& out_;
  const Node& node_;
  Model& model_;
  std::deque<Piece> pieces_;
};

}  // namespace

std::unique_ptr<Step> make_split_conv(const StepInputs& inputs, double relu_slope) {
  const auto& layer = std::get<Conv2d>(inputs.node.layer);
  if (inputs.context.parts == 1 || layer.groups > 1 || layer.filters % kBlock != 0 ||
      layer.filters < 2 * kBlock)
    return make_conv(inputs, relu_slope);
  const Format before = inputs.out.format;
  auto split = std::make_unique<SplitConvStep>(inputs, relu_slope);
  if (split->is_whole()) return split;
  inputs.out.format = before;
  return make_conv(inputs, relu_slope);
}

}  // namespace doppel::nn::engine
