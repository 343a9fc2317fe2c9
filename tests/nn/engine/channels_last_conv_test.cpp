#include <gtest/gtest.h>

#include "conv_beside_its_definition.h"

namespace doppel::nn::engine {
namespace {

TEST(ChannelsLastConv, IsTheConvolutionAndItsGradients) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  const ConvCase cases[] = {
      {"conv3x3(32)", {32, 9, 8}, 3, true, true},
      {"conv3x3(32,bias)", {16, 7, 7}, 2, false, false},      // floats on both sides
      {"conv1x1(64)", {48, 5, 6}, 3, true, false},            //
      {"conv1x1(32,s2)", {32, 7, 9}, 2, false, true},         // every second pixel
      {"conv3x3(48,s2)", {32, 11, 10}, 3, true, true},        //
      {"conv5x5(32,bias)", {16, 8, 9}, 2, true, true},        //
      {"conv3x3(40,bias)", {24, 6, 7}, 3, true, true},        // no whole blocks
      {"conv3x3(17,valid)", {20, 6, 7}, 2, true, false},      //
      {"conv3x3(16,d2)", {16, 9, 9}, 2, true, true},          //
      {"conv3x3(16,p0x2x1x0)", {32, 7, 8}, 2, true, true},    // other zeros on each side
      {"conv2x2(16,s3,p1x0x0x0)", {16, 8, 8}, 2, true, true}  // pixels that no window reads
  };
  for (const ConvCase& c : cases) {
    SCOPED_TRACE(c.layer + " of " + c.in.text());
    ConvBesideItsDefinition(c, ConvKernel::ChannelsLast).expect_all();
  }
}

TEST(ChannelsLastConv, OfMoreThanIsTurnedAtOnce) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  const ConvCase cases[] = {
      {"conv3x3(16,bias)", {32, 24, 80}, 3, true, true},  // two rows at a time
      {"conv3x3(64,s2)", {128, 64, 64}, 2, true, true},   // one
      {"conv1x1(32,bias)", {64, 80, 90}, 2, true, true},  // parts of a row
      {"conv1x1(96)", {96, 73, 47}, 2, false, true},      //
      {"conv1x1(256)", {512, 24, 25}, 3, true, true},     // weight gradients of a whole row, data's of parts
      {"conv1x1(272)", {256, 40, 50}, 3, true, false}};
  for (const ConvCase& c : cases) {
    SCOPED_TRACE(c.layer + " of " + c.in.text());
    ConvBesideItsDefinition(c, ConvKernel::ChannelsLast).expect_all();
  }
}

TEST(ChannelsLastConv, FillsChannelsUpWithZeros) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  ConvBesideItsDefinition conv({"conv3x3(20,bias)", {24, 4, 4}, 2, true, true}, ConvKernel::ChannelsLast);
  conv.run();
  const BlobNumbers y{conv.out(), conv.out().numbers(0)};
  for (int c = 20; c < 32; ++c) EXPECT_EQ(y(1, c, 2, 3), 0) << c;
}

TEST(ChannelsLastConv, AgainGivesTheSameBits) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  ConvBesideItsDefinition conv({"conv3x3(32)", {32, 40, 40}, 7, true, true}, ConvKernel::ChannelsLast);
  conv.run();
  const BlobNumbers y{conv.out(), conv.out().numbers(0)};
  const double before = y(6, 31, 39, 39);
  conv.run();
  EXPECT_EQ(y(6, 31, 39, 39), before);
  conv.expect_parameter_gradients();
}

}  // namespace
}  // namespace doppel::nn::engine
