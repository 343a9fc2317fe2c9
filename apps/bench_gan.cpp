// doppel bench gan
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bench.h"
#include "choice.h"
#include "doppel/augment/error.h"
#include "doppel/nn/gan.h"

namespace doppel::apps {

int bench_gan(const Words& words) {
  CommandLine line("bench gan --shape CxHxW --batch B",
                   "Steps of both networks of a GAN per second, in real images, on resident random data; and "
                   "pictures that it generates.");
  line.add()("preset", po::value<std::string>()->default_value("rpgan"),
             "rpgan, hinge, wgan-gp, lsgan, dcgan, minimax")("generator", po::value<std::string>(),
                                                             "notation")(
      "discriminator", po::value<std::string>(), "notation")("latent", po::value<int>()->default_value(64),
                                                             "")(
      "shape", po::value<std::string>()->default_value("1x28x28"), "")(
      "batch", po::value<int>()->default_value(64), "")("classes", po::value<int>()->default_value(10), "")(
      "precision", po::value<std::string>()->default_value("f32"), "f32 or bf16")(
      "seconds", po::value<double>()->default_value(8), "how long to measure each")(
      "threads", po::value<int>()->default_value(0), "0: all cores")("json", po::value<std::string>(),
                                                                     "also write the result here");
  if (!line.parse(words)) return 0;
  const nn::Shape shape = parse_shape(line.get<std::string>("shape"));
  nn::GanOptions options = nn::gan_preset(line.get<std::string>("preset"), shape);
  if (line.has("generator")) options.generator = line.get<std::string>("generator");
  if (line.has("discriminator")) options.discriminator = line.get<std::string>("discriminator");
  options.latent = line.get<int>("latent");
  options.batch = line.get<int>("batch");
  options.threads = line.get<int>("threads");
  options.precision = precision_of(line);
  const int classes = line.get<int>("classes");
  nn::Gan gan(shape, classes, options);
  const auto batch = static_cast<std::size_t>(options.batch);
  std::vector<float> images(batch * static_cast<std::size_t>(shape.count()));
  std::vector<int> labels(batch);
  const augment::Stream stream{.seed = 1};
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(stream.split("x", i).uniform("x", -1, 1));
  for (std::size_t i = 0; i < batch; ++i) labels[i] = stream.split("y", i).integer("y", 0, classes - 1);
  const double seconds = line.get<double>("seconds");
  const double training = median(speeds_of(batch, seconds, [&] { gan.step(images, labels); }));
  constexpr std::size_t kMade = 1024;
  const std::vector<int> wanted(kMade, 0);
  std::uint64_t first = 0;
  const double generating =
      median(speeds_of(kMade, seconds, [&] { gan.generate(wanted, 1, first), first += kMade; }));
  fmt::print("training {:.0f} images/s; generating {:.0f} pictures/s\n", training, generating);
  write_json(line, {{"images_per_second", training}, {"generated_per_second", generating}});
  return 0;
}

}  // namespace doppel::apps
