// A sample whose pixels are decoded once it's known which are needed.
#pragma once

#include <optional>

#include "doppel/augment/plan.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/source.h"

namespace doppel::dataset {

/// Of an item that has been read; for one thread. An encoded picture's pixels lie in the thread's own buffer,
/// so no two of these may live on a thread at once.
class LazySample {
 public:
  /// Throws Error where the picture's header is bad.
  LazySample(Item& item, int channels);
  const augment::Sample& sample() const { return item_.sample; }
  /// Decodes what rendering `plan` reads.
  void need(const augment::Plan& plan);
  void need_all();

 private:
  Item& item_;
  std::optional<Picture> picture_;
  bool whole_ = false;
};

}  // namespace doppel::dataset
