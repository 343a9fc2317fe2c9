// Networks for other runtimes, and from them.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/geometry.h"
#include "doppel/dataset/batch/batch.h"
#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// What to_onnx() writes besides the layers.
struct OnnxOptions {
  /// A convolution takes the BatchNorm behind it into its weights.
  bool fold_batch_norm = false;
  /// Where not empty, the graph takes levels from 0 to 255 and first does (level / 255 - mean) / std, per
  /// channel.
  std::vector<float> mean = {};
  std::vector<float> std = {};  ///< as many as `mean`: one for each channel at least
  /// A softmax at the end, so that the output is probabilities; for independent `outputs` a sigmoid.
  bool probabilities = false;
  dataset::Labels outputs = dataset::Labels::Exclusive;  ///< see RunInfo
  /// Where not empty, the outputs are numbers: each is multiplied by its scale, and its shift is added.
  std::vector<float> scale = {};
  std::vector<float> shift = {};  ///< as many as `scale`: one for each output
  /// Above 0, it makes images of so many numbers and a class: see to_onnx().
  int latent = 0;
  std::map<std::string, std::string> metadata = {};  ///< as "classes"
};

/// The model for inference as an ONNX file of opset 13: float input "images" [batch, C, H, W], output
/// "logits", "probabilities" or "numbers" [batch, outputs], of masks [batch, classes, H, W], for any batch.
/// What makes images has the inputs "latent" [batch, latent] and "class" [batch, classes], shares that are 1
/// together, which are put together to its own [batch, latent + classes, 1, 1]; "truncation" [batch, 1],
/// beyond which an image's latent numbers are cut; and the output "images" [batch, C, H, W]. Throws Error,
/// with the layer, for a Custom and for an AdaptiveAvgPool2d whose areas differ in size.
std::vector<unsigned char> to_onnx(const Model& model, const OnnxOptions& options = {});

/// A network that another tool has written.
struct OnnxNetwork {
  std::string network;         ///< notation; the layer at its end that tells classes leaves its size to them
  std::optional<Model> model;  ///< with the file's weights; always there
  bool any_size = false;       ///< the file leaves the image's height or width open
  /// A sigmoid ended it, so that outputs don't exclude each other. Neither that nor a softmax is in
  /// `network`.
  dataset::Labels outputs = dataset::Labels::Exclusive;
  bool masks = false;  ///< it tells the class of each pixel: outputs are [classes, H, W]
  /// Where the graph itself normalises images, (x - mean) / std by channel of what it takes, which isn't in
  /// `network`; else empty.
  std::vector<float> mean = {};
  std::vector<float> std = {};                       ///< as many as `mean`
  std::map<std::string, std::string> metadata = {};  ///< the file's own
  std::vector<std::string> other_outputs = {};       ///< the graph's further ones, which aren't read
};

/// Reads an ONNX file's first output as a network of ours: convolutions, pooling, fully connected layers,
/// norms, rectifiers and their like, sums, products and concatenations, whatever order the file has channels
/// in. What it gives for each pixel of the image are masks. `otherwise`: the size of images where the file
/// leaves it open. Throws Error where it is damaged, and with the operator where no layer does the same.
OnnxNetwork from_onnx(std::span<const unsigned char> bytes, Size otherwise = {224, 224});
/// The same of a file, which errors name.
OnnxNetwork load_onnx(const std::filesystem::path& path, Size otherwise = {224, 224});

}  // namespace doppel::nn
