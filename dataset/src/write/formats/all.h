// Every format's maker.
#pragma once

#include <memory>

#include "write/format.h"

namespace doppel::dataset::write {

std::unique_ptr<Format> image_folder_format(const SetFacts& facts);
std::unique_ptr<Format> coco_format(const SetFacts& facts);
std::unique_ptr<Format> yolo_format(const SetFacts& facts);
std::unique_ptr<Format> yolo_seg_format(const SetFacts& facts);
std::unique_ptr<Format> yolo_obb_format(const SetFacts& facts);
std::unique_ptr<Format> voc_format(const SetFacts& facts);
std::unique_ptr<Format> csv_format(const SetFacts& facts);
std::unique_ptr<Format> json_lines_format(const SetFacts& facts);
std::unique_ptr<Format> mask_folder_format(const SetFacts& facts);
std::unique_ptr<Format> webdataset_format(const SetFacts& facts);
std::unique_ptr<Format> pack_format(const SetFacts& facts);

}  // namespace doppel::dataset::write
