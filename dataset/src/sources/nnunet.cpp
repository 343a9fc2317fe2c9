#include "nnunet.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <map>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using NnUnetValue = simdjson::dom::element;

int label_number(std::string_view name, std::int64_t number) {
  constexpr int kMost = 254;
  if (number < 0 || number > kMost)
    throw Error(fmt::format("labels: '{}' is {}, and numbers in masks are 0 to {}", name, number, kMost));
  return static_cast<int>(number);
}

/// The name and number of one of the labels, whichever stands first; no name for a region.
std::pair<std::string, int> label_in(std::string_view key, NnUnetValue value) {
  if (value.is_array()) return {};
  if (std::string_view name; value.get(name) == simdjson::SUCCESS) {
    // Of either the key may be the number, and in new files the number a text.
    if (const auto number = whole_number(key)) return {std::string(name), label_number(name, *number)};
    if (const auto number = whole_number(name)) return {std::string(key), label_number(key, *number)};
  }
  if (std::int64_t number = 0; value.get(number) == simdjson::SUCCESS)
    return {std::string(key), label_number(key, number)};
  throw Error(fmt::format("labels: '{}' has no whole number", key));
}

void read_labels(simdjson::dom::object labels, NnUnetFacts& facts, Remarks& remarks) {
  std::map<int, std::string> names;
  bool has_regions = false;
  for (const auto& [key, value] : labels) {
    auto [name, number] = label_in(key, value);
    if (name.empty())
      has_regions = true;
    else if (lower(name) == "ignore")
      facts.uncounted = number;
    else if (const auto [known, is_new] = names.emplace(number, name); !is_new)
      throw Error(fmt::format("labels: '{}' and '{}' are both {}", known->second, name, number));
  }
  if (has_regions) return remarks.say("regions in dataset.json, whose names aren't used");
  if (names.empty()) return;
  for (int number = 0; number <= names.rbegin()->first; ++number)
    facts.classes.push_back(names.contains(number) ? names[number] : std::to_string(number));
}

}  // namespace

NnUnetFacts nnunet_facts(const std::filesystem::path& folder, Remarks& remarks) {
  const std::filesystem::path file = folder / "dataset.json";
  if (!is_there(file)) return {};
  const std::string text = read_text(file);
  simdjson::dom::parser parser;
  simdjson::dom::object whole, labels;
  if (parser.parse(text).get(whole) != simdjson::SUCCESS || whole["labels"].get(labels) != simdjson::SUCCESS)
    return {};
  NnUnetValue channels;
  if (whole["channel_names"].get(channels) != simdjson::SUCCESS &&
      whole["modality"].get(channels) != simdjson::SUCCESS)
    return {};
  NnUnetFacts facts{.file = file, .classes = {}};
  try {
    read_labels(labels, facts, remarks);
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
  return facts;
}

}  // namespace doppel::dataset
