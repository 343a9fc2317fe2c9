// The loader's run time: batches in flight, filled by whoever has time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/loader/trace.h"
#include "epoch_function.h"
#include "fetch_ahead.h"
#include "read_ahead.h"

namespace doppel::dataset {

/// A batch being filled.
struct PendingBatch {
  Batch batch;
  std::size_t rows = 0, claimed = 0, done = 0;
  std::vector<std::exception_ptr> errors;  ///< per row
  std::vector<SkippedSample> replaced;     ///< per row; an empty name where its sample was good
};

/// Used by the consumer and by tasks. All mutable state is under one mutex,
/// which nobody holds while working.
class BatchQueue {
 public:
  explicit BatchQueue(EpochFunction work);

  /// A piece of work: rows [first, last) of a slot.
  struct Piece {
    PendingBatch* slot = nullptr;
    std::size_t first = 0, last = 0;
  };
  /// Does one piece, the earliest there is. False where there is none.
  bool run_one() { return run_one(piece_rows()); }
  /// Starts batches until `prefetch` are in flight; returns how many pieces nobody has begun.
  std::size_t schedule(std::uint64_t epoch);
  /// Drops what is in flight, waits for pieces being worked on, and goes on at (epoch, step).
  void restart(std::uint64_t epoch, std::uint64_t step);
  /// Takes the next batch, working while it isn't ready. Rows that failed are left out, or thrown.
  void take();
  const Batch* current() const { return current_ ? &current_->batch : nullptr; }
  /// Where the next take() is.
  std::pair<std::uint64_t, std::uint64_t> position() const { return {next_epoch_, next_step_}; }
  /// After this, run_one() finds nothing; returns when nobody is inside it.
  void stop();
  const EpochFunction& work() const { return work_; }
  LoaderReport report() const;
  /// Of tensors that were handed out and kept, and may come back.
  std::size_t retired_bytes() const;
  /// A batch made here and now.
  Batch make(std::uint64_t epoch, std::uint64_t step);

 private:
  std::size_t piece_rows() const;
  bool run_one(std::size_t most);
  void wait_until_ready(const PendingBatch& slot);
  void wait_for_workers(std::unique_lock<std::mutex>& lock);
  void fill_row(PendingBatch& slot, std::size_t row);
  void fill_row_with(PendingBatch& slot, std::size_t row, std::size_t index);
  std::size_t tensors() const { return 1 + work_.views.size(); }  ///< of a batch: images and views
  Size largest_size(std::size_t which) const;
  std::size_t largest_bytes(std::size_t which) const;
  Tensor largest_tensor(std::size_t which) const;
  void replace_kept_tensor(Tensor& images, std::size_t which);
  void prepare(PendingBatch& slot, std::uint64_t epoch, std::uint64_t step) const;
  std::unique_ptr<PendingBatch> fresh_slot(std::uint64_t epoch, std::uint64_t step);
  void settle_errors(PendingBatch& slot);
  void read_ahead(const PendingBatch& slot);
  void fetch_ahead(std::uint64_t epochs);

  const EpochFunction work_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<PendingBatch>> in_flight_;
  std::vector<std::unique_ptr<PendingBatch>> pool_;
  std::vector<std::deque<Tensor>> retired_;  ///< of each kind, that somebody held when their slot was needed
  std::unique_ptr<PendingBatch> current_;
  std::uint64_t next_epoch_ = 0, next_step_ = 0;    ///< of the consumer
  std::uint64_t ahead_epoch_ = 0, ahead_step_ = 0;  ///< of the scheduler
  int working_ = 0;
  bool stopped_ = false;
  LoaderReport report_;
  std::unordered_set<std::string> skipped_, replaced_;
  std::mutex large_;                  ///< held while an image is decoded that doesn't fit a thread's room
  std::unique_ptr<ReadAhead> ahead_;  ///< from when reading was seen to take time
  std::unique_ptr<FetchAhead> fetch_ahead_;         ///< of a far source
  std::atomic<std::int64_t> read_{0}, decoded_{0};  ///< samples, images
  std::atomic<std::int64_t> reading_{0}, decoding_{0}, drawing_{0}, rendering_{0};
};

}  // namespace doppel::dataset
