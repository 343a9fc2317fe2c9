#include "recipe/transform_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/yaml_fields.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(TransformYaml, EachTransformReadsBack) {
  std::vector<Transform> all;
  for (const CatalogueEntry& entry : catalogue()) all.push_back(entry.make());
  all.push_back(Transform(Rotate{.angle = {-7.25, 1.0 / 3}, .fill = {Fill::Kind::Reflect, {}}})
                    .with_chance(0.125)
                    .only_labels({"no", "1e3"})
                    .except_labels({"6", "a: b"})
                    .relabel({{"left", "right"}, {"right", "left"}}));
  const auto fields_of = [](Transform transform) {
    FieldDescriber described;
    transform.fields(described);
    std::vector<std::string> fields;
    for (const FieldText& f : described.fields) fields.push_back(f.name + ": " + f.value);
    return fields;
  };
  for (const Transform& transform : all) {
    const std::string text = YAML::Dump(write_transform(transform));
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;  // one line each
    const Transform again = read_transform(YAML::Load(text), "t");
    EXPECT_EQ(again.name(), transform.name());
    EXPECT_EQ(again.chance(), transform.chance()) << text;
    EXPECT_EQ(again.rules(), transform.rules()) << text;
    EXPECT_EQ(fields_of(again), fields_of(transform)) << text;
    EXPECT_EQ(YAML::Dump(write_transform(again)), text);
  }
}

TEST(TransformYaml, ShortFormsAreUnderstood) {
  const auto read = [](const char* text) { return read_transform(YAML::Load(text), "t"); };
  EXPECT_EQ(read("Rotate").chance(), 0.5);
  EXPECT_EQ(read("Rotate:").name(), "Rotate");
  EXPECT_EQ(read("Rotate: {p: 1}").chance(), 1);
  EXPECT_EQ(read("Rotate: {only_labels: [6, 9], relabel: {6: 9}}").rules(),
            (LabelRules{{"6", "9"}, {}, {{"6", "9"}}}));
  // One child needs no list.
  EXPECT_EQ(YAML::Dump(write_transform(read("Maybe: {do: Rotate}"))),
            YAML::Dump(write_transform(read("Maybe: {do: [Rotate: {}]}"))));
}

TEST(TransformYaml, WhatIsWrongIsNamedWithItsLine) {
  const auto problem = [](const std::string& text) {
    return error_of([&] { read_transform(load_yaml(text, "t"), "t"); });
  };
  EXPECT_EQ(problem("HorizontlFlip"),
            "t:1: there is no transform 'HorizontlFlip'; did you mean 'HorizontalFlip'?");
  EXPECT_EQ(problem("Rotate:\n  angel: [-10, 10]"),
            "t:2: Rotate has no field 'angel'; did you mean 'angle'?");
  EXPECT_EQ(problem("Rotate:\n  p: 1\n  only_label: [a]"),
            "t:3: Rotate has no field 'only_label'; did you mean 'only_labels'?");
  EXPECT_THAT(problem("Rotate: {angle: [30, -30]}"),
              testing::HasSubstr("t:1: Rotate: angle is [30, -30], upside down; write [-30, 30]"));
  EXPECT_THAT(problem("Rotate: {angle: ten}"), testing::HasSubstr("needs a range as [low, high]"));
  EXPECT_THAT(problem("Rotate: {p: 1.5}"), testing::HasSubstr("p is 1.5, but must be 0 to 1"));
  EXPECT_THAT(problem("Rotate: {filter: cubic}"), testing::HasSubstr("must be one of nearest, bilinear"));
  EXPECT_EQ(problem("Rotate: {only_labels: a}"), "t:1: only_labels needs a list of labels, as [left, right]");
  EXPECT_EQ(problem("Rotate: {relabel: [a, b]}"), "t:1: relabel needs a map, as {left: right, right: left}");
  EXPECT_EQ(problem("Rotate: 5"), "t:1: Rotate needs its fields as a map, as {p: 0.5}");
  for (const char* text : {"{Rotate: {}, Resize: {}}", "[Rotate]", "{}"})
    EXPECT_THAT(problem(text), testing::HasSubstr("t:1: a transform is its name, or its name with a map"))
        << text;
  EXPECT_THAT(problem("OneOf: {of: []}"), testing::HasSubstr("names no transform"));
  EXPECT_THAT(problem("OneOf: {of: [Rain, Snow], weights: [1]}"), testing::HasSubstr("as many weights"));
  // Within others, by their own line.
  EXPECT_EQ(problem("OneOf:\n  of:\n  - Rain\n  - Snw"),
            "t:4: there is no transform 'Snw'; did you mean 'Snow'?");
}

}  // namespace
}  // namespace doppel::augment
