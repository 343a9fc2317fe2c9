#include "doppel/nn/gan/generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "doppel/base/error.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/notation.h"
#include "flow_sampling.h"
#include "latents.h"
#include "train/checkpoint.h"

namespace doppel::nn {

Generator::Generator(Model model, const Shape& image, int classes, GeneratorOptions options)
    : model_(std::move(model)), image_(image), classes_(classes), options_(std::move(options)) {}

int Generator::latent() const {
  return static_cast<int>(is_flow() ? image_.count() : model_.graph().input.count() - classes_);
}

void Generator::parameters_changed() {
  const std::lock_guard lock(generating_);
  if (executor_) executor_->parameters_changed();
}

Executor& Generator::executor() {
  if (!executor_)
    executor_ = std::make_unique<Executor>(model_, ExecutorOptions{.batch = options_.batch,
                                                                   .shards = options_.shards,
                                                                   .threads = options_.threads,
                                                                   .mode = ExecutorOptions::Mode::Inference,
                                                                   .precision = options_.precision,
                                                                   .timing = options_.timing});
  return *executor_;
}

std::vector<float> Generator::latents(std::span<const int> labels, std::uint64_t seed, std::uint64_t first,
                                      double truncation) {
  const std::lock_guard lock(generating_);
  return draw_latents(labels, {latent(), classes_, seed, first, truncation}, executor());
}

std::vector<float> Generator::images(std::span<const float> rows) {
  const std::lock_guard lock(generating_);
  const auto batch = static_cast<std::size_t>(options_.batch), count = rows.size() / width(),
             numbers = static_cast<std::size_t>(image_.count());
  std::vector<float> images;
  images.reserve(count * numbers);
  for (std::size_t at = 0; at < count; at += batch) {
    const std::size_t some = std::min(batch, count - at);
    // Always whole batches: an image must not depend on how many are made with it.
    std::vector<float> whole(batch * width());
    std::ranges::copy(rows.subspan(at * width(), some * width()), whole.begin());
    if (is_flow()) {
      const std::vector<float> made =
          follow_flow(executor(), whole, {image_, classes_, options_.batch, options_.sample_steps});
      images.insert(images.end(), made.begin(), made.begin() + static_cast<std::ptrdiff_t>(some * numbers));
      continue;
    }
    const auto out = executor().predict(whole, options_.batch).first(some * numbers);
    images.insert(images.end(), out.begin(), out.end());
  }
  return images;
}

std::vector<float> Generator::generate(std::span<const int> labels, std::uint64_t seed, std::uint64_t first,
                                       double truncation) {
  return images(latents(labels, seed, first, truncation));
}

std::shared_ptr<Generator> load_generator(const std::filesystem::path& path, const Shape& image, int classes,
                                          const GeneratorOptions& options) {
  const TensorFile file = load_tensors(path);
  check_model_format(file, path.string());
  const auto text = file.metadata.find("generator"), latent = file.metadata.find("latent"),
             steps = file.metadata.find("sample_steps");
  if (text == file.metadata.end() || latent == file.metadata.end())
    throw Error(fmt::format("{}: holds no GAN", path.string()));
  const bool is_flow = steps != file.metadata.end();
  if (!is_flow && options.sample_steps > 0)
    throw UsageError(
        fmt::format("{}: holds a GAN, which makes an image in one pass: it takes no steps", path.string()));
  GeneratorOptions making = options;
  if (is_flow && making.sample_steps == 0) making.sample_steps = std::max(1, std::stoi(steps->second));
  const int more = is_flow ? kFlowTimeNumbers : 0;
  Model model(build_graph(parse_network(text->second), {std::stoi(latent->second) + classes + more, 1, 1}));
  if (model.graph().output().count() != image.count())
    throw Error(fmt::format("{}: its generator makes {}, not {}", path.string(),
                            model.graph().output().text(), image.text()));
  read_model(file, "average.", model, path.string());
  return std::make_shared<Generator>(std::move(model), image, classes, std::move(making));
}

}  // namespace doppel::nn
