#include "doppel/dataset/analysis/split.h"

#include <gtest/gtest.h>

#include <map>

#include "dataset/levels.h"
#include "doppel/base/error.h"
#include "doppel/dataset/open/open_data.h"

namespace doppel::dataset {
namespace {

TEST(Split, IsStratifiedDisjointAndComplete) {
  const SourcePtr source = open_data("sample:digits").train;
  const Split split = stratified_split(source, 0.15, 3);
  EXPECT_EQ(split.rest->size(), 300U);
  EXPECT_EQ(split.train->size(), 1700U);
  std::map<int, int> counts;
  std::map<std::string, int> names;
  for (std::size_t i = 0; i < split.rest->size(); ++i)
    ++counts[split.rest->label(i)], ++names[split.rest->name(i)];
  for (std::size_t i = 0; i < split.train->size(); ++i) ++names[split.train->name(i)];
  for (const auto& [label, n] : counts) EXPECT_EQ(n, 30);
  EXPECT_EQ(names.size(), 2000U);
  EXPECT_EQ(stratified_split(source, 0.15, 3).rest->name(5), split.rest->name(5));
  EXPECT_NE(stratified_split(source, 0.15, 4).rest->name(5), split.rest->name(5));
  EXPECT_THROW(stratified_split(source, 1, 3), UsageError);
  EXPECT_THROW(stratified_split(source, 0, 3), UsageError);
}

TEST(Split, SmallClassesKeepOneForEachSideWhereTheyCan) {
  // Of "a" two samples, of "b" one.
  for (const double share : {0.01, 0.99}) {
    const Split split = stratified_split(levels(3, 0), share, 1);
    ASSERT_EQ(split.rest->size(), 1U);
    EXPECT_EQ(split.rest->label(0), 0);
    EXPECT_EQ(split.train->size(), 2U);
  }
}

TEST(KFold, FoldsAreDisjointCompleteAndStratified) {
  const SourcePtr source = open_data("sample:digits").train;
  const std::vector<Split> folds = k_fold(source, 7, 3);
  ASSERT_EQ(folds.size(), 7U);
  std::map<std::string, int> names;
  for (const Split& fold : folds) {
    EXPECT_EQ(fold.train->size() + fold.rest->size(), source->size());
    std::map<int, int> labels;
    for (std::size_t i = 0; i < fold.rest->size(); ++i)
      ++names[fold.rest->name(i)], ++labels[fold.rest->label(i)];
    for (const auto& [label, n] : labels) EXPECT_NEAR(n, 200.0 / 7, 1) << label;
  }
  EXPECT_EQ(names.size(), source->size());
  EXPECT_THROW(k_fold(source, 1, 0), UsageError);
  EXPECT_THROW(k_fold(source, source->size() + 1, 0), UsageError);
}

TEST(PerClass, TakesAsManyOfEachAsThereAre) {
  const SourcePtr source = open_data("sample:digits").train;
  const SourcePtr few = per_class(source, 7, 1);
  std::map<int, int> counts;
  for (std::size_t i = 0; i < few->size(); ++i) ++counts[few->label(i)];
  EXPECT_EQ(counts.size(), 10U);
  for (const auto& [label, n] : counts) EXPECT_EQ(n, 7) << label;
  EXPECT_NE(per_class(source, 7, 2)->name(0), few->name(0));
  EXPECT_EQ(per_class(levels(3, 0), 100, 1)->size(), 3U);
}

}  // namespace
}  // namespace doppel::dataset
