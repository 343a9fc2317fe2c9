// A layer of your own, by its name in the notation; the rest of the network is doppel's.
//
//     own_layer            trains digits for eight epochs, prints the accuracy
#include <doppel/augment/recipe/recipe.h>
#include <doppel/dataset/open/open_data.h>
#include <doppel/nn/model/custom_layer.h>
#include <doppel/nn/model/notation.h>
#include <doppel/nn/train/trainer.h>

#include <cmath>
#include <cstdio>

namespace ds = doppel::dataset;
namespace nn = doppel::nn;

/// x · tanh(log(1 + exp(x))), value by value (Misra 2019). Called from several threads at once.
struct Mish final : nn::CustomLayer {
  std::string name() const override { return "mish"; }
  void forward(std::span<const float> x, std::span<float> y) const override {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * std::tanh(std::log1p(std::exp(x[i])));
  }
  void backward(std::span<const float> x, std::span<const float> /*y*/, std::span<const float> dy,
                std::span<float> dx) const override {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float gate = std::tanh(std::log1p(std::exp(x[i]))), sigmoid = 1 / (1 + std::exp(-x[i]));
      dx[i] = dy[i] * (gate + x[i] * (1 - gate * gate) * sigmoid);
    }
  }
};

int main() {
  nn::register_layer(std::make_shared<Mish>());
  const ds::OpenedData digits = ds::open_data("sample:digits");
  nn::Model model{
      nn::build_graph(nn::parse_network("conv3x3(8,s2)-bn-mish-conv3x3(16,s2)-bn-mish-fc"), {1, 28, 28}, 10),
      1};
  ds::Loader train{digits.train, doppel::augment::Recipe::load("digits"), {.batch = 64, .seed = 1}};
  ds::Loader test{digits.test, {}, {.batch = 256, .order = ds::LoaderOptions::Order::Sequential}};
  nn::TrainerOptions options;
  options.epochs = 8;
  options.rate = 0.005;
  nn::Trainer{model, train, nullptr, options}.run([](const nn::Progress&) {}, [](const nn::EpochRecord&) {});
  std::printf("test accuracy %.1f %%\n", 100 * evaluate(model, test).accuracy());
}
