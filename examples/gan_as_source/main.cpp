// A GAN as a source: a classifier learns from real images, a quarter of each batch generated, nothing written
// to disk.
//
//     gan_as_source [STEPS]            trains both for a little while, prints the accuracy
#include <doppel/augment/recipe/recipe.h>
#include <doppel/dataset/combine/mix.h>
#include <doppel/dataset/open/open_data.h>
#include <doppel/nn/gan/gan.h>
#include <doppel/nn/gan/generated_source.h>
#include <doppel/nn/model/notation.h>
#include <doppel/nn/study/gan_trainer.h>
#include <doppel/nn/train/trainer.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace ds = doppel::dataset;
namespace nn = doppel::nn;

int main(int argc, char** argv) {
  const ds::OpenedData digits = ds::open_data("sample:digits");

  // GANs see images in [-1, 1]: mean and deviation are one half.
  ds::LoaderOptions reading{.batch = 64, .seed = 1, .last = ds::LoaderOptions::LastBatch::Drop};
  reading.mean.fill(0.5F);
  reading.std.fill(0.5F);
  ds::Loader real{digits.train, {}, reading};
  nn::GanOptions options = nn::gan_preset("rpgan", {1, 28, 28});
  options.steps = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 60;
  const auto gan = std::make_shared<nn::Gan>(nn::Shape{1, 28, 28}, 10, options);
  const auto folder = std::filesystem::temp_directory_path() / "doppel_gan_as_source";
  std::filesystem::create_directories(folder);
  nn::GanTrainer trainer{
      gan, nullptr, {.folder = folder, .every = 20, .on_line = [](const nn::GanLine& line) {
                       std::printf("step %d: D %.3f, G %.3f\n", static_cast<int>(line.score.step),
                                   line.mean.discriminator_loss, line.mean.generator_loss);
                     }}};
  const std::atomic<bool> never = false;
  trainer.run(real, never);
  std::filesystem::remove_all(folder);

  // 2,000 images that are made when they are asked for, in a quarter of each batch.
  const auto made = std::make_shared<nn::GeneratedSource>(gan, digits.train->classes(), 2000, 1);
  const std::vector<double> shares{0.75, 0.25};
  const ds::SourcePtr mixed =
      std::make_shared<ds::Mix>(std::vector<ds::SourcePtr>{digits.train, made}, shares);
  nn::Model model{
      nn::build_graph(nn::parse_network("conv3x3(16,s2)-bn-relu-conv3x3(32,s2)-bn-relu-fc"), {1, 28, 28}, 10),
      1};
  ds::Loader train{mixed, doppel::augment::Recipe::load("digits"), {.batch = 64, .seed = 1}};
  ds::Loader test{digits.test, {}, {.batch = 256, .order = ds::LoaderOptions::Order::Sequential}};
  nn::TrainerOptions training;
  training.epochs = 8;
  training.rate = 0.005;
  nn::Trainer{model, train, nullptr, training}.run([](const nn::Progress&) {}, [](const nn::EpochRecord&) {});
  std::printf("test accuracy %.1f %%\n", 100 * evaluate(model, test).accuracy());
}
