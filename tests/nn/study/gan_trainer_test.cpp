#include "doppel/nn/study/gan_trainer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "dataset/temporary_folder.h"
#include "error_of.h"
#include "nn/study/tiny_images.h"

namespace doppel::nn {
namespace {

/// Batches of 16 of 48 images, in order.
dataset::Loader tiny_batches() {
  return dataset::Loader(tiny_source(48, 1), {}, tiny_info().evaluation_options(16));
}

std::vector<nlohmann::json> gan_log(const std::filesystem::path& folder) {
  std::ifstream file(folder / "gan.jsonl");
  std::vector<nlohmann::json> rows;
  for (std::string row; std::getline(file, row);) rows.push_back(nlohmann::json::parse(row));
  return rows;
}

TEST(GanTrainer, LinesAreMeansOfTheStepsSinceTheLast) {
  const dataset::TemporaryFolder folder;
  const auto gan = std::make_shared<Gan>(Shape{1, 4, 4}, 2, tiny_gan_options());
  int steps = 0, told = 0;
  GanTrainer trainer(gan, nullptr,
                     {.folder = folder.path(),
                      .every = 5,
                      .on_step = [&](const GanRecord&) { ++steps; },
                      .on_line = [&](const GanLine&) { ++told; }});
  dataset::Loader loader = tiny_batches();
  EXPECT_TRUE(trainer.run(loader, false));
  EXPECT_EQ(gan->steps(), 12U);
  EXPECT_EQ(steps, 12);
  EXPECT_EQ(told, 3);
  // After 5, 10 and the last, which is the 12th. The same by hand.
  Gan twin({1, 4, 4}, 2, tiny_gan_options());
  dataset::Loader again = tiny_batches();
  std::vector<double> losses;
  for (std::uint64_t epoch = 0; epoch < 4; ++epoch)
    for (const dataset::Batch& batch : again.epoch(epoch))
      losses.push_back(twin.step(batch.images.values<float>(), batch.labels).discriminator_loss);
  ASSERT_EQ(trainer.lines().size(), 3U);
  std::size_t from = 0;
  for (const GanLine& line : trainer.lines()) {
    double mean = 0;
    for (std::size_t i = from; i < line.score.step; ++i)
      mean += losses[i] / static_cast<double>(line.score.step - from);
    from = line.score.step;
    EXPECT_NEAR(line.mean.discriminator_loss, mean, 1e-9) << from;
    EXPECT_GT(line.images_per_second, 0);
  }
  EXPECT_EQ(from, 12U);
  const auto rows = gan_log(folder.path());
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].at("step"), 10);
  EXPECT_EQ(rows[1].at("discriminator_loss"), trainer.lines()[1].mean.discriminator_loss);
  // Without an evaluator the last state is the best.
  Gan last({1, 4, 4}, 2, tiny_gan_options()), best({1, 4, 4}, 2, tiny_gan_options());
  last.load(trainer.last());
  best.load(trainer.best());
  EXPECT_EQ(best.steps(), 12U);
  EXPECT_EQ(last.generate(std::vector{0, 1}, 1, 0), gan->generate(std::vector{0, 1}, 1, 0));
}

TEST(GanTrainer, GoesOnWhereItWasStopped) {
  const dataset::TemporaryFolder folder;
  const auto whole = std::make_shared<Gan>(Shape{1, 4, 4}, 2, tiny_gan_options()),
             first = std::make_shared<Gan>(Shape{1, 4, 4}, 2, tiny_gan_options()),
             second = std::make_shared<Gan>(Shape{1, 4, 4}, 2, tiny_gan_options());
  std::filesystem::create_directories(folder.path() / "whole");
  dataset::Loader a = tiny_batches(), b = tiny_batches(), c = tiny_batches();
  GanTrainer(whole, nullptr, {.folder = folder.path() / "whole", .every = 4}).run(a, false);
  std::atomic<bool> stop = false;
  GanTrainer stopped(
      first, nullptr,
      {.folder = folder.path(), .every = 4, .on_step = [&](const GanRecord& r) { stop = r.step == 6; }});
  EXPECT_FALSE(stopped.run(b, stop));
  EXPECT_EQ(first->steps(), 6U);
  // What was written after the checkpoint, or cut off, is gone.
  std::ofstream(folder.path() / "gan.jsonl", std::ios::app)
      << R"({"step": 9, "discriminator_loss": 7})" << "\n{\"st";
  second->load(stopped.last());
  GanTrainer resumed(second, nullptr, {.folder = folder.path(), .every = 4});
  resumed.read_log();
  EXPECT_EQ(resumed.lines().size(), 2U);  // at 4, and at 6 where it stopped
  EXPECT_TRUE(resumed.run(c, false));
  EXPECT_EQ(second->generate(std::vector{0, 1}, 1, 0), whole->generate(std::vector{0, 1}, 1, 0));
  std::vector<int> steps;
  for (const auto& row : gan_log(folder.path())) steps.push_back(row.at("step"));
  EXPECT_EQ(steps, (std::vector{4, 6, 8, 12}));
}

TEST(GanTrainer, AGameThatFallsApartGoesBackAndGivesUpAtLast) {
  const dataset::TemporaryFolder folder;
  GanOptions options = tiny_gan_options();
  options.rate = 1e30;
  const auto gan = std::make_shared<Gan>(Shape{1, 4, 4}, 2, options);
  std::vector<std::string> told;
  GanTrainer trainer(
      gan, nullptr,
      {.folder = folder.path(), .every = 100, .on_event = [&](const std::string& e) { told.push_back(e); }});
  dataset::Loader loader = tiny_batches();
  const std::string error = error_of([&] { trainer.run(loader, false); });
  EXPECT_NE(error.find("going back 4 times hasn't helped"), std::string::npos) << error;
  EXPECT_EQ(told, trainer.events());
  ASSERT_EQ(told.size(), 4U);
  EXPECT_NE(told[0].find("Back to step 0, at half the rate (5e+29)."), std::string::npos) << told[0];
  EXPECT_NE(told[3].find("(6.25e+28)"), std::string::npos) << told[3];
  EXPECT_EQ(gan_log(folder.path()).back().at("event"), told[3]);
}

/// A step's loss is finite, what it makes of the weights isn't: that is never kept.
TEST(GanTrainer, WeightsThatAreInfiniteAreNeverKept) {
  for (const bool measures : {false, true}) {
    const dataset::TemporaryFolder folder;
    GanOptions options = tiny_gan_options();
    options.rate = 3e38;
    const RunInfo info = tiny_info();
    GanEvaluator evaluator(info, tiny_source(48, 1), tiny_source(10, 2), tiny_classifier());
    const auto gan = std::make_shared<Gan>(info.input, 2, options);
    GanTrainer trainer(gan, measures ? &evaluator : nullptr, {.folder = folder.path(), .every = 1});
    dataset::Loader loader = tiny_batches();
    const std::string error = error_of([&] { trainer.run(loader, false); });
    EXPECT_NE(error.find("NaN or infinite"), std::string::npos) << error;
    Gan kept(info.input, 2, options);
    kept.load(trainer.last());
    EXPECT_TRUE(kept.is_finite());
    EXPECT_EQ(kept.steps(), 0U);
    EXPECT_FALSE(std::filesystem::exists(trainer.best()));
  }
}

/// JSON has null for what isn't a number.
TEST(GanTrainer, ALineWithoutADistanceIsNoBest) {
  const dataset::TemporaryFolder folder;
  const RunInfo info = tiny_info();
  GanEvaluator evaluator(info, tiny_source(48, 1), tiny_source(10, 2), tiny_classifier());
  std::ofstream(folder.path() / "gan.jsonl")
      << R"({"step": 0, "frechet": null, "discriminator_loss": 1})" << "\n";
  const auto gan = std::make_shared<Gan>(info.input, 2, tiny_gan_options());
  GanTrainer trainer(gan, &evaluator, {.folder = folder.path(), .every = 6});
  trainer.read_log();
  dataset::Loader loader = tiny_batches();
  EXPECT_TRUE(trainer.run(loader, false));
  EXPECT_TRUE(trainer.events().empty());
  EXPECT_TRUE(std::filesystem::exists(trainer.best()));
}

TEST(GanTrainer, LinesThatAreNoneArePassedOver) {
  const dataset::TemporaryFolder folder;
  const RunInfo info = tiny_info();
  std::ofstream(folder.path() / "gan.jsonl") << "7\n[]\n{\"step\": 0, \"state\": 5, \"frechet\": "
                                                "\"x\"}\n{\"step\": \"many\"}\n{\"step\": 1e300}\n{}\n"
                                             << "{\"step\": 0, \"event\": 3}\n{\"step\": 0, \"frec";
  const auto gan = std::make_shared<Gan>(info.input, 2, tiny_gan_options());
  GanTrainer trainer(gan, nullptr, {.folder = folder.path(), .every = 6});
  trainer.read_log();
  EXPECT_EQ(trainer.lines().size(), 1U);
  EXPECT_TRUE(trainer.events().empty());
}

TEST(GanTrainer, TheBestIsTheNearestByFrechet) {
  const dataset::TemporaryFolder folder;
  const RunInfo info = tiny_info();
  GanEvaluator evaluator(info, tiny_source(48, 1), tiny_source(10, 2), tiny_classifier());
  const auto gan = std::make_shared<Gan>(info.input, 2, tiny_gan_options());
  GanTrainer trainer(gan, &evaluator, {.folder = folder.path(), .every = 3});
  dataset::Loader loader = tiny_batches();
  EXPECT_TRUE(trainer.run(loader, false));
  ASSERT_GE(trainer.lines().size(), 4U);
  const GanLine* nearest = &trainer.lines()[0];
  for (const GanLine& line : trainer.lines())
    if (line.score.frechet < nearest->score.frechet) nearest = &line;
  const auto best = std::make_shared<Gan>(info.input, 2, tiny_gan_options());
  best->load(trainer.best());
  EXPECT_EQ(best->steps(), nearest->score.step);
  EXPECT_EQ(evaluator.score(best).frechet, nearest->score.frechet);
  // Its log is read as it was told.
  GanTrainer later(gan, &evaluator, {.folder = folder.path()});
  later.read_log();
  ASSERT_EQ(later.lines().size(), trainer.lines().size());
  EXPECT_EQ(later.lines().back().score.frechet, trainer.lines().back().score.frechet);
  EXPECT_EQ(later.lines().back().score.agreement, trainer.lines().back().score.agreement);
  EXPECT_EQ(later.lines().back().state, trainer.lines().back().state);
}

TEST(GanTrainer, OneClassIsAllImagesWhateverTheirLabels) {
  const dataset::TemporaryFolder folder;
  const auto gan = std::make_shared<Gan>(Shape{1, 4, 4}, 1, tiny_gan_options());
  dataset::Loader loader = tiny_batches();
  EXPECT_TRUE(GanTrainer(gan, nullptr, {.folder = folder.path()}).run(loader, false));
  EXPECT_EQ(text_of(GanState::Balanced), "balanced");
  EXPECT_TRUE(text_of(GanState::Drifting).starts_with("drift"));
}

}  // namespace
}  // namespace doppel::nn
