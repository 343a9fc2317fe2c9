#include "epoch_record.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "live_line.h"
#include "report/draw.h"

namespace doppel::apps {

namespace {

nlohmann::ordered_json epoch_row(const nn::EpochRecord& r, const std::string& held_out, bool has_accuracy) {
  nlohmann::ordered_json row{{"epoch", r.epoch + 1},
                             {"loss", r.loss},
                             {"learning_rate", r.rate},
                             {"images_per_second", r.images_per_second},
                             {"seconds", r.seconds}};
  if (has_accuracy) row["accuracy"] = r.accuracy;
  if (r.valid_loss) row[held_out + "_loss"] = *r.valid_loss;
  if (r.valid_accuracy) row[held_out + "_accuracy"] = *r.valid_accuracy;
  if (r.valid_map) row[held_out + "_map"] = *r.valid_map;
  if (r.valid_mae) row[held_out + "_mae"] = *r.valid_mae;
  if (r.valid_r2) row[held_out + "_r2"] = *r.valid_r2;
  if (r.valid_iou) row[held_out + "_iou"] = *r.valid_iou;
  return row;
}

}  // namespace

void log_epoch(StepLog& log, const nn::EpochRecord& r, const std::string& held_out, bool has_accuracy) {
  log.add(epoch_row(r, held_out, has_accuracy));
}

void log_step(StepLog& log, const nn::Progress& p, double waiting, bool has_accuracy) {
  nlohmann::ordered_json line{
      {"step", p.epoch * p.steps + p.step},
      {"of", p.epochs * p.steps},
      {"at", static_cast<double>(p.epoch) + static_cast<double>(p.step) / static_cast<double>(p.steps)},
      {"loss", p.loss},
      {"images_per_second", p.images_per_second},
      {"seconds_left", p.seconds_left},
      {"waiting", waiting}};
  if (has_accuracy) line["accuracy"] = p.accuracy;
  log.add(line);
}

void write_history(const std::filesystem::path& run, const std::vector<nn::EpochRecord>& history,
                   const std::string& held_out, const std::string& note, bool has_accuracy) {
  std::string text;
  for (const nn::EpochRecord& r : history) text += epoch_row(r, held_out, has_accuracy).dump() + "\n";
  write_file(run / "metrics.jsonl", text);
  write_png(run / "curves.png", draw_curves(history, held_out, note, has_accuracy));
}

void print_epoch(const nn::EpochRecord& r, std::uint64_t epochs, const std::string& held_out,
                 bool has_accuracy) {
  std::string text = fmt::format("epoch {:>3}/{}  loss {:.4f}", r.epoch + 1, epochs, r.loss);
  if (has_accuracy) text += fmt::format("  accuracy {:6.2f} %", 100 * r.accuracy);
  if (r.valid_r2) text += fmt::format("  {} MAE {:.4g}  R2 {:.4f}", held_out, *r.valid_mae, *r.valid_r2);
  if (r.valid_iou) text += fmt::format("  {} mean IoU {:6.2f} %", held_out, 100 * *r.valid_iou);
  if (r.valid_map) text += fmt::format("  {} mAP {:6.2f} %", held_out, 100 * *r.valid_map);
  if (r.valid_accuracy)
    text +=
        fmt::format("  {} {:6.2f} %", r.valid_iou ? "pixels" : held_out + (r.valid_map ? " accuracy" : ""),
                    100 * *r.valid_accuracy);
  std::cerr << text << fmt::format("  {:.0f} images/s\n", r.images_per_second);
}

std::string progress_text(const nn::Progress& p, bool has_accuracy) {
  return fmt::format("epoch {}/{}  step {}/{}  loss {:.4f}  {}{:.0f} images/s  {} left", p.epoch + 1,
                     p.epochs, p.step, p.steps, p.loss,
                     has_accuracy ? fmt::format("accuracy {:.2f} %  ", 100 * p.accuracy) : "",
                     p.images_per_second, clock_text(p.seconds_left));
}

void add_events(nn::EventFile& events, const nn::EpochRecord& r, const std::string& held_out,
                bool has_accuracy) {
  const auto epoch = static_cast<std::int64_t>(r.epoch) + 1;
  events.add("loss/train", r.loss, epoch);
  if (has_accuracy) events.add("accuracy/train", r.accuracy, epoch);
  events.add("learning_rate", r.rate, epoch);
  events.add("images_per_second", r.images_per_second, epoch);
  if (r.valid_loss) events.add("loss/" + held_out, *r.valid_loss, epoch);
  if (r.valid_map) events.add("mAP/" + held_out, *r.valid_map, epoch);
  if (r.valid_mae) events.add("MAE/" + held_out, *r.valid_mae, epoch);
  if (r.valid_iou) events.add("mIoU/" + held_out, *r.valid_iou, epoch);
  if (r.valid_r2) events.add("R2/" + held_out, *r.valid_r2, epoch);
  if (r.valid_accuracy) events.add("accuracy/" + held_out, *r.valid_accuracy, epoch);
}

}  // namespace doppel::apps
