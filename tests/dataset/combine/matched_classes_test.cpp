#include "doppel/dataset/combine/matched_classes.h"

#include <gtest/gtest.h>

#include "dataset/levels.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(MatchedClasses, ANameIsAClassWhateverItsNumberWas) {
  std::vector<augment::Sample> samples(2);
  for (int i = 0; i < 2; ++i) {
    samples[static_cast<std::size_t>(i)].image = cv::Mat(1, 1, CV_8UC1, cv::Scalar(i));
    samples[static_cast<std::size_t>(i)].label = i;
    samples[static_cast<std::size_t>(i)].boxes = {{0, 0, 1, 1, 1 - i}};
  }
  const MatchedClasses source(std::make_shared<InMemory>(samples, std::vector<std::string>{"dog", "cat"}),
                              {"bird", "cat", "dog"});
  EXPECT_EQ(source.classes(), (std::vector<std::string>{"bird", "cat", "dog"}));
  EXPECT_EQ(source.label(0), 2);
  EXPECT_EQ(source.label(1), 1);
  EXPECT_EQ(source.read(0).sample.label, 2);
  EXPECT_EQ(source.read(0).sample.boxes[0].label, 1);
  EXPECT_EQ(source.name(1), "sample 1");
  EXPECT_EQ(source.size(), 2U);
}

TEST(MatchedClasses, UnknownNamesAreAnErrorThatNamesThem) {
  EXPECT_NE(error_of([] { MatchedClasses(levels(2, 0), {"a"}); }).find("others don't have: b"),
            std::string::npos);
  const std::string many =
      error_of([] { MatchedClasses(levels(7, 0, {"1", "2", "3", "4", "5", "6", "7"}), {}); });
  EXPECT_NE(many.find("1, 2, 3, 4, 5, …"), std::string::npos) << many;
}

TEST(MatchedClasses, WhereNothingDiffersTheSourceIsItself) {
  const SourcePtr source = levels(2, 0);
  EXPECT_EQ(matched(source, {"a", "b"}), source);
  EXPECT_NE(matched(source, {"b", "a"}), source);
  EXPECT_EQ(matched(source, {"b", "a"})->label(0), 1);
  // Without labels there's nothing to match.
  EXPECT_EQ(matched(levels(2, 0, {}), {"a"})->label(0), -1);
}

}  // namespace
}  // namespace doppel::dataset
