#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Keeps what it has read in memory, up to a number of bytes, and never drops it again: epochs in random
/// order would find nothing in a cache that does.
class Cached final : public Source {
 public:
  /// Encoded: what the source gives. Decoded: encoded files as pixels.
  enum class Keep { Encoded, Decoded };
  /// `bytes`: the most that is held.
  Cached(SourcePtr source, std::size_t bytes, Keep keep);
  std::size_t size() const override { return source_->size(); }
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override { return source_->is_far(); }
  std::optional<UnreadItem> unread(std::size_t index) const override;
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
  /// Bytes that are held, at most the budget.
  std::size_t bytes() const;
  std::size_t kept() const;  ///< samples that are held

 private:
  bool has(std::size_t index) const;

  SourcePtr source_;
  std::size_t budget_;
  Keep keep_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const Item>> items_;
  mutable std::size_t bytes_ = 0, kept_ = 0;
};

}  // namespace doppel::dataset
