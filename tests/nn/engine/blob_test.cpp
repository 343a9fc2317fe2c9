#include "engine/blob.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace doppel::nn::engine {
namespace {

TEST(Blob, RowsOfFloatsAreNeverHalves) {
  Blob blob;
  blob.shape = {.channels = 16, .height = 2, .width = 2};
  blob.bf16 = true;
  blob.allocate(2, true);
  blob.take_memory();
  EXPECT_THROW(blob.row(1), std::logic_error);
  EXPECT_THROW(blob.grad_row(0), std::logic_error);
  blob.bf16 = false;
  EXPECT_NO_THROW(blob.row(0));
  EXPECT_NO_THROW(blob.grad_row(0));
}

}  // namespace
}  // namespace doppel::nn::engine
