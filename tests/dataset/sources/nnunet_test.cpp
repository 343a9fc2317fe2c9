#include "sources/nnunet.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

NnUnetFacts facts_in(const TemporaryFolder& folder, const std::string& text, Remarks& remarks) {
  put_text(folder.path() / "dataset.json", text);
  return nnunet_facts(folder.path(), remarks);
}

TEST(NnUnet, NamesStandBeforeOrBehindTheirNumbers) {
  const TemporaryFolder folder;
  Remarks remarks;
  EXPECT_TRUE(nnunet_facts(folder.path(), remarks).file.empty());
  for (const char* labels : {R"({"background": 0, "liver": 1, "tumour": 3, "Ignore": 4})",
                             R"({"0": "background", "1": "liver", "3": "tumour", "4": "ignore"})",
                             R"({"tumour": "3", "liver": "1", "background": "0", "ignore": 4})"}) {
    const NnUnetFacts facts =
        facts_in(folder, std::string(R"({"modality": {"0": "CT"}, "labels": )") + labels + "}", remarks);
    EXPECT_EQ(facts.file, folder.path() / "dataset.json");
    EXPECT_EQ(facts.classes, (std::vector<std::string>{"background", "liver", "2", "tumour"})) << labels;
    EXPECT_EQ(facts.uncounted, 4);
  }
  EXPECT_TRUE(remarks.list().empty());
}

TEST(NnUnet, RegionsHaveNoNumberOfTheirOwn) {
  const TemporaryFolder folder;
  Remarks remarks;
  const NnUnetFacts facts = facts_in(
      folder, R"({"channel_names": {"0": "CT"}, "labels": {"whole": [1, 2], "core": 2, "ignore": 3}})",
      remarks);
  EXPECT_TRUE(facts.classes.empty());
  EXPECT_EQ(facts.uncounted, 3);
  ASSERT_EQ(remarks.list().size(), 1U);
  EXPECT_EQ(remarks.list()[0].text(), "regions in dataset.json, whose names aren't used");
}

TEST(NnUnet, OtherFilesOfThatNameSayNothing) {
  const TemporaryFolder folder;
  Remarks remarks;
  for (const char* text : {"no JSON", "[]", "{}", R"({"labels": {"cat": 1}})",
                           R"({"labels": ["cat"], "modality": {"0": "CT"}})"})
    EXPECT_TRUE(facts_in(folder, text, remarks).file.empty()) << text;
}

TEST(NnUnet, LabelsThatAreNoNumbersOfMasksAreErrors) {
  const TemporaryFolder folder;
  const auto problem = [&](const std::string& labels) {
    return error_of([&] {
      Remarks remarks;
      (void)facts_in(folder, R"({"modality": {"0": "CT"}, "labels": {)" + labels + "}}", remarks);
    });
  };
  EXPECT_NE(problem(R"("liver": 255)").find("dataset.json: labels: 'liver' is 255, and numbers in masks"),
            std::string::npos);
  EXPECT_NE(problem(R"("liver": -1)").find("'liver' is -1"), std::string::npos);
  EXPECT_NE(problem(R"("liver": 1.5)").find("labels: 'liver' has no whole number"), std::string::npos);
  EXPECT_NE(problem(R"("liver": null)").find("labels: 'liver' has no whole number"), std::string::npos);
  EXPECT_NE(problem(R"("liver": 1, "lung": 1)").find("labels: 'liver' and 'lung' are both 1"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
