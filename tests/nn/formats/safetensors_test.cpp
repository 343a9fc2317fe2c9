#include "doppel/nn/formats/safetensors.h"

#include <gtest/gtest.h>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

using dataset::TemporaryFolder;

TEST(Safetensors, RoundTripAndPublishedLayout) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "t";
  save_tensors(path, {{{"a", {{2, 1}, {1.5F, -2.F}}}, {"b.c", {{}, {3.F}}}}, {{"k", "v"}}});
  const TensorFile file = load_tensors(path);
  EXPECT_EQ(file.tensors.at("a").value, (std::vector<float>{1.5F, -2.F}));
  EXPECT_EQ(file.tensors.at("a").shape, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(file.metadata.at("k"), "v");
  // By the format's own description: little-endian length, JSON that starts with '{', data aligned to 8.
  const auto bytes = read_file(path);
  EXPECT_EQ(bytes[8], '{');
  EXPECT_EQ((bytes[0] + 256 * bytes[1]) % 8, 0);
  EXPECT_EQ(bytes.size(), 8U + bytes[0] + 256U * bytes[1] + 12);
}

TEST(Safetensors, LyingFilesAreRefused) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "t";
  const auto write = [&](const std::string& header, std::size_t data, std::uint64_t length) {
    std::string text(reinterpret_cast<const char*>(&length), 8);
    write_file(path, text + header + std::string(data, '\0'));
    EXPECT_THROW(load_tensors(path), Error) << header;
  };
  const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  write(good, 8, 1 << 30);
  write(good, 7, good.size());
  write(good, 9, good.size());
  const std::string overlap =
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
  write(overlap, 8, overlap.size());
  const std::string type = R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})";
  write(type, 8, type.size());
  const std::string huge = R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}})";
  write(huge, 8, huge.size());
  for (const char* number : {"1e300", "-1", "0.5", "18446744073709551616", "null"}) {
    const std::string offsets =
        std::string(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[)") + number + ",8]}}";
    write(offsets, 8, offsets.size());
    EXPECT_NE(error_of([&] { load_tensors(path); }).find("a's data_offsets holds "), std::string::npos);
    const std::string shape =
        std::string(R"({"a":{"dtype":"F32","shape":[)") + number + R"(],"data_offsets":[0,8]}})";
    write(shape, 8, shape.size());
  }
  write("not json", 0, 8);
  EXPECT_EQ(error_of([&] { load_tensors(path); }),
            path.string() + ": not a whole safetensors file: its JSON is damaged at byte 2");
  const std::string no_place = R"({"a":{"dtype":"F32","shape":[2]}})";
  write(no_place, 8, no_place.size());
  EXPECT_NE(error_of([&] { load_tensors(path); }).find("a value of its JSON is missing or of another kind"),
            std::string::npos);
  write_file(path, std::string_view("abc"));
  EXPECT_THROW(load_tensors(path), Error);
}

TEST(Safetensors, AFileMadeByHandIsRead) {
  // Tensors in another order than their names', one without numbers, and spaces behind the header.
  const TemporaryFolder folder;
  const std::string header = R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                             R"("a":{"dtype":"F32","shape":[],"data_offsets":[4,8]},)"
                             R"("c":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]}}  )";
  const std::uint64_t length = header.size();
  const float numbers[]{2.5F, -1};
  write_file(folder.path() / "t", std::string(reinterpret_cast<const char*>(&length), 8) + header +
                                      std::string(reinterpret_cast<const char*>(numbers), 8));
  const TensorFile file = load_tensors(folder.path() / "t");
  ASSERT_EQ(file.tensors.size(), 3U);
  EXPECT_EQ(file.tensors.at("b").value, std::vector{2.5F});
  EXPECT_EQ(file.tensors.at("a").value, std::vector{-1.F});
  EXPECT_TRUE(file.tensors.at("c").value.empty());
  EXPECT_TRUE(file.metadata.empty());
  const std::string none = (folder.path() / "none").string();
  EXPECT_NE(error_of([&] { load_tensors(none); }).find(none), std::string::npos);
}

TEST(Safetensors, OtherTypesOfNumbersBecomeFloats) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "types.safetensors";
  const auto read = [&](const std::string& dtype, const auto& numbers) {
    const std::size_t bytes = numbers.size() * sizeof numbers[0];
    const std::string header = R"({"a":{"dtype":")" + dtype + R"(","shape":[)" +
                               std::to_string(numbers.size()) + R"(],"data_offsets":[0,)" +
                               std::to_string(bytes) + "]}}";
    const std::uint64_t length = header.size();
    std::string file(reinterpret_cast<const char*>(&length), 8);
    file += header;
    file.append(reinterpret_cast<const char*>(numbers.data()), bytes);
    write_file(path, file);
    return load_tensors(path).tensors.at("a").value;
  };
  EXPECT_EQ(read("F16", std::vector<std::uint16_t>{0x3c00, 0xc000}), (std::vector<float>{1, -2}));
  EXPECT_EQ(read("BF16", std::vector<std::uint16_t>{0x3f80, 0xc000}), (std::vector<float>{1, -2}));
  EXPECT_EQ(read("F64", std::vector<double>{0.5, -2}), (std::vector<float>{0.5, -2}));
  EXPECT_EQ(read("I64", std::vector<std::int64_t>{7, -9}), (std::vector<float>{7, -9}));
  EXPECT_EQ(read("I32", std::vector<std::int32_t>{7, -9}), (std::vector<float>{7, -9}));
}

}  // namespace
}  // namespace doppel::nn
