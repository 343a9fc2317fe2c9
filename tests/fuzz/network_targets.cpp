// Networks, their weights, and how a group of processes begins.
#include <cstdlib>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/nn/formats/onnx.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/formats/torch_file.h"
#include "doppel/nn/model/graph.h"
#include "doppel/nn/model/notation.h"
#include "targets.h"

namespace doppel::fuzz {
namespace {

using Bytes = std::span<const unsigned char>;

std::filesystem::path written(Bytes bytes) {
  static const dataset::TemporaryFolder temporary;
  const std::filesystem::path path = temporary.path() / "weights";
  write_file(path, bytes);
  return path;
}

void notation(Bytes bytes) {
  try {
    const nn::Network network =
        nn::parse_network({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (nn::parse_network(nn::network_text(network)) != network) std::abort();
    (void)nn::build_graph(network, {3, 32, 32});
  } catch (const Error&) {}
}

void safetensors(Bytes bytes) {
  try {
    (void)nn::load_tensors(written(bytes));
  } catch (const Error&) {}
}

void torch(Bytes bytes) {
  try {
    (void)nn::load_torch(written(bytes));
  } catch (const Error&) {}
}

void onnx(Bytes bytes) {
  try {
    (void)nn::from_onnx(bytes, {32, 32});
  } catch (const Error&) {}
}

}  // namespace

const std::vector<Target>& network_targets() {
  static const std::vector<Target> all{{"notation", notation},
                                       {"safetensors", safetensors},
                                       {"torch", torch},
                                       {"onnx", onnx},
                                       {"greeting", greeting}};
  return all;
}

}  // namespace doppel::fuzz
