// Loops are given floats where they take floats, and one type where they take one.
#include <gtest/gtest.h>

#include <stdexcept>

#include "engine/blob.h"

namespace doppel::nn::engine {
namespace {

TEST(NumberTypes, RowsOfFloatsAreNeverHalves) {
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

TEST(NumberTypes, LoopsOfOneTypeRefuseTwo) {
  alignas(64) float floats[64] = {};
  alignas(64) std::uint16_t bf16_numbers[64] = {};
  const Numbers f{floats, false}, h{bf16_numbers, true};
  unsigned char which[64] = {};
  double sums[16];
  const ChannelLayout layout{1, 1, 4, 16};
  const SlidingWindow window{2, 2, 2, 2, 1, 1, 1, 0, 0};
  EXPECT_THROW(add_to(f, h, 64), std::logic_error);
  EXPECT_THROW(sum(f, f, h, 1, 64), std::logic_error);
  EXPECT_THROW(sum_gradients(h, h, h, f, 0, 64), std::logic_error);
  EXPECT_THROW(rectify_gradient(h, 0, f, 64), std::logic_error);
  EXPECT_THROW(scale_by_piece(f, which, 0, 64, h), std::logic_error);
  EXPECT_THROW(max_pool(window, layout, h, f, which), std::logic_error);
  EXPECT_THROW(max_pool_pick(window, layout, f, which, h), std::logic_error);
  EXPECT_THROW(max_pool_backward(window, layout, h, which, f), std::logic_error);
  EXPECT_THROW(bn_backward_sums(layout, f, h, floats, floats, 1, f, sums, sums), std::logic_error);
  EXPECT_THROW(bn_backward_apply(layout, h, h, floats, floats, floats, floats, floats, f), std::logic_error);
  EXPECT_NO_THROW(add_to(h, h, 64));
}

}  // namespace
}  // namespace doppel::nn::engine
