// Sources made of sources.
#pragma once

#include <mutex>
#include <span>

#include "doppel/dataset/source.h"

namespace doppel::dataset {

/// Some samples of another source, in a given order.
class Subset final : public Source {
 public:
  /// Throws UsageError where an index is outside the source.
  Subset(SourcePtr source, std::vector<std::size_t> indices);
  std::size_t size() const override { return indices_.size(); }
  Item read(std::size_t index) const override { return source_->read(indices_[index]); }
  void prepare(std::size_t index) const override { source_->prepare(indices_[index]); }
  std::string name(std::size_t index) const override { return source_->name(indices_[index]); }
  int label(std::size_t index) const override { return source_->label(indices_[index]); }
  const std::vector<std::string>& classes() const override { return source_->classes(); }

 private:
  SourcePtr source_;
  std::vector<std::size_t> indices_;
};

/// Several sources as one, one after the other. Classes are matched by name: a name that only later sources
/// have is added.
class Concat final : public Source {
 public:
  explicit Concat(std::vector<SourcePtr> sources);
  std::size_t size() const override { return starts_.back(); }
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override;
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  friend class Mix;
  std::pair<std::size_t, std::size_t> place(std::size_t index) const;
  int translated(std::size_t source, int label) const;
  Item read_from(std::size_t source, std::size_t index) const;

  std::vector<SourcePtr> sources_;
  std::vector<std::size_t> starts_{0};
  std::vector<std::string> classes_;
  std::vector<std::vector<int>> numbers_;  ///< per source: its classes' numbers here
};

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
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override;
  const std::vector<std::string>& classes() const override { return all_.classes(); }
  /// The source that sample `index` comes from.
  std::size_t source_of(std::size_t index) const;

 private:
  std::pair<std::size_t, std::size_t> place(std::size_t index) const;
  Concat all_;
  std::size_t size_;
  std::vector<std::size_t> pattern_, rank_, quota_;
};

/// The same samples several times: augmented anew each time.
class Repeat final : public Source {
 public:
  Repeat(SourcePtr source, std::size_t times);
  std::size_t size() const override { return source_->size() * times_; }
  Item read(std::size_t index) const override { return source_->read(index % source_->size()); }
  void prepare(std::size_t index) const override { source_->prepare(index % source_->size()); }
  std::string name(std::size_t index) const override { return source_->name(index % source_->size()); }
  int label(std::size_t index) const override { return source_->label(index % source_->size()); }
  const std::vector<std::string>& classes() const override { return source_->classes(); }

 private:
  SourcePtr source_;
  std::size_t times_;
};

/// Keeps what it has read in memory, up to a number of bytes, and never drops it again: epochs in random
/// order would find nothing in a cache that does.
class Cached final : public Source {
 public:
  enum class Keep { Encoded, Decoded };
  Cached(SourcePtr source, std::size_t bytes, Keep keep);
  std::size_t size() const override { return source_->size(); }
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  std::string name(std::size_t index) const override { return source_->name(index); }
  int label(std::size_t index) const override { return source_->label(index); }
  const std::vector<std::string>& classes() const override { return source_->classes(); }
  /// Bytes that are held, at most the budget.
  std::size_t bytes() const;
  std::size_t kept() const;

 private:
  SourcePtr source_;
  std::size_t budget_;
  Keep keep_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const Item>> items_;
  mutable std::size_t bytes_ = 0, kept_ = 0;
};

}  // namespace doppel::dataset
