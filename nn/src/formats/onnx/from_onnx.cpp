#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/nn/formats/onnx.h"
#include "doppel/nn/model/notation.h"
#include "onnx_chain.h"
#include "onnx_operators.h"

namespace doppel::nn {
namespace {

/// Of what the graph reads: [N, C, H, W], or of TensorFlow's [N, H, W, C].
Shape image_of(const OnnxFile& file, Size otherwise) {
  if (file.inputs.size() != 1)
    throw Error(fmt::format("it reads {} values in place of one image", file.inputs.size()));
  const std::vector<std::int64_t>& sides = file.inputs[0].sides;
  if (sides.size() != 4)
    throw Error(fmt::format("its input {} is no image: it has {} sides", file.inputs[0].name, sides.size()));
  const bool last = has_channels_last(file);
  const std::int64_t channels = sides[last ? 3 : 1], height = sides[last ? 1 : 2],
                     width = sides[last ? 2 : 3];
  if (channels < 1)
    throw Error(fmt::format("its input {} doesn't say how many channels it has", file.inputs[0].name));
  if (channels > 64 || height > 16384 || width > 16384)
    throw Error(
        fmt::format("its input {} is an image of {}x{}x{}", file.inputs[0].name, channels, height, width));
  return {static_cast<int>(channels), height > 0 ? static_cast<int>(height) : otherwise.height,
          width > 0 ? static_cast<int>(width) : otherwise.width};
}

/// Takes a factor and a sum by channel off the network's front: they are how images are normalised.
void take_normalisation(OnnxChain& chain, OnnxNetwork& found) {
  if (chain.weighted.empty() || chain.network.size() < 2) return;
  const OnnxPiece& first = *chain.weighted[0];
  if (first.is != OnnxPiece::Is::Affine || first.inputs[0] >= 0) return;
  if (std::ranges::find(first.scale(), 0.F) != first.scale().end()) return;
  const auto channels = static_cast<std::size_t>(first.out.channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const float a = first.scale()[first.scale().size() == 1 ? 0 : c],
                b = first.shift()[first.shift().size() == 1 ? 0 : c];
    found.mean.push_back(-b / a);
    found.std.push_back(1 / a);
  }
  chain.network.erase(chain.network.begin());
  chain.weighted.erase(chain.weighted.begin());
}

/// A softmax or a sigmoid at the end isn't part of what is trained.
void take_probabilities(Network& network, OnnxNetwork& found) {
  const auto ends_in = [&]<class L>(std::type_identity<L>) {
    const auto* layer = network.empty() ? nullptr : std::get_if<Layer>(&network.back().is);
    return layer && std::holds_alternative<L>(*layer);
  };
  if (ends_in(std::type_identity<Sigmoid>())) found.outputs = dataset::Labels::Independent;
  if (ends_in(std::type_identity<Softmax>()) || ends_in(std::type_identity<Sigmoid>())) network.pop_back();
  if (network.empty()) throw Error("it has no layers");
}

/// The last fully connected layer leaves its size to the number of classes.
void free_last_layer(Network& network) {
  if (auto* layer = std::get_if<Layer>(&network.back().is))
    if (auto* last = std::get_if<Linear>(layer)) last->units = 0;
}

/// Of masks, the last convolution leaves its filters to the number of classes; behind it images may be
/// enlarged.
void free_last_convolution(Network& network, const Shape& out, const Shape& image) {
  if (out.height != image.height || out.width != image.width)
    throw Error(fmt::format(
        "it gives {} of images of {}, not a number for each class, or one for each class and pixel",
        out.text(), image.text()));
  if (out.channels < 2) throw Error("it gives one number for each pixel, but masks take two classes or more");
  for (auto part = network.rbegin(); part != network.rend(); ++part) {
    auto* layer = std::get_if<Layer>(&part->is);
    if (layer && std::holds_alternative<Upsample>(*layer)) continue;
    auto* conv = layer ? std::get_if<Conv2d>(layer) : nullptr;
    if (!conv || conv->groups != 1) break;
    conv->per_class = true;
    return;
  }
  throw Error(fmt::format("it gives {}, but masks come from a convolution at the end, or before enlarging",
                          out.text()));
}

/// A piece's numbers, as the parameters of a layer.
std::map<std::string, std::vector<float>> numbers_of(const OnnxPiece& piece) {
  if (piece.is != OnnxPiece::Is::Affine) return piece.numbers;
  const auto channels = static_cast<std::size_t>(piece.out.channels);
  const auto spread = [&](const std::vector<float>& few) {
    return few.size() == 1 ? std::vector<float>(channels, few[0]) : few;
  };
  // A BatchNorm whose statistics change nothing.
  const auto variance = static_cast<float>(1 - BatchNorm2d{}.epsilon);
  return {{"weight", spread(piece.scale())},
          {"bias", spread(piece.shift())},
          {"running_mean", std::vector<float>(channels, 0.F)},
          {"running_var", std::vector<float>(channels, variance)}};
}

/// Gives a node's parameters its piece's numbers. A bias that a layer leaves out, since a BatchNorm follows,
/// goes into that one's mean: `carried`.
void fill(Model& model, const Node& node, const OnnxPiece& piece, std::vector<float>& carried) {
  std::map<std::string, std::vector<float>> numbers = numbers_of(piece);
  if (!carried.empty()) {
    std::vector<float>& mean = numbers["running_mean"];
    if (mean.size() != carried.size())
      throw Error(fmt::format("{}: adds a bias that no layer has", piece.node));
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] -= carried[c];
    carried.clear();
  }
  for (auto& [which, values] : numbers) {
    if (!std::ranges::all_of(values, [](float v) { return std::isfinite(v); }))
      throw Error(fmt::format("{}: its weights hold NaN or infinite values", piece.node));
    Parameter* p = model.find(node.name, which);
    if (!p && which == "bias") {
      if (std::ranges::any_of(values, [](float v) { return v != 0; })) carried = std::move(values);
      continue;
    }
    if (!p || p->value.size() != values.size())
      throw Error(fmt::format("{}: has {} numbers of {} where {} has {}", piece.node, values.size(), which,
                              node.name, p ? p->value.size() : 0));
    p->value = std::move(values);
  }
}

Model filled(const Network& network, const Shape& image, const OnnxChain& chain, int outputs) {
  Model model(build_graph(network, image, outputs));
  auto piece = chain.weighted.begin();
  std::vector<float> carried;
  for (const Node& node : model.graph().nodes) {
    if (node.parameters == 0) continue;
    if (piece == chain.weighted.end()) throw Error(fmt::format("nothing has the weights of {}", node.name));
    fill(model, node, **piece++, carried);
  }
  if (piece != chain.weighted.end() || !carried.empty()) throw Error("some of its weights have no layer");
  return model;
}

}  // namespace

OnnxNetwork from_onnx(std::span<const unsigned char> bytes, Size otherwise) {
  const OnnxFile file = parse_onnx(bytes);
  if (file.outputs.empty()) throw Error("it gives nothing");
  Shape image = image_of(file, otherwise);
  const OnnxOperators operators(file, image);
  const int end = operators.piece_of(file.outputs[0].name);
  if (end < 0) throw Error("it gives the image as it is");
  OnnxChain chain = chain_of(operators.pieces(), end);
  OnnxNetwork found;
  take_normalisation(chain, found);
  take_probabilities(chain.network, found);
  const Shape& out = operators.pieces().shape(end);
  found.masks = !out.flat && out.height * out.width != 1;
  if (found.masks && found.outputs == dataset::Labels::Independent)
    throw Error("it ends in a sigmoid of each pixel, but classes of masks exclude each other");
  if (found.masks)
    free_last_convolution(chain.network, out, image);
  else if (!out.flat)
    chain.network.emplace_back(Flatten{});
  const int outputs = out.channels;
  if (constexpr int kMostClasses = 1'000'000; outputs > kMostClasses)
    throw Error(fmt::format("it tells {} classes; up to {} are read", outputs, kMostClasses));
  free_last_layer(chain.network);
  found.network = network_text(chain.network);
  // What its text says, which is what is kept of it.
  found.model.emplace(filled(parse_network(found.network), image, chain, outputs));
  found.metadata = file.metadata;
  for (std::size_t k = 1; k < file.outputs.size(); ++k) found.other_outputs.push_back(file.outputs[k].name);
  const auto& sides = file.inputs[0].sides;
  found.any_size = std::ranges::find(sides.begin() + 1, sides.end(), -1) != sides.end();
  return found;
}

OnnxNetwork load_onnx(const std::filesystem::path& path, Size otherwise) {
  const std::vector<unsigned char> bytes = read_file(path);
  try {
    return from_onnx(bytes, otherwise);
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", path.string(), error.what())); }
}

}  // namespace doppel::nn
