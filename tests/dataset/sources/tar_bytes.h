// Tars written member by member, for tests.
#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <string_view>

#include "doppel/base/files.h"
#include "doppel/codec/png.h"

namespace doppel::dataset {

/// A header of 512 bytes with its checksum. `edit` changes fields before that is counted.
inline std::string tar_header(const std::string& name, std::size_t size, char type,
                              const std::function<void(std::string&)>& edit = {}) {
  std::string header(512, '\0');
  name.copy(header.data(), 100);
  std::snprintf(header.data() + 100, 8, "%07o", 0644);
  std::snprintf(header.data() + 124, 12, "%011zo", size);
  header[156] = type;
  header.replace(257, 8, std::string_view("ustar\00000", 8));
  if (edit) edit(header);
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(header.data() + 148, 8, "%06o", sum);
  return header;
}

/// A tar that grows.
class TarBytes {
 public:
  using Edit = std::function<void(std::string&)>;
  TarBytes& member(const std::string& name, std::string_view content, char type = '0',
                   const Edit& edit = {}) {
    return raw(tar_header(name, content.size(), type, edit)).raw(content).pad();
  }
  TarBytes& link(const std::string& name, const std::string& target, char type = '1', std::size_t size = 0) {
    return raw(
        tar_header(name, size, type, [&](std::string& header) { target.copy(header.data() + 157, 100); }));
  }
  /// An extended header with one record.
  TarBytes& pax(const std::string& key, const std::string& value, char type = 'x') {
    return member("pax", record(key, value), type);
  }
  TarBytes& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  TarBytes& pad() {
    bytes_.resize((bytes_.size() + 511) / 512 * 512, '\0');
    return *this;
  }
  /// The mark of the end.
  TarBytes& end() { return raw(std::string(1024, '\0')); }
  const std::string& text() const { return bytes_; }
  const std::filesystem::path& write(const std::filesystem::path& file) const {
    write_file(file, bytes_);
    return file;
  }

  static std::string record(const std::string& key, const std::string& value) {
    const std::string rest = " " + key + "=" + value + "\n";
    std::size_t length = rest.size();
    while (std::to_string(length).size() + rest.size() != length) ++length;
    return std::to_string(length) + rest;
  }

 private:
  std::string bytes_;
};

inline std::string text_of_png(int grey = 40, int width = 8, int height = 6, int type = CV_8UC1) {
  const auto bytes = encode_png(cv::Mat(height, width, type, cv::Scalar::all(grey)));
  return {bytes.begin(), bytes.end()};
}

}  // namespace doppel::dataset
