// A source of your own: a pure function from an index to a sample, here drawn circles and squares with their
// boxes. The loader reads it from several threads, shuffles, augments and batches it like any other.
//
//     own_source            prints the batches of an epoch
#include <doppel/augment/recipe/recipe.h>
#include <doppel/augment/transforms/geometry/rotate.h>
#include <doppel/dataset/loader/loader.h>

#include <cstdio>

namespace aug = doppel::augment;
namespace ds = doppel::dataset;

class Shapes final : public ds::Source {
 public:
  explicit Shapes(std::size_t count) : count_(count) {}
  std::size_t size() const override { return count_; }
  std::string name(std::size_t index) const override { return "shape " + std::to_string(index); }
  int label(std::size_t index) const override { return static_cast<int>(index % 2); }
  const std::vector<std::string>& classes() const override { return classes_; }
  ds::Item read(std::size_t index) const override {
    constexpr int kSide = 32;
    const doppel::Stream stream{.seed = 7, .index = index};
    const int radius = stream.integer("radius", 4, 10), x = stream.integer("x", radius, kSide - 1 - radius),
              y = stream.integer("y", radius, kSide - 1 - radius);
    ds::Item item;
    item.sample.label = label(index);
    item.sample.image = cv::Mat(kSide, kSide, CV_8UC3, cv::Scalar::all(0));
    for (int row = y - radius; row <= y + radius; ++row)
      for (int column = x - radius; column <= x + radius; ++column) {
        const int dx = column - x, dy = row - y;
        if (item.sample.label == 0 && dx * dx + dy * dy > radius * radius) continue;
        item.sample.image.at<cv::Vec3b>(row, column) = {255, 200, 40};
      }
    item.sample.boxes.push_back({double(x - radius), double(y - radius), double(x + radius + 1),
                                 double(y + radius + 1), item.sample.label});
    return item;
  }

 private:
  std::size_t count_;
  std::vector<std::string> classes_{"circle", "square"};
};

int main() {
  ds::Loader loader{Shapes{100}, {aug::Rotate{.angle = {-20, 20}, .p = 1}}, {.batch = 32, .seed = 1}};
  for (const ds::Batch& batch : loader.epoch(0)) {
    std::size_t boxes = 0;
    for (const auto& targets : batch.targets) boxes += targets.boxes.size();
    std::printf("%zu images, %zu boxes; the first is %s, a %s\n", batch.size(), boxes,
                loader.source().name(batch.indices[0]).c_str(),
                loader.source().classes()[static_cast<std::size_t>(batch.labels[0])].c_str());
  }
}
