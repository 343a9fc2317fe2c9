// Pieces in the notation's order: chains of layers, and branches that part from one value and meet in one.
#pragma once

#include <vector>

#include "onnx_pieces.h"

namespace doppel::nn {

/// A network, and for each of its layers with parameters, in the order of the graph that is built from it,
/// where their numbers are.
struct OnnxChain {
  Network network;
  std::vector<const OnnxPiece*> weighted;
};

/// What leads from the image to the piece `end`. Throws Error, with the operator, where branches part and
/// meet in a way that the notation has no words for.
OnnxChain chain_of(const OnnxPieces& pieces, int end);

}  // namespace doppel::nn
