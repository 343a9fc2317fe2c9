#include "old_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "doppel/base/error.h"
#include "doppel/base/pickle.h"
#include "formats/number_types.h"

namespace doppel::nn::torch {
namespace {

/// The pickle of the number 0x1950a86a20f9469cfc6c.
constexpr std::array<unsigned char, 15> kOldMagic{0x80, 2,    0x8a, 10,   0x6c, 0xfc, 0x9c, 0x46,
                                                  0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};

/// Takes bytes off the front.
class OldReader {
 public:
  explicit OldReader(std::span<const unsigned char> rest) : rest_(rest) {}
  std::span<const unsigned char> rest() const { return rest_; }
  std::span<const unsigned char> take(std::size_t bytes, const std::string& of) {
    if (bytes > rest_.size())
      throw Error(
          fmt::format("it is cut short: {} wants {} bytes, and {} are left", of, bytes, rest_.size()));
    const auto taken = rest_.first(bytes);
    rest_ = rest_.subspan(bytes);
    return taken;
  }
  /// The value of a pickle that calls nothing.
  void skip_pickle() { take(Pickle(rest_, {}, kMostValues, PickleEnd::Anywhere).size(), "a pickle"); }
  std::vector<std::string> texts() {
    const Pickle pickle(rest_, {}, kMostValues, PickleEnd::Anywhere);
    std::vector<std::string> all;
    for (const PickleValue& item : pickled<PickleList*>(pickle.value())->items)
      all.emplace_back(pickled<std::string_view>(item));
    take(pickle.size(), "the keys of its storages");
    return all;
  }

 private:
  static constexpr std::size_t kMostValues = std::size_t{1} << 20;
  std::span<const unsigned char> rest_;
};

}  // namespace

bool is_old_file(std::span<const unsigned char> first) {
  return first.size() >= kOldMagic.size() && std::equal(kOldMagic.begin(), kOldMagic.end(), first.begin());
}

OldFile::OldFile(std::vector<unsigned char> bytes) : bytes_(std::move(bytes)) {
  OldReader reader(bytes_);
  reader.take(kOldMagic.size(), "its first pickle");
  reader.skip_pickle();  // the format's number, which never changed
  reader.skip_pickle();  // of the machine: sizes of numbers, which are written by PyTorch's own
  StateDict state = read_state_dict_at(reader.rest());
  reader.take(state.size, "what was saved");
  tensors_ = std::move(state.tensors);
  for (const std::string& key : reader.texts()) {
    const auto found = state.storages.find(key);
    if (found == state.storages.end()) throw Error(fmt::format("its storage {} belongs to nothing", key));
    const NumberType* type = type_of_storage(found->second);
    if (!type) throw Error(fmt::format("a tensor is of {}, which isn't known", found->second));
    std::int64_t count = 0;
    std::memcpy(&count, reader.take(sizeof count, "a storage's count").data(), sizeof count);
    if (count < 0 || static_cast<std::uint64_t>(count) > bytes_.size())
      throw Error(fmt::format("it is cut short or damaged: storage {} has {} numbers", key, count));
    storages_[key] = reader.take(static_cast<std::size_t>(count) * type->size, "storage " + key);
  }
}

std::span<const unsigned char> OldFile::storage(const std::string& key) const {
  const auto found = storages_.find(key);
  if (found == storages_.end()) throw Error(fmt::format("there is no storage {} in it", key));
  return found->second;
}

}  // namespace doppel::nn::torch
