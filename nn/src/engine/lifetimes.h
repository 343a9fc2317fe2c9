// Memory for values that are needed for a part of a sweep only.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "step.h"

namespace doppel::nn::engine {

/// When buffers are needed. Time is counted in stretches: what lies between two places where all shards meet,
/// since within one no shard knows how far another is.
class Lifetimes {
 public:
  /// The buffer is needed in stretches [first, last], and in those between them and others that were said.
  void need(Buffer& buffer, int first, int last);
  /// Lays those without memory of their own over each other where they are never needed at once: largest
  /// first, each as low as it can. Returns the memory that they lie in.
  Buffer share_memory() const;

 private:
  struct Span {
    int first, last;
    bool meets(const Span& other) const { return first <= other.last && other.first <= last; }
  };
  std::vector<Buffer*> order_;  ///< as they were met first
  std::map<Buffer*, Span> spans_;
};

/// Training: gradients that are needed only on the way from a step to those before it. The images' stays,
/// those of `given` are there before backward begins. Has some steps meet, which lets more be shared.
Buffer share_gradients(const std::vector<std::unique_ptr<Step>>& steps, const EngineContext& context,
                       const Blob& images, const std::vector<Blob*>& given);
/// Inference: values that no later step reads. The last one stays.
Buffer share_values(const std::vector<std::unique_ptr<Step>>& steps, const EngineContext& context,
                    Blob& images, const Blob& last);

}  // namespace doppel::nn::engine
