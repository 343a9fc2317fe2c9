#include "doppel/nn/study/run_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "dataset/temporary_folder.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

using Sizes = std::vector<std::pair<int, int>>;

/// Images of one level each: 0, 10, 20 …
dataset::InMemory images_of(const Sizes& sizes, int type = CV_8UC1) {
  std::vector<augment::Sample> samples;
  for (const auto& [height, width] : sizes) {
    samples.emplace_back();
    samples.back().image =
        cv::Mat(height, width, type, cv::Scalar::all(10.0 * static_cast<double>(samples.size() - 1)));
    samples.back().label = static_cast<int>(samples.size()) % 2;
  }
  return {std::move(samples), {"a", "b"}};
}

TEST(RunInfo, NumbersThatCantBeAreNamed) {
  const RunInfo good{"fc", {1, 20, 30}, {"a", "b"}, {0.25F, 0, 0, 0}, {0.5F, 1, 1, 1}};
  const auto error = [&](const char* key, const char* value) {
    auto metadata = good.metadata();
    metadata[key] = value;
    return error_of([&] { RunInfo::from(metadata, "x.st"); });
  };
  EXPECT_NE(error("doppel.std", "[0, 1, 1, 1]").find("a deviation is 0"), std::string::npos);
  EXPECT_NE(error("doppel.mean", "[1e99, 0, 0, 0]").find("aren't finite"), std::string::npos);
  EXPECT_NE(error("doppel.input", "[1, 100000, 100000]").find("100000x100000 can't be"), std::string::npos);
  EXPECT_EQ(error("doppel.std", "[0.5, 1, 1, 1]"), "");
}

TEST(RunInfo, MetadataComesBack) {
  const RunInfo info{
      "conv3x3(4)-gap-fc", {3, 20, 30}, {"a \"b\"", "ü"}, {0.25F, 0.5F, 0.1F, 0}, {0.1F, 0.2F, 0.3F, 1}};
  const RunInfo back = RunInfo::from(info.metadata(), "x.st");
  EXPECT_EQ(back.network, info.network);
  EXPECT_EQ(back.input, info.input);
  EXPECT_EQ(back.classes, info.classes);
  EXPECT_EQ(back.mean, info.mean);
  EXPECT_EQ(back.std, info.std);
  EXPECT_EQ(back.alpha, AlphaOver::White);
  for (const AlphaOver alpha : {AlphaOver::Black, AlphaOver::Keep, AlphaOver::Drop}) {
    RunInfo over = info;
    over.alpha = alpha;
    EXPECT_EQ(RunInfo::from(over.metadata(), "x.st").alpha, alpha);
    EXPECT_EQ(RunInfo::from(over.metadata(), "x.st").evaluation_options(1).alpha, alpha);
  }
  EXPECT_EQ(back.outputs, dataset::Labels::Exclusive);
  EXPECT_FALSE(info.metadata().contains("doppel.outputs")) << "files of before stay the same";
  RunInfo independent = info;
  independent.outputs = dataset::Labels::Independent;
  EXPECT_EQ(RunInfo::from(independent.metadata(), "x.st").outputs, dataset::Labels::Independent);
  EXPECT_TRUE(back.numbers.empty());
  EXPECT_FALSE(info.metadata().contains("doppel.numbers"));
  EXPECT_FALSE(back.masks);
  RunInfo masks = info;
  masks.masks = true;
  EXPECT_TRUE(RunInfo::from(masks.metadata(), "x.st").masks);
  EXPECT_FALSE(RunInfo::from(masks.metadata(), "x.st").foreground);
  masks.foreground = true;
  EXPECT_TRUE(RunInfo::from(masks.metadata(), "x.st").foreground);
  EXPECT_FALSE(masks.tells_classes());
  EXPECT_EQ(recipe_for("auto", masks), "masks");
  RunInfo numbers = info;
  numbers.classes.clear();
  numbers.numbers = {.names = {"age", "höhe"}, .mean = {30.1, -1e9}, .std = {0.1, 1e-9}};
  EXPECT_EQ(RunInfo::from(numbers.metadata(), "x.st").numbers, numbers.numbers);
  EXPECT_EQ(numbers.outputs_count(), 2);
  auto fewer = numbers.metadata();
  fewer["doppel.numbers"] = R"({"names": ["a", "b"], "mean": [1], "std": [1, 1]})";
  EXPECT_FALSE(error_of([&] { RunInfo::from(fewer, "x.st"); }).empty());
  auto damaged = info.metadata();
  damaged["doppel.input"] = "[3, 20]";
  auto unknown = info.metadata();
  unknown["doppel.alpha"] = "pink";
  auto other = info.metadata();
  other["doppel.outputs"] = "sorted";
  for (const auto& metadata : {damaged, unknown, other, {}})
    EXPECT_EQ(error_of([&] { RunInfo::from(metadata, "x.st"); }),
              "x.st: doesn't say how its network is used; it wasn't made by doppel train");
}

TEST(RunInfo, BandsAreNormalisedEachByItsOwnNumbers) {
  std::vector<augment::Sample> samples(4);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].image = cv::Mat(6, 6, CV_8UC(6));
    for (int y = 0; y < 6; ++y)
      for (int x = 0; x < 6; ++x)
        for (int c = 0; c < 6; ++c)
          samples[i].image.ptr(y)[6 * x + c] =
              static_cast<unsigned char>(c == 5 ? 7 : 20 * c + (c + 1) * ((x + y + static_cast<int>(i)) % 3));
    samples[i].label = static_cast<int>(i % 2);
  }
  const auto source = std::make_shared<dataset::InMemory>(samples, std::vector<std::string>{"a", "b"});
  const RunInfo info = describe_data(*source);
  ASSERT_EQ(info.band_mean.size(), 6U);
  const RunInfo back = RunInfo::from(info.metadata(), "x.st");
  EXPECT_EQ(back.band_mean, info.band_mean);
  EXPECT_EQ(back.band_std, info.band_std);
  EXPECT_EQ(back.std, (std::array<float, 4>{1, 1, 1, 1}));
  dataset::Loader loader(source, back.fitted({}), back.evaluation_options(4));
  const dataset::Batch& batch = *loader.epoch(0).begin();
  const auto values = batch.images.values<float>();
  for (std::size_t c = 0; c < 6; ++c) {
    double sum = 0, square = 0;
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t k = 0; k < 36; ++k) {
        const double v = values[(i * 6 + c) * 36 + k];
        sum += v / 144;
        square += v * v / 144;
      }
    EXPECT_NEAR(sum, 0, 1e-3) << c;
    EXPECT_NEAR(square, c == 5 ? 0 : 1, 1e-3) << c;  // one band is all alike
  }
}

TEST(RunInfo, DataIsDescribedByItsImages) {
  const RunInfo alike = describe_data(images_of({{6, 9}, {6, 9}, {6, 9}}));
  EXPECT_EQ(alike.input, (Shape{1, 6, 9}));
  EXPECT_TRUE(alike.has_one_size);
  EXPECT_EQ(alike.classes, (std::vector<std::string>{"a", "b"}));
  EXPECT_NEAR(alike.mean[0], 10.0 / 255, 1e-6);  // of 0, 10, 20
  EXPECT_NEAR(alike.std[0], std::sqrt(200.0 / 3) / 255, 1e-6);
  const RunInfo several = describe_data(images_of({{6, 9}, {9, 6}}, CV_8UC3));
  EXPECT_EQ(several.input, (Shape{3, 64, 64}));
  EXPECT_FALSE(several.has_one_size);
  EXPECT_EQ(several.mean[2], several.mean[0]);
  const RunInfo sized = describe_data(images_of({{6, 9}, {9, 6}}), 28);
  EXPECT_EQ(sized.input, (Shape{1, 28, 28}));
  EXPECT_TRUE(sized.has_one_size);
}

TEST(RunInfo, RecipesEndInTheInputsSizeBeforeWhatNormalises) {
  RunInfo info;
  info.input = {1, 5, 7};
  augment::Sample sample;
  sample.image = cv::Mat(20, 30, CV_8UC1, cv::Scalar(9));
  EXPECT_EQ(info.fitted({}).apply(sample, {.seed = 1}).image.size(), cv::Size(7, 5));
  const auto fitted = info.fitted(
      augment::Recipe::from_yaml("- HorizontalFlip: {p: 1}\n- Normalize: {mean: [0.5], std: [0.5]}\n"));
  ASSERT_EQ(fitted.transforms().size(), 3U);
  EXPECT_EQ(fitted.transforms()[1].name(), "Resize");
  EXPECT_EQ(fitted.transforms()[2].name(), "Normalize");
  for (const char* inner : {"Standardize", "Sequence: {p: 0.5, of: [Normalize: {mean: [0.5], std: [0.5]}]}",
                            "OneOf: {p: 1, of: [Standardize, HorizontalFlip]}"})
    for (std::uint64_t i = 0; i < 9; ++i)
      EXPECT_EQ(info.fitted(augment::Recipe::from_yaml(std::string("- HorizontalFlip\n- ") + inner))
                    .apply(sample, {.index = i})
                    .image.size(),
                cv::Size(7, 5))
          << inner;
  const auto options = info.evaluation_options(9);
  EXPECT_EQ(options.batch, 9U);
  EXPECT_EQ(options.order, dataset::LoaderOptions::Order::Sequential);
  EXPECT_EQ(options.epochs, 1U);
  EXPECT_EQ(options.channels, 1);
  EXPECT_TRUE(gives_one_size({}, images_of({{6, 9}, {6, 9}})));
  EXPECT_FALSE(gives_one_size({}, images_of({{6, 9}, {6, 8}})));
  EXPECT_TRUE(gives_one_size({augment::Resize{.size = {4, 4}}}, images_of({{6, 9}, {6, 8}})));
}

TEST(RunInfo, PresetsAndSizesThatSuit) {
  RunInfo digits;
  digits.input = {1, 28, 28};
  for (int c = 0; c < 10; ++c) digits.classes.push_back(std::to_string(c));
  EXPECT_EQ(recipe_for("auto", digits), "digits");
  EXPECT_EQ(recipe_for("mine.yaml", digits), "mine.yaml");
  RunInfo other = digits;
  other.classes[3] = "three";
  EXPECT_EQ(recipe_for("auto", other), "standard");
  other = digits;
  other.input.channels = 3;
  EXPECT_EQ(recipe_for("auto", other), "standard");
}

TEST(RunInfo, ImagesGetASizeThatGansMake) {
  for (const auto& [own, becomes] : {std::pair<Size, Size>{{28, 28}, {28, 28}},
                                     {{8, 20}, {8, 20}},
                                     {{29, 3}, {28, 8}},
                                     {{30, 62}, {32, 64}},
                                     {{256, 128}, {256, 128}},
                                     {{255, 5}, {256, 8}},
                                     {{300, 500}, {64, 64}}}) {
    RunInfo info;
    info.input = {3, own.height, own.width};
    EXPECT_EQ(fit_to_gan(info), !(own == becomes));
    EXPECT_EQ(info.input, (Shape{3, becomes.height, becomes.width}));
    EXPECT_TRUE(fit_to_gan(info, Size{16, 12}));
    EXPECT_EQ(info.input, (Shape{3, 16, 12}));
  }
  EXPECT_EQ(parse_gan_size("96x64"), (Size{96, 64}));
  EXPECT_EQ(parse_gan_size("28"), (Size{28, 28}));
  for (const char* bad : {"", "30", "4", "260", "64x", "x64", "64x30", "64x64x3", "-8", "a"})
    EXPECT_THROW(parse_gan_size(bad), UsageError) << bad;
}

TEST(RunInfo, WhatIsMeasuredOnIsTheTestPartOrASeventh) {
  Sizes sizes(70, {2, 2});
  const auto train = std::make_shared<dataset::InMemory>(images_of(sizes)),
             test = std::make_shared<dataset::InMemory>(images_of({{2, 2}}));
  const TrainTest given =
      train_and_test({.name = "", .layout = {}, .train = train, .test = test, .valid = {}, .remarks = {}});
  EXPECT_EQ(given.train, train);
  EXPECT_EQ(given.test, test);
  EXPECT_FALSE(given.held_out);
  const TrainTest split =
      train_and_test({.name = "", .layout = {}, .train = train, .test = nullptr, .valid = {}, .remarks = {}});
  EXPECT_TRUE(split.held_out);
  EXPECT_EQ(split.test->size(), 10U);
  EXPECT_EQ(split.train->size(), 60U);
}

TEST(RunInfo, ARunIsOpenedByItsFolderOrItsFile) {
  const dataset::TemporaryFolder folder;
  const RunInfo info{"fc", {1, 2, 2}, {"a", "b", "c"}};
  const Model model(build_graph(parse_network("fc"), {1, 2, 2}, 3), 5);
  EXPECT_EQ(error_of([&] { open_run(folder.path()); }),
            "there is no trained network at " + (folder.path() / "model.safetensors").string());
  save_model(folder.path() / "model.safetensors", model, info.metadata());
  for (const auto& path : {folder.path(), folder.path() / "model.safetensors"}) {
    const OpenedRun run = open_run(path);
    EXPECT_EQ(run.info.classes, info.classes);
    EXPECT_EQ(run.model.parameters()[0].value, model.parameters()[0].value);
  }
}

TEST(CheckSameData, NamesWhatIsOtherThanInTheCheckpoint) {
  const dataset::TemporaryFolder folder;
  const auto data = [](double level, int label) {
    augment::Sample sample;
    sample.image = cv::Mat(4, 4, CV_8UC1, cv::Scalar(level));
    sample.label = label;
    return std::make_shared<dataset::InMemory>(std::vector{sample}, std::vector<std::string>{"a", "b"});
  };
  const RunInfo info{"gap-fc", {1, 4, 4}, {"a", "b"}, {}, {1, 1, 1, 1}};
  const auto checkpoint = folder.path() / "checkpoint.safetensors";
  save_tensors(checkpoint, {.tensors = {}, .metadata = data_metadata(info, {data(3, 0), data(5, 1)})});
  const auto error = [&](const TrainTest& now) {
    return error_of([&] { check_same_data(checkpoint, data_metadata(info, now)); });
  };
  EXPECT_EQ(error({data(3, 0), data(5, 1)}), "");
  EXPECT_EQ(error({data(3, 0), nullptr}), "") << "what isn't there isn't compared";
  EXPECT_THAT(error({data(4, 0), data(5, 1)}), testing::HasSubstr("other images to learn from"));
  EXPECT_THAT(error({data(3, 1), data(5, 1)}),
              testing::HasSubstr("other names or labels of what is learned"));
  EXPECT_THAT(error({data(3, 0), data(6, 1)}), testing::HasSubstr("other images that are held out"));
  EXPECT_THAT(error({data(3, 0), data(5, 0)}),
              testing::HasSubstr("other names or labels of what is held out"));
}

TEST(OpenRun, SaysThatAGanTellsNothing) {
  const dataset::TemporaryFolder folder;
  save_tensors(folder.path() / "gan.safetensors", {.tensors = {}, .metadata = {{"gan_step", "3"}}});
  for (const auto& path : {folder.path(), folder.path() / "gan.safetensors"})
    EXPECT_THAT(error_of([&] { open_run(path); }), testing::HasSubstr("is a GAN's")) << path;
}

TEST(OpenRun, NamesTheFileOfADamagedNetwork) {
  const dataset::TemporaryFolder folder;
  const auto file = folder.path() / "model.safetensors";
  const RunInfo info{"", {1, 4, 4}, {"a", "b"}, {}, {1, 1, 1, 1}};
  save_tensors(file, {.tensors = {}, .metadata = info.metadata()});
  EXPECT_THAT(error_of([&] { open_run(folder.path()); }), testing::StartsWith(file.string() + ": "));
}

}  // namespace
}  // namespace doppel::nn
