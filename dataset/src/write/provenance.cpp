#include "provenance.h"

namespace doppel::dataset::write {

void Provenance::add(const nlohmann::json& line) {
  for (const nlohmann::json& image : line["images"]) {
    nlohmann::ordered_json said{{"file", image["file"]}, {"source", line["source"]}, {"copy", image["copy"]}};
    if (image.contains("plan")) {
      said["seed"] = image["stream"][0];
      said["epoch"] = image["stream"][1];
      said["index"] = image["stream"][2];
    }
    std::string text = said.dump();
    if (image.contains("plan")) {
      text.back() = ',';
      text += "\"plan\":" + image["plan"].get_ref<const std::string&>() + "}";
    }
    file_.add(text + "\n");
  }
}

}  // namespace doppel::dataset::write
