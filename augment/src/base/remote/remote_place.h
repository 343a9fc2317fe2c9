// A bucket, a server or a data set of the hub as a place that holds files.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "doppel/base/place.h"
#include "object.h"

namespace doppel::remote {

/// Folders are what names have before a slash. What was listed or read once is known from then on.
class RemotePlace final : public Place {
 public:
  explicit RemotePlace(std::shared_ptr<Store> store) : store_(std::move(store)) {}
  Kind kind(const std::string& path) const override;
  std::vector<Entry> list(const std::string& folder) const override;
  std::uint64_t size(const std::string& file) const override;
  std::vector<unsigned char> read(const std::string& file) const override;
  std::vector<unsigned char> head(const std::string& file, std::size_t size) const override;
  void range(const std::string& file, std::uint64_t at, std::span<unsigned char> into) const override;
  void ranges(const std::string& file, std::span<const FileRange> parts) const override;
  void check_range(const std::string& file) const override;
  void fetch(const std::string& file, std::uint64_t at, std::uint64_t size, bool exactly) const override;
  std::unique_ptr<ByteStream> stream(const std::string& file) const override;
  bool is_far() const override { return true; }

 private:
  using ObjectPtr = std::shared_ptr<RemoteObject>;
  using ListPtr = std::shared_ptr<const std::map<std::string, Listed>>;
  ObjectPtr object(const std::string& file, std::uint64_t first) const;
  ObjectPtr opened(const std::string& file, std::uint64_t first) const;
  ObjectPtr known(const std::string& file) const;
  void remember(const std::string& file, const ObjectPtr& object) const;
  /// A folder's list; null where the store has none, empty where there is no such folder.
  ListPtr list_of(const std::string& folder) const;
  ListPtr known_list(const std::string& folder) const;
  const Listed* listed(const std::string& path, ListPtr& list) const;
  Kind kind_by_asking(const std::string& path) const;

  std::shared_ptr<Store> store_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::weak_ptr<RemoteObject>> objects_;
  mutable std::list<ObjectPtr> recent_;  ///< kept open, the last one first
  mutable std::unordered_map<std::string, ObjectId> ids_;
  mutable std::unordered_map<std::string, std::optional<ListPtr>>
      lists_;  ///< nothing: the store has none of it
  mutable std::unordered_map<std::string, Kind> kinds_;
};

/// The place that a path on the network is in, and its path there; null place where it's none. One for each
/// store, for as long as somebody has it. Throws Error as address_of() does.
PlacedPath placed_remotely(const std::string& path);

}  // namespace doppel::remote
