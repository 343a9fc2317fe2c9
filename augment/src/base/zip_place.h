// A ZIP archive as a place that holds files.
#pragma once

#include "doppel/base/place.h"
#include "doppel/base/zip_file.h"

namespace doppel {

/// Folders are those that names have, and those that have an entry of their own.
class ZipPlace final : public Place {
 public:
  /// Throws Error as ZipFile's, and where none of its files can be read.
  explicit ZipPlace(const std::filesystem::path& archive);
  Kind kind(const std::string& path) const override;
  std::vector<Entry> list(const std::string& folder) const override;
  std::uint64_t size(const std::string& file) const override;
  std::vector<unsigned char> read(const std::string& file) const override;
  std::vector<unsigned char> head(const std::string& file, std::size_t size) const override;
  void range(const std::string& file, std::uint64_t at, std::span<unsigned char> into) const override;
  void check_range(const std::string& file) const override;
  void fetch(const std::string& file, std::uint64_t at, std::uint64_t size, bool exactly) const override;
  std::unique_ptr<ByteStream> stream(const std::string& file) const override;
  std::vector<Unread> unread() const override;
  bool is_far() const override { return zip_.file().is_far(); }

 private:
  std::size_t index_of(const std::string& file) const;
  ZipFile zip_;
};

}  // namespace doppel
