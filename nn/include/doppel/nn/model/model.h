// A network with its numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "doppel/nn/model/graph.h"

namespace doppel::nn {

/// A named tensor of a model. Convolutions are [out, in / groups, h, w], transposed ones [in, out, h, w],
/// linear layers [out, in]: PyTorch's names and order.
struct Parameter {
  /// How training treats it.
  enum class Kind {
    Weight,    ///< trained, with weight decay
    Vector,    ///< trained, without: biases, BatchNorm's scale and shift
    Statistic  ///< not trained: BatchNorm's running mean and variance
  };
  std::string name;                 ///< its node's and its own: "conv1.weight"
  std::vector<std::int64_t> shape;  ///< sides, the slowest first
  Kind kind = Kind::Weight;         ///< how training treats it
  std::vector<float> value;         ///< row-major
  std::vector<float> grad;          ///< as large as value, empty for statistics
  double rate = 1;  ///< what the learning rate is multiplied by; 0: it doesn't learn, and a BatchNorm's
                    ///< statistics stay. Set before an Executor is made, which leaves out what no
                    ///< parameter needs
};

/// How numbers begin.
struct Initialisation {
  /// Of all layers but the last linear one, see Model.
  enum class Weights {
    He,          ///< normal, sqrt(2 / fan in), for layers before a rectifier (He et al. 2015)
    Xavier,      ///< uniform, ± sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010)
    Orthogonal,  ///< filters, or their places, of one length and at right angles, times sqrt(2) (Saxe et al.
                 ///< 2014)
    Dirac        ///< a convolution's first filters pass their input on, as many as it has; the rest as He
  };
  Weights weights = Weights::He;  ///< how they are drawn
  bool zero_gamma = false;        ///< a BatchNorm that ends a branch of a sum begins at 0 (Goyal et al. 2017)
};

/// Parameters in the graph's order; a node's are next to each other.
class Model {
 public:
  /// The last linear layer's weights begin at 1/sqrt(fan in), biases at 0, BatchNorm at 1 and 0. The same
  /// numbers for the same seed on every machine.
  Model(Graph graph, std::uint64_t seed, const Initialisation& initialisation = {});
  /// All weights 0: for numbers from elsewhere.
  explicit Model(Graph graph);

  const Graph& graph() const { return graph_; }  ///< what it was made from
  /// Whoever changes their values tells the executors: Executor::parameters_changed().
  std::span<Parameter> parameters() { return parameters_; }
  std::span<const Parameter> parameters() const { return parameters_; }  ///< the same, to be read
  /// The parameter of a node, as find("conv1", "weight"); null where it has none.
  Parameter* find(const std::string& node, const std::string& which);

 private:
  void add_parameters();

  Graph graph_;
  std::vector<Parameter> parameters_;
};

}  // namespace doppel::nn
