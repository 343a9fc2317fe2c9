// What the loader's options promise: types, memory.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>

#include "doppel/base/error.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"

namespace doppel::dataset {
namespace {

SourcePtr photos() { return open_data("sample:photos").train; }

augment::Recipe cropped() {
  return augment::Recipe::from_yaml(
      "- RandomResizedCrop: {size: [40, 48]}\n- Brightness: {factor: [0.7, 1.3], p: 1}\n");
}

TEST(LoaderOptions, Bf16IsTheFloatRoundedToEven) {
  for (const auto layout : {augment::Layout::CHW, augment::Layout::HWC})
    for (const bool straight : {false, true}) {
      const augment::Recipe recipe =
          straight ? augment::Recipe::from_yaml("- RandomResizedCrop: {size: [40, 48]}\n") : cropped();
      LoaderOptions options{
          .batch = 3, .layout = layout, .mean = {0.4F, 0.5F, 0.6F, 0}, .std = {0.2F, 0.3F, 0.4F, 1}};
      Loader floats(photos(), recipe, options);
      options.type = augment::PixelType::BF16;
      Loader halves(photos(), recipe, options);
      const Batch a = floats.peek(0, 0), b = halves.peek(0, 0);
      ASSERT_EQ(b.images.type(), DType::BF16);
      ASSERT_EQ(b.images.bytes() * 2, a.images.bytes());
      for (std::size_t i = 0; i < static_cast<std::size_t>(a.images.count()); ++i) {
        const float exact = a.images.values<float>()[i];
        const auto half = std::bit_cast<float>(std::uint32_t{b.images.values<std::uint16_t>()[i]} << 16);
        ASSERT_NEAR(half, exact, std::abs(exact) / 256 + 1e-30) << i;
      }
      EXPECT_EQ(floats.memory_bytes() % 16'000'000, 2 * (halves.memory_bytes() % 16'000'000));
    }
}

TEST(LoaderOptions, MemoryBoundsTheBatchesAndSaysWhenItCannot) {
  const std::size_t batch = 2U * 3 * 40 * 48 * 4;
  LoaderOptions options{.batch = 2, .workers = 0, .prefetch = 8, .memory = 16'000'000 + 4 * batch};
  const Loader loader(photos(), cropped(), options);
  EXPECT_EQ(loader.options().prefetch, 3U);
  EXPECT_LE(loader.memory_bytes(), options.memory);
  options.memory = 16'000'000;
  try {
    Loader(photos(), cropped(), options);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("16 MB of memory aren't enough"), std::string::npos)
        << error.what();
  }
}

TEST(LoaderOptions, AllButTheTraceAreFieldsThatKeepTheirValues) {
  LoaderOptions options{.batch = 7, .order = LoaderOptions::Order::Balanced, .buckets = {{16, 32}, {32, 16}}};
  options.mean = {0.5F, 0.25F, 0, 0};
  FieldDescriber described;
  options.fields(described);  // reads and writes each
  EXPECT_EQ(options.batch, 7U);
  EXPECT_EQ(options.order, LoaderOptions::Order::Balanced);
  EXPECT_EQ(options.buckets, (std::vector<Size>{{16, 32}, {32, 16}}));
  EXPECT_EQ(options.mean[1], 0.25F);
  std::set<std::string> names;
  for (const auto& field : described.fields)
    EXPECT_TRUE(names.insert(std::string(field.name)).second) << field.name;
  for (const char* name :
       {"batch",    "order",    "weights",  "buckets", "epoch_samples", "repeats", "last",
        "on_error", "channels", "alpha",    "type",    "layout",        "mean",    "std",
        "seed",     "workers",  "prefetch", "memory",  "epochs",        "rank",    "world"})
    EXPECT_EQ(names.erase(name), 1U) << name;
  EXPECT_TRUE(names.empty()) << *names.begin();
}

}  // namespace
}  // namespace doppel::dataset
