#include "state_dict.h"

#include <fmt/format.h>

#include <array>

#include "doppel/base/error.h"
#include "doppel/base/pickle.h"

namespace doppel::nn::torch {
namespace {

constexpr std::string_view kTensor = "torch._utils._rebuild_tensor_v2",
                           kParameter = "torch._utils._rebuild_parameter", kStorage = "persistent id",
                           kOrdered = "collections.OrderedDict";
constexpr std::array kAllowed{kTensor, kParameter, kStorage, kOrdered};

const PickleCall* call_of(const PickleValue& value, std::string_view name) {
  auto* const* call = std::get_if<PickleCall*>(&value);
  return call && (*call)->name == name && (*call)->given ? *call : nullptr;
}

/// ("storage", type, key, device, count)
Storage storage_of(const PickleValue& value) {
  const PickleCall* call = call_of(value, kStorage);
  if (!call) throw Error("a tensor has no storage");
  const auto& items = pickled<PickleList*>(call->given->items.at(0))->items;
  if (items.size() != 5 || items[0] != PickleValue(std::string_view("storage")))
    throw Error("a tensor keeps its numbers in an unknown way");
  const std::string& type = pickled<PickleCall*>(items[1])->name;
  if (!type.starts_with("torch.") || !type.ends_with("Storage"))
    throw Error(fmt::format("a tensor is of {}, which is no storage of numbers", type));
  return {type.substr(6), std::string(pickled<std::string_view>(items[2]))};
}

std::vector<std::int64_t> numbers_of(const PickleValue& value) {
  std::vector<std::int64_t> numbers;
  for (const PickleValue& item : pickled<PickleList*>(value)->items)
    numbers.push_back(pickled<std::int64_t>(item));
  return numbers;
}

bool is_tensor(const PickleValue& value) { return call_of(value, kTensor) || call_of(value, kParameter); }

Tensor tensor_of(const PickleValue& value) {
  const PickleCall* call = call_of(value, kTensor);
  if (const PickleCall* parameter = call_of(value, kParameter); parameter && !parameter->given->items.empty())
    call = call_of(parameter->given->items[0], kTensor);
  if (!call || call->given->items.size() < 4) throw Error("a tensor is made in an unknown way");
  const auto& given = call->given->items;
  return {storage_of(given[0]), pickled<std::int64_t>(given[1]), numbers_of(given[2]), numbers_of(given[3])};
}

const PickleDictionary& state_of(const PickleValue& value) {
  const PickleDictionary* all = dictionary_in(value);
  if (!all) throw Error("it holds no state_dict; save model.state_dict()");
  for (const char* name : {"state_dict", "model"})
    if (const PickleValue* inner = all->find(name))
      if (const PickleDictionary* state = dictionary_in(*inner)) return *state;
  return *all;
}

}  // namespace

std::vector<std::pair<std::string, Tensor>> read_state_dict(std::span<const unsigned char> bytes) {
  const Pickle pickle(bytes, kAllowed);
  std::vector<std::pair<std::string, Tensor>> tensors;
  for (const auto& [key, value] : state_of(pickle.value()).pairs) {
    const auto* name = std::get_if<std::string_view>(&key);
    if (!name || !is_tensor(value))
      throw Error("it holds other things than named tensors; save model.state_dict()");
    tensors.emplace_back(*name, tensor_of(value));
  }
  return tensors;
}

}  // namespace doppel::nn::torch
