#include "doppel/nn/model/zoo.h"

namespace doppel::nn {
namespace {

/// nn/zoo/*.net, in the order of their names.
constexpr ZooEntry kZoo[] = {
#include "zoo_files.inc"
};

}  // namespace

std::span<const ZooEntry> zoo() { return kZoo; }

std::string network_of(const std::string& name_or_text) {
  for (const ZooEntry& entry : kZoo)
    if (entry.name == name_or_text) return std::string(entry.text);
  return name_or_text;
}

}  // namespace doppel::nn
