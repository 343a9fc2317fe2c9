#include "sources/label_map.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

using LabelNames = std::map<std::int64_t, std::string>;

TEST(LabelMap, ADisplayNameCounts) {
  EXPECT_EQ(
      label_map("item { id: 1 name: 'cat' }\nitem {\n  name: \"/m/1\"\n  id: 7\n  display_name: \"Dog\"\n}"),
      (LabelNames{{1, "cat"}, {7, "Dog"}}));
  EXPECT_EQ(error_of([] { label_map(""); }), "no items");
}

TEST(LabelMap, WhatIsWrongNamesItsLine) {
  for (const char* text :
       {"item { id: 1 }", "item { name: 'a' }", "item { id: 1 name: 'a' }\nitem { id: 1 name: 'b' }"})
    EXPECT_NE(error_of([&] { label_map(text); }), "") << text;
}

TEST(LabelMap, ListsCountFromZeroOrSayTheirNumbers) {
  const TemporaryFolder folder;
  EXPECT_EQ(class_names_by_id(put_text(folder.path() / "labels.txt", "cat\ndog\n")),
            (LabelNames{{0, "cat"}, {1, "dog"}}));
  EXPECT_EQ(class_names_by_id(put_text(folder.path() / "labels2.txt", "3:daisy\n5:rose\n")),
            (LabelNames{{3, "daisy"}, {5, "rose"}}));
}

}  // namespace
}  // namespace doppel::dataset
