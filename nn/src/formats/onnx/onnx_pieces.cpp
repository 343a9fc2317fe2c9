#include "onnx_pieces.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

constexpr std::int64_t kMostOfAValue = std::int64_t{1} << 28;  ///< of one value

bool is_all(const std::vector<float>& values, double wanted) {
  return std::ranges::all_of(values,
                             [&](float v) { return std::abs(static_cast<double>(v) - wanted) < 1e-6; });
}

bool changes_nothing(const std::vector<float>& scale, const std::vector<float>& shift) {
  return std::ranges::all_of(scale, [](float v) { return v == 1; }) &&
         std::ranges::all_of(shift, [](float v) { return v == 0; });
}

/// One number, or one for each channel.
float of_channel(const std::vector<float>& values, std::size_t c) {
  return values.size() == 1 ? values[0] : values[c];
}

}  // namespace

OnnxPieces::OnnxPieces(Shape image, std::size_t bytes) : image_(image), bytes_(bytes) {}

/// Counts of filters, sides and numbers are ints, and stay so whatever the next layer makes of them.
int OnnxPieces::add(OnnxPiece piece) {
  constexpr int kLongestSide = 1 << 16, kMostChannels = 1 << 24;
  constexpr std::size_t kFewNumbers = std::size_t{1} << 24, kTimesBytes = 4;
  const Shape& out = piece.out;
  if (out.height > kLongestSide || out.width > kLongestSide || out.channels > kMostChannels ||
      out.count() > kMostOfAValue)
    throw Error(fmt::format("gives {}, which is more than fits here", out.text()));
  // An affine piece becomes a BatchNorm, with four numbers for each channel.
  if (piece.is == OnnxPiece::Is::Affine) numbers_ += 4 * static_cast<std::size_t>(out.channels);
  if (piece.is != OnnxPiece::Is::Affine)
    for (const auto& [which, values] : piece.numbers) numbers_ += values.size();
  if (const std::size_t most = std::max(kFewNumbers, kTimesBytes * bytes_); numbers_ > most)
    throw Error(fmt::format("brings the network's numbers to {}; of a file of {} bytes up to {} are read",
                            numbers_, bytes_, most));
  pieces_.push_back(std::move(piece));
  return static_cast<int>(pieces_.size()) - 1;
}

int OnnxPieces::layer(const Layer& layer, int input, const std::string& node,
                      std::map<std::string, std::vector<float>> numbers) {
  const Shape out = build_graph({Part(layer)}, shape(input)).output();
  // All but matrices have a number for each channel.
  const bool matrix = std::holds_alternative<Conv2d>(layer) || std::holds_alternative<Linear>(layer) ||
                      std::holds_alternative<ConvTranspose2d>(layer);
  for (const auto& [which, values] : numbers)
    if (!(matrix && which == "weight") && std::cmp_not_equal(values.size(), out.channels))
      throw Error(fmt::format("has {} numbers of {} for {} channels", values.size(), which, out.channels));
  return add({OnnxPiece::Is::Plain, layer, {input}, std::move(numbers), node, out});
}

/// Convolutions, fully connected layers and norms can.
bool OnnxPieces::absorbs(OnnxPiece& piece, const std::vector<float>& scale,
                         const std::vector<float>& shift) const {
  if (piece.is != OnnxPiece::Is::Plain) return false;
  auto* conv = std::get_if<Conv2d>(&piece.layer);
  const bool linear = std::holds_alternative<Linear>(piece.layer),
             norm = std::holds_alternative<BatchNorm2d>(piece.layer) ||
                    std::holds_alternative<GroupNorm>(piece.layer) ||
                    std::holds_alternative<LayerNorm>(piece.layer);
  if (!conv && !linear && !norm) return false;
  if (conv && !conv->bias) {
    conv->bias = true;
    conv->no_bias = false;
    piece.numbers["bias"].assign(static_cast<std::size_t>(piece.out.channels), 0.F);
  }
  std::vector<float>&weight = piece.numbers.at("weight"), &bias = piece.numbers.at("bias");
  const std::size_t each = weight.size() / bias.size();
  for (std::size_t c = 0; c < bias.size(); ++c) {
    const float a = of_channel(scale, c);
    for (std::size_t i = 0; i < each; ++i) weight[c * each + i] *= a;
    bias[c] = bias[c] * a + of_channel(shift, c);
  }
  return true;
}

int OnnxPieces::affine(int input, std::vector<float> scale, std::vector<float> shift, bool alone,
                       const std::string& node) {
  if (changes_nothing(scale, shift)) return input;
  if (alone && input >= 0) {
    OnnxPiece& before = pieces_[static_cast<std::size_t>(input)];
    if (absorbs(before, scale, shift)) return input;
    if (before.is == OnnxPiece::Is::Affine) {
      const std::size_t wide =
          std::max({before.scale().size(), before.shift().size(), scale.size(), shift.size()});
      std::vector<float> a(wide), b(wide);
      for (std::size_t c = 0; c < wide; ++c) {
        a[c] = of_channel(scale, c) * of_channel(before.scale(), c);
        b[c] = of_channel(scale, c) * of_channel(before.shift(), c) + of_channel(shift, c);
      }
      if (changes_nothing(a, b)) return before.inputs[0];
      before.numbers = {{"weight", a}, {"bias", b}};
      return input;
    }
  }
  const Shape out = shape(input);
  return add({OnnxPiece::Is::Affine,
              ReLU{},
              {input},
              {{"weight", std::move(scale)}, {"bias", std::move(shift)}},
              node,
              out});
}

int OnnxPieces::part(OnnxPiece::Is is, int input, const std::string& node) {
  const Shape out = shape(input);
  return add({is, ReLU{}, {input}, {}, node, out});
}

int OnnxPieces::difference(int a, int b, const std::string& node) {
  if (is_part(b, OnnxPiece::Is::Mean) && at(b)->inputs[0] == a) return part(OnnxPiece::Is::Centred, a, node);
  throw Error("no layer takes a value from another");
}

/// A value less its mean, by the root of the mean of that squared and a little more.
int OnnxPieces::quotient(int a, int b, const std::string& node) {
  const auto inside = [&](int piece, OnnxPiece::Is is) {
    return is_part(piece, is) ? at(piece)->inputs[0] : -2;
  };
  const int raised = inside(b, OnnxPiece::Is::Root), mean = inside(raised, OnnxPiece::Is::Affine),
            square = inside(mean, OnnxPiece::Is::Mean), centred = inside(square, OnnxPiece::Is::Square);
  if (!is_part(a, OnnxPiece::Is::Centred) || centred != a || !is_all(at(raised)->scale(), 1) ||
      at(raised)->shift().size() != 1)
    throw Error("no layer divides a value by another");
  const auto channels = static_cast<std::size_t>(shape(a).channels);
  return layer(LayerNorm{static_cast<double>(at(raised)->shift()[0])}, at(a)->inputs[0], node,
               {{"weight", std::vector<float>(channels, 1)}, {"bias", std::vector<float>(channels, 0)}});
}

/// For relu(x - 6) times -1: x. Else -2.
int OnnxPieces::excess_over_six(int piece) const {
  const OnnxPiece* taken = at(piece);
  if (!taken || taken->is != OnnxPiece::Is::Affine || !is_all(taken->scale(), -1) ||
      !is_all(taken->shift(), 0) || !is<ReLU>(taken->inputs[0]))
    return -2;
  const OnnxPiece* above = at(at(taken->inputs[0])->inputs[0]);
  const bool six =
      above && above->is == OnnxPiece::Is::Affine && is_all(above->scale(), 1) && is_all(above->shift(), -6);
  return six ? above->inputs[0] : -2;
}

int OnnxPieces::sum(std::vector<int> inputs, const std::string& node) {
  for (const int input : inputs)
    if (shape(input) != shape(inputs[0]))
      throw Error(fmt::format("{} adds {} and {}, which no layer does", node, shape(inputs[0]).text(),
                              shape(input).text()));
  if (inputs.size() == 2)
    for (const auto& [low, excess] : {std::pair(inputs[0], inputs[1]), std::pair(inputs[1], inputs[0])})
      if (is<ReLU>(low) && excess_over_six(excess) == at(low)->inputs[0])
        return layer(ReLU6{}, at(low)->inputs[0], node);
  const Shape out = shape(inputs[0]);
  return add({OnnxPiece::Is::Plain, Add{}, std::move(inputs), {}, node, out});
}

bool OnnxPieces::is_normal_share(int share, int x, float half) const {
  const OnnxPiece* raised = at(share);
  if (!raised || raised->is != OnnxPiece::Is::Affine || !is_all(raised->scale(), static_cast<double>(half)) ||
      !is_all(raised->shift(), static_cast<double>(half)))
    return false;
  const OnnxPiece* erf = at(raised->inputs[0]);
  if (!erf || erf->is != OnnxPiece::Is::Erf) return false;
  const OnnxPiece* scaled = at(erf->inputs[0]);
  return scaled && scaled->is == OnnxPiece::Is::Affine && is_all(scaled->scale(), std::numbers::sqrt2 / 2) &&
         is_all(scaled->shift(), 0) && scaled->inputs[0] == x;
}

int OnnxPieces::product(int a, int b, const std::string& node) {
  for (const auto& [x, gate] : {std::pair(a, b), std::pair(b, a)}) {
    if (is<Sigmoid>(gate) && at(gate)->inputs[0] == x) return layer(SiLU{}, x, node);
    if (is<HardSigmoid>(gate) && at(gate)->inputs[0] == x) return layer(HardSwish{}, x, node);
    if (is_normal_share(gate, x, 0.5F)) return layer(GELU{}, x, node);
    if (is_normal_share(gate, x, 1)) return affine(layer(GELU{}, x, node), {2}, {0}, true, node);
    if (const OnnxPiece* halved = at(x); halved && halved->is == OnnxPiece::Is::Affine &&
                                         is_all(halved->scale(), 0.5) && is_all(halved->shift(), 0) &&
                                         is_normal_share(gate, halved->inputs[0], 1))
      return layer(GELU{}, halved->inputs[0], node);
  }
  const Shape &one = shape(a), &other = shape(b);
  const bool factor = one.channels == other.channels && !one.flat && !other.flat &&
                      (one.height * one.width == 1 || other.height * other.width == 1);
  if (one != other && !factor)
    throw Error(fmt::format("{} multiplies {} and {}, which no layer does", node, one.text(), other.text()));
  const Shape out = one.count() < other.count() ? other : one;
  return add({OnnxPiece::Is::Plain, Multiply{}, {a, b}, {}, node, out});
}

/// What goes on from a concatenation that is there goes on from it: the notation has no value that is read
/// in each of several.
int OnnxPieces::concat(std::vector<int> inputs, const std::string& node) {
  for (const int input : inputs) {
    const Shape &first = shape(inputs[0]), &other = shape(input);
    if (first.flat != other.flat || first.height != other.height || first.width != other.width)
      throw Error(fmt::format("{} joins {} and {}, which no layer does", node, first.text(), other.text()));
  }
  for (int i = static_cast<int>(pieces_.size()) - 1; i >= 0; --i) {
    if (!is<Concat>(i)) continue;
    std::vector<int> there;
    // A concatenation may go on from another itself.
    for (int at_piece = i; is<Concat>(at_piece); at_piece = at(at_piece)->inputs[0]) {
      const auto& from = at(at_piece)->inputs;
      const bool goes_on = is<Concat>(from[0]) && at_piece != from[0];
      there.insert(there.begin(), from.begin() + (goes_on ? 1 : 0), from.end());
      if (!goes_on) break;
    }
    if (there.size() < inputs.size() && std::equal(there.begin(), there.end(), inputs.begin())) {
      inputs.erase(inputs.begin(), inputs.begin() + std::ssize(there));
      inputs.insert(inputs.begin(), i);
      break;
    }
  }
  Shape out = shape(inputs[0]);
  std::int64_t channels = 0;
  for (const int input : inputs) channels += shape(input).channels;
  if (channels > kMostOfAValue)
    throw Error(fmt::format("joins {} channels, which is more than fits here", channels));
  out.channels = static_cast<int>(channels);
  return add({OnnxPiece::Is::Plain, Concat{}, std::move(inputs), {}, node, out});
}

}  // namespace doppel::nn
