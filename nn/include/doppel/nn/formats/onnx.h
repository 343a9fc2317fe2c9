// Networks for other runtimes.
#pragma once

#include <map>
#include <string>
#include <vector>

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
  std::vector<float> shift = {};                     ///< as many as `scale`: one for each output
  std::map<std::string, std::string> metadata = {};  ///< as "classes"
};

/// The model for inference as an ONNX file of opset 13: float input "images" [batch, C, H, W], output
/// "logits", "probabilities" or "numbers" [batch, outputs], for any batch. Throws Error, with the layer, for
/// a Custom and for an AdaptiveAvgPool2d whose areas differ in size.
std::vector<unsigned char> to_onnx(const Model& model, const OnnxOptions& options = {});

}  // namespace doppel::nn
