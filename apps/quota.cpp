#include "quota.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "doppel/base/utf8.h"

namespace doppel::apps {

Quota::Quota(std::vector<std::size_t> wanted)
    : wanted_(std::move(wanted)), kept_(wanted_.size()), made_(wanted_.size()), dropped_(wanted_.size()) {}

std::size_t Quota::kept() const { return std::accumulate(kept_.begin(), kept_.end(), std::size_t{0}); }
std::size_t Quota::wanted() const { return std::accumulate(wanted_.begin(), wanted_.end(), std::size_t{0}); }

std::vector<int> Quota::next(std::size_t count, bool all_are_kept) const {
  std::vector<std::size_t> left(wanted_.size());
  for (std::size_t c = 0; c < left.size(); ++c) left[c] = wanted_[c] - kept_[c];
  std::vector<int> labels;
  while (labels.size() < count) {
    const std::size_t before = labels.size();
    for (std::size_t c = 0; c < left.size() && labels.size() < count; ++c) {
      if (left[c] == 0) continue;
      if (all_are_kept) --left[c];
      labels.push_back(static_cast<int>(c));
    }
    if (labels.size() == before) break;
  }
  return labels;
}

void Quota::take(const std::vector<int>& labels, std::vector<nn::Decision>& decisions) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto c = static_cast<std::size_t>(labels[i]);
    ++made_[c];
    if (!decisions.empty() && decisions[i].dropped.empty() && kept_[c] == wanted_[c])
      decisions[i].dropped = "enough of its class";
    if (decisions.empty() || decisions[i].dropped.empty())
      ++kept_[c];
    else
      ++dropped_[c][decisions[i].dropped];
  }
}

std::string Quota::text(const std::vector<std::string>& classes, const std::vector<std::size_t>& real) const {
  std::string text;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    text += fmt::format("{}: {} real", printable(classes[c]), real[c]);
    if (made_[c] > 0) text += fmt::format(", {} made, {} kept", made_[c], kept_[c]);
    for (const auto& [reason, count] : dropped_[c]) text += fmt::format("; {} {}", count, reason);
    if (made_[c] > 0 && real[c] < 2)
      text += real[c] == 1 ? "; one real image is all that is known of it" : "; no real image is known of it";
    text += '\n';
  }
  return text;
}

std::vector<std::size_t> class_counts(const dataset::Source& source) {
  std::vector<std::size_t> counts(source.classes().size());
  for (std::size_t i = 0; i < source.size(); ++i)
    if (const int label = source.label(i); label >= 0) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

std::vector<std::size_t> lacking(const std::vector<std::size_t>& counts) {
  std::vector<std::size_t> lacking;
  const std::size_t most = counts.empty() ? 0 : *std::ranges::max_element(counts);
  for (const std::size_t count : counts) lacking.push_back(most - count);
  return lacking;
}

}  // namespace doppel::apps
