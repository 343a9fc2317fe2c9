// Fine-tunes a trained network on other images: first its last layer alone, then all of it, slowly.
// usage: finetune DATA NETWORK WEIGHTS OUT     as finetune flowers resnet18 resnet18.pth flowers.safetensors
#include <doppel/augment/transforms/color/normalize.h>
#include <doppel/augment/transforms/crop/resize.h>
#include <doppel/augment/transforms/flip/horizontal_flip.h>
#include <doppel/augment/transforms/geometry/affine.h>
#include <doppel/dataset/analysis/split.h>
#include <doppel/dataset/open/open_data.h>
#include <doppel/nn/formats/weights.h>
#include <doppel/nn/model/notation.h>
#include <doppel/nn/model/zoo.h>
#include <doppel/nn/train/trainer.h>

#include <cstdio>
#include <exception>

namespace aug = doppel::augment;
namespace ds = doppel::dataset;
namespace nn = doppel::nn;

int main(int argc, char** argv) try {
  if (argc != 5) return std::fprintf(stderr, "usage: finetune DATA NETWORK WEIGHTS OUT\n"), 2;
  const ds::SourcePtr data = ds::open_data(argv[1]).train;
  const ds::Split split = ds::stratified_split(data, 0.2, 1);
  const int classes = static_cast<int>(data->classes().size());

  // Images as the network knows them: 28x28 where they are grey, as digits are, else 224x224.
  const bool grey = ds::load(*data, 0).image.channels() == 1;
  const nn::Shape input = grey ? nn::Shape{1, 28, 28} : nn::Shape{3, 224, 224};
  const aug::Transform size = aug::Resize{.size = {input.height, input.width}}, normalize = aug::Normalize{};
  const aug::Recipe augmented = grey ? aug::Recipe{aug::Affine{}, size, normalize}
                                     : aug::Recipe{aug::HorizontalFlip{}, aug::Affine{}, size, normalize};
  ds::Loader train{split.train, augmented, {.batch = 32, .seed = 1, .channels = input.channels}};
  ds::Loader valid{split.rest,
                   {size, normalize},
                   {.batch = 64, .order = ds::LoaderOptions::Order::Sequential, .channels = input.channels}};

  nn::Model model{nn::build_graph(nn::parse_network(nn::network_of(argv[2])), input, classes), 1};
  const nn::LoadedWeights loaded = nn::load_weights(argv[3], model);
  std::printf("%d tensors loaded; new: %s\n", loaded.tensors,
              loaded.left_out.empty() ? "nothing" : loaded.left_out.c_str());

  const auto fit = [&](double rate, bool head_only) {
    const std::string head = model.graph().nodes.back().name + ".";
    for (nn::Parameter& p : model.parameters()) p.rate = head_only && !p.name.starts_with(head) ? 0 : 1;
    nn::TrainerOptions options;
    options.epochs = 2;
    options.rate = rate;
    options.patience = 3;
    options.loss =
        nn::CrossEntropy{.smoothing = 0.1};  // or any function of your own, see doppel/nn/model/loss.h
    nn::Trainer{model, train, &valid, options}.run(
        [](const nn::Progress&) {},  // after each step: a progress bar, say
        [&](const nn::EpochRecord& r) {
          std::printf("%s epoch %d: loss %.3f, held out %.1f %%\n", head_only ? "head" : "all",
                      static_cast<int>(r.epoch) + 1, r.loss, 100 * *r.valid_accuracy);
        });
  };
  fit(2e-3, true);
  fit(2e-4, false);
  nn::save_model(argv[4], model, {});
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "finetune: %s\n", error.what());
  return 1;
}
