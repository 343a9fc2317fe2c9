#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "doppel/dataset/combine/concat.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Several sources in given shares, interleaved evenly: any 1,000 samples in a row hold each source's share
/// to within one. A source that is too small for its share comes round again, one that is too large isn't
/// shown whole.
class Mix final : public Source {
 public:
  /// `size` 0: as many samples as all sources have. Throws UsageError where weights don't fit the sources or
  /// sum to 0.
  Mix(std::vector<SourcePtr> sources, std::span<const double> weights, std::size_t size = 0);
  std::size_t size() const override { return size_; }
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override;
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override;
  std::vector<int> object_labels(std::size_t index) const override;
  std::vector<std::string> number_names() const override { return all_.number_names(); }
  std::vector<double> numbers(std::size_t index) const override;
  const std::vector<std::string>& classes() const override { return all_.classes(); }
  std::vector<Remark> remarks() const override { return all_.remarks(); }
  /// The source that sample `index` comes from.
  std::size_t source_of(std::size_t index) const;

 private:
  std::pair<std::size_t, std::size_t> place(std::size_t index) const;
  Concat all_;
  std::size_t size_;
  std::vector<std::size_t> pattern_, rank_, quota_;
};

}  // namespace doppel::dataset
