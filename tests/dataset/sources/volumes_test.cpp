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

TEST(Volumes, OfManyMegabytesAreUnpackedInParts) {
  const TemporaryFolder folder;
  std::vector<cv::Mat> slices;
  for (int i = 0; i < 3; ++i) slices.emplace_back(5000, 5000, CV_8UC1, cv::Scalar(10 * i + 5));
  auto packed = gzip_of(nifti_of(slices));
  const auto file = put_bytes(folder.path() / "a.nii.gz", packed);
  Volumes volumes;
  for (const int slice : {2, 0, 2, 1})  // the last lies in two parts
    EXPECT_EQ(cv::norm(volumes.slice(file, slice), slices[static_cast<std::size_t>(slice)], cv::NORM_INF), 0);
  packed[packed.size() - 5] ^= 1;  // of the checksum: no slice is taken
  const auto damaged = put_bytes(folder.path() / "b.nii.gz", packed);
  for (int times = 0; times < 2; ++times)
    EXPECT_NE(error_of([&] { volumes.slice(damaged, 0); }).find("b.nii.gz: not a whole gzip file"),
              std::string::npos);
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

/// Volumes of `bands` channels, whose slice i of band b is 10 i + b.
std::vector<unsigned char> bands_of(int slices, int bands, int type) {
  std::vector<cv::Mat> all;
  for (int b = 0; b < bands; ++b)
    for (int i = 0; i < slices; ++i) all.emplace_back(6, 8, type, cv::Scalar(10 * i + b));
  std::vector<unsigned char> bytes = nifti_of(all);
  const std::int16_t dims[] = {4, 8, 6, static_cast<std::int16_t>(slices), static_cast<std::int16_t>(bands)};
  std::memcpy(&bytes[40], dims, sizeof dims);
  return bytes;
}

TEST(Volumes, AlongAFourthAxisAreTheChannelsOfASlice) {
  const TemporaryFolder folder;
  for (const int type : {CV_8UC1, CV_32FC1})
    for (const int bands : {2, 3, 4, 64}) {
      const auto bytes = bands_of(3, bands, type);
      const auto plain = put_bytes(folder.path() / "a.nii", bytes),
                 packed = put_bytes(folder.path() / "a.nii.gz", gzip_of(bytes));
      EXPECT_EQ(Volumes::slices(plain), 3);
      EXPECT_EQ(Volumes::bands(packed), bands);
      EXPECT_EQ(facts_of(bytes, {.depth = ImageDepth::AsStored}).channels, bands);
      EXPECT_FALSE(facts_of(bytes, {.depth = ImageDepth::AsStored}).has_alpha);
      Volumes volumes;
      for (const int slice : {2, 0}) {
        const cv::Mat image = volumes.slice(plain, slice);
        ASSERT_EQ(image.type(), CV_MAKETYPE(type, bands));
        for (int b = 0; b < bands; ++b) {
          cv::Mat band;
          cv::extractChannel(image, band, b);
          EXPECT_EQ(most_of(band), 10 * slice + b);
        }
        const auto stored = DecodeOptions{.depth = ImageDepth::AsStored, .frame = slice};
        EXPECT_EQ(whole_of(volumes.slice(packed, slice)), whole_of(image));
        EXPECT_EQ(whole_of(decode_image(bytes, stored)), whole_of(image));
        EXPECT_EQ(whole_of(decode_image(gzip_of(bytes), stored)), whole_of(image));
      }
    }
  // More than an image has channels are further slices, one volume after the other.
  const auto series = put_bytes(folder.path() / "series.nii", bands_of(2, 65, CV_8UC1));
  EXPECT_EQ(Volumes::slices(series), 130);
  EXPECT_EQ(most_of(Volumes().slice(series, 129)), 10 + 64);
  auto cut = bands_of(3, 2, CV_8UC1);
  cut.pop_back();
  EXPECT_NE(error_of([&] {
              Volumes::slices(put_bytes(folder.path() / "cut.nii", cut));
            }).find("pixels aren't all there"),
            std::string::npos);
  EXPECT_NE(error_of([&] {
              decode_image(cut, {.depth = ImageDepth::AsStored, .frame = 2});
            }).find("pixels aren't all there"),
            std::string::npos);
}

TEST(Volumes, FourChannelsAreNoColours) {
  const TemporaryFolder folder;
  for (const int type : {CV_8UC1, CV_32FC1}) {
    put_bytes(folder.path() / "a.nii", bands_of(2, 4, type));
    const auto source = ImageFiles::below(folder.path());
    EXPECT_EQ(load(*source, 1, 4).image.channels(), 4);
    EXPECT_NE(error_of([&] { load(*source, 1, 3); }).find("an image of 4 bands, of which none is alpha"),
              std::string::npos);
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

TEST(Volumes, SeveralFilesAreTheChannelsOfACaseAsNnUnetHasThem) {
  const TemporaryFolder folder;
  const auto channel = [](const char* name, int number) {
    return std::string("imagesTr/") + name + "_000" + std::to_string(number) + ".nii.gz";
  };
  for (int c = 0; c < 4; ++c)
    put_bytes(folder.path() / channel("one", c), gzip_of(volume_of(3, 40 + c, CV_32FC1)));
  for (int c = 0; c < 3; ++c)  // of another the last one is missing
    put_bytes(folder.path() / channel("two", c), gzip_of(volume_of(3, 40 + c, CV_32FC1)));
  put_bytes(folder.path() / "imagesTs/three_0000.nii.gz", gzip_of(volume_of(1, 1)));
  put_bytes(folder.path() / "labelsTr/one.nii.gz", gzip_of(volume_of(3, 1)));
  put_bytes(folder.path() / "labelsTr/two.nii.gz", gzip_of(volume_of(3, 1)));
  put_text(folder.path() / "dataset.json",
           R"({"channel_names": {"0": "FLAIR", "1": "T1", "2": "T1CE", "3": "T2"}, "numTraining": 2,
               "labels": {"background": 0, "edema": 1, "core": 2, "ignore": 21}, "file_ending": ".nii.gz"})");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "segmentation");
  EXPECT_EQ(data.train->classes(), (std::vector<std::string>{"background", "edema", "core"}));
  const std::string said = all_text(data.remarks);
  EXPECT_NE(said.find("images of which not all 4 channels are there, left out: 1 (imagesTr/two_0000.nii.gz)"),
            std::string::npos)
      << said;
  EXPECT_EQ(said.find("dataset.json"), std::string::npos) << said;
  ASSERT_EQ(data.train->size(), 3U);
  const augment::Sample sample = load(*data.train, 2);
  EXPECT_EQ(sample.image.type(), CV_32FC4);
  EXPECT_EQ(sample.image.at<cv::Vec4f>(3, 4), cv::Vec4f(60, 61, 62, 63));
  EXPECT_EQ(most_of(sample.masks.at(0)), 255);  // 21 in the file, which doesn't count
  EXPECT_EQ(most_of(load(*data.train, 0).masks.at(0)), 1);
  EXPECT_NE(error_of([&] { load(*data.train, 0, 3); }).find("an image of 4 bands"), std::string::npos);
}

TEST(Volumes, OfSeveralChannelsHaveMasksOfOne) {
  const TemporaryFolder folder;
  put_bytes(folder.path() / "imagesTr/BRATS_001.nii.gz", gzip_of(bands_of(3, 4, CV_32FC1)));
  put_bytes(folder.path() / "labelsTr/BRATS_001.nii.gz", gzip_of(volume_of(3, 1)));
  put_text(
      folder.path() / "dataset.json",
      R"({"modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"}, "labels": {"0": "background"}})");
  const OpenedData data = open_data(folder.path().string());
  ASSERT_EQ(data.train->size(), 3U);
  const augment::Sample sample = load(*data.train, 1);
  EXPECT_EQ(sample.image.at<cv::Vec4f>(3, 4), cv::Vec4f(10, 11, 12, 13));
  EXPECT_EQ(most_of(sample.masks.at(0)), 11);
}

TEST(Volumes, ChannelsOfACaseAreAlike) {
  const TemporaryFolder folder;
  const auto open = [&] {
    return SegmentationFolder(folder.path(), folder.path() / "imagesTr", folder.path() / "labelsTr");
  };
  put_bytes(folder.path() / "labelsTr/a.nii", volume_of(2, 1));
  put_bytes(folder.path() / "imagesTr/a_0000.nii", volume_of(2, 4));
  put_bytes(folder.path() / "imagesTr/a_0001.nii", volume_of(3, 4));
  EXPECT_NE(error_of(open).find("a_0000.nii has 2 slices, but its channel"), std::string::npos);
  put_bytes(folder.path() / "imagesTr/a_0001.nii", volume_of(2, 5, CV_32FC1));
  EXPECT_EQ(load(open(), 1).image.at<cv::Vec2f>(3, 4), cv::Vec2f(14, 15));
  put_bytes(folder.path() / "imagesTr/a_0001.nii", nifti_of({2, cv::Mat(6, 9, CV_8UC1, cv::Scalar(5))}));
  EXPECT_NE(error_of([&] { load(open(), 1); }).find("a_0000.nii is 8x6 and"), std::string::npos);
  // Names that end in numbers alone are names.
  for (const char* name : {"b_0000", "b_0001"}) {
    put_image(folder.path() / "imagesTr" / (std::string(name) + ".png"));
    put_mask(folder.path() / "labelsTr" / (std::string(name) + "_mask.png"), 3);
  }
  std::filesystem::remove(folder.path() / "imagesTr/a_0001.nii");
  const SegmentationFolder apart = open();
  ASSERT_EQ(apart.size(), 4U);
  EXPECT_EQ(load(apart, 3).image.channels(), 3);
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
