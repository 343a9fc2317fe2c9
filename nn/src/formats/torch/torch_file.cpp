#include "doppel/nn/formats/torch_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/zip_file.h"
#include "formats/number_types.h"
#include "old_file.h"
#include "state_dict.h"

namespace doppel::nn {
namespace {

using torch::Tensor;

constexpr std::int64_t kMostNumbers = std::int64_t{1} << 32;

/// A ZIP archive whose entries are stored, in a folder of any name.
class Archive {
 public:
  explicit Archive(const std::filesystem::path& path) : zip_(path) {
    const auto is_pickle = [](std::string_view name) { return name.ends_with("data.pkl"); };
    for (std::size_t i = 0; i < zip_.size() && pickle_ == kNone; ++i)
      if (is_pickle(zip_[i].name)) pickle_ = i;
    if (pickle_ == kNone) throw Error("there is no data.pkl in it: no PyTorch file");
  }
  std::vector<unsigned char> pickle() const { return bytes(pickle_); }
  std::vector<unsigned char> storage(const std::string& key) const {
    std::string name(zip_[pickle_].name);
    name.replace(name.size() - std::string_view("data.pkl").size(), std::string::npos, "data/" + key);
    const std::size_t index = zip_.find(name);
    if (index == zip_.size()) throw Error(fmt::format("there is no {} in it", name));
    return bytes(index);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  /// As they lie there: PyTorch can be told to leave the check sums out.
  std::vector<unsigned char> bytes(std::size_t index) const {
    const ZipEntry entry = zip_[index];
    if (entry.method != ZipFile::kStored || entry.encrypted)
      zip_.fail(index, "it is compressed, which PyTorch's never are");
    std::vector<unsigned char> bytes(entry.size);
    zip_.file().read(zip_.data_at(index), bytes);
    return bytes;
  }
  ZipFile zip_;
  std::size_t pickle_ = kNone;
};

/// What the tensors of a file hold together: several may show the same numbers, but not so often that a
/// small file asks for all memory.
class TotalNumbers {
 public:
  /// Of a file of so many bytes.
  explicit TotalNumbers(std::uint64_t bytes) : most_(kFree + kTimes * bytes) {}
  void add(std::int64_t count, const std::string& name) {
    all_ += static_cast<std::uint64_t>(count);
    if (all_ > most_)
      throw Error(fmt::format("up to {} its tensors are {} numbers, of the same few bytes over and over",
                              name, all_));
  }

 private:
  static constexpr std::uint64_t kFree = std::uint64_t{1} << 24, kTimes = 4;
  std::uint64_t most_, all_ = 0;
};

/// The bytes of a storage.
using StorageOf = std::function<std::vector<unsigned char>(const std::string& key)>;

std::vector<float> values_of(const Tensor& tensor, const std::string& name, const StorageOf& storage,
                             TotalNumbers& total) {
  const NumberType* type = type_of_storage(tensor.storage.type);
  if (!type || !type->read)
    throw Error(fmt::format("{} is of {}, which isn't read", name, tensor.storage.type));
  if (tensor.shape.size() != tensor.stride.size() || tensor.offset < 0)
    throw Error(fmt::format("{} has a damaged shape", name));
  std::int64_t count = 1, last = tensor.offset;
  for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
    const std::int64_t side = tensor.shape[d], stride = tensor.stride[d];
    if (side < 0 || stride < 0 || side > kMostNumbers || stride > kMostNumbers ||
        (side > 0 && count > kMostNumbers / side))
      throw Error(fmt::format("{} has a damaged shape", name));
    count *= side;
    if (side > 0) last += (side - 1) * stride;
  }
  total.add(count, name);
  const auto bytes = storage(tensor.storage.key);
  // Strides of 0 would make much of little.
  if (static_cast<std::uint64_t>(count) > bytes.size() / type->size ||
      (count > 0 && static_cast<std::uint64_t>(last) >= bytes.size() / type->size))
    throw Error(fmt::format("{} reaches beyond its numbers", name));
  std::vector<float> values(static_cast<std::size_t>(count));
  std::vector<std::int64_t> index(tensor.shape.size(), 0);
  std::int64_t at = tensor.offset;
  for (float& v : values) {
    v = type->read(bytes.data() + static_cast<std::size_t>(at) * type->size);
    // The next place, the last side fastest.
    for (std::size_t d = tensor.shape.size(); d-- > 0;) {
      at += tensor.stride[d];
      if (++index[d] < tensor.shape[d]) break;
      at -= tensor.stride[d] * tensor.shape[d];
      index[d] = 0;
    }
  }
  return values;
}

std::vector<NamedTensor> tensors_of(const std::vector<std::pair<std::string, Tensor>>& described,
                                    const StorageOf& storage, std::uint64_t bytes) {
  std::vector<NamedTensor> tensors;
  TotalNumbers total(bytes);
  for (const auto& [name, tensor] : described)
    tensors.push_back({name, tensor.shape, values_of(tensor, name, storage, total)});
  return tensors;
}

}  // namespace

std::vector<NamedTensor> load_torch(const std::filesystem::path& path) {
  std::array<unsigned char, 16> first{};
  const std::uint64_t bytes = size_of_file(path);
  if (const RandomFile file(path); file.size() >= first.size()) file.read(0, first);
  try {
    if (torch::is_old_file(first)) {
      const torch::OldFile file(read_file(path));
      const auto storage = [&](const std::string& key) {
        const auto numbers = file.storage(key);
        return std::vector<unsigned char>(numbers.begin(), numbers.end());
      };
      return tensors_of(file.tensors(), storage, bytes);
    }
    if (first[0] != 'P' || first[1] != 'K' || first[2] != 3 || first[3] != 4)
      throw Error("no PyTorch file: neither a ZIP archive, nor what PyTorch wrote before 1.6");
    const Archive archive(path);
    return tensors_of(
        torch::read_state_dict(archive.pickle()),
        [&](const std::string& key) { return archive.storage(key); }, bytes);
  } catch (const Error& error) {
    const std::string what = error.what(), prefix = path.string() + ": ";
    throw Error(what.starts_with(path.string()) ? what : prefix + what);
  }
}

}  // namespace doppel::nn
