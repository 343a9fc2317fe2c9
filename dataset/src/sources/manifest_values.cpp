#include "manifest_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

constexpr double kNotSaid = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void ManifestValues::take(const ManifestRow& row, std::size_t i) {
  take_fields(row, i);
  take_numbers(row, i);
  take_weight(row, i);
}

void ManifestValues::take_numbers(const ManifestRow& row, std::size_t i) {
  const std::size_t width = names_.size();
  if (width == 0) return;
  if (numbers_.size() < (i + 1) * width) numbers_.resize((i + 1) * width, kNotSaid);
  if (row.numbers.empty()) return;
  const auto known = numbers_.begin() + static_cast<std::ptrdiff_t>(i * width);
  for (std::size_t k = 0; k < width; ++k)
    if (!std::isnan(known[static_cast<std::ptrdiff_t>(k)]) &&
        known[static_cast<std::ptrdiff_t>(k)] != row.numbers[k])
      throw Error(fmt::format("'{}': {} is {} here, but {} before", row.path, names_[k], row.numbers[k],
                              known[static_cast<std::ptrdiff_t>(k)]));
  std::ranges::copy(row.numbers, known);
}

void ManifestValues::take_weight(const ManifestRow& row, std::size_t i) {
  if (!row.weight) return;
  has_weights_ = true;
  if (weights_.size() <= i) weights_.resize(i + 1, kNotSaid);
  if (!std::isnan(weights_[i]) && weights_[i] != *row.weight)
    throw Error(
        fmt::format("'{}': its weight is {} here, but {} before", row.path, *row.weight, weights_[i]));
  weights_[i] = *row.weight;
}

/// What is said once, or each time alike, is the image's; what differs is of its boxes.
void ManifestValues::take_fields(const ManifestRow& row, std::size_t i) {
  if (i >= kept_.size()) {
    kept_.push_back(fields_.keep(row.fields));
    return;
  }
  if (row.fields.empty()) return;
  const std::vector<augment::NamedValue> known = fields_.fields(kept_[i]);
  for (const augment::NamedValue& field : row.fields) {
    if (std::ranges::find(differing_, field.name) != differing_.end()) continue;
    if (std::ranges::find(known, field) != known.end()) continue;
    differing_.push_back(field.name);
    fields_.leave_out(field.name);
  }
}

void ManifestValues::finish(const Names& names, Remarks& remarks) {
  for (const auto& [name, kind] : names.kinds) fields_.set_kind(name, kind);
  std::vector<std::string> kept = names.kept, unused = names.unused;
  std::erase_if(unused, [&](const auto& name) { return std::ranges::find(kept, name) != kept.end(); });
  std::erase_if(kept,
                [&](const auto& name) { return std::ranges::find(differing_, name) != differing_.end(); });
  if (!kept.empty()) remarks.say(kept_names(names.what, kept));
  if (!differing_.empty())
    remarks.say(fmt::format("{} that differ from line to line of an image, which aren't kept: {}", names.what,
                            fmt::join(differing_, ", ")));
  if (!unused.empty()) remarks.say(unused_names(names.what, unused));
  const bool all_said = has_weights_ && weights_.size() == kept_.size();
  if (all_said && std::ranges::all_of(weights_, [](double w) { return w == 0; }))
    throw Error("all weights are 0: nothing would be learned");
  for (std::size_t i = 0; i < kept_.size() && !names_.empty(); ++i)
    if (numbers(i).empty()) remarks.add(fmt::format("images without {}", fmt::join(names_, " and ")));
}

void ManifestValues::move(std::size_t from, std::size_t to) {
  kept_[to] = kept_[from];
  const std::size_t width = names_.size();
  if (width > 0)
    std::copy_n(numbers_.begin() + static_cast<std::ptrdiff_t>(from * width), width,
                numbers_.begin() + static_cast<std::ptrdiff_t>(to * width));
  if (to < weights_.size()) weights_[to] = from < weights_.size() ? weights_[from] : kNotSaid;
}

std::vector<double> ManifestValues::numbers(std::size_t i) const {
  const std::size_t width = names_.size();
  if (numbers_.size() < (i + 1) * width || width == 0 || std::isnan(numbers_[i * width])) return {};
  const auto first = numbers_.begin() + static_cast<std::ptrdiff_t>(i * width);
  return {first, first + static_cast<std::ptrdiff_t>(width)};
}

bool ManifestValues::has_numbers() const {
  return std::ranges::any_of(numbers_, [](double v) { return !std::isnan(v); });
}

void ManifestValues::annotate(std::size_t i, augment::Sample& sample) const {
  sample.numbers = numbers(i);
  if (i < weights_.size() && !std::isnan(weights_[i])) sample.weight = weights_[i];
  sample.fields = fields_.fields(kept_[i]);
}

}  // namespace doppel::dataset
