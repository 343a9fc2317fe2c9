#include "doppel/nn/formats/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/json_fields.h"
#include "formats/number_types.h"
#include "json_fault.h"

namespace doppel::nn {
namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw Error(fmt::format("{}: not a whole safetensors file: {}", path.string(), what));
}

/// The list of whole numbers that a tensor's header has by that name.
template <class T>
std::vector<T> wholes_in(const std::filesystem::path& path, const std::string& name, const json& info,
                         const char* key) {
  std::vector<T> numbers;
  for (const json& said : info.at(key)) {
    const auto number = json_whole<T>(said);
    if (!number)
      fail(path, fmt::format("{}'s {} holds {}, which is no whole number", name, key, said.dump()));
    numbers.push_back(*number);
  }
  return numbers;
}

/// One tensor's bytes, held to its header.
TensorFile::Entry read_entry(const std::filesystem::path& path, const std::string& name, const json& info,
                             std::span<const unsigned char> data, std::size_t& expected) {
  const NumberType* type = type_of_dtype(info.at("dtype").get<std::string>());
  if (!type || !type->read)
    fail(path, fmt::format("{} has type {}, which isn't read", name, info.at("dtype").dump()));
  TensorFile::Entry entry{wholes_in<std::int64_t>(path, name, info, "shape"), {}};
  std::size_t count = 1;
  for (const auto d : entry.shape) {
    if (d < 0 || (d > 0 && count > (std::size_t{1} << 40) / static_cast<std::size_t>(d)))
      fail(path, name + " has an impossible shape");
    count *= static_cast<std::size_t>(d);
  }
  const auto offsets = wholes_in<std::size_t>(path, name, info, "data_offsets");
  if (offsets.size() != 2 || offsets[0] != expected || offsets[1] < offsets[0] || offsets[1] > data.size() ||
      offsets[1] - offsets[0] != count * type->size)
    fail(path, name + "'s bytes don't follow the tensor before it, or don't fit its shape");
  expected = offsets[1];
  entry.value.resize(count);
  const unsigned char* at = data.data() + offsets[0];
  for (float& v : entry.value) {
    v = type->read(at);
    at += type->size;
  }
  return entry;
}

}  // namespace

void save_tensors(const std::filesystem::path& path, const TensorFile& file) {
  json header = json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::size_t offset = 0;
  for (const auto& [name, entry] : file.tensors) {
    const std::size_t bytes = entry.value.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", entry.shape}, {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  std::vector<unsigned char> bytes(8 + text.size() + offset);
  const std::uint64_t length = text.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, text.data(), text.size());
  unsigned char* to = bytes.data() + 8 + text.size();
  for (const auto& [name, entry] : file.tensors) {
    std::memcpy(to, entry.value.data(), entry.value.size() * sizeof(float));
    to += entry.value.size() * sizeof(float);
  }
  write_file(path, bytes);
}

TensorFile load_tensors(const std::filesystem::path& path) {
  const std::vector<unsigned char> bytes = read_file(path);
  std::uint64_t length = 0;
  if (bytes.size() < 8) fail(path, "shorter than 8 bytes");
  std::memcpy(&length, bytes.data(), 8);
  if (length > bytes.size() - 8)
    fail(path, fmt::format("its header of {} bytes is longer than the file", length));
  TensorFile file;
  try {
    const json header =
        json::parse(bytes.begin() + 8, bytes.begin() + 8 + static_cast<std::ptrdiff_t>(length));
    const std::span<const unsigned char> data = std::span(bytes).subspan(8 + length);
    if (header.contains("__metadata__"))
      file.metadata = header.at("__metadata__").get<std::map<std::string, std::string>>();
    std::vector<std::pair<std::size_t, std::string>> order;
    for (const auto& [name, info] : header.items())
      if (name != "__metadata__")
        order.emplace_back(wholes_in<std::size_t>(path, name, info, "data_offsets").at(0), name);
    std::sort(order.begin(), order.end());
    std::size_t expected = 0;
    for (const auto& [offset, name] : order)
      file.tensors[name] = read_entry(path, name, header.at(name), data, expected);
    if (expected != data.size())
      fail(path, fmt::format("{} bytes belong to no tensor", data.size() - expected));
  } catch (const json::exception& error) { fail(path, json_fault(error)); }
  return file;
}

}  // namespace doppel::nn
