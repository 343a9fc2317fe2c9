#include "pack/notes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "error_of.h"

namespace doppel::dataset::pack {
namespace {

augment::Sample noted_sample() {
  augment::Sample sample;
  sample.boxes = {{1, 2.5, 10, 20, 3, 1, 7}};
  sample.rotated_boxes = {{5, 6, 8, 4, 30, 2, 1, 7}};
  sample.keypoints = {{.x = 3, .y = 4, .label = 5, .visibility = 0, .instance = 7}};
  sample.label_shares = {{0, 0.25}, {1, 0.75}};
  return sample;
}

TEST(Notes, GiveBackWhatWasNoted) {
  const augment::Sample sample = noted_sample();
  augment::Sample back;
  read_note(note_of(sample, {}, 1, 1), back);
  EXPECT_EQ(back.boxes, sample.boxes);
  EXPECT_EQ(back.rotated_boxes, sample.rotated_boxes);
  EXPECT_EQ(object_labels_in(note_of(sample, {}, 1, 1)), (std::vector<int>{3, 2}));
  EXPECT_TRUE(object_labels_in(R"({"weight": 2})").empty());
  EXPECT_EQ(back.keypoints, sample.keypoints);
  EXPECT_EQ(back.label_shares, sample.label_shares);
  EXPECT_EQ(note_of({}, {}, 1, 1), "");  // nothing to say
}

TEST(Notes, CoordinatesFollowTheScaleAndNothingElseDoes) {
  augment::Sample back;
  read_note(note_of(noted_sample(), {}, 2, 0.5), back);
  EXPECT_EQ(back.boxes[0], (augment::Box{2, 1.25, 20, 10, 3, 1, 7}));
  EXPECT_EQ(back.keypoints[0].x, 6);
  EXPECT_EQ(back.keypoints[0].y, 2);
  EXPECT_EQ(back.label_shares, noted_sample().label_shares);
}

TEST(Notes, HoldNumbersWeightsFieldsAndTheRange) {
  augment::Sample sample = noted_sample();
  sample.numbers = {41.25, -3};
  sample.weight = 0.5;
  sample.fields = {{"id", std::int64_t{1} << 40},
                   {"site", std::string("Łódź \"masks\"")},
                   {"dose", 0.1},
                   {"place", std::vector<double>{1.5, 2}},
                   {"range", std::string("far")}};
  const std::string note = note_of(sample, {}, 2, 2, {{"age", "height"}, {0, 4095}});
  augment::Sample back;
  read_note(note, back);
  EXPECT_EQ(back.numbers, sample.numbers);
  EXPECT_EQ(back.weight, 0.5);
  EXPECT_EQ(back.fields, sample.fields);
  const std::vector<std::pair<std::string, double>> named{{"age", 41.25}, {"height", -3}};
  EXPECT_EQ(numbers_in(note), named);
  EXPECT_EQ(range_in(note), (std::vector<double>{0, 4095}));
  EXPECT_TRUE(read_note(note, back).files.empty());
  EXPECT_TRUE(numbers_in(note_of(noted_sample(), {}, 1, 1)).empty());
  EXPECT_TRUE(range_in(note_of(noted_sample(), {}, 1, 1)).empty());
}

TEST(Notes, PromiseMasksBySizeAndChecksum) {
  const std::vector<Companion> masks{{"mask0.png", {'1', '2', '3', '4', '5', '6', '7', '8', '9'}},
                                     {"mask1.png", {}}};
  augment::Sample back;
  const Promised promised = read_note(note_of({}, masks, 1, 1), back);
  ASSERT_EQ(promised.files.size(), 2U);
  EXPECT_EQ(promised.files[0].size, 9U);
  EXPECT_EQ(promised.files[0].crc, 0xcbf43926U);  // CRC-32's published check value
  EXPECT_EQ(promised.files[1].size, 0U);
  EXPECT_TRUE(promised.maps.empty());
  EXPECT_TRUE(read_note(note_of(noted_sample(), {}, 1, 1), back).files.empty());
}

TEST(Notes, PromiseMapsWithAllThatIsSaidOfThem) {
  augment::Sample sample = noted_sample();
  const float infinity = std::numeric_limits<float>::infinity();
  sample.maps = {
      {.name = "depth",
       .values = {},
       .kind = augment::MapKind::Depth,
       .filter = Filter::Nearest,
       .fill = 0.1F},
      {.name = "Łódź", .values = {}, .kind = augment::MapKind::Image, .fill = -infinity, .colors = true},
      {.name = "way", .values = {}, .kind = augment::MapKind::Flow, .fill = std::nanf("")}};
  const std::vector<Companion> files{{"mask0.png", {1}},
                                     {"map0.png", {1, 2}, {.first = -5, .step = 0.001}},
                                     {"map1.tif", {}},
                                     {"map2.tif", {7}, {.over = 64}}};
  augment::Sample back;
  const Promised promised = read_note(note_of(sample, files, 1, 1), back);
  ASSERT_EQ(promised.files.size(), 4U);
  EXPECT_EQ(promised.files[1].what, "the map 'depth'");
  EXPECT_EQ(promised.files[1].size, 2U);
  ASSERT_EQ(promised.maps.size(), 3U);
  for (std::size_t k = 0; k < 3; ++k) {
    const augment::FloatMap &was = sample.maps[k], &is = promised.maps[k].map;
    EXPECT_EQ(is.name, was.name);
    EXPECT_EQ(is.kind, was.kind);
    EXPECT_EQ(is.filter, was.filter);
    EXPECT_EQ(is.colors, was.colors);
    EXPECT_EQ(promised.maps[k].unit, files[k + 1].unit);
  }
  EXPECT_EQ(promised.maps[0].map.fill, 0.1F);
  EXPECT_EQ(promised.maps[1].map.fill, -infinity);
  EXPECT_TRUE(std::isnan(promised.maps[2].map.fill));
}

TEST(Notes, HoldOutlinesToTheBit) {
  augment::Sample sample;
  sample.outlines = {{{{0.1, 1e-17}, {1.0 / 3, 2}, {-4, 1e9}}, true, 2, 7},
                     {{{5, 6}, {7, 8.25}}, false, -1, -1}};
  augment::Sample back;
  read_note(note_of(sample, {}, 1, 1), back);
  EXPECT_EQ(back.outlines, sample.outlines);
  augment::Sample scaled;
  read_note(note_of(sample, {}, 2, 0.5), scaled);
  EXPECT_EQ(scaled.outlines[1].points[1], (Point{14, 4.125}));
}

TEST(Notes, AreOfVersionTwoWhereVersionOneWouldPassOver) {
  augment::Sample sample = noted_sample();
  sample.fields = {{"maps", std::string("north")}, {"outlines", 2.0}};
  EXPECT_EQ(version_of(""), 1U);
  EXPECT_EQ(version_of(note_of(sample, {}, 1, 1)), 1U);
  sample.outlines = {{{{5, 6}, {7, 8.25}}, false, -1, -1}};
  EXPECT_EQ(version_of(note_of(sample, {}, 1, 1)), 2U);
  sample.outlines.clear();
  sample.maps = {{.name = "a", .values = {}}};
  EXPECT_EQ(version_of(note_of(sample, std::vector<Companion>{{"map0.tif", {}}}, 1, 1)), 2U);
}

TEST(Notes, DamagedOnesAreErrors) {
  for (const char* note :
       {"",
        "{",
        "[]",
        R"({"boxes": 3})",
        R"({"boxes": [[1, 2, 3]]})",
        R"({"boxes": [["a", 0, 1, 1, 0, 0]]})",
        R"({"keypoints": [[1]]})",
        R"({"label_shares": [[0, "x"]]})",
        R"({"numbers": [["a"]]})",
        R"({"fields": [["a", null]]})",
        R"({"weight": "x"})",
        R"({"masks": [[1]]})",
        R"({"masks": [[1e300, 2]]})",
        R"({"masks": [[1, 4294967296]]})",
        R"({"masks": [[-1, 2]]})",
        R"({"boxes": [[0, 0, 1, 1, 1e300, 0]]})",
        R"({"boxes": [[0, 0, 1, 1, 2147483648, 0]]})",
        R"({"instance_mask": 1e300})",
        R"({"maps": [["d", "depth", "nearest", 0, false, 1, 4.4e53]]})",
        R"({"outlines": [[0, 1, true, [1, 2, 3]]]})",
        R"({"outlines": [[0, 1, 2, [1, 2]]]})",
        R"({"outlines": [[0, 1, true, [null, 2]]]})",
        R"({"outlines": [[0, 1, true, {"a": 1, "b": 2}]]})",
        R"({"maps": [["d", "depth", "nearest", 0, false, 1]]})",
        R"({"maps": [["d", "deep", "nearest", 0, false, 1, 2]]})",
        R"({"maps": [["d", "depth", "cubic", 0, false, 1, 2]]})",
        R"({"maps": [["d", "depth", "nearest", 0, 3, 1, 2]]})",
        R"({"maps": [["d", "depth", "nearest", 0, false, 1, 2, 0, 1]]})",
        R"({"maps": [["d", "depth", "nearest", 0, false, 1, 2, 0, 1, 0]]})",
        R"({"maps": [["d", "depth", "nearest", 0, false, 1, 2, 9000000000000000000, 1, 1]]})"}) {
    augment::Sample sample;
    if (std::string_view(note) == "[]") continue;  // an empty list holds no key
    EXPECT_EQ(error_of([&] { read_note(note, sample); }), "a damaged annotation") << note;
  }
  EXPECT_EQ(error_of([] { numbers_in(R"({"numbers": [[1]]})"); }), "a damaged annotation");
  EXPECT_EQ(error_of([] { range_in(R"({"range": [2, 1]})"); }), "a damaged annotation");
}

}  // namespace
}  // namespace doppel::dataset::pack
