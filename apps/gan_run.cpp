#include "gan_run.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "doppel/nn/gan/generated_source.h"
#include "report/draw.h"

namespace doppel::apps {
namespace {

/// A run that goes back more often than this has no use.
constexpr int kMostReturns = 4;
/// Times the best distance, beyond which the game has drifted off.
constexpr double kDrifted = 4;

constexpr std::array kMeans{
    &nn::GanRecord::discriminator_loss, &nn::GanRecord::generator_loss, &nn::GanRecord::penalty,
    &nn::GanRecord::real_found,         &nn::GanRecord::fake_found,     &nn::GanRecord::value,
    &nn::GanRecord::augment_chance};

}  // namespace

cv::Mat sample_sheet(nn::Gan& gan, const std::vector<std::string>& classes) {
  constexpr int kEach = 10, kMost = 10;
  std::vector<int> labels;
  if (gan.classes() == 1) labels.assign(std::size_t{kEach} * kMost, 0);
  for (int c = 0; c < std::min(kMost, gan.classes()) && gan.classes() > 1; ++c)
    labels.insert(labels.end(), kEach, c);
  const auto pictures = gan.generate(labels, 7, 0);
  const auto size = static_cast<std::size_t>(gan.picture().count());
  std::vector<Tile> tiles;
  for (std::size_t i = 0; i < labels.size(); ++i)
    tiles.push_back(
        {nn::picture_of(std::span(pictures).subspan(i * size, size), gan.picture()),
         i % kEach == 0 && gan.classes() > 1 ? classes[static_cast<std::size_t>(labels[i])] : ""});
  return tile_sheet(tiles, kEach, 64);
}

GanRun::GanRun(std::shared_ptr<nn::Gan> gan, GanJudge* judge, const RunInfo& info,
               std::filesystem::path folder, std::map<std::string, std::string> metadata, std::uint64_t every)
    : gan_(std::move(gan)),
      judge_(judge),
      info_(info),
      folder_(std::move(folder)),
      metadata_(std::move(metadata)),
      every_(std::max<std::uint64_t>(1, every)) {}

void GanRun::resume() {
  std::ifstream log(folder_ / "gan.jsonl");
  std::string text, kept;
  while (std::getline(log, text)) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded() || json.value("step", std::uint64_t{0}) > gan_->steps()) continue;
    kept += text + "\n";
    if (json.contains("event")) {
      events_.push_back(json["event"]);
      continue;
    }
    GanLine line;
    line.score.step = json["step"];
    const auto number = [&](const char* name) { return json.value(name, 0.0); };
    line.mean.discriminator_loss = number("discriminator_loss");
    line.mean.generator_loss = number("generator_loss");
    line.mean.penalty = number("penalty");
    line.mean.real_found = number("real_found");
    line.mean.fake_found = number("fake_found");
    line.mean.value = number("value");
    line.score.frechet = number("frechet");
    line.score.overlap.precision = number("precision");
    line.score.overlap.coverage = number("coverage");
    if (json.contains("agreement") && json["agreement"].is_number())
      line.score.agreement = number("agreement");
    lines_.push_back(line);
    if (judge_ && (!best_ || line.score.frechet < best_->frechet)) best_ = line.score;
  }
  write_file(folder_ / "gan.jsonl", kept);
}

bool GanRun::run(dataset::Loader& loader, const std::atomic<bool>& stopped) {
  // What a game that falls apart early goes back to.
  gan_->save(folder_ / "gan.safetensors", metadata_);
  const std::uint64_t all = gan_->options().steps;
  first_ = gan_->steps();
  began_ = std::chrono::steady_clock::now();
  while (gan_->steps() < all && !stopped) {
    const std::uint64_t epoch = gan_->steps() / loader.steps(), at = gan_->steps() % loader.steps();
    for (const dataset::Batch& batch : loader.epoch(epoch, at)) {
      const std::uint64_t before = gan_->steps();
      try {
        // One class is all pictures, whatever they are labelled.
        add(gan_->step(batch.images.values<float>(),
                       gan_->classes() == 1 ? std::vector<int>(batch.size(), 0) : batch.labels));
        show_progress();
        if (gan_->steps() % every_ == 0 || gan_->steps() == all) report();
      } catch (const nn::GanDiverged& diverged) { roll_back(diverged.what()); }
      if (gan_->steps() != before + 1 || gan_->steps() >= all || stopped) break;
    }
  }
  if (count_ > 0) report();
  return !stopped;
}

void GanRun::show_progress() {
  live_.show([&] {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(),
                 rate = static_cast<double>(gan_->steps() - first_) / seconds;
    return fmt::format("step {}/{}  D {:.3f}  G {:.3f}  {:.0f} images/s  {} left", gan_->steps(),
                       gan_->options().steps, sum_.discriminator_loss / count_, sum_.generator_loss / count_,
                       rate * gan_->options().batch,
                       clock_text(static_cast<double>(gan_->options().steps - gan_->steps()) / rate));
  });
}

void GanRun::add(const nn::GanRecord& r) {
  for (const auto of : kMeans) sum_.*of += r.*of;
  ++count_;
}

std::string GanRun::state_of(const GanLine& line) const {
  // Without a judge nothing is known of the pictures.
  if (judge_ && line.score.overlap.coverage < 0.02 && line.score.overlap.precision > 0.3)
    return "collapse: the pictures are all alike";
  if (line.mean.real_found > 0.98 && line.mean.fake_found > 0.98) return "the discriminator has won";
  if (line.mean.real_found < 0.4 && line.mean.fake_found < 0.4)
    return "drift: the discriminator is wrong more often than right";
  return "balanced";
}

void GanRun::write(const GanLine& line) {
  std::string text = fmt::format(
      "step {:>6}/{}  D {:.3f}  G {:.3f}  penalty {:.3f}  real {:.0f} %  fake {:.0f} %  value {:.3f} "
      "({:+.3f} from -log 4)",
      gan_->steps(), gan_->options().steps, line.mean.discriminator_loss, line.mean.generator_loss,
      line.mean.penalty, 100 * line.mean.real_found, 100 * line.mean.fake_found, line.mean.value,
      line.mean.value + std::log(4));
  if (judge_)
    text += fmt::format("  Fréchet {:.3f} (real {:.3f})  coverage {:.0f} %", line.score.frechet,
                        judge_->floor(), 100 * line.score.overlap.coverage);
  if (line.score.agreement) text += fmt::format("  as asked {:.1f} %", 100 * *line.score.agreement);
  live_.end();
  std::cerr << text << fmt::format("  {}  {:.0f} images/s\n", line.state, line.images_per_second);
  std::ofstream(folder_ / "gan.jsonl", std::ios::app) << to_json(line).dump() << std::endl;
  write_png(folder_ / fmt::format("samples_{:06}.png", gan_->steps()), sample_sheet(*gan_, info_.classes));
}

void GanRun::report() {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  GanLine line{sum_, {}, "", count_ * gan_->options().batch / seconds};
  for (const auto of : kMeans) line.mean.*of /= std::max(1, count_);
  line.score.step = gan_->steps();
  if (judge_) line.score = judge_->score(gan_);
  line.state = state_of(line);
  sum_ = {};
  count_ = 0;
  write(line);
  lines_.push_back(line);
  const bool lost = judge_ && best_ &&
                    (line.score.frechet > kDrifted * best_->frechet + judge_->floor() ||
                     !std::isfinite(line.score.frechet));
  if (lost)
    return roll_back(fmt::format(
        "the pictures drifted off by step {}: Fréchet's distance {:.2f}, it was {:.2f} at step {}",
        line.score.step, line.score.frechet, best_->frechet, best_->step));
  if (!judge_ || !best_ || line.score.frechet <= best_->frechet) {
    best_ = line.score;
    gan_->save(best(), metadata_);
  }
  gan_->save(folder_ / "gan.safetensors", metadata_);
  start_ = std::chrono::steady_clock::now();
}

void GanRun::roll_back(const std::string& reason) {
  if (++returns_ > kMostReturns)
    throw Error(fmt::format("{}; going back {} times hasn't helped: take a lower --lr or another preset",
                            reason, kMostReturns));
  const double rate = gan_->rate() / 2;
  gan_->load(best_ ? best() : folder_ / "gan.safetensors");
  gan_->set_rate(rate);
  first_ = gan_->steps();
  began_ = std::chrono::steady_clock::now();
  events_.push_back(
      fmt::format("{}. Back to step {}, at half the rate ({:g}).", reason, gan_->steps(), rate));
  live_.end();
  std::cerr << events_.back() << '\n';
  std::ofstream(folder_ / "gan.jsonl", std::ios::app)
      << nlohmann::json{{"step", gan_->steps()}, {"event", events_.back()}}.dump() << std::endl;
  gan_->save(folder_ / "gan.safetensors", metadata_);
  sum_ = {};
  count_ = 0;
  start_ = std::chrono::steady_clock::now();
}

}  // namespace doppel::apps
