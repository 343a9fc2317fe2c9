#include "doppel/dataset/write/class_folders.h"

#include <fmt/format.h>

#include <algorithm>

namespace doppel::dataset {
namespace {

std::string folder_for(const std::string& name) {
  constexpr std::size_t kLongest = 200;
  std::string folder = name;
  for (char& c : folder)
    if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20) c = '_';
  if (folder.empty() || folder[0] == '.') folder.insert(0, "_");
  if (folder.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(folder[end]) & 0xC0) == 0x80) --end;  // within a letter
    folder.resize(end);
  }
  return folder;
}

}  // namespace

std::vector<std::string> class_folders(const std::vector<std::string>& classes) {
  std::vector<std::string> folders;
  for (const std::string& name : classes) {
    std::string folder = folder_for(name);
    for (int turn = 2; std::ranges::find(folders, folder) != folders.end(); ++turn)
      folder = fmt::format("{}-{}", folder_for(name), turn);
    folders.push_back(std::move(folder));
  }
  return folders;
}

}  // namespace doppel::dataset
