#include "remote_place.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"

namespace doppel::remote {
namespace {

/// What is read of an object to learn its size.
constexpr std::uint64_t kFirst = std::uint64_t{64} << 10;
/// Where all of it is wanted, which most pictures are within. The cache may have the rest.
std::uint64_t first_of_all() { return cache_folder() ? kFirst : std::uint64_t{1} << 20; }
/// Objects that stay open: each takes two descriptors in the cache.
constexpr std::size_t kOpen = 128;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// In order; what comes next is under way already.
class RemoteBytes final : public ByteStream {
 public:
  explicit RemoteBytes(std::shared_ptr<RemoteObject> object) : object_(std::move(object)) {}
  std::size_t read(std::span<unsigned char> into) override {
    constexpr std::uint64_t kReadAhead = std::uint64_t{32} << 20, kStep = std::uint64_t{4} << 20;
    const std::uint64_t size = object_->id().size;
    const std::size_t part = std::min<std::uint64_t>(into.size(), size - at_);
    if (part == 0) return 0;
    for (; asked_ < size && asked_ < at_ + kReadAhead; asked_ += kStep) object_->fetch(asked_, kStep, true);
    object_->read(at_, into.first(part));
    at_ += part;
    return part;
  }

 private:
  std::shared_ptr<RemoteObject> object_;
  std::uint64_t at_ = 0, asked_ = 0;
};

}  // namespace

RemotePlace::ObjectPtr RemotePlace::known(const std::string& file) const {
  const auto found = objects_.find(file);
  return found == objects_.end() ? nullptr : found->second.lock();
}

/// Under the lock.
void RemotePlace::remember(const std::string& file, const ObjectPtr& object) const {
  objects_[file] = object;
  recent_.push_front(object);
  if (recent_.size() > kOpen) recent_.pop_back();
}

/// It may still be asking what it is.
RemotePlace::ObjectPtr RemotePlace::object(const std::string& file, std::uint64_t first) const {
  ListPtr list;
  const Listed* const in_list = listed(file, list);
  const std::lock_guard lock(mutex_);
  if (ObjectPtr object = known(file)) return object;
  ObjectPtr object;
  if (const auto id = ids_.find(file); id != ids_.end())
    object = RemoteObject::listed(store_, file, id->second);
  else if (in_list && !in_list->is_folder && !in_list->tag.empty())
    object = RemoteObject::listed(store_, file, {store_->path_of(file), in_list->tag, in_list->size});
  else
    object = RemoteObject::asked(store_, file, first);
  remember(file, object);
  return object;
}

/// One that is there.
RemotePlace::ObjectPtr RemotePlace::opened(const std::string& file, std::uint64_t first) const {
  ObjectPtr object = this->object(file, first);
  try {
    const ObjectId& id = object->id();
    const std::lock_guard lock(mutex_);
    ids_.try_emplace(file, id);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    objects_.erase(file);  // who comes next asks anew
    std::erase(recent_, object);
    throw;
  }
  return object;
}

RemotePlace::ListPtr RemotePlace::known_list(const std::string& folder) const {
  const std::lock_guard lock(mutex_);
  const auto found = lists_.find(folder);
  return found == lists_.end() ? nullptr : found->second.value_or(nullptr);
}

RemotePlace::ListPtr RemotePlace::list_of(const std::string& folder) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = lists_.find(folder); found != lists_.end()) return found->second.value_or(nullptr);
  }
  std::optional<ListPtr> list;
  if (auto all = store_->list(folder)) {
    auto by_name = std::make_shared<std::map<std::string, Listed>>();
    for (Listed& one : *all) {
      std::string name = one.name;
      by_name->insert_or_assign(std::move(name), std::move(one));
    }
    list = std::move(by_name);
  }
  const std::lock_guard lock(mutex_);
  lists_[folder] = list;
  return list.value_or(nullptr);
}

/// What the list of its folder says, where that has been asked for.
const Listed* RemotePlace::listed(const std::string& path, ListPtr& list) const {
  list = path.empty() ? nullptr : known_list(folder_of(path));
  if (!list) return nullptr;
  const auto found = list->find(name_of(path));
  return found == list->end() ? nullptr : &found->second;
}

Place::Kind RemotePlace::kind(const std::string& path) const {
  {
    const std::lock_guard lock(mutex_);
    if (ids_.contains(path)) return Kind::File;
    if (const auto found = kinds_.find(path); found != kinds_.end()) return found->second;
  }
  const Kind kind = kind_by_asking(path);
  const std::lock_guard lock(mutex_);
  kinds_[path] = kind;
  return kind;
}

Place::Kind RemotePlace::kind_by_asking(const std::string& path) const {
  if (!path.empty()) {
    bool in_known_folder = false;
    {
      const std::lock_guard lock(mutex_);
      const auto found = kinds_.find(folder_of(path));
      in_known_folder = found != kinds_.end() && found->second == Kind::Folder;
    }
    ListPtr list = in_known_folder ? list_of(folder_of(path)) : known_list(folder_of(path));
    if (list) {
      const auto found = list->find(name_of(path));
      if (found == list->end()) return Kind::Nothing;
      return found->second.is_folder ? Kind::Folder : Kind::File;
    }
    try {
      (void)opened(path, kFirst);
      return Kind::File;
    } catch (const NotThere&) {}
  }
  const ListPtr list = list_of(path);
  return list && !list->empty() ? Kind::Folder : Kind::Nothing;
}

std::vector<Place::Entry> RemotePlace::list(const std::string& folder) const {
  const ListPtr list = list_of(folder);
  if (!list) throw Error(fmt::format("{}: the server doesn't say what is in it", store_->path_of(folder)));
  if (list->empty() && !folder.empty())
    throw Error(fmt::format("can't open the folder {}: there is no such folder", store_->path_of(folder)));
  std::vector<Entry> entries;
  for (const auto& [name, one] : *list) entries.push_back({name, one.is_folder});
  return entries;
}

std::uint64_t RemotePlace::size(const std::string& file) const { return opened(file, kFirst)->id().size; }

std::vector<unsigned char> RemotePlace::read(const std::string& file) const {
  const ObjectPtr object = opened(file, first_of_all());
  constexpr std::uint64_t kMost = std::uint64_t{1} << 36;
  if (object->id().size > kMost)
    throw Error(fmt::format("{}: {} bytes are too many to be read at once", store_->path_of(file),
                            object->id().size));
  std::vector<unsigned char> bytes(object->id().size);
  object->read(0, bytes);
  return bytes;
}

std::vector<unsigned char> RemotePlace::head(const std::string& file, std::size_t size) const {
  const ObjectPtr object = opened(file, kFirst);
  std::vector<unsigned char> bytes(std::min<std::uint64_t>(size, object->id().size));
  object->read(0, bytes);
  return bytes;
}

void RemotePlace::range(const std::string& file, std::uint64_t at, std::span<unsigned char> into) const {
  opened(file, kFirst)->read(at, into);
}

void RemotePlace::check_range(const std::string& file) const { (void)opened(file, kFirst); }

void RemotePlace::ranges(const std::string& file, std::span<const FileRange> parts) const {
  opened(file, kFirst)->read_all(parts);
}

void RemotePlace::fetch(const std::string& file, std::uint64_t at, std::uint64_t size, bool exactly) const {
  object(file, std::clamp(size, kFirst, first_of_all()))->fetch(at, size, exactly);
}

std::unique_ptr<ByteStream> RemotePlace::stream(const std::string& file) const {
  return std::make_unique<RemoteBytes>(opened(file, first_of_all()));
}

PlacedPath placed_remotely(const std::string& path) {
  std::optional<Address> address = address_of(path);
  if (!address) return {};
  static std::mutex* const mutex = new std::mutex;
  static auto* const places = new std::unordered_map<std::string, std::weak_ptr<const Place>>;
  const std::lock_guard lock(*mutex);
  std::weak_ptr<const Place>& known = (*places)[address->root];
  std::shared_ptr<const Place> place = known.lock();
  if (!place) {
    place = std::make_shared<const RemotePlace>(open_store(*address));
    known = place;
  }
  return {std::move(place), std::move(address->key), std::move(address->root)};
}

}  // namespace doppel::remote
