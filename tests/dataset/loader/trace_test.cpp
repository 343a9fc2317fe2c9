#include "doppel/dataset/loader/trace.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "dataset/levels.h"
#include "dataset/written_files.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(Trace, WritesSpansInMicrosecondsFromTheFirstOn) {
  const TemporaryFolder folder;
  Trace trace;
  const Clock::time_point start = Clock::now();
  using std::chrono::microseconds;
  trace.add("late", start + microseconds(70), start + microseconds(100), 3, 17);
  trace.add("early", start + microseconds(20), start + microseconds(25), 0, 4);
  std::thread([&] {
    trace.add("elsewhere", start + microseconds(30), start + microseconds(31), 1, 5);
  }).join();
  EXPECT_EQ(trace.size(), 3U);
  trace.write(folder.path() / "trace.json");
  const auto bytes = read_file(folder.path() / "trace.json");
  const auto events = nlohmann::json::parse(bytes.begin(), bytes.end()).at("traceEvents");
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].at("name"), "late");
  EXPECT_NEAR(events[0].at("ts").get<double>(), 50, 0.1);
  EXPECT_NEAR(events[0].at("dur").get<double>(), 30, 0.1);
  EXPECT_EQ(events[0].at("args").at("step"), 3);
  EXPECT_EQ(events[0].at("args").at("sample"), 17);
  EXPECT_EQ(events[1].at("ts"), 0);
  EXPECT_EQ(events[0].at("tid"), events[1].at("tid"));
  EXPECT_NE(events[2].at("tid"), events[1].at("tid"));
  Trace().write(folder.path() / "empty.json");
  EXPECT_NE(error_of([] { Trace().write("/no/such/folder/t.json"); }).find("/no/such/folder/t.json"),
            std::string::npos);
}

TEST(Trace, HasEverySamplesSpansOfALoader) {
  const TemporaryFolder folder;
  const auto trace = std::make_shared<Trace>();
  Loader loader(open_data("sample:photos").train,
                augment::Recipe::from_yaml("- RandomResizedCrop: {size: [40, 48]}"),
                {.batch = 2, .workers = 2, .epochs = 1, .trace = trace});
  for (const Batch& batch : loader.epoch(0)) EXPECT_GT(batch.size(), 0U);
  trace->write(folder.path() / "trace.json");
  const auto bytes = read_file(folder.path() / "trace.json");
  const auto json = nlohmann::json::parse(bytes.begin(), bytes.end());
  std::map<std::string, int> spans;
  for (const auto& event : json.at("traceEvents")) {
    EXPECT_EQ(event.at("ph"), "X");
    EXPECT_GE(event.at("dur").get<double>(), 0);
    ++spans[event.at("name")];
  }
  const int n = static_cast<int>(loader.source().size());
  EXPECT_EQ(spans["read"], n);
  EXPECT_EQ(spans["render"], n);
  EXPECT_EQ(spans["decode"], 2 * n);  // the header, then the pixels
}

}  // namespace
}  // namespace doppel::dataset
