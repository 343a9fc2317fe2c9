#include "gan_report.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "html.h"

namespace doppel::apps {
namespace {

std::string tenths(double share) { return fmt::format("{:.1f} %", 100 * share); }
std::string tenths(const std::optional<double>& share) { return share ? tenths(*share) : "-"; }

/// null where there is none.
nlohmann::json number(const std::optional<double>& v) { return v ? nlohmann::json(*v) : nlohmann::json(); }

std::string curves(const GanPage& page) {
  const auto values = [&](auto of) {
    std::vector<double> all;
    for (const nn::GanLine& line : page.lines) all.push_back(of(line));
    return all;
  };
  const auto flat = [&](double value) { return std::vector<double>(page.lines.size(), value); };
  using Line = const nn::GanLine&;
  const Chart losses{"losses",
                     {{"discriminator", "--orange", values([](Line l) { return l.mean.discriminator_loss; })},
                      {"generator", "--blue", values([](Line l) { return l.mean.generator_loss; })}}};
  const Chart found{"found out by the discriminator, %",
                    {{"real", "--orange", values([](Line l) { return 100 * l.mean.real_found; })},
                     {"generated", "--blue", values([](Line l) { return 100 * l.mean.fake_found; })}}};
  const Chart game{"the game's value",
                   {{"value", "--blue", values([](Line l) { return l.mean.value; })},
                    {"in balance", "--orange", flat(-std::log(4))}}};
  const Chart distance{"Fréchet distance",
                       {{"generated to real", "--blue", values([](Line l) { return l.score.frechet; })},
                        {"real to real", "--orange", flat(page.score_floor)}}};
  const Chart overlap{
      "precision and coverage, %",
      {{"precision", "--orange", values([](Line l) { return 100 * l.score.overlap.precision; })},
       {"coverage", "--blue", values([](Line l) { return 100 * l.score.overlap.coverage; })}}};
  const Chart agreement{"taken for its class, %",
                        {{"by a classifier of real images", "--blue",
                          values([](Line l) { return 100 * l.score.agreement.value_or(0); })}}};
  const Chart loss{"loss", {{"squared distance of the velocity", "--blue", losses.lines[1].values}}};
  return fmt::format("<h2>Curves</h2><p>A point for each line of gan.jsonl.</p><div class=two>{}{}{}{}</div>",
                     svg(distance), svg(overlap), page.quality.all.agreement ? svg(agreement) : "",
                     page.is_flow ? svg(loss) : svg(losses) + svg(found) + svg(game));
}

std::string image(const char* title, const char* words, const cv::Mat& image) {
  if (image.empty()) return {};
  return fmt::format("<h2>{}</h2><p>{}</p><img style=\"max-width:100%\" src=\"{}\" alt=\"{}\">", title, words,
                     png_uri(encode_png(image)), title);
}

std::string measures(const nn::GanQuality& q) {
  std::vector<std::pair<std::string, std::string>> rows{
      {"accuracy of a classifier trained on generated images only", tenths(q.score)},
      {"on the real ones, as many steps", tenths(q.real_score)},
      {"Fréchet distance (real to real)", fmt::format("{:.3f} ({:.3f})", q.all.frechet, q.floor)},
      {"kernel distance (real to real)",
       fmt::format("{:.4f} ± {:.4f} ({:.4f})", q.all.kernel.value, q.all.kernel.error, q.kernel_floor.value)},
      {"precision, recall", tenths(q.all.overlap.precision) + ", " + tenths(q.all.overlap.recall)},
      {"density, coverage", fmt::format("{:.2f}, {}", q.all.overlap.density, tenths(q.all.overlap.coverage))},
      {"taken for its class", tenths(q.all.agreement)},
      {"nearer to a training image than the nearest hundredth of real ones to each other (held-out ones)",
       fmt::format("{} ({}){}", tenths(q.copies.generated_share()), tenths(q.copies.held_out_share()),
                   q.copies.above_real() ? ": copies" : "")},
      {"images measured", std::to_string(q.count)}};
  if (const auto& p = q.published) {
    rows.emplace_back(fmt::format("by Inception v3 of {} classes: Fréchet distance ({} held-out ones)",
                                  p->original ? 1008 : 1000, p->floor_count),
                      fmt::format("{:.2f} ({:.2f}), of {} images", p->frechet, p->floor, p->count));
    rows.emplace_back("by Inception v3: precision, recall (third neighbour)",
                      tenths(p->overlap.precision) + ", " + tenths(p->overlap.recall));
  }
  return facts(rows);
}

std::string class_table(const GanPage& page) {
  std::string text =
      "<h2>By class</h2><p>Which the images were asked for, or where none was, which they are taken for. "
      "Copying is a normal score: below -3 generated images lie nearer to training "
      "images than held-out ones do.</p><div class=scroll><table><tr><th>class<th>taken for it<th>precision"
      "<th>recall<th>density<th>coverage<th>copying</tr>";
  for (std::size_t c = 0; c < page.quality.classes.size(); ++c) {
    const nn::ClassQuality& q = page.quality.classes[c];
    text += fmt::format("<tr><td>{}<td>{}<td>{}<td>{}<td>{:.2f}<td>{}<td>{:+.1f}{}<td>{}</tr>",
                        escaped(page.classes[c]), tenths(q.agreement), tenths(q.overlap.precision),
                        tenths(q.overlap.recall), q.overlap.density, tenths(q.overlap.coverage), q.copying,
                        q.copying < -3 ? " copies" : "", tenths(q.share));
  }
  return text + "</table></div>";
}

std::string event_list(const std::vector<std::string>& events) {
  if (events.empty()) return {};
  std::string text = "<h2>What was done about the game</h2><ul>";
  for (const std::string& event : events) text += "<li>" + escaped(event);
  return text + "</ul>";
}

}  // namespace

void write_gan_report(const std::filesystem::path& path, const GanPage& p) {
  write_file(
      path,
      page(p.title,
           facts(p.facts) +
               "<h2>Measures</h2><p>By features of a classifier that learned from the real "
               "images; numbers of real images against each other, in brackets, are what a "
               "perfect generator would reach.</p>" +
               measures(p.quality) +
               image("Samples", "From noise that never changes; classes by rows, ten of each.", p.sheet) +
               curves(p) + class_table(p) +
               image("Nearest training images",
                     "The generated images that come nearest to one that was learned from; that one below.",
                     p.nearest_sheet) +
               event_list(p.events)));
}

nlohmann::json to_json(const nn::PublishedQuality& q) {
  return {{"weights", q.original ? "of 1008 classes" : "of 1000 classes"},
          {"images", q.count},
          {"frechet", q.frechet},
          {"precision", q.overlap.precision},
          {"recall", q.overlap.recall},
          {"held_out", q.floor_count},
          {"frechet_held_out", q.floor}};
}

nlohmann::json to_json(const nn::GanQuality& q, const std::vector<std::string>& classes) {
  nlohmann::json by_class = nlohmann::json::array();
  for (std::size_t c = 0; c < q.classes.size(); ++c) {
    const nn::ClassQuality& of = q.classes[c];
    by_class.push_back({{"class", classes[c]},
                        {"agreement", number(of.agreement)},
                        {"share", of.share},
                        {"precision", of.overlap.precision},
                        {"recall", of.overlap.recall},
                        {"density", of.overlap.density},
                        {"coverage", of.overlap.coverage},
                        {"copying", of.copying}});
  }
  return {{"step", q.all.step},
          {"images", q.count},
          {"classification_accuracy_score", number(q.score)},
          {"real_accuracy", q.real_score},
          {"frechet", q.all.frechet},
          {"frechet_real", q.floor},
          {"kernel", q.all.kernel.value},
          {"kernel_error", q.all.kernel.error},
          {"kernel_real", q.kernel_floor.value},
          {"precision", q.all.overlap.precision},
          {"recall", q.all.overlap.recall},
          {"density", q.all.overlap.density},
          {"coverage", q.all.overlap.coverage},
          {"agreement", number(q.all.agreement)},
          {"copies", q.copies.generated},
          {"copies_of_held_out", q.copies.held_out},
          {"held_out", q.copies.held_out_of},
          {"copies_above_real", q.copies.above_real()},
          {"inception", q.published ? to_json(*q.published) : nlohmann::json()},
          {"classes", by_class}};
}

}  // namespace doppel::apps
