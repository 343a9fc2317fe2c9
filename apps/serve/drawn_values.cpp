#include "serve/drawn_values.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "doppel/augment/plan/decomposition.h"

namespace doppel::apps {
namespace {

constexpr std::size_t kMostNumbers = 1000;

/// The numbers of one op's draws, by field.
class DrawnNumbers final : public FieldVisitor {
 public:
  std::size_t draws = 0;
  std::map<std::string, std::vector<double>, std::less<>> numbers;

  void add(std::string_view name, double number) {
    std::vector<double>& list = numbers[std::string(name)];
    if (list.size() < kMostNumbers) list.push_back(number);
  }

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (const auto* number = std::get_if<double*>(&value)) add(info.name, **number);
    if (const auto* whole = std::get_if<int*>(&value)) add(info.name, **whole);
    if (const auto* size = std::get_if<Size*>(&value)) {
      add("height", (*size)->height);
      add("width", (*size)->width);
    }
  }
};

void add_warp(DrawnNumbers& drawn, const augment::op::Warp& warp, Size before) {
  const auto middle = [](Size size) { return Point{0.5 * size.width, 0.5 * size.height}; };
  const auto parts = augment::decompose(warp.map, middle(before), middle(warp.size));
  if (!parts) return;
  drawn.add("angle", parts->angle);
  drawn.add("zoom x", parts->zoom_x);
  drawn.add("zoom y", parts->zoom_y);
  drawn.add("shear", parts->shear);
  drawn.add("move x", parts->move.x);
  drawn.add("move y", parts->move.y);
}

}  // namespace

nlohmann::json drawn_values(const TileOrder& order, Pictures& pictures, std::size_t count) {
  std::map<std::string, DrawnNumbers, std::less<>> ops;
  TileOrder one = order;
  for (std::size_t i = 0; i < count; ++i, ++one.stream.epoch) {
    Sketch made = sketch(one, pictures);
    Size size = made.drawn.plan.source;
    for (augment::Op& op : made.drawn.plan.ops) {
      DrawnNumbers& drawn = ops[std::string(name_of(op))];
      ++drawn.draws;
      if (const auto* warp = std::get_if<augment::op::Warp>(&op))
        add_warp(drawn, *warp, size);
      else
        std::visit([&](auto& values) { values.fields(drawn); }, static_cast<augment::AnyOp&>(op));
      size = size_after(op, size);
    }
  }
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [name, drawn] : ops)
    list.push_back({{"name", name}, {"draws", drawn.draws}, {"numbers", drawn.numbers}});
  return {{"draws", count}, {"ops", std::move(list)}};
}

}  // namespace doppel::apps
