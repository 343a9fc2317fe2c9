// Layers plus an input shape: typed nodes with static shapes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "doppel/nn/model/layer.h"

namespace doppel::nn {

/// Of one sample. Vectors are [features, 1, 1] with flat set.
struct Shape {
  int channels = 1;   ///< of a vector its features
  int height = 1;     ///< pixels
  int width = 1;      ///< pixels
  bool flat = false;  ///< a vector, not an image
  /// The numbers that it holds.
  std::int64_t count() const { return std::int64_t{channels} * height * width; }
  std::string text() const;  ///< "32x14x14" or "512"
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// A layer at its place in a network.
struct Node {
  std::string name;             ///< "conv1", "fc2": unique; parameters are called "conv1.weight"
  Layer layer;                  ///< a Linear has its number of units
  std::vector<int> inputs;      ///< indices of the nodes that it reads; -1: the image
  Shape in;                     ///< of the first of its inputs
  Shape out;                    ///< of its value
  Pads pads;                    ///< of Conv2d and pooling, with Same and `ceil` resolved
  bool bias = false;            ///< of Conv2d, ConvTranspose2d, Linear
  bool side = false;            ///< belongs to a head at the side
  double side_loss = 0;         ///< of its last node: how much its loss counts
  std::int64_t parameters = 0;  ///< numbers in its tensors, running statistics aside
  std::int64_t flops = 0;       ///< multiplications and additions of a forward pass, per sample
};

/// A network. Nodes are in an order in which they can be computed; the last one's output is the network's.
struct Graph {
  Shape input;              ///< [C, H, W] of an image
  Network network;          ///< what it was built from
  std::vector<Node> nodes;  ///< at least one

  /// How many nodes read each node's value.
  std::vector<int> consumers() const;
  const Shape& output() const { return nodes.back().out; }  ///< of the last node
  std::int64_t parameters() const;                          ///< the sum of all nodes'
  std::int64_t flops() const;                               ///< per sample, the sum of all nodes'
  /// A line per node: name, layer, shapes, parameters, MFLOP; and the sums.
  std::string summary() const;
  /// The nodes that the value of node `until` (empty: the output) needs, without heads at the side: from the
  /// image on, or from node `after` on, whose value then takes the image's place. Throws UsageError where
  /// there is no such node, or where something after it also needs a value from before it.
  Graph part(const std::string& after = {}, const std::string& until = {}) const;
};

/// Resolves shapes. A Flatten is put before a Linear that meets an image; a Linear of 0 units gets
/// `classes`. Throws UsageError with the layer's number, name and the shape so far where a kernel doesn't
/// fit, where an image layer meets a vector, where branches that are joined don't fit together, or where the
/// last layer's size isn't `classes` (0: not checked).
Graph build_graph(const Network& network, Shape input, int classes = 0);

}  // namespace doppel::nn
