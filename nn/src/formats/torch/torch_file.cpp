#include "doppel/nn/formats/torch_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "doppel/base/error.h"
#include "doppel/base/zip_file.h"
#include "state_dict.h"

namespace doppel::nn {
namespace {

using torch::Tensor;

constexpr std::int64_t kMostNumbers = std::int64_t{1} << 32;

float from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const float sign = (bits & 0x8000) != 0 ? -1.F : 1.F;
  if (exponent == 31)
    return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                         : sign * std::numeric_limits<float>::infinity();
  return sign * (exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                               : std::ldexp(static_cast<float>(fraction + 1024), exponent - 25));
}

template <class T>
T number(const std::vector<unsigned char>& bytes, std::size_t i) {
  T v;
  std::memcpy(&v, bytes.data() + i * sizeof v, sizeof v);
  return v;
}

/// Bytes of a number, and how it becomes a float.
struct NumberType {
  const char* storage;
  std::size_t size;
  float (*read)(const std::vector<unsigned char>&, std::size_t);
};
constexpr NumberType kTypes[] = {
    {"FloatStorage", 4, [](const auto& b, std::size_t i) { return number<float>(b, i); }},
    {"DoubleStorage", 8,
     [](const auto& b, std::size_t i) { return static_cast<float>(number<double>(b, i)); }},
    {"HalfStorage", 2, [](const auto& b, std::size_t i) { return from_half(number<std::uint16_t>(b, i)); }},
    {"BFloat16Storage", 2,
     [](const auto& b, std::size_t i) {
       return std::bit_cast<float>(static_cast<std::uint32_t>(number<std::uint16_t>(b, i)) << 16);
     }},
    {"LongStorage", 8,
     [](const auto& b, std::size_t i) { return static_cast<float>(number<std::int64_t>(b, i)); }},
    {"IntStorage", 4,
     [](const auto& b, std::size_t i) { return static_cast<float>(number<std::int32_t>(b, i)); }},
};

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

std::vector<float> values_of(const Tensor& tensor, const std::string& name, const Archive& archive) {
  const auto* type = std::ranges::find(kTypes, tensor.storage.type, &NumberType::storage);
  if (type == std::end(kTypes))
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
  const auto bytes = archive.storage(tensor.storage.key);
  // Strides of 0 would make much of little.
  if (static_cast<std::uint64_t>(count) > bytes.size() / type->size ||
      (count > 0 && static_cast<std::uint64_t>(last) >= bytes.size() / type->size))
    throw Error(fmt::format("{} reaches beyond its numbers", name));
  std::vector<float> values(static_cast<std::size_t>(count));
  std::vector<std::int64_t> index(tensor.shape.size(), 0);
  std::int64_t at = tensor.offset;
  for (float& v : values) {
    v = type->read(bytes, static_cast<std::size_t>(at));
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

}  // namespace

std::vector<NamedTensor> load_torch(const std::filesystem::path& path) {
  try {
    constexpr std::array<unsigned char, 4> kFirst{'P', 'K', 3, 4};
    std::array<unsigned char, 4> first{};
    if (const RandomFile file(path); file.size() >= first.size()) file.read(0, first);
    if (first != kFirst)
      throw Error("no PyTorch file of 1.6 or later (a ZIP archive); load and save it again there");
    const Archive archive(path);
    std::vector<NamedTensor> tensors;
    for (const auto& [name, tensor] : torch::read_state_dict(archive.pickle()))
      tensors.push_back({name, tensor.shape, values_of(tensor, name, archive)});
    return tensors;
  } catch (const Error& error) {
    const std::string what = error.what(), prefix = path.string() + ": ";
    throw Error(what.starts_with(path.string()) ? what : prefix + what);
  }
}

}  // namespace doppel::nn
