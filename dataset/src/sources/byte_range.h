// Bytes that can be read at any place, wherever they lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "doppel/base/random_file.h"

namespace doppel::dataset {

/// A file's, a part of a file's, or memory's. Read by any number of threads at once.
class ByteRange {
 public:
  /// `size` bytes of a file from `at` on, which lie in it: an error names the file where they no longer do.
  ByteRange(std::shared_ptr<const RandomFile> file, std::uint64_t at, std::uint64_t size)
      : file_(std::move(file)), at_(at), size_(size) {}
  /// Those in memory, which copies share.
  explicit ByteRange(std::vector<unsigned char> held)
      : size_(held.size()), held_(std::make_shared<const std::vector<unsigned char>>(std::move(held))) {}
  std::uint64_t size() const { return size_; }
  /// From `at` on, as many as there is room for; there are as many.
  void read(std::uint64_t at, std::span<unsigned char> into) const {
    if (file_)
      file_->read(at_ + at, into);
    else if (!into.empty())
      std::copy_n(held_->data() + at, into.size(), into.data());
  }
  /// Asks the system to read them into its cache, and returns at once.
  void fetch(std::uint64_t at, std::uint64_t size) const {
    if (file_) file_->fetch(at_ + at, size);
  }

 private:
  std::shared_ptr<const RandomFile> file_;
  std::uint64_t at_ = 0, size_ = 0;
  std::shared_ptr<const std::vector<unsigned char>> held_;
};

}  // namespace doppel::dataset
