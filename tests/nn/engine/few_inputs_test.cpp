#include "engine/few_inputs.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "doppel/base/random.h"
#include "nn/without_targets.h"

namespace doppel::nn::engine {
namespace {

struct FirstLayer {
  int inputs, filters, block, kernel_h, kernel_w, stride, top, left, in_h, in_w, rows = 2;

  int out_h() const { return (in_h + 2 * top - kernel_h) / stride + 1; }
  int out_w() const { return (in_w + 2 * left - kernel_w) / stride + 1; }
  int groups() const { return (filters + block - 1) / block; }
  PlaneConv conv() const {
    return {{in_h, in_w, out_h(), out_w(), kernel_h, kernel_w, stride, top, left}, inputs, filters};
  }
  ChannelLayout layout() const { return {rows, groups(), out_h() * out_w(), block}; }
  std::size_t weights() const {
    return static_cast<std::size_t>(filters) * static_cast<std::size_t>(inputs * kernel_h * kernel_w);
  }
};

/// Numbers that bfloat16 holds exactly.
std::vector<float> short_noise(std::size_t count, std::uint64_t seed) {
  std::vector<float> v(count);
  const Stream stream{.seed = seed};
  for (std::size_t i = 0; i < count; ++i)
    v[i] = std::bit_cast<float>(
        std::bit_cast<std::uint32_t>(static_cast<float>(stream.split("at", i).normal("v"))) & 0xffff0000U);
  return v;
}

/// What lies where, and what should come out.
struct FirstLayerCase {
  explicit FirstLayerCase(const FirstLayer& of)
      : layer(of),
        x(short_noise(static_cast<std::size_t>(of.rows * of.inputs * of.in_h * of.in_w), 1)),
        dy(short_noise(static_cast<std::size_t>(of.rows * of.groups() * of.block * of.out_h() * of.out_w()),
                       2)) {}

  double gradient(int row, int filter, int y, int column) const {
    const int plane = (row * layer.groups() + filter / layer.block) * layer.out_h() * layer.out_w();
    return static_cast<double>(dy[static_cast<std::size_t>(
        (plane + y * layer.out_w() + column) * layer.block + filter % layer.block)]);
  }
  double image(int row, int input, int y, int column) const {
    if (y < 0 || y >= layer.in_h || column < 0 || column >= layer.in_w) return 0;
    return static_cast<double>(
        x[static_cast<std::size_t>(((row * layer.inputs + input) * layer.in_h + y) * layer.in_w + column)]);
  }
  /// The sum in doubles, and that of its terms' magnitudes.
  struct Sum {
    double value = 0, size = 0;
    void add(double term) { value += term, size += std::abs(term); }
  };
  Sum weight(int filter, int input, int ky, int kx) const {
    Sum sum;
    for (int row = 0; row < layer.rows; ++row)
      for (int y = 0; y < layer.out_h(); ++y)
        for (int c = 0; c < layer.out_w(); ++c)
          sum.add(gradient(row, filter, y, c) *
                  image(row, input, y * layer.stride - layer.top + ky, c * layer.stride - layer.left + kx));
    return sum;
  }
  Sum bias(int filter) const {
    Sum sum;
    for (int row = 0; row < layer.rows; ++row)
      for (int y = 0; y < layer.out_h(); ++y)
        for (int c = 0; c < layer.out_w(); ++c) sum.add(gradient(row, filter, y, c));
    return sum;
  }

  FirstLayer layer;
  std::vector<float> x, dy;
};

struct FirstLayerGradients {
  std::vector<float> dw, db;
};
FirstLayerGradients run_few_inputs(const FirstLayerCase& c, bool bf16, bool with_bias = true) {
  const PlaneConv conv = c.layer.conv();
  std::vector<std::uint16_t> upper(c.dy.size());
  for (std::size_t i = 0; i < upper.size(); ++i)
    upper[i] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(c.dy[i]) >> 16);
  FirstLayerGradients g{std::vector<float>(c.layer.weights(), 7.F),
                        std::vector<float>(static_cast<std::size_t>(c.layer.filters), 7.F)};
  std::vector<float> scratch(few_inputs_scratch(conv) / sizeof(float), NAN);
  const Numbers dy = bf16 ? Numbers{upper.data(), true} : Numbers{const_cast<float*>(c.dy.data()), false};
  few_inputs_weight_grad(conv, c.layer.layout(), c.x.data(), dy, g.dw.data(),
                         with_bias ? g.db.data() : nullptr, scratch.data());
  return g;
}

void expect_sums(const FirstLayerCase& c, const FirstLayerGradients& g) {
  constexpr double kRounding = 2e-6;
  const FirstLayer& l = c.layer;
  std::size_t at = 0;
  for (int f = 0; f < l.filters; ++f) {
    for (int i = 0; i < l.inputs; ++i)
      for (int ky = 0; ky < l.kernel_h; ++ky)
        for (int kx = 0; kx < l.kernel_w; ++kx, ++at) {
          if ((f * 5 + i + ky + kx) % 7 != 0 && l.filters > 8) continue;  // enough of many
          const auto sum = c.weight(f, i, ky, kx);
          ASSERT_NEAR(static_cast<double>(g.dw[at]), sum.value, kRounding * sum.size)
              << "filter " << f << " input " << i << " tap " << ky << ' ' << kx;
        }
    const auto sum = c.bias(f);
    ASSERT_NEAR(static_cast<double>(g.db[static_cast<std::size_t>(f)]), sum.value, kRounding * sum.size) << f;
  }
}

constexpr FirstLayer kFirstLayers[] = {
    {1, 6, 16, 5, 5, 1, 2, 2, 28, 28},    // LeNet: strips of several rows, the last of which is short
    {1, 6, 8, 5, 5, 1, 2, 2, 13, 11},     //
    {3, 16, 16, 3, 3, 1, 1, 1, 17, 9},    //
    {4, 24, 16, 3, 3, 2, 1, 1, 15, 14},   // half a block
    {3, 64, 8, 3, 3, 2, 0, 0, 9, 8},      // a row and a column that nothing reads
    {3, 64, 16, 7, 7, 2, 3, 3, 21, 23},   // ResNet
    {3, 8, 8, 11, 11, 4, 2, 2, 40, 37},   // AlexNet: a kernel's row in two runs, one tap too many
    {4, 8, 16, 4, 4, 2, 1, 1, 10, 12},    //
    {1, 16, 8, 1, 1, 1, 0, 0, 5, 3},      //
    {3, 10, 16, 1, 1, 2, 0, 0, 7, 8},     //
    {3, 16, 16, 2, 6, 1, 0, 3, 6, 9},     // oblong
    {2, 7, 8, 16, 16, 4, 0, 0, 24, 21},   //
    {1, 6, 8, 3, 3, 1, 1, 1, 3, 300, 1},  // rows longer than a strip
    {1, 6, 8, 1, 1, 7, 3, 3, 1, 1},       // nothing but zeros is read
    {1, 16, 16, 3, 3, 1, 1, 1, 1, 1}};    // one pixel

TEST(FewInputs, GradientsAreTheSumsOverAllWindows) {
  for (const FirstLayer& layer : kFirstLayers)
    for (const bool bf16 : {false, true}) {
      const FirstLayerCase c(layer);
      for (const std::int64_t without : kTargetsLeftOut) {
        SCOPED_TRACE(testing::Message() << layer.kernel_h << 'x' << layer.kernel_w << " of " << layer.inputs
                                        << " to " << layer.filters << " in blocks of " << layer.block
                                        << (bf16 ? ", bfloat16" : ", floats") << ", without " << without);
        const WithoutTargets targets(without);
        expect_sums(c, run_few_inputs(c, bf16));
      }
    }
}

TEST(FewInputs, ABiasChangesNothingElse) {
  const FirstLayerCase c(kFirstLayers[0]);
  const auto with = run_few_inputs(c, false), without = run_few_inputs(c, false, false);
  EXPECT_EQ(with.dw, without.dw);
  EXPECT_EQ(without.db, std::vector<float>(without.db.size(), 7.F));
}

TEST(FewInputs, BlocksAndTypesGiveTheSameBits) {
  FirstLayer narrow = kFirstLayers[2];
  narrow.filters = 8, narrow.block = 8;
  FirstLayer wide = narrow;
  wide.block = 16;
  FirstLayerCase a(narrow), b(wide);
  const std::size_t pixels = a.dy.size() / 8;
  for (std::size_t p = 0; p < pixels; ++p)
    for (std::size_t f = 0; f < 8; ++f) b.dy[p * 16 + f] = a.dy[p * 8 + f];
  const auto first = run_few_inputs(a, false);
  EXPECT_EQ(first.dw, run_few_inputs(b, false).dw);
  EXPECT_EQ(first.dw, run_few_inputs(a, true).dw);
}

}  // namespace
}  // namespace doppel::nn::engine
