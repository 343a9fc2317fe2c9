// An ONNX graph's operators as layers of ours, before they are put into the notation's order.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "doppel/nn/model/graph.h"

namespace doppel::nn {

/// A layer, or a part of one that several operators write together.
struct OnnxPiece {
  /// Affine: a factor and a sum of each channel. Erf: the error function, of which a GELU is made. Mean over
  /// channels, Centred (a value less that), Square and Root: of which a LayerNorm is made.
  enum class Is { Plain, Affine, Erf, Mean, Centred, Square, Root };
  Is is = Is::Plain;
  Layer layer = ReLU{};                               ///< joins, too
  std::vector<int> inputs;                            ///< pieces; -1: the image
  std::map<std::string, std::vector<float>> numbers;  ///< "weight", "bias" and so on, as Parameter has them
  std::string node;                                   ///< the operator that it comes from
  Shape out;

  const std::vector<float>& scale() const {
    return numbers.at("weight");
  }  ///< of an Affine: 1 number, or
     ///< one for each channel
  const std::vector<float>& shift() const { return numbers.at("bias"); }  ///< the same
};

/// The pieces of one graph, each after those that it reads.
class OnnxPieces {
 public:
  /// Of a file of so many bytes: a network takes up to 4 numbers for each of them, or 2^24, beyond which
  /// layers of numbers that the file doesn't hold are refused.
  OnnxPieces(Shape image, std::size_t bytes);

  const std::vector<OnnxPiece>& all() const { return pieces_; }
  const OnnxPiece* at(int piece) const {
    return piece < 0 ? nullptr : &pieces_[static_cast<std::size_t>(piece)];
  }
  const Shape& shape(int piece) const { return piece < 0 ? image_ : at(piece)->out; }
  /// True where it is a layer of that kind.
  template <class L>
  bool is(int piece) const {
    return piece >= 0 && at(piece)->is == OnnxPiece::Is::Plain && std::holds_alternative<L>(at(piece)->layer);
  }

  /// Each gives the new piece, or one there that is the same. `node` is the operator that it comes from.
  int layer(const Layer& layer, int input, const std::string& node,
            std::map<std::string, std::vector<float>> numbers = {});
  /// x · scale + shift, by channel, or all alike. `alone`: nobody else reads `input`, so that a layer with
  /// weights may take it up.
  int affine(int input, std::vector<float> scale, std::vector<float> shift, bool alone,
             const std::string& node);
  /// One of those that other layers are made of.
  int part(OnnxPiece::Is is, int input, const std::string& node);
  int sum(std::vector<int> inputs, const std::string& node);
  int product(int a, int b, const std::string& node);
  int difference(int a, int b, const std::string& node);
  int quotient(int a, int b, const std::string& node);
  int concat(std::vector<int> inputs, const std::string& node);

 private:
  int add(OnnxPiece piece);
  bool absorbs(OnnxPiece& piece, const std::vector<float>& scale, const std::vector<float>& shift) const;
  /// Whether `share` is (1 + erf(x / sqrt 2)) times `half`.
  bool is_normal_share(int share, int x, float half) const;
  int excess_over_six(int piece) const;
  bool is_part(int piece, OnnxPiece::Is is) const { return piece >= 0 && at(piece)->is == is; }

  Shape image_;
  std::size_t bytes_, numbers_ = 0;  ///< of the file; that the layers take
  std::vector<OnnxPiece> pieces_;
};

}  // namespace doppel::nn
