// Curves for TensorBoard.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace doppel::nn {

/// An event file of scalars, as TensorBoard reads them: records of TFRecord's framing, each flushed as it
/// comes.
class EventFile {
 public:
  /// Makes `events.out.tfevents.…` in the folder, which is made too. Throws Error where that can't be.
  explicit EventFile(const std::filesystem::path& folder);
  /// A point of the curve `tag`, kept as a float, with the time of day. Throws Error where it can't be
  /// written.
  void add(const std::string& tag, double value, std::int64_t step);
  const std::filesystem::path& path() const { return path_; }  ///< of the event file

 private:
  void write(const std::string& record);
  std::filesystem::path path_;
  std::ofstream file_;
};

/// CRC-32C (Castagnoli), as TFRecord's checksums are made of.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace doppel::nn
