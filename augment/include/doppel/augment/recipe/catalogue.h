// The one list of all transforms.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A kind of transform.
struct CatalogueEntry {
  std::string_view name;    ///< as recipes call it
  std::string_view family;  ///< what it is listed under, as "blur"
  std::string_view help;    ///< what it does, in a sentence
  Transform (*make)();      ///< with every field at its default (structure nodes: with one flip inside)
};

/// All transforms, in the order that people read them.
std::span<const CatalogueEntry> catalogue();
/// By name. Throws UsageError that suggests the nearest name.
const CatalogueEntry& find_transform(std::string_view name);

}  // namespace doppel::augment
