// When in training a transform is applied, and how it grows.
#pragma once

#include <memory>

namespace doppel::augment {

class Transform;

/// In shares of training (Stream::share), 0 to 1.
struct Schedule {
  double from = 0;   ///< the first at which it's applied
  double until = 1;  ///< from which on it isn't; 1: to the end
  /// The same transform with the fields that it has at `from`: numbers and ranges grow evenly from there to
  /// the transform's own at `until`. Null: they are the same throughout.
  std::shared_ptr<const Transform> start = {};

  bool is_set() const { return from > 0 || until < 1 || start; }  ///< false where it changes nothing
  bool applies(double share) const { return share >= from && (share < until || until >= 1); }  ///< then
};

}  // namespace doppel::augment
