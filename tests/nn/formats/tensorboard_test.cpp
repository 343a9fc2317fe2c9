#include "doppel/nn/formats/tensorboard.h"

#include <gtest/gtest.h>

#include <cstring>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::nn {
namespace {

std::uint32_t unmasked(std::uint32_t stored) { return std::rotl(stored - 0xa282ead8U, 15); }

template <class T>
T at(const std::string& bytes, std::size_t place) {
  T value;
  std::memcpy(&value, bytes.data() + place, sizeof value);
  return value;
}

TEST(TensorBoard, RecordsAreFramedAndChecked) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);  // RFC 3720's
  const dataset::TemporaryFolder folder;
  std::filesystem::path path;
  {
    EventFile events(folder.path() / "run");
    events.add("loss/train", 0.5, 3);
    path = events.path();
  }
  EXPECT_NE(path.filename().string().find("tfevents"), std::string::npos);
  const auto read = read_file(path);
  const std::string bytes(read.begin(), read.end());
  std::size_t place = 0;
  std::vector<std::string> records;
  while (place < bytes.size()) {
    const auto length = static_cast<std::size_t>(at<std::uint64_t>(bytes, place));
    EXPECT_EQ(unmasked(at<std::uint32_t>(bytes, place + 8)), crc32c(bytes.substr(place, 8)));
    records.push_back(bytes.substr(place + 12, length));
    EXPECT_EQ(unmasked(at<std::uint32_t>(bytes, place + 12 + length)), crc32c(records.back()));
    place += 16 + length;
  }
  ASSERT_EQ(records.size(), 2U);
  EXPECT_NE(records[0].find("brain.Event:2"), std::string::npos);
  // step (field 2) is 3; the summary's value has the tag and 0.5 as a float (field 2, four bytes).
  EXPECT_NE(records[1].find(std::string("\x10\x03", 2)), std::string::npos);
  EXPECT_NE(records[1].find("loss/train"), std::string::npos);
  EXPECT_NE(records[1].find(std::string("\x15\x00\x00\x00\x3f", 5)), std::string::npos);
  EXPECT_THROW(EventFile("/proc/nowhere"), std::exception);
}

}  // namespace
}  // namespace doppel::nn
