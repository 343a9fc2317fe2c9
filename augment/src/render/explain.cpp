#include "doppel/augment/render/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "doppel/augment/render/render.h"
#include "pixel_program.h"
#include "plan_stages.h"
#include "render/sampling/sampler.h"
#include "whole_op.h"

namespace doppel::augment {
namespace {

/// Enough for a steady median; a step on 256x256 takes a fraction of a millisecond.
constexpr std::size_t kTrials = 5;

template <class Run>
double median_microseconds(const Run& run) {
  std::array<double, kTrials> times{};
  for (double& time : times) {
    const auto start = std::chrono::steady_clock::now();
    run();
    time = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  }
  std::ranges::nth_element(times, times.begin() + kTrials / 2);
  return times[kTrials / 2];
}

std::string resampling_words(const cv::Mat& image, std::span<const Op> ops, const GeometryRun& run) {
  const std::string_view way = Sampler(image, ops, run).way_name();
  if (way == "lattice") return "whole pixels moved, none resampled";
  return fmt::format("one {} resampling", way);
}

std::string pass_words(const cv::Mat& image, std::span<const Op> ops) {
  const BandGroup group = band_groups(image.channels(), {})[0];
  const PixelProgram program(ops, image, group);
  if (!group.plain) return fmt::format("{} passes over strips of floats, one a band", image.channels());
  if (image.depth() == CV_8U && program.is_table()) return "one pass over bytes, by one table per channel";
  if (image.depth() == CV_8U && program.takes_bytes()) return "one pass over bytes";
  return "one pass over strips of floats";
}

/// Why op `next` does not belong to the step of op `last`.
std::string reason(const Op& last, const Op& next) {
  const OpKind before = kind_of(last), after = kind_of(next);
  if (after == OpKind::Wall) return fmt::format("{} is a wall", name_of(next));
  if (before == OpKind::Wall) return fmt::format("{} is a wall", name_of(last));
  if (after == OpKind::Whole)
    return fmt::format("{} reads around each pixel, or the whole image", name_of(next));
  if (before == OpKind::Whole) return fmt::format("{} gives a whole image", name_of(last));
  if (before == OpKind::Geometry && after == OpKind::Geometry) return "another border rule or filter follows";
  if (before == OpKind::Geometry)
    return "pixel ops follow; they share its strips where nothing comes after them";
  return "geometry after pixel ops is resampled anew";
}

class Explainer {
 public:
  Explainer(const Plan& plan, const cv::Mat& image, std::span<const Sample> partners)
      : plan_(plan), image_(image), partners_(partners) {}

  std::vector<ExplainedStep> run() {
    const std::span<const Op> ops(plan_.ops);
    for (std::size_t i = 0; i < ops.size();) {
      const PlanStage stage = plan_stage(ops, i, size_of(image_));
      if (stage.pixels > stage.first)
        add(stage.first, stage.pixels,
            resampling_words(image_, ops.subspan(i, stage.geometry.count), stage.geometry));
      if (stage.last > stage.pixels)
        add(stage.pixels, stage.last,
            pass_words(image_, ops.subspan(stage.pixels, stage.last - stage.pixels)));
      if (stage.whole) add(stage.last, stage.last + 1, whole_words(ops[stage.last]));
      i = stage.next();
    }
    return std::move(steps_);
  }

 private:
  std::string whole_words(const Op& op) const {
    const int reach = reach_of(op, size_of(image_));
    if (kind_of(op) == OpKind::Wall || reach == 0) return "a new image";
    if (reach >= std::max(image_.rows, image_.cols)) return "a look at the whole image";
    return fmt::format("a look {} pixel{} around each", reach, reach == 1 ? "" : "s");
  }

  void add(std::size_t first, std::size_t last, std::string how) {
    Plan part{size_of(image_),
              {plan_.ops.begin() + static_cast<std::ptrdiff_t>(first),
               plan_.ops.begin() + static_cast<std::ptrdiff_t>(last)}};
    ExplainedStep step{std::move(how), {}, part.size(), {}, 0};
    Size size = part.source;
    for (const Op& op : part.ops) {
      step.ops.push_back(text_of(op, size));
      size = size_after(op, size);
    }
    if (last < plan_.ops.size()) step.reason = reason(part.ops.back(), plan_.ops[last]);
    cv::Mat result;
    step.microseconds = median_microseconds([&] { result = render(part, image_, partners_); });
    image_ = result;
    steps_.push_back(std::move(step));
  }

  const Plan& plan_;
  cv::Mat image_;
  std::span<const Sample> partners_;
  std::vector<ExplainedStep> steps_;
};

}  // namespace

std::string Explanation::text() const {
  std::string text;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const ExplainedStep& step = steps[i];
    text += fmt::format("{}. {}  ({:.0f} us, gives {}x{})\n", i + 1, step.how, step.microseconds,
                        step.size.width, step.size.height);
    for (const std::string& op : step.ops) text += "     " + op + "\n";
    if (!step.reason.empty()) text += "   ends here: " + step.reason + "\n";
  }
  if (steps.empty()) text = "nothing to do: the image is copied\n";
  return text + fmt::format("all in one go: {:.0f} us an image on one thread, {:.0f} images/s\n",
                            microseconds, 1e6 / std::max(1e-3, microseconds));
}

Explanation explain(const Plan& plan, const cv::Mat& image, std::span<const Sample> partners) {
  Explanation explanation;
  explanation.microseconds = median_microseconds([&] { render(plan, image, partners); });
  explanation.steps = Explainer(plan, image, partners).run();
  return explanation;
}

}  // namespace doppel::augment
