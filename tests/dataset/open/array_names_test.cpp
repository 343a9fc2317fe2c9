#include "open/array_names.h"

#include <gtest/gtest.h>

namespace doppel::dataset {
namespace {

std::string said(std::string_view path) {
  const ArrayName name = ArrayName::of(path);
  using Role = ArrayName::Role;
  std::string text = !name.role                   ? "none"
                     : *name.role == Role::Images ? "images"
                     : *name.role == Role::Labels ? "labels"
                                                  : "names";
  if (name.part) text += " " + std::string(text_of(*name.part));
  return name.is_plain ? text : text + " more";
}

TEST(ArrayNames, RolesAndPartsAreKnownByTheirUsualNames) {
  for (const char* name : {"x_train", "X_Train", "train_images", "train/x", "TRAIN/imgs", "trainX", "Xtrain",
                           "training/data", "trainimages", "x-train"})
    EXPECT_EQ(said(name), "images train") << name;
  for (const char* name : {"y_val", "val_labels", "dev/y", "validation_target", "yvalid", "Y_valid"})
    EXPECT_EQ(said(name), "labels valid") << name;
  EXPECT_EQ(said("test_labels"), "labels test");
  EXPECT_EQ(said("labels"), "labels");
  EXPECT_EQ(said("image_labels"), "labels");
  EXPECT_EQ(said("class_names"), "names");
  EXPECT_EQ(said("label_names"), "names");
  EXPECT_EQ(said("image_names"), "none");
  EXPECT_EQ(said("mean"), "none more");
  EXPECT_EQ(said("images_mean"), "images more");
  EXPECT_EQ(said("fine_labels"), "labels more");
  EXPECT_EQ(said("data/mean"), "none more");
}

}  // namespace
}  // namespace doppel::dataset
