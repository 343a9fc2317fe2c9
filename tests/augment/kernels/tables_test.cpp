#include "kernels/tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/kernels/twins.h"
#include "kernels/vbmi.h"

namespace doppel::augment {
namespace {

ByteTable byte_table(const std::function<int(int)>& curve) {
  ByteTable table;
  for (std::size_t v = 0; v < 256; ++v)
    table[v] = static_cast<std::uint8_t>(std::clamp(curve(static_cast<int>(v)), 0, 255));
  return table;
}

TEST(TablesKernel, EveryFormGivesExactlyTheTable) {
  const std::array<std::function<int(int)>, 9> curves{[](int v) { return v; },
                                                      [](int v) { return v < 100 ? v : 255 - v; },
                                                      [](int v) { return v < 128 ? v + 90 : v; },
                                                      [](int v) { return (v * 37 + v / 9) & 255; },
                                                      [](int v) { return v + 20; },
                                                      [](int v) { return v & 0xf0; },
                                                      [](int v) { return 255 - v; },
                                                      [](int v) { return int(v * 0.8 + 20); },
                                                      [](int v) { return int(255 * std::sqrt(v / 255.0)); }};
  // All channels by one curve, or each by the next.
  for (std::size_t k = 0; k < curves.size(); ++k)
    for (const std::size_t apart : {0, 1, 4})
      for (const int channels : {1, 3, 4}) {
        std::array<ByteTable, 4> tables{};
        for (std::size_t c = 0; c < 4; ++c) tables[c] = byte_table(curves[(k + c * apart) % curves.size()]);
        const TableForm form = form_of(tables, channels);
        for (const int n : kLengths) {
          const auto in = some_bytes(n * channels);
          expect_twins<std::uint8_t>(
              n * channels, 0,
              [&](std::uint8_t* out) {
                apply_tables(form, tables, channels, in.data(), n, out);
                for (std::size_t i = 0; i < in.size(); ++i)
                  ASSERT_EQ(out[i], tables[i % static_cast<std::size_t>(channels)][in[i]]);
              },
              "tables");
          auto in_place = in;
          apply_tables(form, tables, channels, in_place.data(), n, in_place.data());
          for (std::size_t i = 0; i < in.size(); ++i)
            ASSERT_EQ(in_place[i], tables[i % static_cast<std::size_t>(channels)][in[i]]);
        }
      }
}

TEST(TablesKernel, TheCheapestFormIsFound) {
  using Kind = TableForm::Kind;
  const auto kind = [](const std::function<int(int)>& curve) {
    const std::array<ByteTable, 4> tables{byte_table(curve)};
    return form_of(tables, 1).kind;
  };
  EXPECT_EQ(kind([](int v) { return v; }), Kind::Identity);
  EXPECT_EQ(kind([](int v) { return v + 20; }), Kind::Shift);
  EXPECT_EQ(kind([](int v) { return v - 100; }), Kind::Shift);
  EXPECT_EQ(kind([](int v) { return 255 - v; }), Kind::Mask);
  EXPECT_EQ(kind([](int v) { return v & 0xe0; }), Kind::Mask);
  EXPECT_EQ(kind([](int v) { return v < 128 ? v : 255 - v; }), Kind::Fold);
  EXPECT_EQ(kind([](int v) { return v < 128 ? v + 40 : v; }), Kind::Fold);
  EXPECT_EQ(kind([](int v) { return v == 17 ? 200 : v; }), Kind::Shared);  // but for one level the identity
  const ByteTable same = byte_table([](int v) { return v; }), more = byte_table([](int v) { return v + 9; }),
                  odd = byte_table([](int v) { return v * 7 % 256; });
  EXPECT_EQ(form_of({same, more, same, same}, 3).kind, Kind::Shift);
  EXPECT_EQ(form_of({odd, odd, odd, odd}, 3).kind, Kind::Shared);
  EXPECT_EQ(form_of({odd, more, odd, odd}, 3).kind, Kind::Each);
}

TEST(TablesKernel, ALineIsFoundFromWhatTheTableRounds) {
  if (has_vbmi()) GTEST_SKIP() << "tables in registers are cheaper than lines";
  LevelCurve levels;
  for (std::size_t v = 0; v < 256; ++v) levels[v] = static_cast<float>(v) / 255 * 1.3F - 0.1F;
  const ByteTable table = byte_table([](int v) { return static_cast<int>(std::lround(v * 1.3 - 25.5)); });
  EXPECT_EQ(form_of({table}, 1, &levels).kind, TableForm::Kind::Linear);
  EXPECT_EQ(form_of({table}, 1).kind, TableForm::Kind::Shared);
}

}  // namespace
}  // namespace doppel::augment
