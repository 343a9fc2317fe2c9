// Two sources in an order for training, one of them leaving before the end.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// How often what is added comes among samples in an order.
struct AnnealedShare {
  double share = 0;      ///< of the samples, up to `from`
  std::size_t size = 0;  ///< samples in all
  double from = 0.8;     ///< of the way, where the share begins to fall to 0
  /// How many of the first `count` samples are added ones.
  std::size_t extras(std::size_t count) const;
  /// The place of the added sample `number`, counted from 0; `size` where there is none.
  std::size_t place_of(std::size_t number) const;
};

/// `size` samples to be read in order: shuffled rounds through `main`, and between them samples of `extra`
/// (may be null), evenly spaced and shuffled alike. Extra's share is `share` up to `from` of the way, then
/// falls to 0 in a straight line: what is synthetic goes before training ends. A pure function of its
/// arguments, in O(1) memory.
class Annealed final : public Source {
 public:
  /// In which order extra's samples come.
  enum class ExtraOrder {
    Shuffled,  ///< as main's
    AsItIs     ///< from its first on: what is made one after the other is asked for so
  };
  /// Throws UsageError where a share is outside 0 to 1, a source is empty or their classes differ.
  Annealed(SourcePtr main, SourcePtr extra, double share, std::size_t size, std::uint64_t seed,
           double from = 0.8, ExtraOrder order = ExtraOrder::Shuffled);
  std::size_t size() const override { return share_.size; }
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override;
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override;
  std::vector<int> object_labels(std::size_t index) const override;
  std::vector<std::string> number_names() const override { return main_->number_names(); }
  std::vector<double> numbers(std::size_t index) const override;
  const std::vector<std::string>& classes() const override { return main_->classes(); }
  std::vector<Remark> remarks() const override { return main_->remarks(); }
  /// True where sample `index` is one of extra's.
  bool is_extra(std::size_t index) const;

 private:
  struct Place {
    const Source* source;
    std::size_t index;
  };
  Place place(std::size_t index) const;

  SourcePtr main_, extra_;
  AnnealedShare share_;
  std::uint64_t seed_;
  ExtraOrder order_;
};

}  // namespace doppel::dataset
