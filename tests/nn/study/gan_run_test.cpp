#include "doppel/nn/study/gan_run.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "doppel/base/error.h"
#include "doppel/dataset/loader/loader.h"
#include "tiny_images.h"

namespace doppel::nn {
namespace {

OpenedGan tiny_gan(std::vector<std::string> classes = {"up", "down"}) {
  RunInfo info = tiny_info();
  info.classes = std::move(classes);
  const auto gan =
      std::make_shared<Gan>(info.input, static_cast<int>(info.classes.size()), tiny_gan_options());
  return {info, average_of(gan), "tiny"};
}

TEST(GanMix, IsReadAndWritten) {
  EXPECT_EQ(parse_mix("gan:runs/gan").run, "runs/gan");
  EXPECT_EQ(parse_mix("gan:runs/gan").share, 0.25);
  EXPECT_EQ(parse_mix("gan:a:b:0.5").run, "a:b");
  EXPECT_EQ(parse_mix("gan:a:b:0.5").text(), "gan:a:b:0.5");
  for (const char* text :
       {"", "runs/gan", "gan:", "gan::0.5", "gan:a:0", "gan:a:1", "gan:a:-0.1", "gan:a:nan"})
    EXPECT_THROW((void)parse_mix(text), UsageError) << text;
}

TEST(WithGenerated, ThePicturesComeInTheirOrderAndGoBeforeTheEnd) {
  const auto train = tiny_source(40, 1);
  const auto mixed = with_generated(train, tiny_gan(), {"run", 0.25}, 1, 10, 5);
  EXPECT_EQ(mixed->size(), 400U);
  std::vector<int> made(10);
  std::size_t next = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    if (!mixed->name(i).starts_with("generated")) continue;
    EXPECT_EQ(mixed->name(i), "generated " + std::to_string(next) + " (seed 5)");
    EXPECT_EQ(mixed->label(i), static_cast<int>(next++ % 2));
    ++made[i / 40];
  }
  EXPECT_EQ(made, (std::vector{10, 10, 10, 10, 10, 10, 10, 10, 7, 3}));
}

TEST(WithGenerated, BatchesAreTheSameForAnyWorkersAndAfterAResume) {
  const auto options = [](int workers) {
    dataset::LoaderOptions o;
    o.batch = 16;
    o.workers = workers;
    o.seed = 5;
    o.order = dataset::LoaderOptions::Order::Sequential;
    o.epochs = 3;
    o.epoch_samples = 40;
    return o;
  };
  const auto train = tiny_source(40, 1);
  const auto recipe = augment::Recipe::from_yaml("- MixUp: {}\n- HorizontalFlip: {}\n");
  const auto seen = [&](int workers, std::uint64_t first) {
    dataset::Loader loader(with_generated(train, tiny_gan(), {"run", 0.25}, 1, 3, 5), recipe,
                           options(workers));
    EXPECT_EQ(loader.steps(), 3U);
    EXPECT_EQ(loader.samples(), 40U);
    std::vector<float> all;
    for (std::uint64_t epoch = first; epoch < 3; ++epoch)
      for (const dataset::Batch& batch : loader.epoch(epoch)) {
        const auto values = batch.images.values<float>();
        all.insert(all.end(), values.begin(), values.end());
      }
    return all;
  };
  const std::vector<float> alone = seen(0, 0);
  EXPECT_EQ(alone.size(), 3U * 40 * 16);
  EXPECT_EQ(seen(3, 0), alone);
  EXPECT_EQ(seen(2, 1), std::vector<float>(alone.begin() + 40 * 16, alone.end()));
}

TEST(WithGenerated, ProcessesShareBatchesAndTheImagesThatAreMade) {
  const auto train = tiny_source(40, 1);
  const auto read = [&](int rank, int world) {
    dataset::LoaderOptions o;
    o.batch = 16;
    o.seed = 5;
    o.order = dataset::LoaderOptions::Order::Sequential;
    o.epochs = 3;
    o.epoch_samples = 40;
    o.rank = rank;
    o.world = world;
    dataset::Loader loader(with_generated(train, tiny_gan(), {"run", 0.25}, 1, 3, 5,
                                          {.rank = rank, .world = world, .batch = 16}),
                           {}, o);
    std::vector<std::vector<float>> batches;
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch)
      for (const dataset::Batch& batch : loader.epoch(epoch)) {
        const auto values = batch.images.values<float>();
        batches.emplace_back(values.begin(), values.end());
      }
    return batches;
  };
  const auto whole = read(0, 1), first = read(0, 2), second = read(1, 2);
  ASSERT_EQ(first.size(), whole.size());
  for (std::size_t b = 0; b < whole.size(); ++b) {
    std::vector<float> both = first[b];
    both.insert(both.end(), second[b].begin(), second[b].end());
    EXPECT_EQ(both, whole[b]) << b;
  }
}

TEST(WithGenerated, MatchesClassesByNameAndRefusesOthers) {
  const auto train = tiny_source(40, 1);
  const auto mixed = with_generated(train, tiny_gan({"down", "up"}), {"run", 0.5}, 1, 2, 5);
  for (std::size_t i = 0; i < 4; ++i)
    if (mixed->name(i).starts_with("generated 0")) { EXPECT_EQ(mixed->label(i), 1); }
  EXPECT_THROW((void)with_generated(train, tiny_gan({"up", "left"}), {"run", 0.5}, 1, 2, 5), UsageError);
  EXPECT_THROW((void)with_generated(train, tiny_gan({"up"}), {"run", 0.5}, 1, 2, 5), UsageError);
  EXPECT_THROW((void)with_generated(train, tiny_gan(), {"run", 0.5}, 3, 2, 5), UsageError);
}

TEST(LoaderOptions, EpochsThatAreStretchesNeedAnOrderAndAllOfThem) {
  const auto source = tiny_source(40, 1);
  dataset::LoaderOptions o;
  o.order = dataset::LoaderOptions::Order::Sequential;
  o.batch = 8;
  o.epoch_samples = 10;
  o.epochs = 4;
  EXPECT_NO_THROW(dataset::Loader(source, {}, o));
  o.epochs = 5;
  EXPECT_THROW(dataset::Loader(source, {}, o), UsageError);
  o.epochs = 4;
  o.order = dataset::LoaderOptions::Order::Shuffled;
  EXPECT_THROW(dataset::Loader(source, {}, o), UsageError);
}

}  // namespace
}  // namespace doppel::nn
