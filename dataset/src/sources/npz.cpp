#include "npz.h"

#include <fmt/format.h>

#include <memory>

#include "doppel/base/error.h"
#include "doppel/base/zip_file.h"
#include "npy.h"

namespace doppel::dataset {
namespace {

using ZipPtr = std::shared_ptr<const ZipFile>;

/// A member that must be unpacked before its rows can be read.
class PackedNpy final : public Array {
 public:
  PackedNpy(NpyFacts facts, ZipPtr archive, std::size_t index)
      : Array(std::move(facts.array)), archive_(std::move(archive)), index_(index) {}
  ArrayPtr unpacked() const override {
    const ArrayPtr whole = npy_array(facts_.name, facts_.inner, ByteRange(archive_->read(index_)));
    const ArrayPtr turned = whole->unpacked();
    return turned ? turned : whole;
  }
  void read(std::uint64_t first, std::span<unsigned char> into) const override {
    unpacked()->read(first, into);
  }
  std::vector<std::string> texts() const override { return unpacked()->texts(); }

 private:
  ZipPtr archive_;
  std::size_t index_;
};

/// One that can't be read at all.
class UnreadMember final : public Array {
 public:
  explicit UnreadMember(ArrayFacts facts) : Array(std::move(facts)) {}
  void read(std::uint64_t, std::span<unsigned char>) const override {
    throw Error(fmt::format("{}: {}", name(), facts_.problem));
  }
};

ArrayPtr member_of(const ZipPtr& archive, std::size_t index, const std::string& name, std::string inner) {
  const ZipEntry entry = (*archive)[index];
  const auto unread = [&](std::string why) {
    return std::make_shared<UnreadMember>(ArrayFacts{
        .name = name, .inner = inner, .kind = ArrayFacts::Kind::Unread, .problem = std::move(why)});
  };
  if (std::string why = archive->why_unread(index); !why.empty()) return unread(std::move(why));
  if (!entry.name.ends_with(".npy")) return unread("it isn't a .npy");
  if (entry.method == ZipFile::kStored)
    return npy_array(name, std::move(inner),
                     ByteRange(std::shared_ptr<const RandomFile>(archive, &archive->file()),
                               archive->data_at(index), entry.size));
  return std::make_shared<PackedNpy>(
      NpyFacts::read(name, std::move(inner), archive->head(index, NpyHeader::kMost), entry.size), archive,
      index);
}

}  // namespace

std::vector<ArrayPtr> npz_arrays(const std::filesystem::path& file) {
  const auto archive = std::make_shared<const ZipFile>(file);
  std::vector<ArrayPtr> arrays;
  for (std::size_t k = 0; k < archive->size(); ++k) {
    std::string inner((*archive)[k].name);
    if (inner.ends_with('/')) continue;
    if (inner.ends_with(".npy")) inner.resize(inner.size() - 4);
    const std::string name = fmt::format("{}: {}", file.string(), inner);
    try {
      arrays.push_back(member_of(archive, k, name, std::move(inner)));
    } catch (const Error& error) {
      const std::string what = error.what();
      throw Error(what.find(file.string()) != what.npos ? what : fmt::format("{}: {}", name, what));
    }
  }
  return arrays;
}

}  // namespace doppel::dataset
