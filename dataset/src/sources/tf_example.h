// TensorFlow's tf.train.Example, in protocol buffers' wire format: features by their names.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace doppel::dataset {

/// One feature: a list of bytes, of real or of whole numbers. Views of the record.
struct TfFeature {
  enum class Kind { None, Bytes, Reals, Wholes };
  Kind kind = Kind::None;
  std::vector<std::string_view> bytes;
  std::vector<float> reals;
  std::vector<std::int64_t> wholes;
};

/// Shows each feature of an Example. `wants`: whether one of this name is to be read; others are shown
/// without values. Throws Error where the bytes are no Example.
void each_tf_feature(std::span<const unsigned char> example,
                     const std::function<bool(std::string_view)>& wants,
                     const std::function<void(std::string_view, TfFeature&)>& show);

}  // namespace doppel::dataset
