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
    : generator_(std::move(generator)), classes_(std::move(classes)), count_(count), seed_(seed) {
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

std::size_t GeneratedAhead::chunk_count() const { return (count_ + kImagesInChunk - 1) / kImagesInChunk; }

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

/// Makes a chunk that isn't there, without the lock meanwhile.
GeneratedAhead::Pixels GeneratedAhead::made(std::size_t which, std::unique_lock<std::mutex>& lock) const {
  chunks_.emplace(which, nullptr);
  lock.unlock();
  const std::size_t begin = which * kImagesInChunk, end = std::min(count_, begin + kImagesInChunk);
  std::vector<int> labels;
  for (std::size_t i = begin; i < end; ++i) labels.push_back(label(i));
  Pixels pixels;
  try {
    pixels = std::make_shared<const std::vector<unsigned char>>(
        pixels_of(generator_->generate(labels, seed_, begin), generator_->image()));
  } catch (...) {
    lock.lock();
    chunks_.erase(which);
    changed_.notify_all();
    throw;
  }
  lock.lock();
  chunks_[which] = pixels;
  changed_.notify_all();
  return pixels;
}

GeneratedAhead::Pixels GeneratedAhead::chunk(std::size_t which) const {
  std::unique_lock lock(mutex_);
  if (!ahead_.joinable()) ahead_ = std::thread([this] { run(); });
  move_to(which);
  changed_.notify_all();
  while (true) {
    const auto found = chunks_.find(which);
    if (found == chunks_.end()) return made(which, lock);
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
      made(next(), lock);
    } catch (const std::exception&) { return; }  // who asks for the chunk is told
  }
}

dataset::Item GeneratedAhead::read(std::size_t index) const {
  if (index >= count_) throw Error(fmt::format("there is no generated image {}", index));
  const Shape& shape = generator_->image();
  const auto bytes = static_cast<std::size_t>(shape.count());
  const Pixels pixels = chunk(index / kImagesInChunk);
  dataset::Item item;
  item.sample.image.create(shape.height, shape.width, CV_8UC(shape.channels));
  std::copy_n(pixels->data() + index % kImagesInChunk * bytes, bytes, item.sample.image.data);
  item.sample.label = label(index);
  return item;
}

}  // namespace doppel::nn
