#include "sources/run_length.h"

#include <gtest/gtest.h>

#include <numeric>

#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(RunLength, ReadsCocosText) {
  // From cocoapi: a 3 x 3 mask whose middle column is set has the runs 3, 3, 3.
  EXPECT_EQ(runs_from_text("333"), (std::vector<std::uint32_t>{3, 3, 3}));
  EXPECT_THROW(runs_from_text("o"), Error);
  EXPECT_THROW(runs_from_text("oooooooooo0"), Error);
}

}  // namespace
}  // namespace doppel::dataset
