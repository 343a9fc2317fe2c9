#include "doppel/nn/study/gan_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/json_fields.h"

namespace doppel::nn {
namespace {

/// A run that goes back more often than this has no use.
constexpr int kMostReturns = 4;
constexpr const char* kLog = "gan.jsonl";
/// Times the best distance, beyond which the game has drifted off.
constexpr double kDrifted = 4;

constexpr std::array<std::string_view, 5> kStates{
    "balanced", "collapse: the images are all alike", "the discriminator has won",
    "drift: the discriminator is wrong more often than right", "learning"};

/// The columns of a line that are numbers, for both directions: f(name, number).
template <class Line, class F>
void each_number(Line& line, const F& f) {
  f("discriminator_loss", line.mean.discriminator_loss);
  f("generator_loss", line.mean.generator_loss);
  f("penalty", line.mean.penalty);
  f("real_found", line.mean.real_found);
  f("fake_found", line.mean.fake_found);
  f("value", line.mean.value);
  f("augment_chance", line.mean.augment_chance);
  f("frechet", line.score.frechet);
  f("kernel", line.score.kernel.value);
  f("precision", line.score.overlap.precision);
  f("recall", line.score.overlap.recall);
  f("density", line.score.overlap.density);
  f("coverage", line.score.overlap.coverage);
  f("images_per_second", line.images_per_second);
}

constexpr std::array kMeans{&GanRecord::discriminator_loss, &GanRecord::generator_loss, &GanRecord::penalty,
                            &GanRecord::real_found,         &GanRecord::fake_found,     &GanRecord::value,
                            &GanRecord::augment_chance};

GanLine line_from(const nlohmann::json& json) {
  GanLine line;
  line.mean.step = line.score.step = json_whole_or<std::uint64_t>(json, "step", 0);
  each_number(line, [&](const char* name, double& number) {
    if (const auto found = json.find(name); found != json.end() && found->is_number()) number = *found;
  });
  if (const auto found = json.find("agreement"); found != json.end() && found->is_number())
    line.score.agreement = found->get<double>();
  const auto state = std::ranges::find(kStates, json_text_or_none(json, "state"));
  if (state != kStates.end()) line.state = static_cast<GanState>(state - kStates.begin());
  return line;
}

nlohmann::json to_json(const GanLine& line) {
  nlohmann::json json{{"step", line.score.step},
                      {"state", kStates[static_cast<std::size_t>(line.state)]},
                      {"agreement", nullptr}};
  each_number(line, [&](const char* name, double number) { json[name] = number; });
  if (line.score.agreement) json["agreement"] = *line.score.agreement;
  return json;
}

}  // namespace

std::string_view text_of(GanState state) { return kStates[static_cast<std::size_t>(state)]; }

GanTrainer::GanTrainer(std::shared_ptr<GenerativeModel> gan, GanEvaluator* evaluator, Options options)
    : gan_(std::move(gan)), evaluator_(evaluator), options_(std::move(options)) {
  options_.every = std::max<std::uint64_t>(1, options_.every);
}

void GanTrainer::read_log() {
  check_no_pipe(options_.folder / kLog);
  std::ifstream log(options_.folder / kLog);
  std::string text, kept;
  while (std::getline(log, text)) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    constexpr auto kNever = std::numeric_limits<std::uint64_t>::max();
    if (!json.is_object() || json_whole_or(json, "step", kNever) > gan_->steps()) continue;
    kept += text + "\n";
    if (json.contains("event")) {
      if (std::string event = json_text_or_none(json, "event"); !event.empty())
        events_.push_back(std::move(event));
      continue;
    }
    lines_.push_back(line_from(json));
    const GanScore& score = lines_.back().score;
    const bool measured = json.contains("frechet") && json["frechet"].is_number();
    if (evaluator_ && measured && (!best_ || score.frechet < best_->frechet)) best_ = score;
  }
  write_file(options_.folder / kLog, kept);
}

bool GanTrainer::leads() const {
  const Group* const group = gan_->options().group;
  return !group || group->rank() == 0;
}

/// Where one process is told to stop all do, after the same step.
bool GanTrainer::stops(const std::atomic<bool>& stopped) const {
  double told = stopped ? 1 : 0;
  if (Group* const group = gan_->options().group) group->sum(std::span<double>(&told, 1));
  return told > 0;
}

/// What the first process says.
std::string GanTrainer::said_by_first(std::string text) const {
  if (Group* const group = gan_->options().group) group->share(text);
  return text;
}

void GanTrainer::save(const std::filesystem::path& path) const {
  if (leads()) gan_->save(path, options_.metadata);
}

bool GanTrainer::run(dataset::Loader& loader, const std::atomic<bool>& stopped) {
  save(last());  // what a game that falls apart early goes back to
  const std::uint64_t all = gan_->options().steps;
  begin_line();
  bool stop = stops(stopped);
  while (gan_->steps() < all && !stop) {
    const std::uint64_t epoch = gan_->steps() / loader.steps(), at = gan_->steps() % loader.steps();
    for (const dataset::Batch& batch : loader.epoch(epoch, at)) {
      const std::uint64_t before = gan_->steps();
      try {
        // One class is all images, whatever they are labelled.
        add(gan_->step(batch.images.values<float>(),
                       gan_->classes() == 1 ? std::vector<int>(batch.size(), 0) : batch.labels));
        if (options_.on_step) options_.on_step(mean());
        if (gan_->steps() % options_.every == 0 || gan_->steps() == all) finish_line();
      } catch (const GanDiverged& diverged) { roll_back(diverged.what()); }
      stop = stops(stopped);
      if (gan_->steps() != before + 1 || gan_->steps() >= all || stop) break;
    }
  }
  if (count_ > 0) stop ? leave() : finish_line();
  return !stop;
}

void GanTrainer::add(const GanRecord& r) {
  for (const auto of : kMeans) sum_.*of += r.*of;
  ++count_;
}

GanRecord GanTrainer::mean() const {
  GanRecord mean = sum_;
  mean.step = gan_->steps();
  for (const auto of : kMeans) mean.*of /= std::max(1, count_);
  return mean;
}

void GanTrainer::begin_line() {
  sum_ = {};
  count_ = 0;
  start_ = Clock::now();
}

GanState GanTrainer::state_of(const GanLine& line) const {
  // Without an evaluator nothing is known of the images.
  if (evaluator_ && line.score.overlap.coverage < 0.02 && line.score.overlap.precision > 0.3)
    return GanState::Collapsed;
  if (gan_->is_flow()) return GanState::Learning;
  if (line.mean.real_found > 0.98 && line.mean.fake_found > 0.98) return GanState::DiscriminatorWon;
  if (line.mean.real_found < 0.4 && line.mean.fake_found < 0.4) return GanState::Drifting;
  return GanState::Balanced;
}

void GanTrainer::log(const std::string& row) const {
  check_no_pipe(options_.folder / kLog);
  std::ofstream(options_.folder / kLog, std::ios::app) << row << std::endl;
}

void GanTrainer::finish_line() {
  const std::string reason = said_by_first(leads() ? measure() : "");
  begin_line();
  if (!reason.empty()) roll_back(reason);
}

/// Who is told to stop doesn't measure first, where that takes long.
void GanTrainer::leave() {
  const bool measures = said_by_first(evaluator_ ? "measures" : "") == "measures";
  if (!measures) return finish_line();
  if (gan_->is_finite()) save(last());
}

/// Notes what the steps since the last line came to, and keeps the state; gives why it's lost, if it is. What
/// is of no use is never written over a state that is.
std::string GanTrainer::measure() {
  if (!gan_->is_finite()) return fmt::format("weights are NaN or infinite after step {}", gan_->steps());
  GanLine line{mean(), {}, {}, count_ * gan_->options().batch / seconds_since(start_)};
  line.score.step = gan_->steps();
  if (evaluator_) line.score = evaluator_->score(gan_);
  if (!std::isfinite(line.score.frechet))
    return fmt::format("what is measured of the images is NaN or infinite after step {}", gan_->steps());
  line.state = state_of(line);
  log(to_json(line).dump());
  if (options_.on_line) options_.on_line(line);
  lines_.push_back(line);
  if (evaluator_ && best_ && line.score.frechet > kDrifted * best_->frechet + evaluator_->floor())
    return fmt::format(
        "the images drifted off by step {}: Fréchet's distance {:.2f}, it was {:.2f} at step {}",
        line.score.step, line.score.frechet, best_->frechet, best_->step);
  if (!evaluator_ || !best_ || line.score.frechet <= best_->frechet) {
    best_ = line.score;
    save(best());
  }
  save(last());
  return {};
}

void GanTrainer::roll_back(const std::string& reason) {
  if (++returns_ > kMostReturns)
    throw GanDiverged(
        fmt::format("{}; going back {} times hasn't helped: take a lower --lr or another preset, or "
                    "--resume, which halves the "
                    "rate further",
                    reason, kMostReturns));
  const double rate = gan_->rate() / 2;
  gan_->load(said_by_first(best_ ? "best" : "last") == "best" ? best() : last());
  gan_->set_rate(rate);
  events_.push_back(
      fmt::format("{}. Back to step {}, at half the rate ({:g}).", reason, gan_->steps(), rate));
  if (leads()) log(nlohmann::json{{"step", gan_->steps()}, {"event", events_.back()}}.dump());
  if (options_.on_event) options_.on_event(events_.back());
  said_by_first("");  // all have read the state before it's written
  save(last());
  begin_line();
}

}  // namespace doppel::nn
