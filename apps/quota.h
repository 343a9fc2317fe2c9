// How many images of each class are wanted, and how many there are.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"
#include "doppel/nn/study/image_filter.h"

namespace doppel::apps {

/// Counts what is kept of each class, and asks for what is still wanted.
class Quota {
 public:
  /// `wanted[c]`: images of class c.
  explicit Quota(std::vector<std::size_t> wanted);
  /// Nothing more is wanted.
  bool full() const { return kept_ == wanted_; }
  std::size_t kept() const;    ///< of all classes
  std::size_t wanted() const;  ///< of all classes
  /// Labels of the next `count` images to be made, of the classes in turn that want some; fewer where no
  /// more are wanted and all are kept.
  std::vector<int> next(std::size_t count, bool all_are_kept) const;
  /// Counts images; drops those that come beyond what is wanted. `decisions` may be empty: all are kept.
  void take(const std::vector<int>& labels, std::vector<nn::Decision>& decisions);
  /// A line for each class that images were made of: how many were there of it, `real`, how many were made
  /// and kept, and why the others weren't.
  std::string text(const std::vector<std::string>& classes, const std::vector<std::size_t>& real) const;

 private:
  std::vector<std::size_t> wanted_, kept_, made_;
  std::vector<std::map<std::string, std::size_t>> dropped_;  ///< of each class, by the reason
};

/// Samples of each class.
std::vector<std::size_t> class_counts(const dataset::Source& source);

/// What each class lacks to be as large as the largest.
std::vector<std::size_t> lacking(const std::vector<std::size_t>& counts);

}  // namespace doppel::apps
