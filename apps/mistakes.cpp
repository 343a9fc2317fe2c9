#include "mistakes.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/dataset/analysis/view.h"
#include "doppel/nn/train/trainer.h"
#include "live_line.h"
#include "report/draw.h"

namespace doppel::apps {

std::vector<bool> classes_there(const dataset::Source& source, std::size_t index, std::size_t classes) {
  std::vector<bool> there(classes, false);
  const std::vector<augment::LabelShare> shares = source.label_shares(index);
  for (const augment::LabelShare& share : shares)
    there[static_cast<std::size_t>(share.label)] = share.share >= 0.5;
  if (const int label = source.label(index); shares.empty() && label >= 0)
    there[static_cast<std::size_t>(label)] = true;
  return there;
}

std::vector<Mistake> likely_mislabelled(nn::Model& model, const dataset::Source& train,
                                        const nn::RunInfo& info, int threads) {
  constexpr std::size_t kMost = 200000;  // samples: more would take too long
  constexpr double kSure = 0.8;
  if (train.size() > kMost) return {};
  const dataset::SourcePtr source(std::shared_ptr<void>(), &train);
  dataset::LoaderOptions options = info.evaluation_options(256);
  options.on_error = dataset::LoaderOptions::OnError::Skip;
  dataset::Loader loader(source, info.fitted({}), options);
  MistakeList mistakes(kMistakesShown);
  LiveLine live("looking for wrong labels", "images");
  if (info.outputs == dataset::Labels::Independent)
    evaluate_multi_label(model, loader, threads, [&](std::size_t i, int, std::span<const float> logits) {
      live.add(train.size());
      mistakes.add(i, classes_there(train, i, logits.size()), logits);
    });
  else
    evaluate(model, loader, threads, [&](std::size_t i, int label, std::span<const float> logits) {
      live.add(train.size());
      mistakes.add(i, label, logits);
    });
  std::vector<Mistake> sure = mistakes.sorted();
  std::erase_if(sure, [](const Mistake& m) { return m.surprise() < kSure; });
  return sure;
}

namespace {

std::string mistake_text(const Mistake& m, const std::vector<std::string>& classes) {
  const auto name = [&](int c) { return classes[static_cast<std::size_t>(c)]; };
  const double percent = 100 * m.probability;
  if (m.prediction < 0) return fmt::format("{} is there, given {:.1f} %", name(m.label), percent);
  if (m.label < 0) return fmt::format("{} isn't labelled, given {:.1f} %", name(m.prediction), percent);
  return fmt::format("{}, taken for {} ({:.1f} %)", name(m.label), name(m.prediction), percent);
}

}  // namespace

cv::Mat mistake_sheet(const std::vector<Mistake>& mistakes, const dataset::Source& source,
                      const std::vector<std::string>& classes) {
  constexpr int kColumns = 6, kSide = 160;
  std::vector<Tile> tiles;
  for (const Mistake& m : mistakes) try {
      const cv::Mat image = load(source, m.index).image;
      tiles.push_back({seen(image, dataset::view_of(image)), mistake_text(m, classes)});
    } catch (const Error&) {}  // it was there a moment ago; the report shows the same without it
  return tile_sheet(tiles, kColumns, kSide);
}

}  // namespace doppel::apps
