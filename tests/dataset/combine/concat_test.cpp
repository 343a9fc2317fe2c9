#include "doppel/dataset/combine/concat.h"

#include <gtest/gtest.h>

#include "dataset/levels.h"
#include "dataset/written_files.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/image_files.h"

namespace doppel::dataset {
namespace {

TEST(Concat, OneSourceComesAfterTheOther) {
  const Concat all({levels(3, 0), levels(0, 0), levels(2, 50)});
  ASSERT_EQ(all.size(), 5U);
  std::vector<int> seen;
  for (std::size_t i = 0; i < all.size(); ++i) seen.push_back(level_of(all, i));
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 50, 51}));
  EXPECT_EQ(all.name(3), "sample 0");
  all.prepare(4);
  EXPECT_THROW(Concat({}), UsageError);
}

TEST(Concat, ClassesAreMatchedByName) {
  std::vector<augment::Sample> other(1);
  other[0].image = cv::Mat(2, 2, CV_8UC1, cv::Scalar(9));
  other[0].label = 1;
  other[0].boxes = {{0, 0, 1, 1, 0}};
  other[0].rotated_boxes = {{1, 1, 1, 1, 45, 1}};
  other[0].label_shares = {{0, 0.25}, {1, 0.75}};
  const Concat all({levels(2, 0), std::make_shared<InMemory>(other, std::vector<std::string>{"new", "a"})});
  EXPECT_EQ(all.classes(), (std::vector<std::string>{"a", "b", "new"}));
  EXPECT_EQ(all.label(2), 0);
  const augment::Sample sample = all.read(2).sample;
  EXPECT_EQ(sample.label, 0);
  EXPECT_EQ(sample.boxes[0].label, 2);
  EXPECT_EQ(sample.rotated_boxes[0].label, 0);
  EXPECT_EQ(sample.label_shares, (std::vector<augment::LabelShare>{{2, 0.25}, {0, 0.75}}));
  EXPECT_EQ(all.label_shares(2), sample.label_shares);
  EXPECT_TRUE(all.label_shares(0).empty());
  EXPECT_EQ(all.object_labels(2), (std::vector<int>{2, 0}));
  EXPECT_TRUE(all.object_labels(0).empty());
  EXPECT_EQ(all.translated(1, 0), 2);
  EXPECT_EQ(all.translated(1, -1), -1);
}

TEST(Concat, SaysWhatAllOfItsSourcesLeaveOut) {
  const TemporaryFolder folder;
  for (const char* place : {"one", "two"}) put_text(folder.path() / place / "x.svg", "<svg");
  const Concat all({ImageFiles::below(folder.path() / "one"), ImageFiles::below(folder.path() / "two")});
  ASSERT_EQ(all.remarks().size(), 1U);
  EXPECT_EQ(all.remarks()[0].count, 2U);
}

}  // namespace
}  // namespace doppel::dataset
