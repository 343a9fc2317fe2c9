// A forked child has a loader's memory and none of its threads.
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "doppel/base/error.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"
#include "in_child.h"

namespace doppel::dataset {
namespace {

constexpr const char* kForked = "the loader was made before fork; make it in the worker";

Loader forked_loader() {
  return {open_data("sample:digits").train, augment::Recipe::load("digits"), {.batch = 64, .workers = 2}};
}

int count_refusals(Loader& loader, const Batch& batch, Loader::Iterator& at, const std::string& state) {
  const std::vector<std::function<void()>> calls{
      [&] { (void)loader.epoch(0).begin(); }, [&] { ++at; },
      [&] { (void)loader.state(); },          [&] { (void)loader.resume(state); },
      [&] { (void)loader.peek(0, 1); },       [&] { (void)loader.explain(batch, 0); },
      [&] { (void)loader.report(); }};
  int refused = 0;
  for (const auto& call : calls) refused += error_of(call) == kForked ? 1 : 0;
  return refused;
}

TEST(Fork, AnInheritedLoaderRefusesByNameInTheMiddleOfAnEpoch) {
  for (int again = 0; again < 5; ++again) {
    Loader loader = forked_loader();
    Loader::Iterator at = loader.epoch(0).begin();
    const std::string state = loader.state();
    EXPECT_EQ(in_child([&] { return count_refusals(loader, *at, at, state); }), 7);
    ++at;  // the parent goes on
    EXPECT_EQ(at->step, 1U);
  }
}

TEST(Fork, AnInheritedLoaderCanBeDestroyed) {
  for (int again = 0; again < 5; ++again) {
    std::optional<Loader> loader(forked_loader());
    Loader::Iterator at = loader->epoch(0).begin();
    EXPECT_EQ(in_child([&] {
                loader.reset();
                return 3;
              }),
              3);
    ++at;
  }
}

TEST(Fork, AnInheritedLoaderCanBeReplaced) {
  Loader loader = forked_loader();
  (void)loader.epoch(0).begin();
  const std::uint64_t expected = digest(loader.peek(0, 2));
  EXPECT_EQ(in_child([&] {
              loader = forked_loader();
              return digest(*loader.epoch(0, 2).begin()) == expected ? 3 : 4;
            }),
            3);
}

}  // namespace
}  // namespace doppel::dataset
