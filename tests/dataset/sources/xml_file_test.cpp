#include "sources/xml_file.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(XmlFile, SaysItsElementAndWhereItIsDamaged) {
  const TemporaryFolder folder;
  const auto good = put_text(folder.path() / "a.xml",
                             "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<annotations><a/></annotations>");
  pugi::xml_document document;
  load_xml(good, document);
  EXPECT_TRUE(document.child("annotations").child("a"));
  EXPECT_TRUE(xml_begins_with(good, "annotations"));
  EXPECT_FALSE(xml_begins_with(good, "annotation"));
  const auto bad = put_text(folder.path() / "b.xml", "<a>\n<b>\n</a>");
  EXPECT_NE(error_of([&] { load_xml(bad, document); }).find("line 3"), std::string::npos)
      << error_of([&] { load_xml(bad, document); });
}

}  // namespace
}  // namespace doppel::dataset
