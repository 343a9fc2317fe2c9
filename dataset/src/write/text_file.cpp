#include "text_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "doppel/base/error.h"

namespace doppel::dataset::write {

TextFile::TextFile(std::filesystem::path path)
    : path_(std::move(path)),
      beside_(path_.parent_path() / fmt::format(".{}.unfinished", path_.filename().string())) {
  std::error_code ignored;
  std::filesystem::create_directories(path_.parent_path(), ignored);
  file_ = std::fopen(beside_.c_str(), "wbe");
  if (!file_) fail();
}

TextFile::~TextFile() {
  if (!file_) return;
  std::fclose(file_);
  ::unlink(beside_.c_str());
}

void TextFile::fail() const {
  throw Error(fmt::format("can't write {}: {}", path_.string(), std::strerror(errno)));
}

void TextFile::add(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
}

void TextFile::finish() {
  if (std::fflush(file_) != 0 || ::fsync(::fileno(file_)) != 0) fail();
  if (std::rename(beside_.c_str(), path_.c_str()) != 0) fail();
  std::fclose(file_);
  file_ = nullptr;
}

}  // namespace doppel::dataset::write
