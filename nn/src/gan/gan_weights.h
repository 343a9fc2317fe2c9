// Another GAN's weights, and blocks of a discriminator that keep theirs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// For each of our classes the place of its name among theirs; -1 where they have none of that name.
std::vector<int> places_of_classes(const std::vector<std::string>& ours,
                                   const std::vector<std::string>& theirs);

/// Throws UsageError, with the value to say instead, where one of `ours`, which are settings by their names,
/// is another than a file's metadata say; Error where they say nothing of it.
void check_same_networks(const std::map<std::string, std::string>& theirs,
                         const std::map<std::string, std::string>& ours, const std::string& path);

/// Takes a generator's weights, tensors `prefix` + name of the file. Those of a class, which are what its
/// first layers multiply its number by, are taken where `places` has one, and stay where it's -1. Throws
/// Error, naming `path`, where a tensor is missing or doesn't fit.
void take_generator(const TensorFile& file, const std::string& prefix, Model& generator,
                    const std::vector<int>& places, const std::string& path);
/// The same of a discriminator: a class has a row of its last layer's.
void take_discriminator(const TensorFile& file, const std::string& prefix, Model& discriminator,
                        const std::vector<int>& places, const std::string& path);

/// The model with its first `count` blocks at rate 0. A block ends where the image gets smaller, the last
/// one before the last layer. Throws UsageError where there are fewer.
Model with_frozen_blocks(Model model, int count);

}  // namespace doppel::nn
