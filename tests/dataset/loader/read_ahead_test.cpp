#include "loader/read_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include "doppel/dataset/loader/loader.h"

namespace doppel::dataset {
namespace {

/// Says which samples were prepared, one by one; 13 can't be.
class PreparedSource final : public Source {
 public:
  explicit PreparedSource(std::size_t last) : last_(last) {}
  std::size_t size() const override { return 100; }
  Item read(std::size_t) const override { return {}; }
  void prepare(std::size_t index) const override {
    seen.push_back(index);
    if (index == last_) done.set_value();
    if (index == 13) throw std::runtime_error("no such disk");
  }
  std::string name(std::size_t index) const override { return std::to_string(index); }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_; }
  mutable std::vector<std::size_t> seen;
  mutable std::promise<void> done;

 private:
  std::size_t last_;
  std::vector<std::string> classes_;
};

TEST(ReadAhead, PreparesWhatIsWantedInOrderWhateverFails) {
  const auto source = std::make_shared<PreparedSource>(99);
  {
    ReadAhead ahead(source);
    for (const std::size_t index : {4U, 13U, 2U, 99U}) ahead.want(index);
    source->done.get_future().wait();
  }
  EXPECT_EQ(source->seen, (std::vector<std::size_t>{4, 13, 2, 99}));
}

TEST(ReadAhead, ForgetsWhatWasClearedAndStopsAtOnce) {
  const auto source = std::make_shared<PreparedSource>(99);
  {
    ReadAhead ahead(source);
    for (std::size_t index = 0; index < 50; ++index) ahead.want(index);
    ahead.clear();
    ahead.want(99);
    source->done.get_future().wait();
  }
  EXPECT_LE(source->seen.size(), 51U);
  EXPECT_EQ(source->seen.back(), 99U);
  const ReadAhead idle(source);  // never asked
}

/// A disk of a tenth of a millisecond and more; counts what it was told to fetch.
class SlowSource final : public Source {
 public:
  std::size_t size() const override { return 400; }
  Item read(std::size_t index) const override {
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(400);
    while (std::chrono::steady_clock::now() < until) {}
    Item item;
    item.sample.image = cv::Mat(4, 4, CV_8U, cv::Scalar(static_cast<double>(index % 251)));
    return item;
  }
  void prepare(std::size_t index) const override {
    if (index < size()) ++prepared;
  }
  std::string name(std::size_t index) const override { return std::to_string(index); }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_; }
  mutable std::atomic<int> prepared{0};

 private:
  std::vector<std::string> classes_;
};

TEST(ReadAhead, SlowReadsAreFetchedAheadAndChangeNothing) {
  const auto slow = std::make_shared<SlowSource>();
  std::uint64_t with = 0;
  {
    Loader loader(slow, {}, {.batch = 16, .workers = 2, .epochs = 1});
    for (const Batch& batch : loader.epoch(0)) with = digest(batch, with);
  }
  EXPECT_GT(slow->prepared, 100);
  std::uint64_t without = 0;
  Loader alone(slow, {}, {.batch = 16, .workers = 0, .epochs = 1});
  for (const Batch& batch : alone.epoch(0)) without = digest(batch, without);
  EXPECT_EQ(with, without);
}

}  // namespace
}  // namespace doppel::dataset
