#include "doppel/nn/formats/tensorboard.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <chrono>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "protobuf.h"

namespace doppel::nn {
namespace {

constexpr std::array<std::uint32_t, 256> kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1) != 0 ? 0x82f63b78U : 0U);
    table[i] = c;
  }
  return table;
}();

template <class Integer>
std::string little_endian(Integer value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

/// TFRecord's: turned, so that a checksum of checksums is none.
std::string masked(std::string_view bytes) {
  return little_endian(std::rotr(crc32c(bytes), 15) + 0xa282ead8U);
}

double wall_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Fields of tensorflow's event.proto and summary.proto.
enum EventField { kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5 };
enum SummaryField { kValue = 1, kTag = 1, kSimpleValue = 2 };

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t c = ~0U;
  for (const char byte : bytes) c = (c >> 8) ^ kTable[(c ^ static_cast<unsigned char>(byte)) & 0xff];
  return ~c;
}

EventFile::EventFile(const std::filesystem::path& folder) {
  make_folder(folder);
  path_ = folder /
          fmt::format("events.out.tfevents.{}.{}.doppel", static_cast<std::int64_t>(wall_time()), getpid());
  file_.open(path_, std::ios::binary | std::ios::app);
  if (!file_) throw Error(fmt::format("{} can't be written", path_.string()));
  write(Message().real(kWallTime, wall_time()).text(kFileVersion, "brain.Event:2").bytes());
}

void EventFile::add(const std::string& tag, double value, std::int64_t step) {
  const Message scalar = Message().text(kTag, tag).real(kSimpleValue, static_cast<float>(value));
  write(Message()
            .real(kWallTime, wall_time())
            .integer(kStep, step)
            .message(kSummary, Message().message(kValue, scalar))
            .bytes());
}

void EventFile::write(const std::string& record) {
  const std::string length = little_endian(static_cast<std::uint64_t>(record.size()));
  file_ << length << masked(length) << record << masked(record) << std::flush;
  if (!file_) throw Error(fmt::format("{} can't be written", path_.string()));
}

}  // namespace doppel::nn
