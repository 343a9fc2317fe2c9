#include "state_dict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

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
Storage storage_of(const PickleCall& call) {
  const auto& items = pickled<PickleList*>(call.given->items.at(0))->items;
  // Before 1.6 there may be a sixth: a part of another storage, which nothing writes any more.
  const bool old = items.size() == 6 && items[5] == PickleValue();
  if ((items.size() != 5 && !old) || items[0] != PickleValue(std::string_view("storage")))
    throw Error("a tensor keeps its numbers in an unknown way");
  const std::string& type = pickled<PickleCall*>(items[1])->name;
  if (!type.starts_with("torch.") || !type.ends_with("Storage"))
    throw Error(fmt::format("a tensor is of {}, which is no storage of numbers", type));
  return {type.substr(6), std::string(pickled<std::string_view>(items[2]))};
}

/// A shape, or strides: both may be recalled over and over.
std::vector<std::int64_t> numbers_of(const PickleValue& value) {
  constexpr std::size_t kMostSides = 64;
  std::vector<std::int64_t> numbers;
  const auto& items = pickled<PickleList*>(value)->items;
  if (items.size() > kMostSides)
    throw Error(fmt::format("a tensor has {} sides; up to {} are read", items.size(), kMostSides));
  for (const PickleValue& item : items) numbers.push_back(pickled<std::int64_t>(item));
  return numbers;
}

bool is_tensor(const PickleValue& value) { return call_of(value, kTensor) || call_of(value, kParameter); }

Tensor tensor_of(const PickleValue& value) {
  const PickleCall* call = call_of(value, kTensor);
  if (const PickleCall* parameter = call_of(value, kParameter); parameter && !parameter->given->items.empty())
    call = call_of(parameter->given->items[0], kTensor);
  if (!call || call->given->items.size() < 4) throw Error("a tensor is made in an unknown way");
  const auto& given = call->given->items;
  const PickleCall* storage = call_of(given[0], kStorage);
  if (!storage) throw Error("a tensor has no storage");
  return {storage_of(*storage), pickled<std::int64_t>(given[1]), numbers_of(given[2]), numbers_of(given[3])};
}

const PickleDictionary& state_of(const PickleValue& value) {
  const PickleDictionary* all = dictionary_in(value);
  if (!all) throw Error("it holds no state_dict; save model.state_dict()");
  const auto has_tensors = [](const PickleDictionary& d) {
    return std::ranges::any_of(d.pairs, [](const auto& pair) { return is_tensor(pair.second); });
  };
  if (has_tensors(*all)) return *all;
  for (const char* name : {"state_dict", "model_state_dict", "model", "net", "ema"})
    if (const PickleValue* inner = all->find(name))
      if (const PickleDictionary* state = dictionary_in(*inner)) return *state;
  return *all;
}

/// Reads it, or says what was saved in numbers' place.
std::unique_ptr<const Pickle> pickle_of(std::span<const unsigned char> bytes, PickleEnd end) {
  try {
    return std::make_unique<const Pickle>(bytes, kAllowed, std::size_t{1} << 20, end);
  } catch (const PickledObject& object) {
    throw Error(
        fmt::format("it holds an object of {}, a whole module or the like, which only its own code can read "
                    "(nothing of it was executed); "
                    "save its numbers: torch.save(model.state_dict(), \"weights.pth\")",
                    object.name()));
  }
}

/// Without DataParallel's prefix.
void strip_module(std::vector<std::pair<std::string, Tensor>>& tensors) {
  constexpr std::string_view kPrefix = "module.";
  if (!std::ranges::all_of(tensors, [&](const auto& t) { return t.first.starts_with(kPrefix); })) return;
  for (auto& [name, tensor] : tensors) name.erase(0, kPrefix.size());
}

StateDict state_dict_of(const Pickle& pickle) {
  StateDict state;
  state.size = pickle.size();
  for (const auto& [key, value] : state_of(pickle.value()).pairs) {
    const auto* name = std::get_if<std::string_view>(&key);
    constexpr std::size_t kMostName = 4096;  // bytes
    if (name && name->size() > kMostName)
      throw Error(fmt::format("a tensor has a name of {} bytes; up to {} are read", name->size(), kMostName));
    if (!name || !is_tensor(value))
      throw Error("it holds other things than named tensors; save model.state_dict()");
    state.tensors.emplace_back(*name, tensor_of(value));
  }
  strip_module(state.tensors);
  return state;
}

}  // namespace

StateDict read_state_dict_at(std::span<const unsigned char> bytes) {
  const auto pickle = pickle_of(bytes, PickleEnd::Anywhere);
  StateDict state = state_dict_of(*pickle);
  for (const PickleCall& call : pickle->calls())
    if (call.name == kStorage && call.given) {
      const Storage storage = storage_of(call);
      state.storages[storage.key] = storage.type;
    }
  return state;
}

std::vector<std::pair<std::string, Tensor>> read_state_dict(std::span<const unsigned char> bytes) {
  return state_dict_of(*pickle_of(bytes, PickleEnd::OfBytes)).tensors;
}

}  // namespace doppel::nn::torch
