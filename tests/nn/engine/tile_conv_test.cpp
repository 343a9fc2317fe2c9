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

/// A transposed convolution, forward and back, of numbers that bfloat16 holds exactly.
struct TransposedRun {
  std::vector<float> y, dx, dw, db;

  TransposedRun(const ConvCase& c, ConvKernel kernel) {
    Model model(build_graph(parse_network(c.layer), c.in), 1);
    const Node& node = model.graph().nodes[0];
    Parameter& weight = *model.find(node.name, "weight");
    Parameter* const bias = model.find(node.name, "bias");
    for (std::size_t i = 0; i < weight.value.size(); ++i) weight.value[i] = exact_noise(7, i);
    for (std::size_t i = 0; bias && i < bias->value.size(); ++i) bias->value[i] = exact_noise(8, i);
    EngineContext context;
    context.batch = context.rows = c.rows;
    Blob in, out;
    in.shape = node.in;
    out.shape = node.out;
    in.format = {dnnl::memory::format_tag::nChw16c, 16};
    in.allocate(c.rows, true);
    const StepInputs inputs{node, model, context, in, out, true, true, kernel};
    const auto step = kernel == ConvKernel::Tiles ? make_tile_conv(inputs, 1) : make_deconv(inputs);
    in.take_memory();
    out.take_memory();
    BlobNumbers{in, in.numbers(0)}.fill(c.rows, 1);
    BlobNumbers{out, out.grad_numbers(0)}.fill(c.rows, 2);
    const OneDnnScope scope;
    step->prepare(c.rows);
    step->forward(0, {0, 0, c.rows});
    step->backward(0, {0, 0, c.rows});
    step->parameter_task(0);
    y = all_of(out, out.numbers(0), c.rows);
    dx = all_of(in, in.grad_numbers(0), c.rows);
    dw = weight.grad;
    if (bias) db = bias->grad;
  }

  static std::vector<float> all_of(const Blob& blob, Numbers numbers, int rows) {
    const BlobNumbers places{blob, numbers};
    std::vector<float> all;
    for (int r = 0; r < rows; ++r)
      for (int ch = 0; ch < blob.shape.channels; ++ch)
        for (int y = 0; y < blob.shape.height; ++y)
          for (int x = 0; x < blob.shape.width; ++x) all.push_back(static_cast<float>(places(r, ch, y, x)));
    return all;
  }
};

void expect_near(const std::vector<float>& ours, const std::vector<float>& theirs, float within,
                 const char* what) {
  ASSERT_EQ(ours.size(), theirs.size()) << what;
  for (std::size_t i = 0; i < ours.size(); ++i) ASSERT_NEAR(ours[i], theirs[i], within) << what << ' ' << i;
}

TEST(TileConv, ATransposedOneIsTheWayBack) {
  if (!has_loops()) GTEST_SKIP() << "this processor has no AVX-512";
  const EmulatedTiles tiles;
  for (const ConvCase& c : {ConvCase{"deconv4x4(32,s2,p1)", {48, 5, 4}, 2, false, false},
                            ConvCase{"deconv4x4(3,s2,p1)", {32, 6, 6}, 2, false, false},
                            ConvCase{"deconv3x3(20,s1,p0)", {16, 4, 7}, 3, false, false}}) {
    SCOPED_TRACE(c.layer);
    const TransposedRun ours(c, ConvKernel::Tiles), theirs(c, ConvKernel::Direct);
    constexpr float kWithin = 1e-3F;  // of sums up to a hundred
    expect_near(ours.y, theirs.y, kWithin, "y");
    expect_near(ours.dx, theirs.dx, kWithin, "dx");
    expect_near(ours.dw, theirs.dw, kWithin, "dw");
    expect_near(ours.db, theirs.db, kWithin, "db");
  }
}

}  // namespace
}  // namespace doppel::nn::engine
