#include "doppel/dataset/sources/cifar.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

/// A record: its labels, then a red, a green and a blue plane of these values; red's first pixel is 255.
std::string cifar_record(std::string labels, char red, char green, char blue) {
  std::string record = std::move(labels);
  for (const char value : {red, green, blue}) record += std::string(1024, value);
  record[record.size() - 3072] = '\xff';
  return record;
}

TEST(Cifar, TenHasOneLabelAndPlanesOfColour) {
  const TemporaryFolder folder;
  for (int k = 1; k <= 5; ++k)
    put_text(folder.path() / ("data_batch_" + std::to_string(k) + ".bin"),
             cifar_record({static_cast<char>(k)}, 10, 20, 30) + cifar_record({9}, 1, 2, 3));
  put_text(folder.path() / "test_batch.bin", cifar_record({0}, 4, 5, 6));
  ASSERT_EQ(Cifar::kind_in(folder.path()), Cifar::Kind::Ten);
  const Cifar train(folder.path(), Cifar::Kind::Ten, Cifar::Split::Train),
      test(folder.path(), Cifar::Kind::Ten, Cifar::Split::Test);
  ASSERT_EQ(train.size(), 10U);
  EXPECT_EQ(train.label(2), 2);
  EXPECT_EQ(train.classes()[9], "9");
  const cv::Mat first = load(train, 0).image;
  EXPECT_EQ(first.size(), cv::Size(32, 32));
  EXPECT_EQ(first.at<cv::Vec3b>(0, 0), cv::Vec3b(255, 20, 30));
  EXPECT_EQ(first.at<cv::Vec3b>(31, 31), cv::Vec3b(10, 20, 30));
  ASSERT_EQ(test.size(), 1U);
  EXPECT_EQ(test.name(0), "test 0");
  put_text(folder.path() / "batches.meta.txt",
           "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
  EXPECT_EQ(Cifar(folder.path(), Cifar::Kind::Ten, Cifar::Split::Test).classes()[0], "airplane");
  std::filesystem::remove(folder.path() / "data_batch_4.bin");
  EXPECT_NE(error_of([&] {
              Cifar(folder.path(), Cifar::Kind::Ten, Cifar::Split::Train);
            }).find("data_batch_4.bin is missing"),
            std::string::npos);
}

TEST(Cifar, HundredTakesTheFineLabel) {
  const TemporaryFolder folder;
  put_text(folder.path() / "train.bin", cifar_record({19, 99}, 1, 2, 3));
  EXPECT_FALSE(Cifar::kind_in(folder.path()));
  put_text(folder.path() / "test.bin", cifar_record({0, 42}, 1, 2, 3));
  ASSERT_EQ(Cifar::kind_in(folder.path()), Cifar::Kind::Hundred);
  EXPECT_EQ(Cifar(folder.path(), Cifar::Kind::Hundred, Cifar::Split::Train).label(0), 99);
  EXPECT_EQ(Cifar(folder.path(), Cifar::Kind::Hundred, Cifar::Split::Test).label(0), 42);
}

TEST(Cifar, DamagedFilesAreNamed) {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& train) {
    put_text(folder.path() / "train.bin", train);
    return error_of([&] { Cifar(folder.path(), Cifar::Kind::Hundred, Cifar::Split::Train); });
  };
  const std::string good = cifar_record({0, 7}, 1, 2, 3);
  EXPECT_EQ(error(good), "");
  EXPECT_NE(error(good.substr(1)).find("train.bin: 3073 bytes aren't a whole number of 3074-byte records"),
            std::string::npos);
  EXPECT_NE(error("").find("train.bin: 0 bytes"), std::string::npos);
  EXPECT_NE(error(good + cifar_record({0, 100}, 1, 2, 3))
                .find("record 1 has the label 100, but there are 100 classes"),
            std::string::npos);
  put_text(folder.path() / "fine_label_names.txt", "apple\nbus\n");
  EXPECT_NE(error(good).find("2 names where there are 100 classes"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
