// The notation's text as items, before repeats, blocks and branches are expanded.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "doppel/nn/model/layer.h"

namespace doppel::nn::notation {

/// One argument: "64", "64:128", "s2", "same", "eps=0.001".
struct Argument {
  std::string key;
  std::vector<std::string> values;
  std::size_t column = 0;
};

/// A parsed item: a layer, a chain or a join of branches, with its repeat and whether it may be left out.
struct Item {
  std::string name;  ///< of a layer or a join; empty for a chain
  std::optional<std::pair<int, int>> kernel;
  std::vector<Argument> arguments;
  std::vector<Item> chain;
  std::vector<std::vector<Item>> branches;  ///< of a join
  Argument repeat{{}, {"1"}, 0};
  std::optional<std::string> optional_name;
  std::size_t column = 0;
};

/// A named block: "block(c, s) = add[conv3x3(c, s)-bn|]-relu".
struct Definition {
  std::vector<std::string> parameters;
  std::vector<Item> chain;
};
using Definitions = std::map<std::string, Definition>;

/// Layers and what else may stand for one.
const std::vector<std::string>& layer_names();
std::string lower(std::string text);
/// Throws UsageError, columns counted from 1.
[[noreturn]] void fail(std::size_t column, const std::string& what);

struct Parsed {
  Definitions definitions;
  std::vector<Item> chain;
  std::size_t end = 0;  ///< where the chain ends: bindings may follow
};
Parsed parse(const std::string& text);

/// The layers. `bindings` say what names in repeats and behind question marks stand for, in lower case.
Network expand(const Parsed& parsed, const std::map<std::string, std::string>& bindings);

}  // namespace doppel::nn::notation
