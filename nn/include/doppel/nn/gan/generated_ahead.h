// Images that a generator makes just before they are needed, without an end to the memory they'd take.
#pragma once

#include <condition_variable>
#include <functional>
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
/// time, and is the same; what isn't there is made by who asks for it. Who needs some of them alone says
/// which, and the others aren't made.
class GeneratedAhead final : public dataset::Source {
 public:
  /// Which numbers are asked for: about one in `of_so_many`. `needs` is asked from several threads.
  struct Needed {
    std::size_t of_so_many = 1;                   ///< 1: all
    std::function<bool(std::size_t)> needs = {};  ///< empty: all
  };
  /// `classes` names the generator's; throws UsageError where they aren't as many. Its weights must not
  /// change meanwhile.
  GeneratedAhead(std::shared_ptr<Generator> generator, std::vector<std::string> classes, std::size_t count,
                 std::uint64_t seed, Needed needed);
  /// All of them.
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
  std::size_t made() const;  ///< images that were made so far

 private:
  /// Of a stretch of numbers the images that are needed.
  struct Chunk {
    std::vector<std::size_t> numbers;   ///< in rising order
    std::vector<unsigned char> pixels;  ///< image after image
  };
  using Pixels = std::shared_ptr<const Chunk>;
  Pixels chunk(std::size_t which) const;
  Pixels make(std::size_t which, std::unique_lock<std::mutex>& lock) const;
  std::vector<unsigned char> pixels(const std::vector<std::size_t>& numbers) const;
  std::size_t images_in_chunk() const;
  void move_to(std::size_t which) const;
  std::size_t chunk_count() const;
  void run() const;

  std::shared_ptr<Generator> generator_;
  std::vector<std::string> classes_;
  std::size_t count_;
  std::uint64_t seed_;
  Needed needed_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::map<std::size_t, Pixels> chunks_;  ///< null: being made
  mutable std::size_t made_ = 0;                  ///< images
  mutable std::size_t reader_ = 0;                ///< the chunk that is read from
  mutable std::thread ahead_;                     ///< begins when an image is first read
  bool stopped_ = false;
};

}  // namespace doppel::nn
