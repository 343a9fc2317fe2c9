#include "provenance.h"

namespace doppel::dataset::write {

void Provenance::add(const nlohmann::json& line) {
  for (const nlohmann::json& picture : line["pictures"]) {
    nlohmann::ordered_json said{
        {"file", picture["file"]}, {"source", line["source"]}, {"copy", picture["copy"]}};
    if (picture.contains("plan")) {
      said["seed"] = picture["stream"][0];
      said["epoch"] = picture["stream"][1];
      said["index"] = picture["stream"][2];
    }
    std::string text = said.dump();
    if (picture.contains("plan")) {
      text.back() = ',';
      text += "\"plan\":" + picture["plan"].get_ref<const std::string&>() + "}";
    }
    file_.add(text + "\n");
  }
}

}  // namespace doppel::dataset::write
