// Whatever a user's source throws reaches the consumer once, with the sample's name.
#include <gtest/gtest.h>

#include <stdexcept>

#include "doppel/base/error.h"
#include "doppel/dataset/loader/loader.h"

namespace doppel::dataset {
namespace {

/// Twenty grey pictures, of which 13 can't be had.
class Unlucky final : public Source {
 public:
  enum class Throws { Own, Foreign, NoException, InName };
  explicit Unlucky(Throws throws) : throws_(throws) {}
  std::size_t size() const override { return 20; }
  Item read(std::size_t index) const override {
    if (index == kBad) {
      if (throws_ == Throws::NoException) throw 42;
      if (throws_ == Throws::Own) throw Error("the shelf is empty");
      throw std::runtime_error("the shelf is empty");
    }
    Item item;
    item.sample.image = cv::Mat(4, 4, CV_8U, cv::Scalar(static_cast<double>(index)));
    return item;
  }
  std::string name(std::size_t index) const override {
    if (throws_ == Throws::InName) throw std::runtime_error("no name either");
    return "picture-" + std::to_string(index);
  }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  static constexpr std::size_t kBad = 13;
  Throws throws_;
  std::vector<std::string> classes_;
};

TEST(ThrowingSource, IsSkippedWithItsName) {
  for (const auto throws : {Unlucky::Throws::Own, Unlucky::Throws::Foreign, Unlucky::Throws::NoException,
                            Unlucky::Throws::InName}) {
    Loader loader(Unlucky(throws), {}, {.batch = 4, .workers = 3, .epochs = 1});
    std::size_t rows = 0;
    for (const Batch& batch : loader.epoch(0)) rows += batch.size();
    EXPECT_EQ(rows, 19U);
    const LoaderReport report = loader.report();
    ASSERT_EQ(report.skipped, 1U);
    EXPECT_EQ(report.reasons[0].name, throws == Unlucky::Throws::InName ? "sample 13" : "picture-13");
  }
}

TEST(ThrowingSource, UnderFailReachesTheConsumerOnce) {
  for (const auto throws : {Unlucky::Throws::Own, Unlucky::Throws::Foreign, Unlucky::Throws::NoException}) {
    Loader loader(Unlucky(throws), {},
                  {.batch = 4, .workers = 3, .epochs = 1, .on_error = LoaderOptions::OnError::Fail});
    int thrown = 0;
    const std::uint64_t steps = loader.steps();
    for (std::uint64_t step = 0; step < steps; ++step) try {
        (void)loader.epoch(0, step).begin();
      } catch (const Error& error) {
        ++thrown;
        EXPECT_NE(std::string(error.what()).find("picture-13"), std::string::npos) << error.what();
      }
    EXPECT_EQ(thrown, 1);
  }
}

}  // namespace
}  // namespace doppel::dataset
