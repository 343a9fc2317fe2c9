#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

/// Images of one pixel: dark ones are of class 0, light ones of class 1, and one that is said to be of the
/// other.
dataset::SourcePtr light_and_dark() {
  std::vector<augment::Sample> samples;
  for (const auto& [level, label] : {std::pair{0, 0}, {51, 0}, {255, 1}, {204, 1}, {255, 0}}) {
    samples.emplace_back();
    samples.back().image = cv::Mat(1, 1, CV_8UC1, cv::Scalar(level));
    samples.back().label = label;
  }
  return std::make_shared<dataset::InMemory>(std::move(samples), std::vector<std::string>{"dark", "light"});
}

/// Logits 0 and 4x - 2.
Model light_or_dark() {
  Model model(build_graph(parse_network("fc"), {1, 1, 1}, 2), 1);
  model.find("fc1", "weight")->value = {0, 4};
  model.find("fc1", "bias")->value = {0, -2};
  return model;
}

dataset::LoaderOptions in_order() {
  dataset::LoaderOptions options{.batch = 2, .epochs = 1};
  options.order = dataset::LoaderOptions::Order::Sequential;
  return options;
}

TEST(Evaluate, CountsAndTellsEveryRow) {
  Model model = light_or_dark();
  dataset::Loader loader(light_and_dark(), {}, in_order());
  std::map<std::size_t, std::pair<int, float>> rows;
  const Confusion confusion = evaluate(
      model, loader, 0,
      [&](std::size_t index, int label, std::span<const float> logits) { rows[index] = {label, logits[1]}; });
  EXPECT_EQ(confusion.total(), 5);
  EXPECT_EQ(confusion.accuracy(), 0.8);
  EXPECT_EQ(confusion.at(0, 1), 1);
  ASSERT_EQ(rows.size(), 5U);
  for (const auto& [index, expected] : {std::pair<std::size_t, std::pair<int, float>>{0, {0, -2}},
                                        {1, {0, -1.2F}},
                                        {2, {1, 2}},
                                        {3, {1, 1.2F}},
                                        {4, {0, 2}}}) {
    EXPECT_EQ(rows.at(index).first, expected.first) << index;
    EXPECT_NEAR(rows.at(index).second, expected.second, 1e-5) << index;
  }
  const auto softplus = [](double x) { return std::log1p(std::exp(x)); };
  EXPECT_NEAR(confusion.mean_loss(),
              (softplus(-2) + softplus(-1.2) + softplus(-2) + softplus(-1.2) + softplus(2)) / 5, 1e-5);
}

TEST(Evaluate, ViewsAreMeansOfProbabilities) {
  Model model = light_or_dark();
  dataset::Loader same(light_and_dark(), {}, in_order());
  dataset::LoaderOptions options = in_order();
  options.epochs = 4;
  dataset::Loader once(light_and_dark(), {}, options);
  std::size_t told = 0;
  const Confusion views = evaluate_views(model, once, 4, 0, [&](std::size_t done, std::size_t total) {
    EXPECT_EQ(done, told++);
    EXPECT_EQ(total, 20U);
  });
  EXPECT_EQ(told, 20U);
  // Nothing is drawn: all views are one.
  EXPECT_NEAR(views.mean_loss(), evaluate(model, same).mean_loss(), 1e-5);
  EXPECT_EQ(views.accuracy(), 0.8);
  // Every other view inverted, in the mean: less sure than the one, never surer.
  const auto inverting = augment::Recipe::from_yaml("- Negative: {p: 0.5}");
  options.seed = 3;
  dataset::Loader drawn(light_and_dark(), inverting, options);
  const Confusion mixed = evaluate_views(model, drawn, 4);
  double confidence = 0, single = 0;
  for (const Confusion::Bin& bin : mixed.bins()) confidence += bin.confidence;
  for (const Confusion::Bin& bin : views.bins()) single += bin.confidence;
  EXPECT_LT(confidence, single - 0.1);
  EXPECT_EQ(mixed.total(), 5);
}

/// Images of one pixel, which may be dark, light, both (grey) or neither.
dataset::SourcePtr any_of_both() {
  std::vector<augment::Sample> samples;
  for (const auto& [level, shares] : std::vector<std::pair<int, std::vector<augment::LabelShare>>>{
           {0, {}}, {128, {{0, 1}, {1, 1}}}, {255, {{1, 1}}}, {60, {{0, 0}}}}) {
    samples.emplace_back();
    samples.back().image = cv::Mat(1, 1, CV_8UC1, cv::Scalar(level));
    samples.back().label = shares.empty() ? 0 : shares[0].share > 0 ? shares[0].label : -1;
    samples.back().label_shares = shares;
  }
  return std::make_shared<dataset::InMemory>(std::move(samples), std::vector<std::string>{"dark", "light"});
}

TEST(Evaluate, IndependentLabelsAreComparedClassByClass) {
  Model model = light_or_dark();
  dataset::Loader loader(any_of_both(), {}, in_order());
  std::vector<int> labels;
  const MultiLabel result = evaluate_multi_label(
      model, loader, 0, [&](std::size_t, int label, std::span<const float>) { labels.push_back(label); });
  EXPECT_EQ(labels, (std::vector<int>{0, 0, 1, -1}));
  EXPECT_EQ(result.total(), 4);
  EXPECT_EQ(result.positives(0), 2);
  EXPECT_EQ(*result.average_precision(0), 0.5) << "all logits are 0";
  EXPECT_EQ(*result.average_precision(1), 1);
  EXPECT_FALSE(result.has_one_label_each());
  // An image that nobody has labelled can't be compared.
  std::vector<augment::Sample> unknown(1);
  unknown[0].image = cv::Mat(1, 1, CV_8UC1, cv::Scalar(1));
  dataset::Loader without(
      std::make_shared<dataset::InMemory>(unknown, std::vector<std::string>{"dark", "light"}), {},
      in_order());
  EXPECT_NE(error_of([&] { evaluate_multi_label(model, without); }).find("label -1"), std::string::npos);
}

TEST(Evaluate, ViewsOfIndependentLabelsAreMeansOfSigmoids) {
  Model model = light_or_dark();
  dataset::LoaderOptions options = in_order();
  options.epochs = 3;
  dataset::Loader thrice(any_of_both(), {}, options), once(any_of_both(), {}, in_order());
  const MultiLabel views = evaluate_views_multi_label(model, thrice, 3);
  const MultiLabel same = evaluate_multi_label(model, once);
  EXPECT_NEAR(views.mean_loss(), same.mean_loss(), 1e-5);
  EXPECT_EQ(views.mean_average_precision(), same.mean_average_precision());
}

TEST(Evaluate, ALabelOutsideTheClassesIsNamed) {
  Model model(build_graph(parse_network("fc"), {1, 1, 1}, 1), 1);
  dataset::Loader loader(light_and_dark(), {}, in_order());
  EXPECT_EQ(error_of([&] { evaluate(model, loader); }),
            "sample 2: label 1 is outside the network's 1 classes");
}

}  // namespace
}  // namespace doppel::nn
