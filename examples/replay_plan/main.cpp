// What augmentation did to one image, written down and done again: on the same image, and on another.
//
//     replay_plan            prints the plan, and whether its copy gives the same pixels
#include <doppel/augment/recipe/recipe.h>
#include <doppel/augment/render/render.h>
#include <doppel/dataset/open/open_data.h>

#include <algorithm>
#include <cstdio>

namespace aug = doppel::augment;

int main() {
  const auto photos = doppel::dataset::open_data("sample:photos").train;
  const aug::Recipe recipe = aug::Recipe::load("strong");
  const aug::Sample photo = load(*photos, 0), other = load(*photos, 1);

  // A plan is a value: print it, keep it as YAML, read it back.
  const aug::Plan plan = recipe.draw(photo, {.seed = 3});
  std::printf("%s\n", plan.words().c_str());
  const aug::Plan read = aug::Plan::from_yaml(plan.yaml());

  const cv::Mat first = aug::render(plan, photo.image), again = aug::render(read, photo.image);
  const bool same = first.size() == again.size() &&
                    std::equal(first.datastart, first.dataend, again.datastart, again.dataend);
  std::printf("replayed to the same pixels: %s\n", same ? "yes" : "no");

  // On another image of the same size: stereo pairs, frames of one clip, an image and its depth.
  if (other.image.size() == photo.image.size()) {
    const cv::Mat beside = aug::render(read, other.image);
    std::printf("another image alike: %dx%d\n", beside.cols, beside.rows);
  }
  const doppel::Point corner = plan.map({0, 0});
  std::printf("its upper left corner went to %.1f, %.1f\n", corner.x, corner.y);
  return same ? 0 : 1;
}
