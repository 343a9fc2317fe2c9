// A text that is written bit by bit.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string_view>

namespace doppel::dataset::write {

/// Written beside its name and renamed when it's whole; gone where that never comes.
class TextFile {
 public:
  /// Its folder comes by itself. Throws Error with the path and the reason.
  explicit TextFile(std::filesystem::path path);
  ~TextFile();
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  /// Adds text. Throws Error with the path and the reason.
  void add(std::string_view text);
  /// Throws Error with the path and the reason.
  void finish();

 private:
  [[noreturn]] void fail() const;
  std::filesystem::path path_, beside_;
  std::FILE* file_ = nullptr;
};

}  // namespace doppel::dataset::write
