// Of a far source, what rows to come will read is asked for before anybody waits for it.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "epoch_function.h"

namespace doppel::dataset {

/// Of a far source, fetches what the rows to come will read, in their order, from a thread of its own: it
/// draws each row's plan ahead, and so knows which parts of an image are needed. What is asked for and not
/// yet read is at most EpochFunction::ahead_bytes; what is larger by itself is left to who reads it. Changes
/// nothing but when bytes come.
class FetchAhead {
 public:
  /// A place in the run.
  struct Place {
    std::uint64_t epoch = 0, step = 0;
  };
  /// `work` must outlive it.
  FetchAhead(const EpochFunction& work, Place from);
  ~FetchAhead();
  FetchAhead(const FetchAhead&) = delete;
  FetchAhead& operator=(const FetchAhead&) = delete;
  /// Goes on there, and forgets what was asked for.
  void restart(Place from);
  /// Looks no further than the epoch before that one.
  void allow(std::uint64_t end_epoch);

  /// A row that is being read: its bytes count until it's gone.
  class Reading {
   public:
    Reading(FetchAhead* ahead, std::uint64_t epoch, std::uint64_t position);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    FetchAhead* ahead_;
    std::pair<std::uint64_t, std::uint64_t> row_;
  };

 private:
  using Row = std::pair<std::uint64_t, std::uint64_t>;  // epoch, position
  /// What a row will ask for.
  struct Wanted {
    std::uint64_t bytes = 0;
    std::unique_ptr<TiledFile> file;
    std::vector<FilePart> parts;     ///< of the file
    std::vector<std::size_t> whole;  ///< samples that are read whole
  };

  /// The next row to be looked at.
  struct Next {
    Row row;
    std::uint64_t step = 0, generation = 0;
  };

  void run();
  Row next_row() const;
  void go_on();
  bool find_next(Next& next);
  Wanted wanted(const Next& next) const;
  bool wait_for_room(const Next& next, std::uint64_t bytes);
  void begin(const Wanted& wanted) const;
  void take(const Row& row);
  void let_go(const Row& row);

  const EpochFunction& work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Place place_;            ///< of the next row
  std::uint64_t row_ = 0;  ///< its number in the step
  std::uint64_t end_epoch_ = 0;
  std::uint64_t generation_ = 0;        ///< of restarts
  std::uint64_t bytes_ = 0;             ///< on their way, or waiting to be read
  std::map<Row, std::uint64_t> asked_;  ///< those bytes, by their rows
  std::set<Row> taken_;                 ///< of the rows to come, those that somebody reads already
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace doppel::dataset
