#include "doppel/dataset/sources/cifar_python.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// What make_cifar_python.py made, in the places of CIFAR-10's files.
fs::path copy_of_cifar(const TemporaryFolder& folder) {
  const fs::path made = DOPPEL_DATASET_DATA "/cifar_python", to = folder.path() / "cifar-10-batches-py";
  fs::create_directories(to);
  for (int k = 1; k <= 5; ++k) fs::copy_file(made / "data_batch_1", to / ("data_batch_" + std::to_string(k)));
  for (const char* same : {"test_batch", "batches.meta"}) fs::copy_file(made / same, to / same);
  return to;
}

TEST(CifarPython, ReadsWhatNumPyPickled) {
  const TemporaryFolder folder;
  const OpenedData data = open_data(copy_of_cifar(folder).string());
  ASSERT_EQ(data.train->size(), 10U);
  ASSERT_EQ(data.test->size(), 2U);
  EXPECT_EQ(data.train->classes()[9], "truck");
  EXPECT_EQ(data.train->label(0), 3);
  EXPECT_EQ(data.train->label(9), 9);
  EXPECT_EQ(data.train->name(3), "data_batch_2 1");
  const cv::Mat first = load(*data.train, 0).image, second = load(*data.train, 1).image;
  EXPECT_EQ(first.at<cv::Vec3b>(31, 31), cv::Vec3b(200, 0, 0));
  EXPECT_EQ(second.at<cv::Vec3b>(5, 15), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(second.at<cv::Vec3b>(5, 16), cv::Vec3b(0, 0, 90));
  // Bytes of 128 and more, written for Python 2 as text.
  EXPECT_EQ(load(*data.test, 0).image.at<cv::Vec3b>(0, 0), cv::Vec3b(201, 0, 0));
}

TEST(CifarPython, AMissingBatchIsNamed) {
  const TemporaryFolder folder;
  const fs::path cifar = copy_of_cifar(folder);
  fs::remove(cifar / "data_batch_4");
  EXPECT_NE(error_of([&] { open_data(cifar.string()); }).find("data_batch_4 is missing"), std::string::npos);
  fs::remove(cifar / "data_batch_1");
  EXPECT_NE(error_of([&] { open_data(cifar.string()); }).find("data_batch_1 is missing"), std::string::npos);
}

TEST(CifarPython, DamagedFilesAreNamed) {
  const TemporaryFolder folder;
  const fs::path cifar = copy_of_cifar(folder), batch = cifar / "data_batch_3";
  const std::vector<unsigned char> whole = read_file(batch);
  const auto error_with = [&](const std::vector<unsigned char>& bytes) {
    write_file(batch, bytes);
    return error_of([&] { open_data(cifar.string()); });
  };
  for (std::size_t size = 0; size < whole.size(); size += 301) {
    const std::string error = error_with({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    EXPECT_NE(error.find(batch.string()), std::string::npos) << size << ": " << error;
  }
  // A label of 200, another call, and too few labels.
  const std::vector<unsigned char> labels{'K', 3, 'K', 9, 'e'}, call{'_', 'r', 'e', 'c'};
  auto bytes = whole;
  std::ranges::search(bytes, labels).begin()[1] = 200;
  EXPECT_NE(error_with(bytes).find("has the label 200, but there are 10 classes"), std::string::npos);
  bytes = whole;
  std::ranges::search(bytes, call).begin()[1] = 'x';
  EXPECT_NE(error_with(bytes).find("nothing of it was executed"), std::string::npos);
  bytes = whole;
  const auto at = std::ranges::search(bytes, labels).begin();
  bytes.erase(at, at + 2);
  EXPECT_NE(error_with(bytes).find("2 images have 1 labels"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
