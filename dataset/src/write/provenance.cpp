#include "provenance.h"

#include "text_file.h"

namespace doppel::dataset::write {

void write_provenance(const std::filesystem::path& out, const Journal& journal) {
  TextFile file(out / "provenance.jsonl");
  journal.each([&](const nlohmann::json& line) {
    for (const nlohmann::json& picture : line["pictures"]) {
      nlohmann::ordered_json said{
          {"file", picture["file"]}, {"source", line["source"]}, {"copy", picture["copy"]}};
      if (picture.contains("plan")) {
        said["seed"] = picture["stream"][0];
        said["epoch"] = picture["stream"][1];
        said["index"] = picture["stream"][2];
        said["plan"] = picture["plan"];
      }
      file.add(said.dump() + "\n");
    }
  });
  file.finish();
}

}  // namespace doppel::dataset::write
