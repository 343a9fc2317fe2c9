#include "sources/shard_note.h"

#include <gtest/gtest.h>

#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

std::vector<unsigned char> bytes_of_text(std::string_view text) { return {text.begin(), text.end()}; }
ShardNote note_in(std::string_view json) { return ShardNoteReader().read(bytes_of_text(json)); }

TEST(ShardClass, IsOneLineWithoutWhatIsAroundIt) {
  for (const char* text : {"3", "3\n", " 3\r\n", "\t3\v\n\n",
                           "\xef\xbb\xbf"
                           "3\n",
                           "\n\n3"})
    EXPECT_EQ(class_in(bytes_of_text(text)), "3") << text;
  EXPECT_EQ(class_in(bytes_of_text(std::string("3\0\0", 3))), "3");
  EXPECT_EQ(class_in(bytes_of_text(std::string("\xff\xfe"
                                               "3\0\r\0\n\0",
                                               8))),
            "3")
      << "UTF-16, as PowerShell writes it";
  EXPECT_EQ(class_in(bytes_of_text("golden retriever\n")), "golden retriever");
  EXPECT_EQ(class_in(bytes_of_text("n01440764, 3")), "n01440764, 3");
  EXPECT_EQ(class_in(bytes_of_text(" \n")), "");
}

TEST(ShardClass, SeveralClassesAreNone) {
  for (const char* text : {"3\n5\n", "cat\rdog", "3 5", "3,5", "0.2;0.8", "1 0 0 1", "1.5"})
    EXPECT_NE(error_of([&] { class_in(bytes_of_text(text)); }).find("one class should stand"),
              std::string::npos)
        << text;
  EXPECT_NE(error_of([] { class_in(bytes_of_text(std::string("\x03\0\0\0\0\0\0\0", 8))); }).find("not text"),
            std::string::npos);
  EXPECT_NE(error_of([] { class_in(std::vector<unsigned char>(5000, 'x')); }).find("5000 bytes"),
            std::string::npos);
}

TEST(ShardNotes, ALabelIsAWordOrAWholeNumber) {
  EXPECT_EQ(note_in(R"({"label": 3})").label, "3");
  EXPECT_EQ(note_in(R"({"label": 3.0})").label, "3");
  EXPECT_EQ(note_in(R"({"label": " cat\n"})").label, "cat");
  EXPECT_EQ(note_in(R"({"label": null, "class": "cat"})").label, "cat");
  EXPECT_EQ(note_in("\xef\xbb\xbf{\"cls\": 7}").label, "7");
  const ShardNote several =
      note_in(R"({"class": "cat", "cls": 9, "label": 3, "url": "x", "caption": {"label": 4}})");
  EXPECT_EQ(several.label, "3");
  EXPECT_EQ(several.unread, (std::vector<std::string>{"cls", "class"}));
  EXPECT_EQ(several.fields, (std::vector<augment::NamedValue>{{"url", "x"}, {"caption", R"({"label":4})"}}));
  for (const char* wrong :
       {R"({"label": [1]})", R"({"label": 3.5})", R"({"label": true})", R"({"class": {}})"})
    EXPECT_NE(error_of([&] { note_in(wrong); }).find("` should be text or a whole number"), std::string::npos)
        << wrong;
}

TEST(ShardNotes, BoxesAreCornersWithALabelOrTheSamples) {
  const ShardNote one = note_in(R"({"boxes": [[1, 2, 3.5, 4], [1, 2, 3, 4, "cat"], [0, 0, 0, 0, 5, 2]]})");
  ASSERT_EQ(one.boxes.size(), 3U);
  EXPECT_EQ(one.boxes[0].first, (augment::Box{1, 2, 3.5, 4}));
  EXPECT_EQ(one.boxes[0].second, "");
  EXPECT_EQ(one.boxes[1].second, "cat");
  EXPECT_EQ(one.boxes[2].second, "5");
  EXPECT_EQ(one.boxes[2].first.instance, 2) << "as a pack has it";
  EXPECT_TRUE(note_in(R"({"boxes": null})").boxes.empty());
  using NotedShares = std::vector<std::pair<std::string, double>>;
  EXPECT_EQ(note_in(R"({"label_shares": [[2, 1], ["cat", 0.5]]})").shares,
            (NotedShares{{"2", 1}, {"cat", 0.5}}));
  for (const char* wrong : {"[[1]]", "[[1, 2]]", "[[null, 1]]", "[3]", "[[1, -1]]", R"([[1, "x"]])"})
    EXPECT_NE(
        error_of([&] { note_in(R"({"label_shares": )" + std::string(wrong) + "}"); }).find("label_shares"),
        std::string::npos)
        << wrong;
  for (const char* wrong :
       {R"({"boxes": [[0, 0, 1, 1], [1, 2, 3]]})", R"({"boxes": [[0, 0, 1, 1], {"x": 1}]})",
        R"({"boxes": [[0, 0, 1, 1], [1, 2, 3, "x"]]})", R"({"boxes": [[0, 0, 1, 1], [5, 2, 3, 4]]})",
        R"({"boxes": [[0, 0, 1, 1], [1, 2, 3, NaN]]})", R"({"boxes": [[0, 0, 1, 1], [1, 2, 3, 4, [5]]]})"})
    EXPECT_NE(error_of([&] { note_in(wrong); }).find("`boxes[1]"), std::string::npos)
        << error_of([&] { note_in(wrong); });
  EXPECT_NE(error_of([&] { note_in(R"({"boxes": 3})"); }).find("`boxes` should be a list"),
            std::string::npos);
}

TEST(ShardNotes, TurnedBoxesKeypointsAndTheMaskOfInstancesAreRead) {
  const ShardNote one = note_in(
      R"({"rotated_boxes": [[20, 10, 8, 4, 30, 1], [1, 2, 3, 4, 5]], "keypoints": [[1.5, 2, 3, 0, 4], [5, 6]], "instance_mask": 1})");
  ASSERT_EQ(one.rotated_boxes.size(), 2U);
  EXPECT_EQ(one.rotated_boxes[0].first, (augment::RotatedBox{20, 10, 8, 4, 30}));
  EXPECT_EQ(one.rotated_boxes[0].second, "1");
  EXPECT_EQ(one.rotated_boxes[1].second, "");
  ASSERT_EQ(one.keypoints.size(), 2U);
  EXPECT_EQ(one.keypoints[0],
            (augment::Keypoint{.x = 1.5, .y = 2, .label = 3, .visibility = 0, .instance = 4}));
  EXPECT_EQ(one.keypoints[1].label, -1);
  EXPECT_EQ(one.instance_mask, 1);
  EXPECT_TRUE(one.unread.empty());
  for (const char* wrong :
       {R"({"rotated_boxes": [[1, 2, 3, 4]]})", R"({"rotated_boxes": [[1, 2, -3, 4, 5]]})",
        R"({"rotated_boxes": 3})", R"({"keypoints": [[1]]})", R"({"keypoints": [[1, 2, 0.5]]})",
        R"({"keypoints": [[1, "x"]]})", R"({"instance_mask": "x"})"})
    EXPECT_NE(error_of([&] { note_in(wrong); }), "") << wrong;
}

TEST(ShardNotes, NumbersThatPythonWritesAndJsonHasntAreNull) {
  const ShardNote one =
      note_in(R"({"score": NaN, "least": -Infinity, "text": "NaN \" Infinity", "label": "NaN"})");
  EXPECT_EQ(one.label, "NaN");
  EXPECT_EQ(one.unread, (std::vector<std::string>{"score", "least"}));
  EXPECT_EQ(one.fields, (std::vector<augment::NamedValue>{{"text", "NaN \" Infinity"}}));
}

TEST(ShardNotes, OtherTextIsAnErrorAndOtherJsonSaysNothing) {
  EXPECT_FALSE(note_in("[1, 2]").is_object);
  for (const std::string& wrong :
       {std::string("{\"label\": 3"), std::string(), std::string("x"), std::string(9000, '[')})
    EXPECT_NE(error_of([&] { note_in(wrong); }).find("not JSON: "), std::string::npos) << wrong;
}

}  // namespace
}  // namespace doppel::dataset
