// Masks that are learned: what a batch's become, how they are measured, and that a network learns shapes.
#include "doppel/nn/train/segmentation.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/dataset/combine/class_masks.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

dataset::Batch batch_of_masks(const std::vector<cv::Mat>& masks) {
  dataset::Batch batch;
  const auto n = static_cast<std::int64_t>(masks.size());
  batch.images = dataset::Tensor(dataset::DType::F32, {n, 1, 2, 2});
  batch.labels.assign(masks.size(), -1);
  batch.targets.resize(masks.size());
  batch.valid = masks.size();
  for (std::size_t r = 0; r < masks.size(); ++r) {
    if (!masks[r].empty()) batch.targets[r].masks = {masks[r]};
    batch.indices.push_back(40 + r);
  }
  return batch;
}

TEST(MaskTargets, AreClassesAndWhatDoesntCount) {
  dataset::Batch batch = batch_of_masks(
      {(cv::Mat_<unsigned char>(2, 2) << 0, 1, 255, 2), (cv::Mat_<int>(2, 2) << 2, 2, 255, 0), cv::Mat()});
  batch.valid = 2;
  const dataset::Tensor targets = mask_targets(batch, 3);
  EXPECT_EQ(targets.shape(), (std::vector<std::int64_t>{3, 2, 2}));
  EXPECT_TRUE(std::ranges::equal(targets.values<float>(),
                                 std::vector<float>{0, 1, -1, 2, 2, 2, -1, 0, -1, -1, -1, -1}));
}

TEST(MaskTargets, NameTheSampleThatHasNone) {
  const auto error = [](const cv::Mat& mask) {
    return error_of([&] { mask_targets(batch_of_masks({mask}), 3); });
  };
  EXPECT_EQ(error(cv::Mat()), "sample 40: has 0 masks to learn, not 1");
  EXPECT_EQ(error((cv::Mat_<float>(2, 2) << 0, 1, 2, 0)),
            "sample 40: its mask holds no numbers of classes: 8 bits, or whole numbers of 32");
  EXPECT_EQ(error(cv::Mat::zeros(2, 3, CV_8UC1)),
            "sample 40: a mask of 3x2 for an image of 2x2 (width x height)");
  EXPECT_EQ(error((cv::Mat_<unsigned char>(2, 2) << 0, 1, 7, 0)),
            "sample 40: its mask holds 7 at x 0, y 1, but there are 3 classes (0 to 2; 255: doesn't count)");
  EXPECT_NE(error((cv::Mat_<int>(2, 2) << 0, -1, 0, 0)).find("its mask holds -1 at x 1, y 0"),
            std::string::npos);
}

TEST(MaskConfusion, IsItsFormulas) {
  MaskConfusion confusion(4);
  // [4, 1, 5]: predicted 0, 1, 1, 2, 2.
  std::vector<float> logits(20, 0.F);
  const int predicted[] = {0, 1, 1, 2, 2};
  for (std::size_t i = 0; i < 5; ++i) logits[static_cast<std::size_t>(predicted[i]) * 5 + i] = 1;
  confusion.add(std::vector<float>{0, 0, 1, 2, -1}, logits);
  EXPECT_EQ(confusion.images(), 1);
  EXPECT_EQ(confusion.pixels(), 4);
  EXPECT_EQ(confusion.at(0, 1), 1);
  EXPECT_EQ(*confusion.iou(0), 1.0 / 2);
  EXPECT_EQ(*confusion.iou(1), 1.0 / 2);
  EXPECT_EQ(*confusion.iou(2), 1) << "the pixel that doesn't count isn't held against it";
  EXPECT_FALSE(confusion.iou(3));
  EXPECT_NEAR(confusion.mean_iou(), 2.0 / 3, 1e-12);
  EXPECT_EQ(confusion.pixel_accuracy(), 3.0 / 4);
  EXPECT_EQ(MaskConfusion(2).mean_iou(), 0);
  EXPECT_EQ(MaskConfusion(2).pixel_accuracy(), 0);
}

/// Discs (1) and squares (2) in any brightness, with a slope behind them.
dataset::SourcePtr discs_and_squares(int count, unsigned seed) {
  constexpr int kSide = 32;
  cv::RNG random(seed);
  std::vector<augment::Sample> samples;
  for (int i = 0; i < count; ++i) {
    augment::Sample& sample = samples.emplace_back();
    cv::Mat corners(2, 2, CV_8UC1), mask = cv::Mat::zeros(kSide, kSide, CV_8UC1);
    random.fill(corners, cv::RNG::UNIFORM, 40, 160);
    cv::resize(corners, sample.image, {kSide, kSide}, 0, 0, cv::INTER_LINEAR);
    for (int k = 0; k < 2; ++k) {
      const int x = 8 + 15 * k + random.uniform(-1, 2), y = random.uniform(8, 24), r = random.uniform(4, 7);
      const int kind = random.uniform(1, 3),
                level = random.uniform(0, 2) == 0 ? random.uniform(0, 20) : random.uniform(200, 256);
      for (const auto& [image, value] : {std::pair{&sample.image, level}, std::pair{&mask, kind}})
        if (kind == 1)
          cv::circle(*image, {x, y}, r, cv::Scalar(value), cv::FILLED);
        else
          cv::rectangle(*image, {x - r, y - r}, {x + r, y + r}, cv::Scalar(value), cv::FILLED);
    }
    sample.masks = {mask};
  }
  return dataset::find_masks(std::make_shared<dataset::InMemory>(
                                 std::move(samples), std::vector<std::string>{"none", "disc", "square"}))
      .source;
}

struct MaskRun {
  explicit MaskRun(int images = 60, std::uint64_t epochs = 25)
      : model(
            build_graph(parse_network(
                            "two(c) = conv3x3(c)-bn-relu-conv3x3(c)-bn-relu; "
                            "two(8)-cat[|pool-two(16)-cat[|pool-two(32)-deconv2x2(16)]-two(16)-deconv2x2(8)]"
                            "-two(8)-conv1x1(classes)"),
                        {1, 32, 32}, 3),
            1),
        train(discs_and_squares(images, 1), augment::Recipe::load("masks"),
              {.batch = 10, .seed = 3, .epochs = epochs, .mean = {0.4F}, .std = {0.3F, 1, 1, 1}}),
        test(discs_and_squares(20, 2), {},
             {.batch = 8,
              .order = dataset::LoaderOptions::Order::Sequential,
              .mean = {0.4F},
              .std = {0.3F, 1, 1, 1}}) {
    options.epochs = epochs;
    options.shards = 2;
    options.rate = 0.01;
    options.loss = Segmentation{};
  }
  Model model;
  dataset::Loader train, test;
  TrainerOptions options;
};

const auto kQuietStep = [](const Progress&) {};
const auto kQuietEpoch = [](const EpochRecord&) {};

TEST(Segmentation, LearnsShapes) {
  MaskRun run;
  const dataset::TemporaryFolder folder;
  run.options.best = folder.path() / "best";
  Trainer trainer(run.model, run.train, &run.test, run.options);
  trainer.run(kQuietStep, kQuietEpoch);
  const EpochRecord& last = trainer.history().back();
  ASSERT_TRUE(last.valid_iou && last.valid_accuracy && last.valid_loss);
  EXPECT_GT(*last.valid_iou, 0.85);
  EXPECT_GT(*last.valid_accuracy, 0.95);
  EXPECT_EQ(last.held_out(), last.valid_iou);
  EXPECT_EQ(last.accuracy, 0) << "of masks no row is right or wrong";
  const MaskConfusion confusion = evaluate_masks(run.model, run.test);
  EXPECT_EQ(confusion.mean_iou(), *last.valid_iou);
  EXPECT_EQ(confusion.images(), 20);
  // The best is what had the highest mean IoU.
  MaskRun best;
  load_model(run.options.best, best.model);
  const auto& kept = trainer.history()[static_cast<std::size_t>(trainer.best_epoch())];
  EXPECT_EQ(evaluate_masks(best.model, best.test).mean_iou(), *kept.valid_iou);
  for (const EpochRecord& record : trainer.history()) EXPECT_LE(*record.valid_iou, *kept.valid_iou);
}

TEST(Segmentation, GoesOnFromACheckpointToTheSameBits) {
  const dataset::TemporaryFolder folder;
  const auto last_weights = [&](bool stops, int threads) {
    MaskRun run(40, 2);
    run.options.threads = threads;
    run.options.accumulate = 2;
    run.options.average = 0.9;
    run.options.checkpoint = folder.path() / (stops ? "stopped" : "whole");
    std::atomic<bool> stop = false;
    int steps = 0;
    {
      Trainer trainer(run.model, run.train, &run.test, run.options);
      EXPECT_NE(trainer.run([&](const Progress&) { stop = stops && ++steps == 6; }, kQuietEpoch, &stop),
                stops);
    }
    if (stops) {
      stop = false;
      Trainer trainer(run.model, run.train, &run.test, run.options);
      trainer.resume();
      EXPECT_TRUE(trainer.run(kQuietStep, kQuietEpoch, &stop));
      EXPECT_TRUE(trainer.history()[0].valid_iou);
    }
    return run.model.parameters()[0].value;
  };
  const auto whole = last_weights(false, 1);
  EXPECT_EQ(last_weights(true, 2), whole);
  MaskRun other(40, 2);
  other.options.accumulate = 2;
  other.options.average = 0.9;
  other.options.checkpoint = folder.path() / "whole";
  other.options.loss = Segmentation{.dice = 0.25};
  Trainer trainer(other.model, other.train, &other.test, other.options);
  EXPECT_NE(error_of([&] { trainer.resume(); }).find("dice"), std::string::npos);
}

TEST(Segmentation, LearnsInBf16) {
  MaskRun run(40, 3);
  run.options.precision = Precision::BF16;
  Trainer trainer(run.model, run.train, &run.test, run.options);
  trainer.run(kQuietStep, kQuietEpoch);
  EXPECT_LT(trainer.history().back().loss, 0.8 * trainer.history().front().loss);
}

TEST(Segmentation, ShardsSeeTheSameLossAndGradients) {
  MaskRun run(4, 1);
  const dataset::Batch& batch = *run.train.epoch(0).begin();
  const dataset::Tensor masks = mask_targets(batch, 3);
  std::vector<std::vector<float>> grads;
  std::vector<double> losses;
  for (const int shards : {1, 3}) {
    Executor executor(run.model, {.batch = 10, .shards = shards});
    losses.push_back(
        executor.train(batch.images.values<float>(), masks.values<float>(), run.options.loss, 0).loss);
    grads.push_back(run.model.parameters().back().grad);
  }
  EXPECT_NEAR(losses[0], losses[1], 1e-5 * losses[0]);
  for (std::size_t i = 0; i < grads[0].size(); ++i) EXPECT_NEAR(grads[0][i], grads[1][i], 1e-5);
}

TEST(Segmentation, LossAndNetworkFitEachOther) {
  MaskRun run(4, 1);
  run.options.loss = CrossEntropy{};
  EXPECT_NE(error_of([&] {
              Trainer(run.model, run.train, nullptr, run.options);
            }).find("learns masks, by the loss segmentation"),
            std::string::npos);
  Model labels(build_graph(parse_network("gap-fc"), {1, 32, 32}, 3), 1);
  run.options.loss = Segmentation{};
  EXPECT_NE(error_of([&] {
              Trainer(labels, run.train, nullptr, run.options);
            }).find("networks that end in conv1x1(classes)"),
            std::string::npos);
  Executor executor(run.model, {.batch = 1, .shards = 1});
  const std::vector<float> image(1024), mask(1024, 3.F);
  EXPECT_NE(error_of([&] {
              executor.train(image, mask, Segmentation{}, 0);
            }).find("class 3 of a mask is outside the network's 3"),
            std::string::npos);
  EXPECT_NE(error_of([&] {
              executor.train(image, std::span(mask).first(1000), Segmentation{}, 0);
            }).find("1000 pixels aren't masks of 1024"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::nn
