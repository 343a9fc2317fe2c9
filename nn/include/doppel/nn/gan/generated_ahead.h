// Images that a generator makes just before they are needed, without an end to the memory they'd take.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "doppel/dataset/sources/source.h"
#include "doppel/nn/gan/generator.h"

namespace doppel::nn {

/// The images of a GeneratedSource from number 0 on, for who reads them about in order: a thread of its own
/// makes the next ones by chunks, and those that were passed are let go of. Any image can be read at any
/// time, and is the same; what isn't there is made by who asks for it.
class GeneratedAhead final : public dataset::Source {
 public:
  /// `classes` names the generator's; throws UsageError where they aren't as many. Its weights must not
  /// change meanwhile.
  GeneratedAhead(std::shared_ptr<Generator> generator, std::vector<std::string> classes, std::size_t count,
                 std::uint64_t seed);
  ~GeneratedAhead() override;
  GeneratedAhead(const GeneratedAhead&) = delete;
  GeneratedAhead& operator=(const GeneratedAhead&) = delete;
  std::size_t size() const override { return count_; }  ///< the count that was asked for
  dataset::Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override { return static_cast<int>(index % classes_.size()); }
  const std::vector<std::string>& classes() const override { return classes_; }
  /// Chunks in memory: 4 at most, while nobody reads others than these.
  std::size_t chunks() const;

 private:
  using Pixels = std::shared_ptr<const std::vector<unsigned char>>;
  Pixels chunk(std::size_t which) const;
  Pixels made(std::size_t which, std::unique_lock<std::mutex>& lock) const;
  void move_to(std::size_t which) const;
  std::size_t chunk_count() const;
  void run() const;

  std::shared_ptr<Generator> generator_;
  std::vector<std::string> classes_;
  std::size_t count_;
  std::uint64_t seed_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::map<std::size_t, Pixels> chunks_;  ///< null: being made
  mutable std::size_t reader_ = 0;                ///< the chunk that is read from
  mutable std::thread ahead_;                     ///< begins when an image is first read
  bool stopped_ = false;
};

}  // namespace doppel::nn
