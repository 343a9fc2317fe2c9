// One shard of a pack, by its index.
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

#include "../sources/tar.h"
#include "format.h"

namespace doppel::dataset::pack {

class ShardReader {
 public:
  /// Throws Error where it isn't a shard of ours, or its index is damaged.
  explicit ShardReader(const std::filesystem::path& path);
  static bool is_shard(const std::filesystem::path& path);
  const std::filesystem::path& path() const { return file_.path(); }
  const Header& header() const { return header_; }
  const std::vector<Record>& records() const { return records_; }
  /// The text at a place in the strings.
  std::string string(std::uint32_t at) const;
  std::vector<unsigned char> bytes(const Record& record) const;
  /// The pixels of a PPM or PGM. Throws Error where they aren't all there.
  cv::Mat pixels(const Record& record) const;

 private:
  RandomFile file_;
  Header header_;
  std::vector<Record> records_;
  std::string strings_;
};

}  // namespace doppel::dataset::pack
