#include "pack/notes.h"

#include <gtest/gtest.h>

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
  EXPECT_TRUE(masks_in(note).empty());
  EXPECT_TRUE(numbers_in(note_of(noted_sample(), {}, 1, 1)).empty());
  EXPECT_TRUE(range_in(note_of(noted_sample(), {}, 1, 1)).empty());
}

TEST(Notes, PromiseMasksBySizeAndChecksum) {
  const std::vector<std::vector<unsigned char>> masks{{'1', '2', '3', '4', '5', '6', '7', '8', '9'}, {}};
  const std::vector<MaskFile> promised = masks_in(note_of({}, masks, 1, 1));
  ASSERT_EQ(promised.size(), 2U);
  EXPECT_EQ(promised[0].size, 9U);
  EXPECT_EQ(promised[0].crc, 0xcbf43926U);  // CRC-32's published check value
  EXPECT_EQ(promised[1].size, 0U);
  EXPECT_TRUE(masks_in(note_of(noted_sample(), {}, 1, 1)).empty());
  EXPECT_TRUE(masks_in("").empty());
}

TEST(Notes, DamagedOnesAreErrors) {
  for (const char* note :
       {"", "{", "[]", R"({"boxes": 3})", R"({"boxes": [[1, 2, 3]]})", R"({"boxes": [["a", 0, 1, 1, 0, 0]]})",
        R"({"keypoints": [[1]]})", R"({"label_shares": [[0, "x"]]})", R"({"numbers": [["a"]]})",
        R"({"fields": [["a", null]]})", R"({"weight": "x"})"}) {
    augment::Sample sample;
    if (std::string_view(note) == "[]") continue;  // an empty list holds no key
    EXPECT_EQ(error_of([&] { read_note(note, sample); }), "a damaged annotation") << note;
  }
  EXPECT_EQ(error_of([] { masks_in(R"({"masks": [[1]]})"); }), "a damaged annotation");
  EXPECT_EQ(error_of([] { numbers_in(R"({"numbers": [[1]]})"); }), "a damaged annotation");
  EXPECT_EQ(error_of([] { range_in(R"({"range": [2, 1]})"); }), "a damaged annotation");
}

}  // namespace
}  // namespace doppel::dataset::pack
