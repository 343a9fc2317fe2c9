// From one class to another, as an animation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "doppel/nn/gan/generator.h"

namespace doppel::apps {

/// What a walk is made of.
struct Walk {
  std::string between;     ///< "A,B": two classes, or one twice
  std::uint64_t seed = 1;  ///< of the images
  std::uint64_t first = 0;
  double truncation = 0;  ///< see nn::Generator::latents()
};

/// Writes an animation of 16 images that go from class A to class B and back, each with its own normal
/// numbers throughout; where A is B, from these to others. Throws UsageError for classes that the generator,
/// whose names `classes` are, doesn't have, and for a path that doesn't end in .webp.
void write_walk(nn::Generator& generator, const std::vector<std::string>& classes, const Walk& walk,
                const std::filesystem::path& path);

}  // namespace doppel::apps
