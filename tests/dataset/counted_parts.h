// A source that is read by parts, with what is asked of it counted.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// What was asked for, by sample. The parts of a sample that is read whole are one of all its bytes.
class AskedParts {
 public:
  void add(std::size_t index, const std::vector<FilePart>& parts) {
    {
      const std::lock_guard lock(mutex_);
      all_[index].push_back(parts);
      for (const FilePart& part : parts) bytes_ += part.size;
    }
    changed_.notify_all();
  }
  std::map<std::size_t, std::vector<std::vector<FilePart>>> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  std::uint64_t bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }
  std::size_t parts() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& [index, asked] : all_)
      for (const auto& parts : asked) count += parts.size();
    return count;
  }
  /// Waits until so many samples were asked for.
  void wait_for(std::size_t samples) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return all_.size() >= samples; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, std::vector<std::vector<FilePart>>> all_;
  std::uint64_t bytes_ = 0;
};

class CountedParts final : public Source {
 public:
  explicit CountedParts(SourcePtr source) : source_(std::move(source)) {}
  std::size_t size() const override { return source_->size(); }
  Item read(std::size_t index) const override {
    was_read.add(index, whole(index));
    return source_->read(index);
  }
  void prepare(std::size_t index) const override { was_fetched.add(index, whole(index)); }
  bool is_far() const override { return source_->is_far(); }
  std::optional<UnreadItem> unread(std::size_t index) const override {
    std::optional<UnreadItem> item = source_->unread(index);
    if (item && item->file) item->file = std::make_unique<File>(*this, index, std::move(item->file));
    return item;
  }
  std::string name(std::size_t index) const override { return source_->name(index); }
  int label(std::size_t index) const override { return source_->label(index); }
  const std::vector<std::string>& classes() const override { return source_->classes(); }
  /// Of all files together.
  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < size(); ++i) sum += source_->unread(i)->bytes;
    return sum;
  }
  mutable AskedParts was_read, was_fetched;

 private:
  class File final : public TiledFile {
   public:
    File(const CountedParts& counts, std::size_t index, std::unique_ptr<TiledFile> file)
        : counts_(counts), index_(index), file_(std::move(file)) {}
    const JpegTileTable& tiles() const override { return file_->tiles(); }
    std::size_t size() const override { return file_->size(); }
    void read(std::span<const FilePart> parts, std::span<unsigned char> file) const override {
      counts_.was_read.add(index_, {parts.begin(), parts.end()});
      file_->read(parts, file);
    }
    void fetch(std::span<const FilePart> parts) const override {
      file_->fetch(parts);
      counts_.was_fetched.add(index_, {parts.begin(), parts.end()});
    }

   private:
    const CountedParts& counts_;
    std::size_t index_;
    std::unique_ptr<TiledFile> file_;
  };
  std::vector<FilePart> whole(std::size_t index) const {
    const auto item = source_->unread(index);
    return {{0, item ? item->bytes : 0}};
  }
  SourcePtr source_;
};

}  // namespace doppel::dataset
