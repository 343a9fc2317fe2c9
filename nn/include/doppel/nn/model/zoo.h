// Networks that have a name, as text of the notation.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace doppel::nn {

/// One of them.
struct ZooEntry {
  std::string_view name;     ///< as "resnet18"
  std::string_view text;     ///< its notation
  std::string_view help;     ///< what it is, in a phrase
  std::string_view modules;  ///< torchvision's names of its layers with parameters, in order; may be empty
  std::string_view timm;     ///< timm's, where they are others
};

/// All, in the order of their names.
std::span<const ZooEntry> zoo();
/// The text of a named network; any other text unchanged.
std::string network_of(const std::string& name_or_text);

}  // namespace doppel::nn
