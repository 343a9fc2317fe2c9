#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Images whose numbers lie between two that are known, as of 12 bits in 16: each becomes its share of that
/// range, `low` is black and `high` white. Whole numbers stay of their type, rounded and cut off at both
/// ends; floats are neither. Images of 8 bits stay as they are
/// where `high` is beyond 255.
class Ranged final : public Source {
 public:
  /// In the images' own numbers: 0 to 255, 0 to 65535, or floats. Throws UsageError where `low` isn't below
  /// `high`.
  Ranged(SourcePtr source, double low, double high);
  std::size_t size() const override { return source_->size(); }
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override { source_->prepare(index); }
  bool is_far() const override { return source_->is_far(); }
  std::optional<UnreadItem> unread(std::size_t index) const override { return unread_whole(*source_, index); }
  std::string name(std::size_t index) const override { return source_->name(index); }
  int label(std::size_t index) const override { return source_->label(index); }
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override {
    return source_->label_shares(index);
  }
  std::vector<int> object_labels(std::size_t index) const override { return source_->object_labels(index); }
  std::vector<std::string> number_names() const override { return source_->number_names(); }
  std::vector<double> numbers(std::size_t index) const override { return source_->numbers(index); }
  const std::vector<std::string>& classes() const override { return source_->classes(); }
  std::vector<Remark> remarks() const override { return source_->remarks(); }

 private:
  SourcePtr source_;
  double low_, high_;
};

}  // namespace doppel::dataset
