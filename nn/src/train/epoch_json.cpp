#include "epoch_json.h"

#include "doppel/base/json_fields.h"

namespace doppel::nn {

nlohmann::json to_json(const EpochRecord& r) {
  nlohmann::json json{{"epoch", r.epoch},
                      {"loss", r.loss},
                      {"accuracy", r.accuracy},
                      {"rate", r.rate},
                      {"images_per_second", r.images_per_second},
                      {"seconds", r.seconds}};
  if (r.valid_loss) json["valid_loss"] = *r.valid_loss;
  if (r.valid_accuracy) json["valid_accuracy"] = *r.valid_accuracy;
  if (r.valid_map) json["valid_map"] = *r.valid_map;
  if (r.valid_mae) json["valid_mae"] = *r.valid_mae;
  if (r.valid_r2) json["valid_r2"] = *r.valid_r2;
  if (r.valid_iou) json["valid_iou"] = *r.valid_iou;
  return json;
}

EpochRecord epoch_from_json(const nlohmann::json& json) {
  EpochRecord r{json_whole_at<decltype(EpochRecord::epoch)>(json, "epoch"),
                json.at("loss"),
                json.at("accuracy"),
                json.at("rate"),
                {},
                {},
                json.at("images_per_second"),
                json.at("seconds")};
  if (json.contains("valid_loss")) r.valid_loss = json.at("valid_loss").get<double>();
  if (json.contains("valid_accuracy")) r.valid_accuracy = json.at("valid_accuracy").get<double>();
  if (json.contains("valid_map")) r.valid_map = json.at("valid_map").get<double>();
  if (json.contains("valid_mae")) r.valid_mae = json.at("valid_mae").get<double>();
  if (json.contains("valid_r2")) r.valid_r2 = json.at("valid_r2").get<double>();
  if (json.contains("valid_iou")) r.valid_iou = json.at("valid_iou").get<double>();
  return r;
}

}  // namespace doppel::nn
