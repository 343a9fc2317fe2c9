#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// The same samples several times: augmented anew each time.
class Repeat final : public Source {
 public:
  /// Throws UsageError where `times` is 0.
  Repeat(SourcePtr source, std::size_t times);
  std::size_t size() const override { return source_->size() * times_; }
  Item read(std::size_t index) const override { return source_->read(index % source_->size()); }
  void prepare(std::size_t index) const override { source_->prepare(index % source_->size()); }
  bool is_far() const override { return source_->is_far(); }
  std::optional<UnreadItem> unread(std::size_t index) const override {
    return source_->unread(index % source_->size());
  }
  std::string name(std::size_t index) const override { return source_->name(index % source_->size()); }
  int label(std::size_t index) const override { return source_->label(index % source_->size()); }
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override {
    return source_->label_shares(index % source_->size());
  }
  std::vector<int> object_labels(std::size_t index) const override {
    return source_->object_labels(index % source_->size());
  }
  std::vector<std::string> number_names() const override { return source_->number_names(); }
  std::vector<double> numbers(std::size_t index) const override {
    return source_->numbers(index % source_->size());
  }
  const std::vector<std::string>& classes() const override { return source_->classes(); }
  std::vector<Remark> remarks() const override { return source_->remarks(); }

 private:
  SourcePtr source_;
  std::size_t times_;
};

}  // namespace doppel::dataset
