#include "doppel/nn/study/experiment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "dataset/temporary_folder.h"
#include "doppel/nn/study/imbalance.h"
#include "error_of.h"
#include "nn/study/tiny_images.h"

namespace doppel::nn {
namespace {

namespace fs = std::filesystem;

StudySetup tiny_study() {
  return {.info = tiny_info(),
          .train = tiny_source(40, 1),
          .test = tiny_source(15, 2),
          .recipe = augment::Recipe::from_yaml("- VerticalFlip: {p: 1}\n- Brightness: {p: 0.5}\n"),
          .classifying = tiny_classifier(),
          .gan = tiny_gan_options(),
          .data = "tiny",
          .recipe_name = "own"};
}

TEST(Experiment, ArmsAreTheWaysThatAreCompared) {
  const auto names = [](const std::vector<Arm>& arms) {
    std::string all;
    for (const Arm& arm : arms) all += arm.name + "; ";
    return all;
  };
  EXPECT_EQ(names(study_arms(false)), "real; augmented; real, twice as long; augmented, twice as long; ");
  EXPECT_EQ(names(study_arms(true)),
            "real; augmented; GAN; both; real, twice as long; augmented, twice as long; GAN, twice as long; "
            "both, twice as long; GAN only; ");
  for (const Arm& arm : study_arms(true)) {
    EXPECT_EQ(arm.times, arm.name.ends_with("twice as long") ? 2 : 1) << arm.name;
    EXPECT_EQ(arm.augmented, arm.name.starts_with("augmented") || arm.name.starts_with("both")) << arm.name;
  }
  const auto audit = audit_arms(tiny_study().recipe);
  EXPECT_EQ(names(audit), "augmented; without 1 VerticalFlip; without 2 Brightness; ");
  EXPECT_EQ(audit[0].dropped, -1);
  EXPECT_EQ(audit[2].dropped, 1);
}

TEST(Experiment, AGansImagesAreMixedInInSeveralWays) {
  const dataset::TemporaryFolder folder;
  const StudySetup setup = tiny_study();
  const auto arms = mixing_arms();
  std::string names;
  for (const Arm& arm : arms) names += arm.name + "; ";
  EXPECT_EQ(names,
            "real; augmented; GAN; GAN, share 0.1; GAN, share 0.5; GAN, filtered; GAN at first; both; ");
  Study study(setup, folder.path());
  std::map<std::string, std::string> right;
  for (const Arm& arm : arms) right[arm.name] = study.result(20, 1, arm).right;
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "gans"), {}), 1);
  // Ways of the usual question are the same ones here.
  const dataset::TemporaryFolder other;
  Study usual(setup, other.path());
  for (const std::size_t k : {0U, 1U, 2U, 3U}) {
    const Arm arm = study_arms(true)[k];
    EXPECT_EQ(usual.result(20, 1, arm).right, right[arm.name]) << arm.name;
  }
}

TEST(Experiment, RareClassesAreHelpedInSeveralWays) {
  const dataset::TemporaryFolder folder;
  const StudySetup setup = tiny_study();
  const auto arms = imbalance_arms(10, true);
  std::string names;
  for (const Arm& arm : arms) names += arm.name + "; ";
  EXPECT_EQ(
      names,
      "real, 1 in 10; oversampled, 1 in 10; weighted, 1 in 10; augmented, 1 in 10; GAN, 1 in 10; both, 1 "
      "in 10; ");
  EXPECT_EQ(imbalance_arms(10, false).size(), 4U);
  Study study(setup, folder.path());
  EXPECT_FALSE(study.has_gan(40, 1, 10));
  for (const Arm& arm : arms) {
    const StudyResult result = study.result(40, 1, arm);
    EXPECT_EQ(result.arm, arm.name);
    EXPECT_EQ(result.right.size(), 15U);
  }
  EXPECT_TRUE(study.has_gan(40, 1, 10));
  EXPECT_FALSE(study.has_gan(40, 1));  // that would be of even classes
  EXPECT_FALSE(study.has_gan(40, 1, 100));
  const Study again(setup, folder.path());
  EXPECT_EQ(again.all().size(), 6U);
  // The flip of the recipe turns one half into the other: of the rare class alone it takes that one's label
  // away.
  const int rare = rare_classes(2, 1)[0];
  const StudyResult* turned = again.find(40, 1, "augmented, 1 in 10");
  ASSERT_NE(turned, nullptr);
  EXPECT_LT(turned->recall[static_cast<std::size_t>(rare)], 0.5);
  EXPECT_GT(again.find(40, 1, "oversampled, 1 in 10")->recall[static_cast<std::size_t>(rare)], 0.5);
}

TEST(Experiment, ResultsAreKeptAndFoundAgain) {
  const dataset::TemporaryFolder folder;
  const StudySetup setup = tiny_study();
  Study study(setup, folder.path());
  EXPECT_EQ(study.find(20, 1, "real"), nullptr);
  const StudyResult real = study.result(20, 1, study_arms(false)[0]);
  EXPECT_EQ(real.right, std::string(15, '1'));  // the halves are easily told apart
  EXPECT_EQ(real.accuracy, 1);
  // All turned upside down is learned the wrong way round; without that flip it isn't.
  const auto audit = audit_arms(setup.recipe);
  const StudyResult flipped = study.result(40, 1, audit[0]), kept = study.result(40, 1, audit[1]);
  EXPECT_EQ(flipped.accuracy, static_cast<double>(std::ranges::count(flipped.right, '1')) / 15);
  EXPECT_LT(flipped.accuracy, 0.2);
  EXPECT_GT(kept.accuracy, 0.8);
  EXPECT_NEAR((flipped.recall[0] * 8 + flipped.recall[1] * 7) / 15, flipped.accuracy, 1e-9);
  // A line that was cut off is nothing.
  std::ofstream(folder.path() / "results.jsonl", std::ios::app) << "{\"images\": 4";
  const Study again(setup, folder.path());
  EXPECT_EQ(again.all().size(), 3U);
  const StudyResult* found = again.find(40, 1, "augmented");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->right, flipped.right);
  EXPECT_EQ(found->recall, flipped.recall);
  // The next result isn't swallowed by it; and what is no result at all is passed over.
  Study more(setup, folder.path());
  const StudyResult next = more.result(20, 2, study_arms(false)[0]);
  std::ofstream(folder.path() / "results.jsonl", std::ios::app)
      << "[1]\n7\n{\"images\": \"many\"}\n"
      << R"({"images": 1e300, "seed": -1, "arm": "real", "accuracy": 1, "recall": [], "right": ""})" << "\n";
  const Study last(setup, folder.path());
  EXPECT_EQ(last.all().size(), 4U);
  ASSERT_NE(last.find(20, 2, "real"), nullptr);
  EXPECT_EQ(last.find(20, 2, "real")->right, next.right);
}

TEST(Experiment, AnotherStudysFolderIsRefused) {
  const dataset::TemporaryFolder folder;
  StudySetup setup = tiny_study();
  { const Study study(setup, folder.path()); }
  const auto error = [&] { return error_of([&] { Study(setup, folder.path()); }); };
  setup.classifying.threads = 3;  // which may differ
  setup.gan.seed = 9;             // each has its own
  EXPECT_EQ(error(), "");
  setup.gan.steps = 99;
  EXPECT_NE(error().find("was made with the GAN's steps = 12, not 99"), std::string::npos) << error();
  setup = tiny_study();
  setup.classifying.batch = 9;
  EXPECT_NE(error().find("was made with batch = 8, not 9"), std::string::npos) << error();
  setup = tiny_study();
  setup.recipe = {};
  EXPECT_NE(error().find("of the recipe"), std::string::npos) << error();
}

TEST(Experiment, AGanIsTrainedOnceForAllItsArms) {
  const dataset::TemporaryFolder folder;
  const StudySetup setup = tiny_study();
  const auto arms = study_arms(true);
  Study study(setup, folder.path());
  EXPECT_FALSE(study.has_gan(20, 3));
  const StudyResult only = study.result(20, 3, arms.back());
  EXPECT_EQ(only.right.size(), 15U);
  EXPECT_TRUE(study.has_gan(20, 3));
  // One file is left of it.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "gans"), {}), 1);
  const auto path = fs::directory_iterator(folder.path() / "gans")->path();
  const auto written = fs::last_write_time(path);
  Study again(setup, folder.path());
  const StudyResult some = again.result(20, 3, arms[2]);
  EXPECT_EQ(some.arm, "GAN");
  EXPECT_EQ(fs::last_write_time(path), written);
}

}  // namespace
}  // namespace doppel::nn
