#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Several sources as one, one after the other. Classes are matched by name: a name that only later sources
/// have is added.
class Concat final : public Source {
 public:
  /// Throws UsageError where there are none, or their numbers to learn are called differently.
  explicit Concat(std::vector<SourcePtr> sources);
  std::size_t size() const override { return starts_.back(); }
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override;
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override;
  std::vector<int> object_labels(std::size_t index) const override;
  std::vector<std::string> number_names() const override { return sources_[0]->number_names(); }
  std::vector<double> numbers(std::size_t index) const override;
  const std::vector<std::string>& classes() const override { return classes_; }
  std::vector<Remark> remarks() const override;

  const std::vector<SourcePtr>& sources() const { return sources_; }  ///< in their order
  /// What sample `index` of one of the sources is here.
  Item read_from(std::size_t source, std::size_t index) const;
  /// The same before it's read.
  std::optional<UnreadItem> unread_from(std::size_t source, std::size_t index) const;
  /// What a label of that source is here; one that names no class stays.
  int translated(std::size_t source, int label) const;
  /// What Source::label_shares() of that source's sample are here.
  std::vector<augment::LabelShare> shares_from(std::size_t source, std::size_t index) const;
  /// What Source::object_labels() of that source's sample are here.
  std::vector<int> objects_from(std::size_t source, std::size_t index) const;

 private:
  std::pair<std::size_t, std::size_t> place(std::size_t index) const;

  std::vector<SourcePtr> sources_;
  std::vector<std::size_t> starts_{0};
  std::vector<std::string> classes_;
  std::vector<std::vector<int>> numbers_;  ///< per source: its classes' numbers here
};

}  // namespace doppel::dataset
