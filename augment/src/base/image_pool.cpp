#include "image_pool.h"

#include "pooled_vector.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstring>
#include <new>
#include <vector>

namespace doppel {
namespace {

/// Images that one thread keeps for each depth. A chain of stages holds two or three at a time.
constexpr std::size_t kKept = 8;

std::vector<cv::Mat>& kept(int depth) {
  thread_local std::array<std::vector<cv::Mat>, 8> pools;
  return pools[static_cast<std::size_t>(depth)];
}

/// A pool for all threads, and in front of it a few small blocks that each thread keeps for itself: what one
/// rendering gives back the next one takes, without a lock.
class BlockPool final : public std::pmr::memory_resource {
 private:
  static constexpr std::size_t kSmallest = 64, kSizes = 7;  ///< 64 bytes to 4 KB, by powers of two
  static constexpr int kMost = 8;                           ///< blocks of one size that a thread keeps

  struct Shelf {
    struct Block {
      Block* next;
    };
    std::array<Block*, kSizes> first{};
    std::array<int, kSizes> count{};
    std::pmr::memory_resource* behind = nullptr;
    ~Shelf() {
      for (std::size_t k = 0; k < kSizes && behind; ++k)
        for (Block *block = first[k], *next = nullptr; block; block = next) {
          next = block->next;
          behind->deallocate(block, kSmallest << k);
        }
      // For what is given back after this thread's end.
      first.fill(nullptr);
      count.fill(kMost);
    }
  };

  /// Of the smallest size that holds `bytes`; kSizes where none does.
  static std::size_t size_index(std::size_t bytes, std::size_t alignment) {
    if (alignment > alignof(std::max_align_t) || bytes > (kSmallest << (kSizes - 1))) return kSizes;
    return bytes <= kSmallest ? 0 : static_cast<std::size_t>(std::bit_width((bytes - 1) / kSmallest));
  }

  Shelf& shelf() {
    thread_local Shelf shelf;
    shelf.behind = &shared_;
    return shelf;
  }

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    const std::size_t k = size_index(bytes, alignment);
    if (k == kSizes) return shared_.allocate(bytes, alignment);
    Shelf& own = shelf();
    Shelf::Block* block = own.first[k];
    if (!block) return shared_.allocate(kSmallest << k);
    own.first[k] = block->next;
    --own.count[k];
    return block;
  }

  void do_deallocate(void* data, std::size_t bytes, std::size_t alignment) override {
    const std::size_t k = size_index(bytes, alignment);
    if (k == kSizes) return shared_.deallocate(data, bytes, alignment);
    Shelf& own = shelf();
    if (own.count[k] == kMost) return shared_.deallocate(data, kSmallest << k);
    own.first[k] = new (data) Shelf::Block{own.first[k]};
    ++own.count[k];
  }

  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::pmr::synchronized_pool_resource shared_{std::pmr::pool_options{
      .max_blocks_per_chunk = 16, .largest_required_pool_block = std::size_t{1} << 22}};
};

}  // namespace

std::pmr::memory_resource& block_pool() {
  // Never destroyed: threads may end after static objects do.
  static auto* pool = new BlockPool;
  return *pool;
}

cv::Mat detached(const cv::Mat& image) {
  cv::Mat alone = image;
  alone.flags &= ~cv::Mat::SUBMATRIX_FLAG;
  alone.datastart = alone.data;
  alone.dataend = alone.data + (alone.rows - 1) * static_cast<std::ptrdiff_t>(alone.step[0]) +
                  static_cast<std::ptrdiff_t>(alone.elemSize()) * alone.cols;
  alone.datalimit = alone.dataend;
  return alone;
}

cv::Mat pooled_image(int rows, int cols, int type) {
  const int depth = CV_MAT_DEPTH(type), channels = CV_MAT_CN(type);
  const auto needed =
      static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols) * static_cast<std::size_t>(channels);
#ifdef __SANITIZE_THREAD__
  // OpenCV isn't instrumented, so that nobody would see that who used an image before has given it back.
  return cv::Mat(rows, cols, type);
#endif
  // A header counts its numbers in int.
  if (needed == 0 || needed > 0x7fffffff) return cv::Mat(rows, cols, type);
  auto& pool = kept(depth);
  const auto shaped = [&](const cv::Mat& store) {
    return detached(store.colRange(0, static_cast<int>(needed)).reshape(channels, rows));
  };
  // What another thread read before it gave the image back is read by now.
  const auto is_free = [](const cv::Mat& store) {
    return std::atomic_ref(store.u->refcount).load(std::memory_order_acquire) == 1;
  };
  cv::Mat* best = nullptr;
  for (cv::Mat& store : pool)
    if (is_free(store) && static_cast<std::size_t>(store.cols) >= needed &&
        (!best || store.cols < best->cols))
      best = &store;
  if (best && static_cast<std::size_t>(best->cols) / 4 <= needed + 4096) return shaped(*best);
  cv::Mat store(1, static_cast<int>(needed), depth);
  if (pool.size() < kKept) return shaped(pool.emplace_back(std::move(store)));
  // The smallest that nobody uses makes room.
  const auto victim =
      std::ranges::min_element(pool, {}, [&](const cv::Mat& s) { return is_free(s) ? s.cols : 0x7fffffff; });
  if (!is_free(*victim)) return cv::Mat(rows, cols, type);
  *victim = std::move(store);
  return shaped(*victim);
}

cv::Mat pooled_like(const cv::Mat& image, int type) { return pooled_image(image.rows, image.cols, type); }

cv::Mat pooled_zeros(int rows, int cols, int type) {
  cv::Mat out = pooled_image(rows, cols, type);
  std::memset(out.data, 0, out.total() * out.elemSize());
  return out;
}

cv::Mat pooled_copy(const cv::Mat& image) {
  cv::Mat out = pooled_like(image, image.type());
  image.copyTo(out);
  return out;
}

cv::Mat pooled_floats(const cv::Mat& image) {
  cv::Mat out = pooled_like(image, CV_MAKETYPE(CV_32F, image.channels()));
  image.convertTo(out, CV_32F,
                  image.depth() == CV_8U    ? 1 / 255.0
                  : image.depth() == CV_16U ? 1 / 65535.0
                                            : 1);
  return out;
}

}  // namespace doppel
