// ONNX's operators, one after the other, as pieces of a network.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "onnx_constants.h"
#include "onnx_file.h"
#include "onnx_pieces.h"

namespace doppel::nn {

/// What is known of a value of the graph.
struct OnnxState {
  int piece = -1;       ///< that gives it; -1: the image
  bool alone = false;   ///< one operator reads it, and the piece has no other reader
  bool last = false;    ///< an image whose channels are its last side
  Shape rows = {};      ///< a vector that was made of such an image: that one's shape; else of 0 channels
  Pads padding = {};    ///< zeros that a Pad has put around it
  int groups = 0;       ///< its channels are split in two sides: so many, and the rest
  bool turned = false;  ///< the two have changed places
  bool pixels_first = false;  ///< a row for each pixel: [pixels, channels]
  bool normal = false;        ///< each of those groups or rows has mean 0 and variance 1
  double epsilon = 0;         ///< of that

  OnnxState() = default;
  explicit OnnxState(int p) : piece(p) { rows.channels = 0; }
};

/// Of a value's sides, which may count from the end.
inline std::int64_t axis_of(std::int64_t axis, std::int64_t sides) { return axis < 0 ? axis + sides : axis; }

/// True of TensorFlow's graphs: an image's channels come last, and go to the front at once.
bool has_channels_last(const OnnxFile& file);

/// Reads a graph's nodes in their order.
class OnnxOperators {
 public:
  /// `image`: [C, H, W], whatever the file's own order. Throws Error, with the operator, for what no layer
  /// does.
  OnnxOperators(const OnnxFile& file, const Shape& image);
  const OnnxPieces& pieces() const { return pieces_; }
  /// The piece that gives the value of that name.
  int piece_of(const std::string& value) const;

 private:
  using Numbers = std::vector<float>;
  using Take = void (OnnxOperators::*)(const OnnxNode&);
  static const std::map<std::string, Take>& table();

  void take(const OnnxNode& node);
  void conv(const OnnxNode& node);
  void conv_transpose(const OnnxNode& node);
  void max_pool(const OnnxNode& node);
  void average_pool(const OnnxNode& node);
  void global_average(const OnnxNode& node);
  void batch_norm(const OnnxNode& node);
  void instance_norm(const OnnxNode& node);
  void layer_norm(const OnnxNode& node);
  void gemm(const OnnxNode& node);
  void matrix_product(const OnnxNode& node);
  void curve(const OnnxNode& node);
  void clip(const OnnxNode& node);
  void prelu(const OnnxNode& node);
  void arithmetic(const OnnxNode& node);
  void concat(const OnnxNode& node);
  void flatten(const OnnxNode& node);
  void reshape(const OnnxNode& node);
  void squeeze(const OnnxNode& node);
  void unsqueeze(const OnnxNode& node);
  void transpose(const OnnxNode& node);
  void slice(const OnnxNode& node);
  void split(const OnnxNode& node);
  void pad(const OnnxNode& node);
  void resize(const OnnxNode& node);
  void softmax(const OnnxNode& node);
  void softmax_of_pixels(const OnnxNode& node);
  void power(const OnnxNode& node);
  void dropout(const OnnxNode& node);
  void pass(const OnnxNode& node);
  void shape(const OnnxNode& node);

  const OnnxState& state(const OnnxNode& node, std::size_t input) const;
  /// The same of a value whose channels are its first side and that nothing waits for.
  OnnxState plain(const OnnxNode& node, std::size_t input) const;
  const OnnxTensor& weights(const OnnxNode& node, std::size_t input, std::size_t sides) const;
  /// Empty where the input is left out.
  Numbers vector_of(const OnnxNode& node, std::size_t input) const;
  std::vector<std::int64_t> wholes(const OnnxNode& node, std::size_t input, const char* attribute) const;
  Numbers by_channel(const OnnxTensor& tensor, const OnnxState& of) const;
  const Shape& shape_of(const OnnxState& state) const { return pieces_.shape(state.piece); }
  Pads pads(const OnnxNode& node, const OnnxState& x, int span_h, int span_w, int stride) const;
  bool is_read_once(const std::string& value) const;
  void give(const OnnxNode& node, int piece) { give(node, OnnxState(piece)); }
  void give(const OnnxNode& node, OnnxState state, std::size_t output = 0);
  /// The same value in another guise: who reads that reads the piece, too.
  void alias(const OnnxNode& node, OnnxState state);
  bool is_over_channels(const OnnxNode& node, const OnnxState& x) const;
  void affine(const OnnxNode& node, const OnnxState& x, Numbers scale, Numbers shift);
  void linear(const OnnxNode& node, const OnnxState& x, const OnnxTensor& weight, bool turned, float factor,
              Numbers bias);
  void to_vector(const OnnxNode& node, const OnnxState& x);
  void back_from_groups(const OnnxNode& node, const OnnxState& x, const std::vector<std::int64_t>& sides);

  OnnxConstants constants_;
  OnnxPieces pieces_;
  std::map<std::string, OnnxState> states_;
  std::map<std::string, int> reads_;
  std::set<int> given_;         ///< pieces that are values
  std::set<std::string> ends_;  ///< the graph's outputs
  std::int64_t batch_;          ///< images that the graph reads; -1: any number
};

}  // namespace doppel::nn
