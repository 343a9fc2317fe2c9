#include "sources/manifest_parquet.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

const fs::path kMadeMetadata(DOPPEL_DATASET_DATA "/parquet/metadata.parquet");

TEST(ManifestParquet, RowsAreLinesOfJson) {
  EXPECT_EQ(
      parquet_json_lines(kMadeMetadata),
      R"({"file_name": "1.png", "label": "ball", "objects": {"bbox": [[1,2,3,4],[0,0,8,6]], "category": ["ball","person"], "area": [12,48]}, "when": 0.5}
{"file_name": "2.png", "label": "person", "objects": {"bbox": [], "category": [], "area": []}, "when": 1}
{"file_name": "3.png", "label": null, "objects": {"bbox": null, "category": null, "area": null}, "when": 2}
)");
}

TEST(ManifestParquet, IsATableBesideItsImages) {
  const TemporaryFolder folder;
  for (const char* name : {"1.png", "2.png", "3.png"}) put_image(folder.path() / name);
  fs::copy(kMadeMetadata, folder.path() / "metadata.parquet");
  for (const fs::path& data : {folder.path(), folder.path() / "metadata.parquet"}) {
    const OpenedData opened = open_data(data.string());
    EXPECT_EQ(opened.layout, "manifest");
    EXPECT_EQ(opened.train->classes(), (std::vector<std::string>{"ball", "person"}));
    ASSERT_EQ(opened.train->size(), 3U);
    EXPECT_EQ(load(*opened.train, 0).boxes, (std::vector<augment::Box>{{1, 2, 4, 6, 0}, {0, 0, 8, 6, 1}}));
    EXPECT_TRUE(load(*opened.train, 2).boxes.empty());
    const std::string remarks = all_text(opened.remarks);
    EXPECT_NE(remarks.find("keys kept as fields: when"), std::string::npos) << remarks;
    EXPECT_NE(remarks.find("keys that aren't used: objects.area"), std::string::npos) << remarks;
  }
}

TEST(ManifestParquet, DamagedFilesAreNamed) {
  const TemporaryFolder folder;
  put_image(folder.path() / "1.png");
  const fs::path file = folder.path() / "metadata.parquet";
  const std::vector<unsigned char> whole = read_file(kMadeMetadata);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] ^= 0x84;
    put_bytes(file, bytes);
    const std::string error = error_of([&] { (void)open_data(file.string()); });
    EXPECT_TRUE(error.empty() || error.find("metadata.parquet") != error.npos) << error;
  }
}

}  // namespace
}  // namespace doppel::dataset
