#include <fmt/format.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <optional>

#include "bind_nn.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/formats/weights.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/train/metrics.h"
#include "images.h"

namespace doppel::python {
namespace {

constexpr int kRows = 32;  // of a batch

/// A network and what it reads.
class PredictingModel {
 public:
  explicit PredictingModel(nn::OpenedRun run) : run_(std::move(run)) {}

  const nn::RunInfo& info() const { return run_.info; }
  std::int64_t parameters() const { return run_.model.graph().parameters(); }

  /// Logits [N, classes] of images of any size, in their order; of masks [N, classes, H, W].
  py::array predict(const py::object& images) {
    std::vector<Image> kept;
    std::vector<augment::Sample> samples;
    for (const py::handle image : images) {
      kept.push_back(
          image_of(py::reinterpret_borrow<py::object>(image), fmt::format("images[{}]", kept.size())));
      samples.emplace_back().image = kept.back().mat;
    }
    const nn::Shape& out = run_.model.graph().output();
    std::vector<py::ssize_t> sides{static_cast<py::ssize_t>(samples.size()), out.channels};
    if (run_.info.masks) sides.insert(sides.end(), {out.height, out.width});
    py::array_t<float> logits(sides);
    if (samples.empty()) return logits;
    float* to = logits.mutable_data();
    const py::gil_scoped_release released;
    fill(std::make_shared<dataset::InMemory>(std::move(samples), std::vector<std::string>{}), to);
    return logits;
  }

 private:
  void fill(const dataset::SourcePtr& source, float* to) {
    dataset::LoaderOptions options = run_.info.evaluation_options(kRows);
    options.on_error = dataset::LoaderOptions::OnError::Fail;
    dataset::Loader loader(run_.info.in_range(source), run_.info.fitted({}), options);
    if (!executor_)
      executor_.emplace(
          run_.model,
          nn::ExecutorOptions{.batch = kRows, .shards = 2, .mode = nn::ExecutorOptions::Mode::Inference});
    for (const dataset::Batch& batch : loader.epoch(0))
      to = std::ranges::copy(executor_->predict(batch.images.values<float>(), static_cast<int>(batch.size())),
                             to)
               .out;
  }

  nn::OpenedRun run_;
  std::optional<nn::Executor> executor_;
};

std::unique_ptr<PredictingModel> named_model(const std::string& net, const std::string& weights,
                                             std::vector<std::string> classes, std::array<int, 3> input,
                                             std::vector<float> mean, std::vector<float> std) {
  nn::RunInfo info;
  info.network = apps::network_text(net);
  info.input = {input[0], input[1], input[2]};
  info.classes = std::move(classes);
  info.has_one_size = false;
  if (mean.size() > info.mean.size() || std.size() > info.std.size())
    throw UsageError("mean and std have one number per channel");
  std::ranges::copy(mean, info.mean.begin());
  std::ranges::copy(std, info.std.begin());
  const nn::Network network = nn::parse_network(info.network);
  info.masks = nn::gives_masks(network);
  nn::Model model(nn::build_graph(network, info.input, info.outputs_count()), 0);
  if (!weights.empty()) {
    const nn::LoadedWeights loaded = nn::load_weights(weights, model);
    if (!loaded.left_out.empty())
      throw UsageError(
          fmt::format("{} has another number of classes than {}; give classes= with as many names", weights,
                      info.classes.size()));
  }
  return std::make_unique<PredictingModel>(nn::OpenedRun{std::move(info), std::move(model)});
}

}  // namespace

void bind_models(py::module_& module) {
  py::class_<PredictingModel>(module, "Model")
      .def_static(
          "open", [](const std::string& run) { return std::make_unique<PredictingModel>(nn::open_run(run)); },
          py::arg("run"))
      .def_static("named", &named_model, py::arg("net"), py::arg("weights"), py::arg("classes"),
                  py::arg("input"), py::arg("mean"), py::arg("std"))
      .def("logits", &PredictingModel::predict, py::arg("images"))
      .def_property_readonly("classes", [](const PredictingModel& self) { return self.info().classes; })
      .def_property_readonly(
          "independent",
          [](const PredictingModel& self) { return self.info().outputs == dataset::Labels::Independent; })
      .def_property_readonly("masks", [](const PredictingModel& self) { return self.info().masks; })
      .def_property_readonly("numbers",
                             [](const PredictingModel& self) {
                               const nn::NumberTask& task = self.info().numbers;
                               return py::make_tuple(task.names, task.mean, task.std);
                             })
      .def_property_readonly("network", [](const PredictingModel& self) { return self.info().network; })
      .def_property_readonly("parameters", &PredictingModel::parameters)
      .def_property_readonly("input", [](const PredictingModel& self) {
        const nn::Shape& s = self.info().input;
        return py::make_tuple(s.channels, s.height, s.width);
      });
}

}  // namespace doppel::python
