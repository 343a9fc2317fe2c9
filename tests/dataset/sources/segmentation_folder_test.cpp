#include "doppel/dataset/sources/segmentation_folder.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "error_of.h"
#include "npy_bytes.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

TEST(SegmentationFolder, AMaskHasItsImagesNameOrToolsAddToIt) {
  for (const char* end :
       {"", "_mask", "_Mask", "_masks", "-mask", "_gt", "_label", "_labels", "_L", "_seg", "_segmentation"}) {
    const TemporaryFolder folder;
    put_image(folder.path() / "images/a/1.jpg");
    put_mask(folder.path() / "masks/a" / ("1" + std::string(end) + ".png"), 3);
    const SegmentationFolder source(folder.path(), folder.path() / "images", folder.path() / "masks");
    ASSERT_EQ(source.size(), 1U) << end;
    const augment::Sample sample = load(source, 0);
    ASSERT_EQ(sample.masks.size(), 1U);
    EXPECT_EQ(cv::countNonZero(sample.masks[0] == 3), 48);
    EXPECT_TRUE(source.remarks().empty());
  }
}

TEST(SegmentationFolder, ExactNamesComeFirst) {
  const TemporaryFolder folder;
  // Eyes: _l is no label here, and 2_mask is an image of its own.
  for (const char* name : {"eye_l.png", "eye_r.png", "2.png", "2_mask.png"}) {
    put_image(folder.path() / "images" / name);
    put_mask(folder.path() / "masks" / name, 1);
  }
  const SegmentationFolder source(folder.path(), folder.path() / "images", folder.path() / "masks");
  EXPECT_EQ(source.size(), 4U);
  EXPECT_TRUE(source.remarks().empty());
}

TEST(SegmentationFolder, MasksAreReadFromWhateverKeepsTheirNumbers) {
  const TemporaryFolder folder;
  const fs::path images = folder.path() / "images", masks = folder.path() / "masks";
  const auto error = [&] {
    return error_of([&] { load(SegmentationFolder(folder.path(), images, masks), 0); });
  };
  put_image(images / "1.png");
  fs::create_directories(masks);
  // A grey BMP of 8 x 6 with a palette of its own numbers.
  std::string bmp("BM", 2);
  const auto number = [&](std::uint32_t value, int bytes) {
    for (int k = 0; k < bytes; ++k) bmp += static_cast<char>(value >> (8 * k));
  };
  number(54 + 1024 + 48, 4), number(0, 4), number(54 + 1024, 4);
  number(40, 4), number(8, 4), number(6, 4), number(1, 2), number(8, 2);
  for (int k = 0; k < 6; ++k) number(0, 4);
  for (std::uint32_t k = 0; k < 256; ++k) number(k * 0x10101, 4);
  bmp += std::string(47, '\3') + '\5';  // the last is the right one of the upper row
  write_file(masks / "1.bmp", bmp);
  const cv::Mat mask = load(SegmentationFolder(folder.path(), images, masks), 0).masks[0];
  EXPECT_EQ(mask.at<unsigned char>(0, 7), 5);
  EXPECT_EQ(cv::countNonZero(mask == 3), 47);
  fs::remove(masks / "1.bmp");
  write_file(masks / "1.jpg", encode_jpeg(cv::Mat(6, 8, CV_8UC1, cv::Scalar(3)), 100));
  EXPECT_NE(error().find("1.jpg: a JPEG, whose pixels are near those that were drawn"), std::string::npos)
      << error();
}

// What argmax gives is int64; a comparison, bools.
TEST(SegmentationFolder, MasksOfNumPyAreWholeNumbersOfAnyType) {
  const TemporaryFolder folder;
  const fs::path images = folder.path() / "images", masks = folder.path() / "masks";
  const auto first_mask = [&] { return load(SegmentationFolder(folder.path(), images, masks), 0).masks[0]; };
  put_image(images / "1.png");
  fs::create_directories(masks);
  const auto expect_read = [&](const std::string& npy, int most) {
    write_file(masks / "1.npy", npy);
    const cv::Mat mask = first_mask();
    ASSERT_EQ(mask.type(), CV_8UC1);
    EXPECT_EQ(mask.at<unsigned char>(0, 0), most);
    EXPECT_EQ(cv::countNonZero(mask), 1);
  };
  const auto numbers = [](auto first) {
    std::vector<decltype(first)> all(48);
    all[0] = first;
    return all;
  };
  expect_read(npy_of<std::int64_t>("<i8", {6, 8}, numbers(std::int64_t{255})), 255);
  expect_read(npy_of<std::uint16_t>("<u2", {6, 8}, numbers(std::uint16_t{200})), 200);
  expect_read(npy_of<float>("<f4", {6, 8}, numbers(2.F)), 2);
  expect_read(npy_of<char>("|b1", {6, 8}, numbers('\1')), 1);
  const auto error = [&](const std::string& npy) {
    write_file(masks / "1.npy", npy);
    return error_of(first_mask);
  };
  for (const auto& [npy, number] :
       {std::pair{npy_of<std::int64_t>("<i8", {6, 8}, numbers(std::int64_t{300})), "300"},
        {npy_of<std::int64_t>("<i8", {6, 8}, numbers(std::int64_t{-1})), "-1"},
        {npy_of<float>("<f4", {6, 8}, numbers(0.5F)), "0.5"}})
    EXPECT_NE(error(npy).find(std::string("1.npy: masks hold numbers of classes from 0 to 255; ") + number +
                              " at row 0, column 0 is none"),
              std::string::npos)
        << error(npy);
}

TEST(SegmentationFolder, CityscapesKeepsSeveralFilesOfAnImage) {
  const TemporaryFolder folder;
  put_image(folder.path() / "leftImg8bit/train/ulm/ulm_1_leftImg8bit.png");
  put_mask(folder.path() / "gtFine/train/ulm/ulm_1_gtFine_labelIds.png", 7);
  for (const char* other : {"color", "instanceIds", "labelTrainIds"})
    put_mask(folder.path() / "gtFine/train/ulm" / ("ulm_1_gtFine_" + std::string(other) + ".png"), 9);
  const SegmentationFolder source(folder.path(), folder.path() / "leftImg8bit/train",
                                  folder.path() / "gtFine/train");
  ASSERT_EQ(source.size(), 1U);
  EXPECT_EQ(cv::countNonZero(load(source, 0).masks[0] == 7), 48);
  EXPECT_NE(all_text(source.remarks()).find("masks of another kind, which aren't read: 3"),
            std::string::npos);
}

TEST(SegmentationFolder, WhatHasNoPartnerIsNamed) {
  const TemporaryFolder folder;
  const fs::path images = folder.path() / "images", masks = folder.path() / "masks";
  const auto error = [&] { return error_of([&] { SegmentationFolder(folder.path(), images, masks); }); };
  put_image(images / "1.png");
  put_mask(masks / "1.png", 1);
  put_mask(masks / "2.png", 1);
  EXPECT_EQ(all_text(SegmentationFolder(folder.path(), images, masks).remarks()),
            "masks without an image: 1 (masks/2.png)\n");
  put_image(images / "3.png");
  const SegmentationFolder two(folder.path(), images, masks);
  EXPECT_EQ(two.size(), 1U);
  EXPECT_EQ(all_text(two.remarks()),
            "images without a mask, left out: 1 (images/3.png)\nmasks without an image: 1 (masks/2.png)\n");
  put_mask(masks / "3_gt.png", 1);
  EXPECT_EQ(SegmentationFolder(folder.path(), images, masks).size(), 2U);
  put_mask(masks / "3_mask.png", 1);
  EXPECT_NE(error().find("may both be the mask of 3"), std::string::npos) << error();
  put_mask(masks / "1.webp", 1);
  EXPECT_NE(error().find("are called 1"), std::string::npos) << error();
}

TEST(SegmentationFolder, WhatIsLeftKeepsItsOwnMask) {
  const TemporaryFolder folder;
  for (const char* name : {"1.png", "2.png", "3.png"}) put_image(folder.path() / "images" / name);
  put_mask(folder.path() / "masks/1.png", 1);
  put_mask(folder.path() / "masks/3.png", 3);
  const SegmentationFolder source(folder.path(), folder.path() / "images", folder.path() / "masks");
  ASSERT_EQ(source.size(), 2U);
  EXPECT_EQ(cv::countNonZero(load(source, 1).masks[0] == 3), 48);
  std::filesystem::remove_all(folder.path() / "masks");
  put_mask(folder.path() / "masks/4.png", 1);
  const std::string error =
      error_of([&] { SegmentationFolder(folder.path(), folder.path() / "images", folder.path() / "masks"); });
  EXPECT_NE(error.find("has a mask of its name in"), std::string::npos) << error;
}

TEST(SegmentationFolder, MasksAreOneChannelOfTheImagesSize) {
  const TemporaryFolder folder;
  const fs::path images = folder.path() / "images", masks = folder.path() / "masks";
  put_image(images / "1.png");
  put_mask(masks / "1.png", 1, {9, 6});
  const SegmentationFolder source(folder.path(), images, masks);
  const std::string error = error_of([&] { (void)load(source, 0); });
  EXPECT_NE(error.find("masks/1.png: a mask of 9x6 for an image of 8x6"), std::string::npos) << error;
  // A grey one that was saved in colour is grey; one in colour is none.
  cv::Mat grey(6, 8, CV_8UC3, cv::Scalar(2, 2, 2));
  write_file(masks / "1.png", encode_png(grey));
  EXPECT_EQ(cv::countNonZero(load(source, 0).masks[0] == 2), 48);
  grey.at<cv::Vec3b>(5, 7)[0] = 3;
  write_file(masks / "1.png", encode_png(grey));
  EXPECT_NE(error_of([&] { (void)load(source, 0); }).find("masks/1.png: "), std::string::npos);
}

TEST(SegmentationFolder, TheMaskFolderIsKnownByItsNameAndItsImages) {
  const TemporaryFolder folder;
  EXPECT_EQ(SegmentationFolder::mask_folder(folder.path()), "");
  put_text(folder.path() / "annotations/1.xml", "<annotation/>");
  EXPECT_EQ(SegmentationFolder::mask_folder(folder.path()), "");
  put_mask(folder.path() / "GroundTruth/a/1.png", 1);
  EXPECT_EQ(SegmentationFolder::mask_folder(folder.path()), folder.path() / "GroundTruth");
  put_mask(folder.path() / "Masks/1.png", 1);
  EXPECT_EQ(SegmentationFolder::mask_folder(folder.path()), folder.path() / "Masks");
}

}  // namespace
}  // namespace doppel::dataset
