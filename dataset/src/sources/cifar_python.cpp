#include "doppel/dataset/sources/cifar_python.h"

#include <fmt/format.h>

#include <array>

#include "cifar_image.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/pickle.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

// NumPy 2 renamed its modules; Python 3 writes bytes for Python 2 as text that is to be encoded.
constexpr std::string_view kEncode = "_codecs.encode";
constexpr std::array<std::string_view, 4> kAllowed{
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.dtype", kEncode};

/// A pickle and its bytes.
struct PickledFile {
  std::vector<unsigned char> bytes;
  Pickle pickle;
  explicit PickledFile(const fs::path& path) : bytes(read_file(path)), pickle(bytes, kAllowed) {}
  const PickleValue& at(std::string_view key) const {
    const PickleValue* found = pickled<PickleDictionary*>(pickle.value())->find(key);
    if (!found) throw Error(fmt::format("has no '{}'", key));
    return *found;
  }
};

/// What `read` returns; an error names the file.
auto named_file(const fs::path& path, const auto& read) {
  try {
    return read();
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.find(path.string()) != what.npos ? what : fmt::format("{}: {}", path.string(), what));
  }
}

/// Bytes, or those that UTF-8 text of the first 256 letters stands for.
std::string pickled_bytes(const PickleValue& value) {
  auto* const* call = std::get_if<PickleCall*>(&value);
  if (!call) return std::string(pickled<std::string_view>(value));
  if ((*call)->name != kEncode || !(*call)->given || (*call)->given->items.empty())
    throw Error("its 'data' has no bytes");
  const auto text = pickled<std::string_view>((*call)->given->items[0]);
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80)
      bytes += text[i];
    else if ((c == 0xc2 || c == 0xc3) && i + 1 < text.size())
      bytes += static_cast<char>((c & 3) << 6 | (text[++i] & 63));
    else
      throw Error("its 'data' is text, not bytes");
  }
  return bytes;
}

/// The images of a NumPy array of bytes, [N, 3072] in C's order: its state is (version, shape, type, is
/// Fortran's order, bytes).
std::string images_of(const PickleValue& array) {
  const auto& state = pickled<PickleList*>(pickled<PickleCall*>(array)->state)->items;
  if (state.size() != 5) throw Error("its 'data' is no array");
  const auto& shape = pickled<PickleList*>(state[1])->items;
  const auto* type = pickled<PickleCall*>(state[2]);
  if (!type->given || type->given->items.empty() || pickled<std::string_view>(type->given->items[0]) != "u1")
    throw Error("its 'data' isn't an array of bytes");
  if (shape.size() != 2 || pickled<std::int64_t>(shape[1]) != static_cast<std::int64_t>(kCifarPixels) ||
      pickled<bool>(state[3]))
    throw Error(fmt::format("its 'data' isn't an array [N, {}]", kCifarPixels));
  std::string bytes = pickled_bytes(state[4]);
  if (bytes.size() != static_cast<std::uint64_t>(pickled<std::int64_t>(shape[0])) * kCifarPixels)
    throw Error(
        fmt::format("its 'data' has {} bytes for {} images", bytes.size(), pickled<std::int64_t>(shape[0])));
  return bytes;
}

std::vector<std::string> class_names(const fs::path& file, const char* key, std::size_t count) {
  std::vector<std::string> names;
  if (is_there(file))
    named_file(file, [&] {
      const PickledFile meta(file);
      for (const PickleValue& name : pickled<PickleList*>(meta.at(key))->items)
        names.emplace_back(pickled<std::string_view>(name));
      if (names.size() != count)
        throw Error(fmt::format("{} names where there are {} classes", names.size(), count));
      return true;
    });
  for (std::size_t k = names.size(); k < count; ++k) names.push_back(std::to_string(k));
  return names;
}

/// True for what begins as a pickle of Python 2.3 or later does.
bool is_pickle(const fs::path& path) {
  const std::vector<unsigned char> head = read_head(path, 2);
  return head.size() == 2 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5;
}

}  // namespace

std::optional<CifarPython::Kind> CifarPython::kind_in(const fs::path& folder) {
  if (has_cifar_batch(folder, "")) return Kind::Ten;
  if (is_pickle(folder / "train") && is_pickle(folder / "test")) return Kind::Hundred;
  return std::nullopt;
}

CifarPython::CifarPython(const fs::path& folder, Kind kind, Split split) {
  const bool ten = kind == Kind::Ten;
  classes_ = ten ? class_names(folder / "batches.meta", "label_names", 10)
                 : class_names(folder / "meta", "fine_label_names", 100);
  const char* labels = ten ? "labels" : "fine_labels";
  if (!ten)
    add(folder / (split == Split::Train ? "train" : "test"), labels);
  else if (split == Split::Test)
    add(folder / "test_batch", labels);
  else
    for (const fs::path& file : cifar_batches(folder, "")) add(file, labels);
}

void CifarPython::add(const fs::path& file, const char* labels) {
  named_file(file, [&] {
    const PickledFile batch(file);
    const std::string images = images_of(batch.at("data"));
    const auto& numbers = pickled<PickleList*>(batch.at(labels))->items;
    if (numbers.size() * kCifarPixels != images.size())
      throw Error(fmt::format("{} images have {} labels", images.size() / kCifarPixels, numbers.size()));
    for (const PickleValue& number : numbers) {
      const auto label = pickled<std::int64_t>(number);
      if (label < 0 || label >= std::ssize(classes_))
        throw Error(fmt::format("image {} has the label {}, but there are {} classes", labels_.size(), label,
                                classes_.size()));
      names_.push_back(fmt::format("{} {}", file.filename().string(), &number - numbers.data()));
      labels_.push_back(static_cast<int>(label));
    }
    pixels_.insert(pixels_.end(), images.begin(), images.end());
    return true;
  });
}

Item CifarPython::read(std::size_t index) const {
  Item item;
  item.sample.image = cifar_image(pixels_.data() + index * kCifarPixels);
  item.sample.label = labels_[index];
  return item;
}

}  // namespace doppel::dataset
