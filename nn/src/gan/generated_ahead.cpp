#include "doppel/nn/gan/generated_ahead.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/nn/gan/generated_source.h"

namespace doppel::nn {
namespace {

constexpr std::size_t kImagesInChunk = 256;
/// Chunks that are kept behind the reader's, whose threads aren't all at one place, and made before it.
constexpr std::size_t kBehind = 1, kAheadOfReader = 2;

}  // namespace

GeneratedAhead::GeneratedAhead(std::shared_ptr<Generator> generator, std::vector<std::string> classes,
                               std::size_t count, std::uint64_t seed)
    : GeneratedAhead(std::move(generator), std::move(classes), count, seed, Needed{}) {}

GeneratedAhead::GeneratedAhead(std::shared_ptr<Generator> generator, std::vector<std::string> classes,
                               std::size_t count, std::uint64_t seed, Needed needed)
    : generator_(std::move(generator)),
      classes_(std::move(classes)),
      count_(count),
      seed_(seed),
      needed_(std::move(needed)) {
  if (std::ssize(classes_) != generator_->classes())
    throw UsageError(fmt::format("{} names for a GAN of {} classes", classes_.size(), generator_->classes()));
}

GeneratedAhead::~GeneratedAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  if (ahead_.joinable()) ahead_.join();
}

std::string GeneratedAhead::name(std::size_t index) const {
  return fmt::format("generated {} (seed {})", index, seed_);
}

/// So many numbers that a chunk holds about kImagesInChunk that are needed.
std::size_t GeneratedAhead::images_in_chunk() const { return kImagesInChunk * needed_.of_so_many; }

std::size_t GeneratedAhead::chunk_count() const {
  return (count_ + images_in_chunk() - 1) / images_in_chunk();
}

std::size_t GeneratedAhead::made() const {
  const std::lock_guard lock(mutex_);
  return made_;
}

std::size_t GeneratedAhead::chunks() const {
  const std::lock_guard lock(mutex_);
  return chunks_.size();
}

/// The reader is at a chunk: those far from it are let go of, but for what is being made. A straggler
/// just behind doesn't move it back.
void GeneratedAhead::move_to(std::size_t which) const {
  if (which > reader_ || which + kBehind < reader_) reader_ = which;
  std::erase_if(chunks_, [&](const auto& chunk) {
    return chunk.second && (chunk.first + kBehind < reader_ || chunk.first > reader_ + kAheadOfReader);
  });
}

/// Of images in rising order, stretch by stretch of their numbers.
std::vector<unsigned char> GeneratedAhead::pixels(const std::vector<std::size_t>& numbers) const {
  std::vector<float> rows;
  for (std::size_t at = 0; at < numbers.size();) {
    std::vector<int> labels;
    const std::size_t first = numbers[at];
    for (; at < numbers.size() && numbers[at] == first + labels.size(); ++at)
      labels.push_back(label(numbers[at]));
    const auto some = generator_->latents(labels, seed_, first);
    rows.insert(rows.end(), some.begin(), some.end());
  }
  return pixels_of(generator_->images(rows), generator_->image());
}

/// Makes a chunk that isn't there, without the lock meanwhile.
GeneratedAhead::Pixels GeneratedAhead::make(std::size_t which, std::unique_lock<std::mutex>& lock) const {
  chunks_.emplace(which, nullptr);
  lock.unlock();
  const std::size_t begin = which * images_in_chunk(), end = std::min(count_, begin + images_in_chunk());
  const auto chunk = std::make_shared<Chunk>();
  try {
    for (std::size_t i = begin; i < end; ++i)
      if (!needed_.needs || needed_.needs(i)) chunk->numbers.push_back(i);
    chunk->pixels = pixels(chunk->numbers);
  } catch (...) {
    lock.lock();
    chunks_.erase(which);
    changed_.notify_all();
    throw;
  }
  lock.lock();
  made_ += chunk->numbers.size();
  chunks_[which] = chunk;
  changed_.notify_all();
  return chunk;
}

GeneratedAhead::Pixels GeneratedAhead::chunk(std::size_t which) const {
  std::unique_lock lock(mutex_);
  if (!ahead_.joinable()) ahead_ = std::thread([this] { run(); });
  move_to(which);
  changed_.notify_all();
  while (true) {
    const auto found = chunks_.find(which);
    if (found == chunks_.end()) return make(which, lock);
    if (found->second) return found->second;
    changed_.wait(lock);
  }
}

void GeneratedAhead::run() const {
  std::unique_lock lock(mutex_);
  const auto next = [this] {
    std::size_t which = reader_;
    while (which <= reader_ + kAheadOfReader && chunks_.contains(which)) ++which;
    return which <= reader_ + kAheadOfReader && which < chunk_count() ? which : chunk_count();
  };
  while (true) {
    changed_.wait(lock, [&] { return stopped_ || next() < chunk_count(); });
    if (stopped_) return;
    try {
      make(next(), lock);
    } catch (const std::exception&) { return; }  // who asks for the chunk is told
  }
}

dataset::Item GeneratedAhead::read(std::size_t index) const {
  if (index >= count_) throw Error(fmt::format("there is no generated image {}", index));
  const Shape& shape = generator_->image();
  const auto bytes = static_cast<std::size_t>(shape.count());
  const Pixels chunk_of_it = chunk(index / images_in_chunk());
  const auto& numbers = chunk_of_it->numbers;
  const auto found = std::ranges::lower_bound(numbers, index);
  dataset::Item item;
  item.sample.image.create(shape.height, shape.width, CV_8UC(shape.channels));
  if (found != numbers.end() && *found == index) {
    const auto place = static_cast<std::size_t>(found - numbers.begin());
    std::copy_n(chunk_of_it->pixels.data() + place * bytes, bytes, item.sample.image.data);
  } else {
    std::ranges::copy(pixels({index}), item.sample.image.data);
  }
  item.sample.label = label(index);
  return item;
}

}  // namespace doppel::nn
