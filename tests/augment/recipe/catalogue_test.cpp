#include "doppel/augment/recipe/catalogue.h"

#include <gtest/gtest.h>

#include <set>

#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Catalogue, EachTransformIsThereOnceUnderItsOwnName) {
  std::set<std::string_view> names;
  for (const CatalogueEntry& entry : catalogue()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(&find_transform(entry.name), &entry);
    EXPECT_EQ(entry.make().name(), entry.name);
    EXPECT_FALSE(entry.help.empty()) << entry.name;
    // Its fields, and all their defaults within their bounds.
    Transform transform = entry.make();
    FieldDescriber described;
    transform.fields(described);
    std::set<std::string> fields;
    for (const FieldText& field : described.fields)
      EXPECT_TRUE(fields.insert(field.name).second) << entry.name;
    EXPECT_NO_THROW(transform.validate()) << entry.name;
  }
  EXPECT_GT(names.size(), 130U);
}

TEST(Catalogue, FamiliesStandTogether) {
  std::vector<std::string_view> families;
  for (const CatalogueEntry& entry : catalogue())
    if (families.empty() || families.back() != entry.family) families.push_back(entry.family);
  EXPECT_EQ(families,
            (std::vector<std::string_view>{"flip", "crop", "geometry", "color", "noise", "blur", "quality",
                                           "occlusion", "weather", "mix", "policy", "structure"}));
}

TEST(Catalogue, ChancesAreThoseThatTheCatalogueSays) {
  for (const char* always :
       {"Resize", "Pad", "Crop", "CenterCrop", "RandomCrop", "RandomResizedCrop", "Normalize"})
    EXPECT_EQ(find_transform(always).make().chance(), 1) << always;
  for (const char* half : {"HorizontalFlip", "Rotate", "ColorJitter", "GaussianBlur", "Rain", "MixUp"})
    EXPECT_EQ(find_transform(half).make().chance(), 0.5) << half;
}

TEST(Catalogue, AWrongNameSuggestsTheNearest) {
  const auto problem = [](const char* name) { return error_of([&] { find_transform(name); }); };
  EXPECT_EQ(problem("HorizontlFlip"),
            "there is no transform 'HorizontlFlip'; did you mean 'HorizontalFlip'?");
  EXPECT_EQ(problem("rotate"), "there is no transform 'rotate'; did you mean 'Rotate'?");
  EXPECT_EQ(problem("Xyzzyqwvkjj"), "there is no transform 'Xyzzyqwvkjj'; `doppel transforms` lists them");
  EXPECT_THROW(find_transform(""), UsageError);
}

}  // namespace
}  // namespace doppel::augment
