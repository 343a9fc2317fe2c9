// Decoded images, kept as long as there is room.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "images.h"
#include "serve/file_stamps.h"

namespace doppel::apps {

/// Samples as they are, or as small as a tile needs them. Any thread may call; several that want the same
/// wait for one.
class Pictures {
 public:
  using Ptr = std::shared_ptr<const augment::Sample>;
  /// `images` must outlive it. `most_bytes`: of pixels that are kept.
  explicit Pictures(const Images& images, std::size_t most_bytes = std::size_t{256} << 20)
      : images_(images), most_bytes_(most_bytes) {}
  /// Throws UsageError where there is none of that number, Error where it can't be read.
  Ptr whole(std::size_t index) { return get({index, 0}); }
  /// Scaled so that its longer side is `side` pixels, with everything that lies in it; or as it is, where it
  /// isn't larger.
  Ptr small(std::size_t index, int side) { return get({index, side}); }
  const Images& images() const { return images_; }
  /// Of the images that were asked for last, `most` of them, those whose files were written since they were
  /// read: by number. They're kept no longer.
  std::vector<std::size_t> forget_written(std::size_t most);

 private:
  using Key = std::pair<std::size_t, int>;
  struct Entry {
    std::shared_future<Ptr> sample;
    std::size_t bytes = 0;  ///< 0 while it's being made
    std::uint64_t used = 0;
  };
  Ptr get(const Key& key);
  Ptr make(const Key& key);
  void keep(const Key& key, std::size_t bytes);
  std::vector<std::size_t> latest(std::size_t most) const;
  void forget(std::size_t index);

  const Images& images_;
  std::size_t most_bytes_, bytes_ = 0;
  std::uint64_t clock_ = 0;
  mutable std::mutex mutex_;
  std::map<Key, Entry> entries_;
  std::map<std::size_t, FileStamp> stamps_;  ///< of images' files, as they were before they were read
};

}  // namespace doppel::apps
