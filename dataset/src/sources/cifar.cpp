#include "doppel/dataset/sources/cifar.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "cifar_image.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> class_names(const fs::path& file, std::size_t count) {
  std::vector<std::string> names;
  if (is_there(file)) {
    const std::vector<unsigned char> bytes = read_file(file);
    std::istringstream lines(std::string(bytes.begin(), bytes.end()));
    for (std::string line; std::getline(lines, line);)
      if (!line.empty()) names.push_back(line);
    if (names.size() != count)
      throw Error(fmt::format("{}: {} names where there are {} classes", file.string(), names.size(), count));
  }
  for (std::size_t k = names.size(); k < count; ++k) names.push_back(std::to_string(k));
  return names;
}

}  // namespace

std::optional<Cifar::Kind> Cifar::kind_in(const fs::path& folder) {
  if (has_cifar_batch(folder, ".bin")) return Kind::Ten;
  if (is_there(folder / "train.bin") && is_there(folder / "test.bin")) return Kind::Hundred;
  return std::nullopt;
}

Cifar::Cifar(const fs::path& folder, Kind kind, Split split)
    : stem_(split == Split::Train ? "train" : "test") {
  const bool ten = kind == Kind::Ten;
  const std::size_t label_bytes = ten ? 1 : 2, record = label_bytes + kCifarPixels;
  classes_ = class_names(folder / (ten ? "batches.meta.txt" : "fine_label_names.txt"), ten ? 10 : 100);
  std::vector<fs::path> files;
  if (!ten) {
    files.push_back(folder / (split == Split::Train ? "train.bin" : "test.bin"));
  } else if (split == Split::Test) {
    files.push_back(folder / "test_batch.bin");
  } else {
    files = cifar_batches(folder, ".bin");
  }
  for (const fs::path& file : files) {
    const std::vector<unsigned char> bytes = read_file(file);
    if (bytes.empty() || bytes.size() % record != 0)
      throw Error(fmt::format("{}: {} bytes aren't a whole number of {}-byte records", file.string(),
                              bytes.size(), record));
    for (std::size_t at = 0; at < bytes.size(); at += record) {
      const int label = bytes[at + label_bytes - 1];
      if (label >= static_cast<int>(classes_.size()))
        throw Error(fmt::format("{}: record {} has the label {}, but there are {} classes", file.string(),
                                at / record, label, classes_.size()));
      labels_.push_back(label);
      pixels_.insert(pixels_.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at + label_bytes),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + record));
    }
  }
}

Item Cifar::read(std::size_t index) const {
  Item item;
  item.sample.image = cifar_image(pixels_.data() + index * kCifarPixels);
  item.sample.label = labels_[index];
  return item;
}

}  // namespace doppel::dataset
