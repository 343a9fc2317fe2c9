#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Some samples of another source, in a given order.
class Subset final : public Source {
 public:
  /// Throws UsageError where an index is outside the source.
  Subset(SourcePtr source, std::vector<std::size_t> indices);
  std::size_t size() const override { return indices_.size(); }
  Item read(std::size_t index) const override { return source_->read(indices_[index]); }
  void prepare(std::size_t index) const override { source_->prepare(indices_[index]); }
  bool is_far() const override { return source_->is_far(); }
  std::optional<UnreadItem> unread(std::size_t index) const override {
    return source_->unread(indices_[index]);
  }
  std::string name(std::size_t index) const override { return source_->name(indices_[index]); }
  int label(std::size_t index) const override { return source_->label(indices_[index]); }
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override {
    return source_->label_shares(indices_[index]);
  }
  std::vector<int> object_labels(std::size_t index) const override {
    return source_->object_labels(indices_[index]);
  }
  std::vector<std::string> number_names() const override { return source_->number_names(); }
  std::vector<double> numbers(std::size_t index) const override { return source_->numbers(indices_[index]); }
  const std::vector<std::string>& classes() const override { return source_->classes(); }
  std::vector<Remark> remarks() const override { return source_->remarks(); }

 private:
  SourcePtr source_;
  std::vector<std::size_t> indices_;
};

}  // namespace doppel::dataset
