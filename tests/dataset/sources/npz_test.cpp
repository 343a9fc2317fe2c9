#include "sources/npz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>

#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"
#include "npy_bytes.h"
#include "zip_bytes.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
const fs::path kNpzMade = DOPPEL_DATASET_DATA "/arrays";

std::string bytes_in(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Npz, StoredAndDeflatedMembersAreTheSame) {
  const OpenedData stored = open_data((kNpzMade / "medmnist.npz").string()),
                   deflated = open_data((kNpzMade / "keras.npz").string());
  EXPECT_EQ(stored.layout, "arrays");
  ASSERT_EQ(stored.train->size(), 4U);
  ASSERT_EQ(deflated.train->size(), 4U);
  EXPECT_EQ(stored.valid->size(), 1U);
  EXPECT_EQ(stored.test->label(1), 2);
  EXPECT_EQ(deflated.test->size(), 2U);
  EXPECT_EQ(deflated.train->name(2), (kNpzMade / "keras.npz").string() + ": x_train 2");
  for (std::size_t n = 0; n < 4; ++n) {
    const cv::Mat a = load(*stored.train, n).image, b = load(*deflated.train, n).image;
    EXPECT_EQ(a.at<unsigned char>(4, 6), (40 * n + 46) % 251);
    EXPECT_EQ(cv::norm(a, b, cv::NORM_INF), 0);
    EXPECT_EQ(stored.train->label(n), deflated.train->label(n));
  }
}

TEST(Npz, ArraysWithoutNamesAreTakenWithAWord) {
  const OpenedData data = open_data((kNpzMade / "unnamed.npz").string());
  EXPECT_EQ(data.train->classes().size(), 3U);
  EXPECT_NE(all_text(data.remarks).find("arr_0 is taken for the images"), std::string::npos);
}

TEST(Npz, DamagedOnesAreNamed) {
  const TemporaryFolder folder;
  for (const char* name : {"medmnist.npz", "keras.npz"}) {
    const std::string whole = bytes_in(kNpzMade / name);
    for (std::size_t size = 0; size < whole.size(); size += 101) {
      const auto file = put_text(folder.path() / "x.npz", whole.substr(0, size));
      EXPECT_NE(error_of([&] { (void)npz_arrays(file); }).find("x.npz"), std::string::npos) << size;
    }
  }
}

TEST(Npz, MembersThatLieOrAreOthersAreNamed) {
  const TemporaryFolder folder;
  const std::string x = npy_of("|u1", {2, 2, 2}, std::vector<char>(8, 7)),
                    y = npy_of("|u1", {2}, std::vector<char>{0, 1});
  const auto open_with = [&](std::vector<ZipMember> members) {
    const auto file = put_text(folder.path() / "x.npz", zip_bytes(members));
    std::string remarks;
    const std::string error = error_of([&] {
      const OpenedData data = open_data(file.string());
      for (std::size_t n = 0; n < data.train->size(); ++n) (void)load(*data.train, n);
      remarks = all_text(data.remarks);
    });
    return error.empty() ? remarks : error;
  };
  const ZipMember labels{.name = "y.npy", .data = y};
  EXPECT_EQ(open_with({{.name = "x.npy", .data = x}, labels}), "");
  EXPECT_NE(open_with({{.name = "x.npy", .data = x}, labels, {.name = "read.me", .data = "?"}})
                .find("arrays that aren't used: 1 (" + (folder.path() / "x.npz: read.me").string()),
            std::string::npos);
  EXPECT_NE(open_with({{.name = "x.npy", .data = x, .pack = true, .crc = 5}, labels}), "");
  EXPECT_NE(open_with({{.name = "x.npy", .data = x, .pack = true, .size = 90}, labels}), "");
  EXPECT_NE(open_with({{.name = "x.npy", .data = x.substr(0, x.size() - 1), .pack = true}, labels})
                .find("x.npz: x: its header promises 8 bytes (2 x 2 x 2 of uint8), but 7 follow"),
            std::string::npos);
  EXPECT_NE(open_with({{.name = "x.npy", .data = "no array"}, labels}).find("x.npz: x: isn't a .npy file"),
            std::string::npos);
  EXPECT_NE(open_with({{.name = "x.npy", .data = x, .method = 14}, labels}), "");
}

}  // namespace
}  // namespace doppel::dataset
