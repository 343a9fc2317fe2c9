// A ZIP archive whose entries aren't compressed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace doppel::nn::torch {

class StoredZip {
 public:
  /// Throws Error where the file is no ZIP archive, or is damaged.
  explicit StoredZip(const std::filesystem::path& path);
  /// The only entry whose name ends so; throws Error where there's none.
  std::string find(const std::string& ending) const;
  std::uint64_t size(const std::string& name) const;
  std::vector<unsigned char> read(const std::string& name);

 private:
  struct Entry {
    std::uint64_t header = 0, bytes = 0;  ///< where its local header begins; how long it is
  };
  Entry entry_of(const std::vector<unsigned char>& directory, std::size_t at, std::size_t name,
                 std::size_t extra) const;
  std::vector<unsigned char> bytes(std::uint64_t at, std::uint64_t count);
  [[noreturn]] void fail(const std::string& what) const;

  std::filesystem::path path_;
  std::ifstream file_;
  std::uint64_t file_size_ = 0;
  std::map<std::string, Entry> entries_;
};

}  // namespace doppel::nn::torch
