// Options of commands that several processes share.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "command.h"
#include "doppel/nn/distributed/group.h"

namespace doppel::apps {

/// --group and what belongs to it.
OptionGroup group_group();
/// --elastic, of commands whose groups can do with fewer.
Option elastic_option();

/// How a command's processes work together.
struct GroupWork {
  const std::atomic<bool>* stop = nullptr;  ///< see GroupOptions, as `apart`
  bool apart = false;
};

/// This process among those that share a command's work; by itself where there are no others. Of those that
/// have met only the first writes to stdout: what others print there is dropped.
class GroupMember {
 public:
  /// Its place, by --group, or else by what a launcher has set. `line` must outlive it. Throws UsageError.
  explicit GroupMember(const CommandLine& line, const GroupWork& work = {});
  ~GroupMember();
  GroupMember(const GroupMember&) = delete;
  GroupMember& operator=(const GroupMember&) = delete;

  /// Says so, and waits for the others, which must run the same command. Throws Error where they don't come,
  /// or the key's file can't be read or is empty.
  void meet();
  /// Another meeting of those that are left, `least` at least: they get new places.
  void meet_again(int least);

  /// Nothing for a process by itself.
  const std::optional<nn::GroupPlace>& place() const { return place_; }
  int rank() const { return place_ ? place_->rank : 0; }
  int world() const { return place_ ? place_->world : 1; }
  bool is_first() const { return rank() == 0; }
  /// Null for a process by itself, and until they have met.
  nn::Group* group() const { return group_.get(); }

 private:
  void join(int again);

  const CommandLine& line_;
  GroupWork work_;
  std::optional<nn::GroupPlace> place_;
  std::unique_ptr<nn::Group> group_;
};

}  // namespace doppel::apps
