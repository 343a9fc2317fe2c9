// Names that every system takes, no two alike.
#include "write/names.h"

#include <gtest/gtest.h>

#include "doppel/dataset/sources/memory.h"

namespace doppel::dataset::write {
namespace {

/// Samples that are called as it is told.
class NamedSource final : public Source {
 public:
  explicit NamedSource(std::vector<std::string> names) : names_(std::move(names)) {}
  std::size_t size() const override { return names_.size(); }
  Item read(std::size_t) const override { return {}; }
  std::string name(std::size_t index) const override { return names_[index]; }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::vector<std::string> names_, classes_;
};

TEST(Names, KeepWhatEverySystemTakes) {
  EXPECT_EQ(stem_of("/data/cat/My image (1).JPG"), "My_image__1_");
  EXPECT_EQ(stem_of("train-images 17"), "train-images_17");
  EXPECT_EQ(stem_of("a/b/.hidden"), "_hidden");
  EXPECT_EQ(stem_of("kätzchen.png"), "kätzchen");
  EXPECT_EQ(stem_of("shards/000.tar:0001"), "000_tar_0001");
  EXPECT_LE(stem_of(std::string(300, 'x') + ".png").size(), 60U);
}

TEST(Names, AreUniqueWithTheirCopies) {
  const NamedSource source({"a/1.png", "b/1.jpg", "1_01.png", "c/1_01.png", "A.png", "a.png", "other_2.png"});
  std::unordered_set<std::string> taken;
  const StemList stems(source, 3, taken);
  std::unordered_set<std::string> all;
  for (std::size_t i = 0; i < source.size(); ++i)
    for (int copy = 0; copy <= 3; ++copy) {
      std::string name = stems.image(i, copy);
      for (char& c : name) c = static_cast<char>(std::tolower(c));
      EXPECT_TRUE(all.insert(name).second) << name;
    }
  EXPECT_EQ(stems.image(0, 0), "1");
  EXPECT_EQ(stems.image(0, 2), "1_02");
  EXPECT_EQ(stems.image(6, 0), "other_2");
}

}  // namespace
}  // namespace doppel::dataset::write
