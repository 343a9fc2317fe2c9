#include "write/provenance.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"

namespace doppel::dataset::write {
namespace {

TEST(Provenance, HasALineForEachImage) {
  const TemporaryFolder folder;
  Provenance provenance(folder.path());
  provenance.add(nlohmann::json::parse(
      R"({"source": "a.jpg", "images": [{"file": "train/a.jpg", "copy": 0},
          {"file": "train/a-1.jpg", "copy": 1, "stream": [5, 0, 7], "plan": "{\"ops\": []}"}]})"));
  provenance.finish();
  const std::vector<unsigned char> bytes = read_file(folder.path() / "provenance.jsonl");
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()),
            "{\"file\":\"train/a.jpg\",\"source\":\"a.jpg\",\"copy\":0}\n"
            "{\"file\":\"train/a-1.jpg\",\"source\":\"a.jpg\",\"copy\":1,\"seed\":5,\"epoch\":0,\"index\":7,"
            "\"plan\":{\"ops\": []}}\n");
}

}  // namespace
}  // namespace doppel::dataset::write
