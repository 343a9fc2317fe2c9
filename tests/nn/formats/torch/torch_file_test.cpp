#include "doppel/nn/formats/torch_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "error_of.h"
#include "zip_bytes.h"

namespace doppel::nn {
namespace {

namespace fs = std::filesystem;

/// What torch.save makes of {"w": a tensor of two rows of three}, whose numbers are `data`: an archive of a
/// pickle and a storage. The tensor is a view: it begins at the second number, and goes by columns.
std::string torch_archive(const std::string& type, const std::string& data, const std::string& under = "") {
  const auto number = little_endian;
  std::string pickle = under.empty() ? "" : "}X" + number(under.size(), 4) + under;
  pickle += "}X" + number(1, 4) + "wctorch._utils\n_rebuild_tensor_v2\n((X" + number(7, 4) +
            "storagectorch\n" + type + "\nX" + number(1, 4) + "0X" + number(3, 4) +
            "cpuK\7tQK\1K\2K\3\x86K\1K\2\x86tRs";
  pickle += under.empty() ? "." : "s.";
  // Without check sums, as PyTorch may be told to write.
  return zip_bytes(
      {{.name = "m/data.pkl", .data = pickle, .crc = 0}, {.name = "m/data/0", .data = data, .crc = 0}});
}

TEST(TorchFile, EveryTypeOfNumberBecomesAFloat) {
  const dataset::TemporaryFolder folder;
  const auto loaded = [&](const std::string& type, const auto& numbers, const std::string& under) {
    const std::string data(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof numbers[0]);
    write_file(folder.path() / "m.pth", torch_archive(type, data, under));
    const auto tensors = load_torch(folder.path() / "m.pth");
    EXPECT_EQ(tensors.size(), 1U);
    EXPECT_EQ(tensors.at(0).name, "w");
    EXPECT_EQ(tensors.at(0).shape, (std::vector<std::int64_t>{2, 3}));
    return tensors.at(0).value;
  };
  const std::vector<float> expected{1,  0.5, 4,
                                    -2, 0,   8};  // by columns: 1, -2, 0.5, 0, 4, 8 from the second on
  for (const char* under : {"", "state_dict", "model_state_dict", "model", "net", "ema"}) {
    EXPECT_EQ(loaded("FloatStorage", std::vector<float>{9, 1, -2, 0.5, 0, 4, 8}, under), expected);
    EXPECT_EQ(loaded("DoubleStorage", std::vector<double>{9, 1, -2, 0.5, 0, 4, 8}, under), expected);
  }
  EXPECT_EQ(loaded("HalfStorage",
                   std::vector<std::uint16_t>{0, 0x3c00, 0xc000, 0x3800, 0x8000, 0x4400, 0x4800}, ""),
            expected);
  EXPECT_EQ(loaded("BFloat16Storage",
                   std::vector<std::uint16_t>{0, 0x3f80, 0xc000, 0x3f00, 0x8000, 0x4080, 0x4100}, ""),
            expected);
  EXPECT_EQ(loaded("LongStorage", std::vector<std::int64_t>{9, 1, -2, 3, 4, 5, 6}, ""),
            (std::vector<float>{1, 3, 5, -2, 4, 6}));
  EXPECT_EQ(loaded("IntStorage", std::vector<std::int32_t>{9, 1, -2, 3, 4, 5, 6}, ""),
            (std::vector<float>{1, 3, 5, -2, 4, 6}));
  // The smallest half, the largest, infinity.
  const auto ends =
      loaded("HalfStorage", std::vector<std::uint16_t>{0, 1, 0x7bff, 0x7c00, 0xfc00, 0x0400, 0x7e00}, "");
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ((std::vector<float>(ends.begin(), ends.end() - 1)),
            (std::vector<float>{0x1p-24F, infinity, 0x1p-14F, 65504, -infinity}));
  EXPECT_TRUE(std::isnan(ends.back()));
}

TEST(TorchFile, WhatCannotBeReadIsSaidWithTheFilesName) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "m.pth";
  const auto error = [&](const std::string& bytes) {
    write_file(path, bytes);
    return error_of([&] { load_torch(path); });
  };
  EXPECT_EQ(error(torch_archive("BoolStorage", std::string(7, '\0'))),
            path.string() + ": w is of BoolStorage, which isn't read");
  // One number too few.
  EXPECT_EQ(error(torch_archive("FloatStorage", std::string(24, '\0'))),
            path.string() + ": w reaches beyond its numbers");
  std::string renamed = torch_archive("FloatStorage", std::string(28, '\0'));
  renamed[renamed.rfind("m/data/0") + 7] = '1';
  EXPECT_NE(error(renamed).find(path.string()), std::string::npos);
  EXPECT_EQ(error(zip_bytes({{.name = "m/data.pkl", .data = "."}})),
            path.string() + ": the pickle takes more than there is");
  EXPECT_EQ(error(zip_bytes({{.name = "m/other", .data = "."}})),
            path.string() + ": there is no data.pkl in it: no PyTorch file");
  EXPECT_NE(
      error(zip_bytes({{.name = "m/data.pkl", .data = "a pickle", .pack = true}})).find("it is compressed"),
      std::string::npos);
  for (const char* other : {"", "PK", "no archive at all, but long enough"})
    EXPECT_NE(error(other).find("no PyTorch file"), std::string::npos) << other;
  const std::string none = (folder.path() / "none.pth").string();
  EXPECT_EQ(error_of([&] { load_torch(none); }), "can't read " + none + ": No such file or directory");
}

TEST(TorchFile, WholeModulesAreRefusedWithTheLineThatSavesTheirState) {
  for (const char* name : {"module.pth", "module_old.pth"}) {
    const std::string error = error_of([&] { load_torch(fs::path(DOPPEL_NN_DATA) / name); });
    EXPECT_NE(error.find("an object of torch.nn.modules.linear.Linear"), std::string::npos) << error;
    EXPECT_NE(error.find("torch.save(model.state_dict(), \"weights.pth\")"), std::string::npos) << error;
  }
}

/// The last layer's shape (5, 12) and stride (12, 1) in the file's pickle, made (255, 255) and (0, 0).
TEST(TorchFile, ATensorIsNoLargerThanItsNumbers) {
  auto bytes = read_file(fs::path(DOPPEL_NN_DATA) / "small.pth");
  const std::vector<unsigned char> shape{'K', 5, 'K', 12, 0x86}, stride{'K', 12, 'K', 1, 0x86};
  const auto at = std::ranges::search(bytes, shape).begin(),
             then = std::ranges::search(bytes, stride).begin();
  ASSERT_NE(at, bytes.end());
  ASSERT_NE(then, bytes.end());
  at[1] = at[3] = 255;
  then[1] = then[3] = 0;
  const dataset::TemporaryFolder folder;
  write_file(folder.path() / "large.pth", bytes);
  EXPECT_NE(error_of([&] { load_torch(folder.path() / "large.pth"); }).find("reaches beyond its numbers"),
            std::string::npos);
}

TEST(TorchFile, TruncatedFilesAreErrors) {
  const dataset::TemporaryFolder folder;
  for (const char* name : {"small.pth", "small_old.pth"}) {
    const auto whole = read_file(fs::path(DOPPEL_NN_DATA) / name);
    for (std::size_t size = 0; size < whole.size(); size += 97) {
      const fs::path part = folder.path() / "part.pth";
      write_file(part, std::span(whole).first(size));
      EXPECT_NE(error_of([&] { load_torch(part); }).find("part.pth"), std::string::npos)
          << name << ' ' << size;
    }
  }
  EXPECT_NE(error_of([&] { load_torch(folder.path() / "none.pth"); }).find("none.pth"), std::string::npos);
}

/// 3,000 names of one tensor of 16,384 numbers: 196 MB of 64 KB.
TEST(TorchFile, OneTensorUnderManyNamesIsNoGigabytes) {
  const auto number = little_endian;
  std::string pickle = "}";
  for (int k = 0; k < 3000; ++k)
    pickle += "X" + number(5, 4) + fmt::format("{:05}", k) + "ctorch._utils\n_rebuild_tensor_v2\n((X" +
              number(7, 4) + "storagectorch\nFloatStorage\nX" + number(1, 4) + "0X" + number(3, 4) + "cpuJ" +
              number(16384, 4) + "tQK" + std::string(1, '\0') + "J" + number(16384, 4) + "\x85K\1\x85tRs";
  const dataset::TemporaryFolder folder;
  write_file(folder.path() / "m.pth",
             zip_bytes({{.name = "m/data.pkl", .data = pickle + ".", .crc = 0},
                        {.name = "m/data/0", .data = std::string(65536, '\0'), .crc = 0}}));
  const std::string error = error_of([&] { load_torch(folder.path() / "m.pth"); });
  EXPECT_NE(error.find("of the same few bytes over and over"), std::string::npos) << error;
}

}  // namespace
}  // namespace doppel::nn
