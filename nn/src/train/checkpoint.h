// What checkpoints hold of a model and of its optimizer. Names are a prefix and the parameter's.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/model.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {

/// Of models and checkpoints. 1 (or none): without their settings.
constexpr int kModelFormat = 2;
/// Throws Error where `path` was made by a later doppel.
void check_model_format(const TensorFile& file, const std::string& path);

void add_model(TensorFile& file, const std::string& prefix, const Model& model);
/// Its states' names follow the prefix.
void add_optimizer(TensorFile& file, const std::string& prefix, const Model& model,
                   const Optimizer& optimizer);

// `path` is named in errors. All throw Error where a tensor is missing, or has another size.
const std::vector<float>& numbers_of(const TensorFile& file, const std::string& name, std::size_t count,
                                     const std::string& path);
void read_model(const TensorFile& file, const std::string& prefix, Model& model, const std::string& path);
void read_optimizer(const TensorFile& file, const std::string& prefix, const Model& model,
                    Optimizer& optimizer, const std::string& path);

}  // namespace doppel::nn
