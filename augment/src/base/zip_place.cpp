#include "zip_place.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"

namespace doppel {
namespace {

class ZipBytes final : public ByteStream {
 public:
  ZipBytes(const ZipFile& archive, std::size_t index) : stream_(archive, index) {}
  std::size_t read(std::span<unsigned char> into) override { return stream_.read(into); }

 private:
  ZipStream stream_;
};

/// As the beginnings of names below it are.
std::string with_slash(const std::string& folder) { return folder.empty() ? folder : folder + '/'; }

}  // namespace

ZipPlace::ZipPlace(const std::filesystem::path& archive) : zip_(archive) {
  std::string why;
  for (std::size_t i = 0; i < zip_.size(); ++i) {
    if (zip_[i].name.ends_with('/')) continue;
    why = zip_.why_unread(i);
    if (why.empty()) return;
  }
  if (!why.empty())
    throw Error(fmt::format("{}: none of its files can be read: {}; unpack it, or make it anew",
                            archive.string(), why));
}

std::size_t ZipPlace::index_of(const std::string& file) const {
  const std::size_t index = zip_.find(file);
  if (index == zip_.size())
    throw Error(
        fmt::format("can't read {}/{}: there is no such file in the archive", zip_.path().string(), file));
  return index;
}

Place::Kind ZipPlace::kind(const std::string& path) const {
  if (path.empty()) return Kind::Folder;
  if (zip_.find(path) < zip_.size()) return Kind::File;
  const std::string inside = with_slash(path);
  const std::size_t first = zip_.first_from(inside);
  return first < zip_.size() && zip_[first].name.starts_with(inside) ? Kind::Folder : Kind::Nothing;
}

std::vector<Place::Entry> ZipPlace::list(const std::string& folder) const {
  const std::string inside = with_slash(folder);
  std::vector<Entry> entries;
  std::size_t index = zip_.first_from(inside);
  const auto belongs = [&] { return index < zip_.size() && zip_[index].name.starts_with(inside); };
  if (!folder.empty() && !belongs())
    throw Error(fmt::format("can't open the folder {}/{}: there is no such folder in the archive",
                            zip_.path().string(), folder));
  while (belongs()) {
    const std::string_view name = zip_[index].name.substr(inside.size());
    const std::size_t slash = name.find('/');
    if (name.empty()) {  // the folder itself
      ++index;
    } else if (slash == name.npos) {
      entries.push_back({std::string(name), false});
      ++index;
    } else {
      entries.push_back({std::string(name.substr(0, slash)), true});
      const std::string below = inside + entries.back().name;
      if (zip_.find(below) < zip_.size())
        throw Error(
            fmt::format("{}: it holds both a file and a folder called {}", zip_.path().string(), below));
      index = zip_.first_from(below + static_cast<char>('/' + 1));  // behind all that is in it
    }
  }
  return entries;
}

std::uint64_t ZipPlace::size(const std::string& file) const { return zip_[index_of(file)].size; }

std::vector<unsigned char> ZipPlace::read(const std::string& file) const { return zip_.read(index_of(file)); }

std::vector<unsigned char> ZipPlace::head(const std::string& file, std::size_t size) const {
  return zip_.head(index_of(file), size);
}

void ZipPlace::check_range(const std::string& file) const {
  const std::size_t index = index_of(file);
  if (const std::string why = zip_.why_unread(index); !why.empty()) zip_.fail(index, why);
  if (zip_[index].method != ZipFile::kStored)
    zip_.fail(
        index,
        "it is compressed in its archive: a sample can't be read from its middle; unpack the archive, or "
        "make it without compression (zip -0)");
}

void ZipPlace::range(const std::string& file, std::uint64_t at, std::span<unsigned char> into) const {
  const std::size_t index = index_of(file);
  const std::uint64_t size = zip_[index].size;
  if (at > size || into.size() > size - at)
    zip_.fail(index, fmt::format("ends {} bytes too early", into.size() - (size - std::min(at, size))));
  zip_.file().read(zip_.data_at(index) + at, into);
}

void ZipPlace::fetch(const std::string& file, std::uint64_t at, std::uint64_t size, bool exactly) const {
  const ZipEntry entry = zip_[index_of(file)];
  if (entry.method == ZipFile::kStored && at < entry.size)
    zip_.file().fetch(entry.at + at, std::min(size, entry.size - at) + 512, exactly);  // and its header
  else
    zip_.file().fetch(entry.at, entry.packed_size + 512, exactly);
}

std::unique_ptr<ByteStream> ZipPlace::stream(const std::string& file) const {
  return std::make_unique<ZipBytes>(zip_, index_of(file));
}

std::vector<Place::Unread> ZipPlace::unread() const {
  std::vector<Unread> list;
  for (const ZipFile::LeftOut& left : zip_.left_out())
    list.push_back({fmt::format("{} ({})", left.why, zip_.path().filename().string()), left.name});
  for (std::size_t i = 0; i < zip_.size(); ++i)
    if (const std::string why = zip_.why_unread(i); !why.empty() && !zip_[i].name.ends_with('/'))
      list.push_back({fmt::format("files in {} that can't be read: {}", zip_.path().filename().string(), why),
                      std::string(zip_[i].name)});
  return list;
}

}  // namespace doppel
