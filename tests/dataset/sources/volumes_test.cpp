#include "sources/volumes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <opencv2/core.hpp>
#include <thread>

#include "dataset/nifti_bytes.h"
#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/image_files.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/segmentation_folder.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

/// The number that most of a slice holds.
double most_of(const cv::Mat& slice) {
  return slice.depth() == CV_8U ? slice.at<unsigned char>(3, 4) : slice.at<float>(3, 4);
}

std::vector<unsigned char> whole_of(const cv::Mat& image) {
  return {image.data, image.data + image.total() * image.elemSize()};
}

TEST(Volumes, SlicesOfPlainAndPackedFilesAreWhatDecodingTheFileGives) {
  const TemporaryFolder folder;
  for (const int type : {CV_8UC1, CV_32FC1}) {
    const auto bytes = volume_of(5, 3, type);
    const auto plain = put_bytes(folder.path() / "a.nii", bytes),
               packed = put_bytes(folder.path() / "a.nii.gz", gzip_of(bytes));
    EXPECT_EQ(Volumes::slices(plain), 5);
    EXPECT_EQ(Volumes::slices(packed), 5);
    Volumes volumes;
    for (const int slice : {4, 0, 2, 4, 1}) {
      const cv::Mat wanted = decode_image(bytes, {.depth = ImageDepth::AsStored, .frame = slice});
      EXPECT_EQ(most_of(wanted), 10 * slice + 3);
      EXPECT_EQ(whole_of(volumes.slice(plain, slice)), whole_of(wanted));
      EXPECT_EQ(whole_of(volumes.slice(packed, slice)), whole_of(wanted));
    }
  }
}

TEST(Volumes, ManyThreadsReadManyPackedOnes) {
  const TemporaryFolder folder;
  std::vector<std::filesystem::path> files;
  for (int k = 0; k < 6; ++k)
    files.push_back(put_bytes(folder.path() / (std::to_string(k) + ".nii.gz"), gzip_of(volume_of(8, k))));
  Volumes volumes;
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 48; ++i) {
        const int k = (i + t) % 6, slice = (i * 5 + t) % 8;
        wrong[static_cast<std::size_t>(t)] +=
            most_of(volumes.slice(files[static_cast<std::size_t>(k)], slice)) != 10 * slice + k;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(Volumes, DamagedOnesAreErrors) {
  const TemporaryFolder folder;
  Volumes volumes;
  const auto bytes = volume_of(3, 1);
  const auto at = [&](std::size_t size) {
    return put_bytes(folder.path() / "a.nii", {bytes.begin(), bytes.begin() + static_cast<long>(size)});
  };
  EXPECT_NE(error_of([&] { volumes.slice(at(bytes.size() - 1), 2); }).find("pixels aren't all there"),
            std::string::npos);
  EXPECT_NO_THROW(volumes.slice(at(bytes.size() - 1), 1));
  EXPECT_NE(error_of([&] { volumes.slice(at(bytes.size()), 3); }).find("has no slice 3: it has 3, from 0"),
            std::string::npos);
  EXPECT_NE(error_of([&] { Volumes::slices(at(100)); }).find("a.nii: not a NIfTI"), std::string::npos);
  EXPECT_NE(error_of([&] { Volumes::slices(at(0)); }).find("an empty file"), std::string::npos);
  EXPECT_NE(error_of([&] { Volumes::slices(folder.path() / "b.nii"); }).find("isn't there"),
            std::string::npos);
  const auto packed = gzip_of(bytes);
  const auto cut = put_bytes(folder.path() / "cut.nii.gz", {packed.begin(), packed.end() - 12});
  EXPECT_NE(error_of([&] { volumes.slice(cut, 2); }), "");
  const auto whole = put_bytes(folder.path() / "whole.nii.gz", packed);
  EXPECT_NE(error_of([&] { volumes.slice(whole, -1); }).find("has no slice -1"), std::string::npos);
}

TEST(Volumes, WhatAFileIsCalledDoesntSayThatItIsPacked) {
  const TemporaryFolder folder;
  const auto bytes = volume_of(4, 3);
  const auto packed = put_bytes(folder.path() / "packed.nii", gzip_of(bytes)),
             plain = put_bytes(folder.path() / "plain.nii.gz", bytes);
  Volumes volumes;
  for (const auto& file : {packed, plain}) {
    EXPECT_EQ(Volumes::slices(file), 4);
    for (int slice = 0; slice < 4; ++slice)
      EXPECT_EQ(most_of(volumes.slice(file, slice)), 10 * slice + 3) << file;
  }
}

TEST(Volumes, AHeaderThatClaimsTooMuchIsOneBrokenSample) {
  const TemporaryFolder folder;
  std::vector<unsigned char> bytes = nifti_of({cv::Mat(1, 1, CV_8UC1, cv::Scalar(7))});
  const auto claim = [&](std::int16_t slices, std::int16_t times) {
    const std::int16_t dims[] = {4, 1, 1, slices, times};
    std::memcpy(&bytes[40], dims, sizeof dims);
  };
  claim(32767, 30000);
  EXPECT_NE(error_of([&] {
              Volumes::slices(put_bytes(folder.path() / "ill/a.nii", bytes));
            }).find("a.nii: a NIfTI of 983010000 slices; 1000000 can be read"),
            std::string::npos);
  EXPECT_EQ(ImageFolder(folder.path()).size(), 1U);
  claim(30000, 1);
  for (const auto& [name, held] :
       {std::pair("ill/b.nii", bytes), std::pair("ill/c.nii.gz", gzip_of(bytes))}) {
    const auto file = put_bytes(folder.path() / name, held);
    // What is packed shows what it holds when it is unpacked.
    if (file.extension() == ".gz")
      EXPECT_NE(error_of([&] { Volumes().slice(file, 20); }).find("aren't all there"), std::string::npos);
    else
      EXPECT_NE(error_of([&] { Volumes::slices(file); }).find("aren't all there"), std::string::npos);
  }
}

TEST(Volumes, OfAFolderEverySliceIsASample) {
  const TemporaryFolder folder;
  put_bytes(folder.path() / "ill/a.nii.gz", gzip_of(volume_of(3, 7)));
  put_bytes(folder.path() / "well/B.NII", volume_of(2, 5));
  put_image(folder.path() / "well/c.png");
  const ImageFolder source(folder.path());
  ASSERT_EQ(source.size(), 6U);
  EXPECT_EQ(source.name(2), (folder.path() / "ill/a.nii.gz 2").string());
  EXPECT_EQ(most_of(load(source, 2).image), 27);
  EXPECT_EQ(source.label(2), 0);
  EXPECT_EQ(source.label(4), 1);
  EXPECT_EQ(most_of(load(source, 4).image), 15);
  EXPECT_EQ(load(source, 4, 3).image.channels(), 3);
  EXPECT_EQ(ImageFiles::below(folder.path())->size(), 6U);
}

TEST(Volumes, NamesOfSlicesBecomeNamesOfFiles) {
  EXPECT_EQ(stem_of_name("a b/scan.nii.gz 17"), "scan_17");
  EXPECT_EQ(stem_of_name("a.x/scan.NII 3"), "scan_3");
  EXPECT_EQ(stem_of_name("a/my scan.png"), "my scan");
  EXPECT_EQ(stem_of_name("a/7.tar:x.y"), "7.tar:x.y");
  EXPECT_EQ(stem_of_name("plain"), "plain");
}

TEST(Volumes, ADamagedOneIsOneBrokenSample) {
  const TemporaryFolder folder;
  put_text(folder.path() / "ill/a.nii", "no volume");
  put_bytes(folder.path() / "ill/b.nii", volume_of(2, 5));
  const ImageFolder source(folder.path());
  ASSERT_EQ(source.size(), 3U);
  EXPECT_NE(error_of([&] { load(source, 0); }).find("ill/a.nii: not a NIfTI"), std::string::npos);
  EXPECT_EQ(most_of(load(source, 1).image), 5);
}

TEST(Volumes, MasksAreTheSameSlices) {
  const TemporaryFolder folder;
  put_bytes(folder.path() / "imagesTr/case_0000.nii.gz", gzip_of(volume_of(3, 40, CV_32FC1)));
  put_bytes(folder.path() / "labelsTr/case.nii.gz", gzip_of(volume_of(3, 1, CV_32FC1)));
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "segmentation");
  ASSERT_EQ(data.train->size(), 3U);
  const augment::Sample sample = load(*data.train, 2);
  EXPECT_EQ(most_of(sample.image), 60);
  ASSERT_EQ(sample.masks.size(), 1U);
  EXPECT_EQ(sample.masks[0].type(), CV_8UC1);
  EXPECT_EQ(most_of(sample.masks[0]), 21);
}

TEST(Volumes, MasksOfOtherSlicesOrOfFractionsAreErrors) {
  const TemporaryFolder folder;
  put_bytes(folder.path() / "images/a.nii", volume_of(3, 4));
  put_bytes(folder.path() / "masks/a.nii", volume_of(2, 1));
  const auto open = [&] {
    return SegmentationFolder(folder.path(), folder.path() / "images", folder.path() / "masks");
  };
  EXPECT_NE(error_of(open).find("images/a.nii has 3 slices, but its mask"), std::string::npos);
  put_bytes(folder.path() / "masks/a.nii", nifti_of({3, cv::Mat(6, 8, CV_32FC1, cv::Scalar(0.5))}));
  EXPECT_NE(error_of([&] {
              load(open(), 0);
            }).find("masks hold numbers of classes from 0 to 255; 0.5 at row 0, column 0 is none"),
            std::string::npos);
}

TEST(Volumes, MasksOfASingleSliceMayBePictures) {
  const TemporaryFolder folder;
  put_bytes(folder.path() / "images/a.nii", volume_of(1, 4));
  put_mask(folder.path() / "masks/a.png", 3);
  put_image(folder.path() / "images/b.png");
  put_bytes(folder.path() / "masks/b.nii.gz", gzip_of(volume_of(1, 5)));
  const SegmentationFolder source(folder.path(), folder.path() / "images", folder.path() / "masks");
  EXPECT_EQ(most_of(load(source, 0).masks.at(0)), 3);
  EXPECT_EQ(most_of(load(source, 1).masks.at(0)), 5);
  put_bytes(folder.path() / "masks/b.nii.gz", gzip_of(volume_of(2, 5)));
  EXPECT_NE(error_of([&] {
              SegmentationFolder(folder.path(), folder.path() / "images", folder.path() / "masks");
            }).find("b.png has 1 slices, but its mask"),
            std::string::npos);
}

TEST(Volumes, AManifestAmongFoldersIsTheData) {
  const TemporaryFolder folder;
  put_image(folder.path() / "photos/1.png");
  put_mask(folder.path() / "depth/1.png", 9);
  put_text(folder.path() / "manifest.jsonl",
           R"({"path": "photos/1.png", "label": "ill", "maps": {"depth": "depth/1.png"}})");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "manifest");
  ASSERT_EQ(data.train->size(), 1U);
  EXPECT_EQ(load(*data.train, 0).maps.size(), 1U);
  // Under another name it may be about anything: these are classes.
  std::filesystem::rename(folder.path() / "manifest.jsonl", folder.path() / "list.jsonl");
  EXPECT_EQ(open_data(folder.path().string()).layout, "image folder");
}

TEST(Volumes, WhatATableNamesIsNotLeftOut) {
  const TemporaryFolder folder;
  put_bytes(folder.path() / "a.nii.gz", gzip_of(volume_of(3, 7)));
  put_mask(folder.path() / "d.png", 9);
  put_text(folder.path() / "train.jsonl",
           R"({"path": "a.nii.gz", "z": 2, "label": "ill", "maps": {"depth": "d.png"}})");
  OpenOptions options;
  options.table.columns = {{"frame", "z"}};
  const OpenedData data = open_data((folder.path() / "train.jsonl").string(), options);
  EXPECT_EQ(all_text(data.remarks).find("a.nii.gz"), std::string::npos) << all_text(data.remarks);
  EXPECT_EQ(all_text(data.remarks).find("d.png"), std::string::npos) << all_text(data.remarks);
}

TEST(Volumes, ManifestsSayWhichSlice) {
  const TemporaryFolder folder;
  put_bytes(folder.path() / "a.nii.gz", gzip_of(volume_of(3, 7)));
  for (const auto& [file, text] : std::vector<std::pair<const char*, const char*>>{
           {"t.csv", "path,z,label\na.nii.gz,2,ill\na.nii.gz,0,well\n"},
           {"t.jsonl",
            "{\"path\":\"a.nii.gz\",\"z\":2,\"label\":\"ill\"}\n"
            "{\"path\":\"a.nii.gz\",\"z\":\"0\",\"label\":\"well\"}\n"}}) {
    const auto table = put_text(folder.path() / file, text);
    const Manifest source(table, {}, {.columns = {{"frame", "z"}}});
    ASSERT_EQ(source.size(), 2U) << file;
    EXPECT_EQ(most_of(load(source, 0).image), 27) << file;
    EXPECT_EQ(most_of(load(source, 1).image), 7) << file;
    EXPECT_EQ(source.label(1), 1) << file;
    EXPECT_NE(error_of([&] {
                Manifest(table, {}, {.columns = {{"frame", "label"}}});
              }).find("the frame label is 'ill', and must be a whole number, 0 for a file's first"),
              std::string::npos)
        << file;
  }
  // A column that says it, and isn't named, leaves lines that contradict each other.
  const auto unnamed = put_text(folder.path() / "v.csv", "path,z,label\na.nii.gz,2,ill\na.nii.gz,0,well\n");
  EXPECT_NE(
      error_of([&] { Manifest{unnamed}; })
          .find("line 3: 'a.nii.gz' is a volume, which line 2 says other things of, and none says of which "
                "slice; --columns frame=NAME names the column that does"),
      std::string::npos)
      << error_of([&] { Manifest{unnamed}; });
  const Manifest plain(put_text(folder.path() / "u.csv", "path,label\na.nii.gz,ill\n"));
  EXPECT_NE(
      error_of([&] { load(plain, 0); }).find("a volume of 3 slices, of which nobody says which is meant"),
      std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
