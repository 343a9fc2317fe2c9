#include "settings_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "doppel/base/fields.h"
#include "doppel/nn/study/gan_settings.h"
#include "doppel/nn/study/train_settings.h"

namespace doppel::apps {
namespace {

/// Tables of Markdown: a setting, what it may be, what it is unless told, and what it does.
class TableVisitor final : public FieldVisitor {
 public:
  explicit TableVisitor(std::span<const std::string_view> preset = {}) : preset_(preset) {}
  void heading(std::string_view text) override {
    if (text == heading_) return;
    heading_ = text;
    rows_[heading_];
    if (std::ranges::find(order_, heading_) == order_.end()) order_.push_back(heading_);
  }
  std::string text() const {
    std::string text;
    for (const std::string& heading : order_)
      text += fmt::format("\n### {}\n\n| setting | values | unless told | |\n|---|---|---|---|\n{}", heading,
                          rows_.at(heading));
    return text;
  }

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (info.follows) return;
    add(info, value);
    if (auto* const* kinds = std::get_if<Kinds*>(&value))
      for (const std::string_view name : (*kinds)->names()) {
        kind_ = fmt::format("of {} {}: ", info.name, name);
        (*kinds)->fields_of(name, *this);
        kind_.clear();
      }
  }
  void add(const FieldInfo& info, const FieldValue& value) {
    const bool by_preset = std::ranges::find(preset_, info.name) != preset_.end();
    std::string initial = by_preset ? "the preset's" : field_text(value);
    if (std::holds_alternative<std::string*>(value) && !by_preset) initial = *std::get<std::string*>(value);
    rows_[heading_] += fmt::format("| `{}` | {} | {} | {}{} |\n", info.name,
                                   escaped(values_text(info, value)), initial, kind_, info.help);
  }
  static std::string escaped(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != text.npos; at += 2) text.insert(at, "\\");
    return text;
  }
  std::span<const std::string_view> preset_;
  std::string heading_, kind_;
  std::vector<std::string> order_;
  std::map<std::string, std::string> rows_;
};

std::string table_of(auto settings, std::span<const std::string_view> preset = {}) {
  TableVisitor visitor(preset);
  settings.fields(visitor);
  return visitor.text();
}

}  // namespace

std::string settings_page() {
  return "# Settings\n\nMade by `./dev docs` from the same lists as the options, `run.yaml` and the schemas "
         "(`doppel schema "
         "train`). On the command line a setting is its option, as `--weight-decay 0.01`; in a file it is a "
         "line, as "
         "`weight_decay: 0.01`:\n\n    doppel train --config RUN/run.yaml --out AGAIN\n\nrepeats a run to "
         "the same weights, "
         "bit for bit; options beside it win. A run that goes on (`--resume`), and processes that train "
         "together, must have the "
         "same data (its names, labels and, of up to 64 images, what they hold; it may lie elsewhere) and "
         "the same settings, but for threads, workers and how often is measured (training keeps the shards "
         "it "
         "began with); a run that goes on may "
         "have more epochs or "
         "steps.\n\n## doppel train\n" +
         table_of(nn::TrainSettings{}) + "\n## doppel gan\n" +
         table_of(nn::GanSettings{}, nn::GanSettings::preset_fields());
}

}  // namespace doppel::apps
