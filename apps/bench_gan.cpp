// doppel bench gan
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bench.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/nn/gan/generative_model.h"

namespace doppel::apps {

namespace {

int bench_gan(const CommandLine& line) {
  const nn::Shape shape = shape_of(line);
  nn::GanOptions options = nn::gan_preset(line.get<std::string>("preset"), shape);
  if (line.has("generator")) options.generator = line.get<std::string>("generator");
  if (line.has("discriminator")) options.discriminator = line.get<std::string>("discriminator");
  options.latent = line.get<int>("latent");
  options.batch = line.get<int>("batch");
  options.threads = line.get<int>("threads");
  options.precision = precision_of(line);
  const int classes = line.get<int>("classes");
  const auto gan = nn::make_generative_model(shape, classes, options);
  const auto batch = static_cast<std::size_t>(options.batch);
  std::vector<float> images(batch * static_cast<std::size_t>(shape.count()));
  std::vector<int> labels(batch);
  const Stream stream{.seed = 1};
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(stream.split("x", i).uniform("x", -1, 1));
  for (std::size_t i = 0; i < batch; ++i) labels[i] = stream.split("y", i).integer("y", 0, classes - 1);
  const double seconds = line.get<double>("seconds");
  const double training = median(speeds_of(batch, seconds, [&] { gan->step(images, labels); }));
  constexpr std::size_t kMade = 1024;
  const std::vector<int> wanted(kMade, 0);
  std::uint64_t first = 0;
  const double generating =
      median(speeds_of(kMade, seconds, [&] { gan->generate(wanted, 1, first), first += kMade; }));
  fmt::print("training {:.0f} images/s; generating {:.0f} images/s\n", training, generating);
  write_json(line, {{"images_per_second", training}, {"generated_per_second", generating}});
  return 0;
}

}  // namespace

Command bench_gan_command() {
  return {
      .name = "bench gan",
      .brief = "steps of a GAN, and images that it makes, per second",
      .about =
          "Steps of both networks of a GAN per second, in real images, on resident random data; and "
          "images that it generates.",
      .groups = {{"GAN",
                  {preset_option("known networks and settings"),
                   generator_option(),
                   discriminator_option(),
                   {"latent", Whole{.initial = 64, .least = 1}, "random numbers that make an image"},
                   shape_option(),
                   {"classes", Whole{.initial = 10, .least = 1}, "that images are of"},
                   {"batch", Whole{.initial = 64, .least = 1}, "images in a batch"}}},
                 {"Measuring", {seconds_option(), json_option(), precision_option("f32"), threads_option()}}},
      .examples = {"bench gan --seconds 1"},
      .run = bench_gan};
}

}  // namespace doppel::apps
