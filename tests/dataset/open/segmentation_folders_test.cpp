#include "open/segmentation_folders.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Pairs of an image and its mask; a mask that is "" isn't there.
using MaskedFiles = std::vector<std::pair<const char*, const char*>>;

OpenedData open_masked(const fs::path& root, const MaskedFiles& files) {
  fs::remove_all(root);
  for (const auto& [image, mask] : files) {
    put_image(root / image);
    if (*mask) put_mask(root / mask, 1);
  }
  return open_data(root.string());
}

TEST(SegmentationFolders, PartsLieInBothOrAreFoldersOfTheirOwn) {
  const TemporaryFolder folder;
  for (const MaskedFiles& files : std::vector<MaskedFiles>{
           {{"images/train/1.png", "masks/train/1.png"}, {"images/val/2.png", "masks/val/2.png"}},
           {{"Images/Training/1.png", "Annotations/training/1.png"},
            {"Images/Validation/2.png", "Annotations/validation/2.png"}},
           {{"train/1.png", "trainannot/1.png"}, {"test/2.png", "testannot/2.png"}},
           {{"train/1.png", "train_labels/1_L.png"}, {"val/2.png", "val_labels/2_L.png"}},
           {{"images_train/1.png", "masks_train/1.png"}, {"images_test/2.png", "masks_test/2.png"}},
           {{"imagesTr/1.png", "labelsTr/1.png"}, {"imagesTs/2.png", "labelsTs/2.png"}},
           {{"leftImg8bit/train/ulm/u_leftImg8bit.png", "gtFine/train/ulm/u_gtFine_labelIds.png"},
            {"leftImg8bit/val/bonn/b_leftImg8bit.png", "gtFine/val/bonn/b_gtFine_labelIds.png"}}}) {
    const OpenedData data = open_masked(folder.path() / "set", files);
    EXPECT_EQ(data.layout, "segmentation") << files[0].first;
    EXPECT_EQ(load(*data.train, 0).masks.size(), 1U) << files[0].first;
    ASSERT_TRUE(data.test) << files[0].first;
    EXPECT_EQ(load(*data.test, 0).masks.size(), 1U);
    EXPECT_EQ(all_text(data.remarks), "") << files[0].first;
  }
}

TEST(SegmentationFolders, MasksMayLieOneFolderDeeper) {
  const TemporaryFolder folder;
  put_text(folder.path() / "set/annotations/list.txt", "x");
  put_image(folder.path() / "set/images/1.png");
  put_mask(folder.path() / "set/annotations/trimaps/1.png", 2);
  const OpenedData data = open_data((folder.path() / "set").string());
  EXPECT_EQ(cv::countNonZero(load(*data.train, 0).masks.at(0) == 2), 48);
  EXPECT_EQ(all_text(data.remarks), "what lies beside the masks and isn't read: 1 (annotations/list.txt)\n");
}

TEST(SegmentationFolders, WhatHasNoMasksIsNamed) {
  const TemporaryFolder folder;
  const fs::path root = folder.path() / "set";
  const std::string said = all_text(open_masked(root, {{"images/train/1.png", "masks/train/1.png"},
                                                       {"images/test/2.png", ""},
                                                       {"images/extra/3.png", ""},
                                                       {"images/4.png", ""},
                                                       {"more/5.png", ""}})
                                        .remarks);
  EXPECT_NE(said.find("parts without masks, which aren't used: 1 (images/test)"), std::string::npos) << said;
  EXPECT_NE(said.find("folders that are no part, and aren't used: 1 (images/extra)"), std::string::npos)
      << said;
  EXPECT_NE(said.find("images beside the parts' folders, which aren't used: 1 (images/4.png)"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("folders that aren't read: 1 (more)"), std::string::npos) << said;
  const auto error = [&](const MaskedFiles& files) { return error_of([&] { open_masked(root, files); }); };
  EXPECT_NE(
      error({{"images/train/1.png", "masks/val/1.png"}}).find("images/train has images, but there is no"),
      std::string::npos);
  EXPECT_NE(error({{"images/train/1.png", "masks/train/1.png"},
                   {"images/val/1.png", "masks/val/1.png"},
                   {"images/validation/1.png", "masks/validation/1.png"}})
                .find("look like the valid part"),
            std::string::npos);
  EXPECT_NE(
      all_text(open_masked(root, {{"train/1.png", "train_masks/1_mask.png"}, {"test/2.png", ""}}).remarks)
          .find("parts without masks, which aren't used: 1 (test)"),
      std::string::npos);
}

TEST(SegmentationFolders, FoldersOfClassesWithSuchNamesStayClasses) {
  const TemporaryFolder folder;
  const OpenedData data =
      open_masked(folder.path() / "set", {{"with_mask/1.png", ""}, {"without_mask/1.png", ""}});
  EXPECT_EQ(data.train->classes(), (std::vector<std::string>{"with_mask", "without_mask"}));
}

}  // namespace
}  // namespace doppel::dataset
