#include "sources/array_labels.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dataset/written_files.h"
#include "error_of.h"
#include "npy_bytes.h"
#include "sources/npy.h"

namespace doppel::dataset {
namespace {

using Names = std::vector<std::string>;
using Shares = std::vector<augment::LabelShare>;

template <class T>
ArrayLabels labels_of(const char* type, const std::vector<std::size_t>& shape, const std::vector<T>& numbers,
                      const Names& names = {}) {
  const std::string text = npy_of<T>(type, shape, numbers);
  return ArrayLabels::of(*npy_array("y", "y", ByteRange({text.begin(), text.end()})), names);
}
template <class T>
std::string labels_error(const char* type, const std::vector<std::size_t>& shape,
                         const std::vector<T>& numbers, const Names& names = {}) {
  return error_of([&] { (void)labels_of(type, shape, numbers, names); });
}

TEST(ArrayLabels, NumbersAreCalledByWhatTheyAre) {
  const ArrayLabels read = labels_of<std::int64_t>("<i8", {4, 1, 1}, {10, 9, -1, 10});
  EXPECT_EQ(read.classes, (Names{"9", "10"}));
  EXPECT_EQ(read.labels, (std::vector{1, 0, -1, 1}));
  EXPECT_NE(all_text(read.remarks.list()).find("without a class, while others have one: 1 (y 2)"),
            std::string::npos);
  EXPECT_EQ(labels_of<double>("<f8", {3}, {3, 0, NAN}).labels, (std::vector{1, 0, -1}));
}

TEST(ArrayLabels, NamesGoByNumber) {
  const ArrayLabels read = labels_of<std::uint8_t>("|u1", {2}, {2, 0}, {"c", "b", "a"});
  EXPECT_EQ(read.classes, (Names{"c", "b", "a"}));
  EXPECT_EQ(read.labels, (std::vector{2, 0}));
  EXPECT_EQ(labels_error<std::uint8_t>("|u1", {2}, {2, 0}, {"c", "b"}),
            "y: label 0 is 2, but there are names of 2 classes");
}

TEST(ArrayLabels, ARowMayHaveOneOrSeveralClasses) {
  const ArrayLabels one = labels_of<std::uint8_t>("|b1", {2, 3}, {0, 0, 1, 0, 1, 0});
  EXPECT_EQ(one.labels, (std::vector{2, 1}));
  EXPECT_EQ(one.classes, (Names{"0", "1", "2"}));
  EXPECT_TRUE(one.shares.empty());
  const ArrayLabels several = labels_of<std::uint8_t>("|u1", {3, 3}, {0, 1, 1, 0, 0, 0, 1, 0, 0});
  EXPECT_EQ(several.labels, (std::vector{1, -1, 0}));
  EXPECT_EQ(several.shares, (std::vector<Shares>{{{1, 1}, {2, 1}}, {{0, 0}}, {}}));
  const ArrayLabels soft = labels_of<float>("<f4", {1, 2}, {0.25F, 0.75F}, {"a", "b"});
  EXPECT_EQ(soft.labels, (std::vector{1}));
  EXPECT_EQ(soft.shares, (std::vector<Shares>{{{0, 0.25}, {1, 0.75}}}));
}

TEST(ArrayLabels, OthersAreErrors) {
  EXPECT_NE(labels_error<float>("<f4", {2}, {0, 0.5F}).find("label 1 is 0.5, and numbers with fractions"),
            std::string::npos);
  EXPECT_NE(labels_error<int>("<i4", {1}, {-2}).find("-1 is none"), std::string::npos);
  EXPECT_NE(labels_error<int>("<i4", {1, 2}, {3, 1}).find("row 0 has 3"), std::string::npos);
  EXPECT_NE(labels_error<float>("<f4", {1, 2}, {0.5F, 0.75F}).find("sum to 1.25, not to 1"),
            std::string::npos);
  EXPECT_NE(labels_error<int>("<i4", {1, 2, 2}, {0, 0, 0, 1}).find("its shape is 1 x 2 x 2"),
            std::string::npos);
  EXPECT_NE(labels_error<int>("<i4", {0}, {}).find("no labels"), std::string::npos);
  EXPECT_NE(labels_error<int>("<i4", {1, 2}, {0, 1}, {"a"}).find("has 2 classes, but there are names of 1"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
