#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Another source whose labels count in a given list of class names: the same name is the same class,
/// whatever its number was.
class MatchedClasses final : public Source {
 public:
  /// Throws Error, naming them, where the source has classes that aren't in `names`.
  MatchedClasses(SourcePtr source, std::vector<std::string> names);
  std::size_t size() const override { return source_->size(); }
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override { source_->prepare(index); }
  bool is_far() const override { return source_->is_far(); }
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override { return source_->name(index); }
  int label(std::size_t index) const override;
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override;
  std::vector<int> object_labels(std::size_t index) const override;
  std::vector<std::string> number_names() const override { return source_->number_names(); }
  std::vector<double> numbers(std::size_t index) const override { return source_->numbers(index); }
  const std::vector<std::string>& classes() const override { return names_; }
  std::vector<Remark> remarks() const override { return source_->remarks(); }

 private:
  SourcePtr source_;
  std::vector<std::string> names_;
  std::vector<int> numbers_;
};

/// The source itself where its classes are these; else one whose classes are. Throws as MatchedClasses does.
SourcePtr matched(SourcePtr source, const std::vector<std::string>& names);

}  // namespace doppel::dataset
