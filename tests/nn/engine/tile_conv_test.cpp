#include "engine/tile_conv.h"

#include <gtest/gtest.h>

#include "conv_beside_its_definition.h"
#include "emulated_tiles.h"

namespace doppel::nn::engine {
namespace {

/// Tiles' loops are AVX-512's but for the tiles.
bool has_loops() { return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"); }

TEST(TileConv, IsTheConvolutionAndItsGradients) {
  if (!has_loops()) GTEST_SKIP() << "this processor has no AVX-512";
  const EmulatedTiles tiles;
  const ConvCase cases[] = {
      {"conv3x3(32)", {32, 9, 8}, 3, true, true},
      {"conv3x3(32,bias)", {16, 7, 7}, 2, false, false},       // floats on both sides; half a chunk
      {"conv1x1(64)", {48, 5, 6}, 3, true, false},             // a chunk and a half
      {"conv1x1(32,s2)", {32, 7, 9}, 2, false, true},          // pixels that no window reads
      {"conv3x3(48,s2)", {32, 11, 10}, 3, true, true},         // four planes
      {"conv5x5(32,bias)", {16, 8, 9}, 2, true, true},         //
      {"conv3x3(40,bias)", {24, 6, 7}, 3, true, true},         // no whole blocks
      {"conv3x3(17,valid)", {20, 6, 7}, 2, true, false},       // no zeros
      {"conv3x3(16,d2)", {16, 9, 9}, 2, true, true},           // every second pixel
      {"conv3x3(16,p0x2x1x0)", {32, 7, 8}, 2, true, true},     // other zeros on each side
      {"conv2x2(16,s3,p1x0x0x0)", {16, 8, 8}, 2, true, true},  //
      {"conv3x3(16,s2,d2)", {16, 9, 11}, 2, true, true},       //
      {"conv1x7(16)", {16, 1, 9}, 5, true, true}               // flat
  };
  for (const ConvCase& c : cases) {
    SCOPED_TRACE(c.layer + " of " + c.in.text());
    ConvBesideItsDefinition(c, ConvKernel::Tiles).expect_all();
  }
}

TEST(TileConv, InStretchesOfABatch) {
  if (!has_loops()) GTEST_SKIP() << "this processor has no AVX-512";
  const EmulatedTiles tiles;
  const ConvCase cases[] = {
      {"conv3x3(16)", {32, 12, 14}, 9, true, true},   // weight gradients of some images at a time
      {"conv3x3(16)", {256, 20, 60}, 1, true, true},  // lines of one
      {"conv3x3(16,s2)", {128, 33, 65}, 1, true, true},
      {"conv1x1(368)", {16, 5, 5}, 2, true, true},  // more filters than a square has
  };
  for (const ConvCase& c : cases) {
    SCOPED_TRACE(c.layer + " of " + c.in.text());
    ConvBesideItsDefinition(c, ConvKernel::Tiles).expect_all();
  }
}

TEST(TileConv, FillsChannelsUpWithZeros) {
  if (!has_loops()) GTEST_SKIP() << "this processor has no AVX-512";
  const EmulatedTiles tiles;
  ConvBesideItsDefinition conv({"conv3x3(20,bias)", {24, 4, 4}, 2, true, true}, ConvKernel::Tiles);
  conv.run();
  const BlobNumbers y{conv.out(), conv.out().numbers(0)};
  for (int c = 20; c < 32; ++c) EXPECT_EQ(y(1, c, 2, 3), 0) << c;
}

}  // namespace
}  // namespace doppel::nn::engine
