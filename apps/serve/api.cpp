#include "serve/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

#include "doppel/base/error.h"
#include "doppel/base/parallel.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "serve/drawn_values.h"
#include "serve/page.h"
#include "serve/recipe_json.h"
#include "serve/sketch.h"
#include "serve/web_json.h"

namespace doppel::apps {
namespace {

using Json = nlohmann::json;

constexpr int kQuality = 90;
constexpr std::size_t kMostTiles = 96;
constexpr std::size_t kMostListed = 1000;
constexpr std::size_t kMostWatched = 500;  // images whose files are looked at now and then

Json plan_booked_json(const BookedRecipe& plan) {
  const Size source = plan.plan->source;
  return {{"hash", plan.hash},
          {"yaml", plan.yaml},
          {"words", plan.plan->words()},
          {"source", {source.height, source.width}}};
}

Json booked_json(const BookedRecipe& recipe) {
  return {{"hash", recipe.hash}, {"yaml", recipe.yaml}, {"tree", recipe_json(recipe.written)}};
}

/// What is wrong with a recipe: "recipe:3: there is no transform 'Rotat'; did you mean 'Rotate'?" in its
/// parts.
WebResponse recipe_error(std::string_view what) {
  constexpr std::string_view kNear = "did you mean '";
  Json error;
  for (const std::string_view place : {"recipe:", "plan:"}) {
    if (!what.starts_with(place)) continue;
    std::uint64_t line = 0;
    const char* const digits = what.data() + place.size();
    const char* const end = std::from_chars(digits, what.data() + what.size(), line).ptr;
    const auto behind = what.substr(static_cast<std::size_t>(end - what.data()));
    if (end != digits && behind.starts_with(": ")) {
      error["line"] = line;
      what = behind.substr(2);
    }
  }
  error["error"] = what;
  if (const std::size_t near = what.find(kNear); near != what.npos) {
    const std::string_view word = what.substr(near + kNear.size());
    error["word"] = word.substr(0, word.find('\''));
  }
  return {.body = dumped(error), .status = 422};
}

/// What the query says of every tile of a recipe.
TileOrder order_of(BookedPtr recipe, Stream stream, const WebRequest& request) {
  stream.share = static_cast<double>(queried(request, "training", 0, 0, 100)) / 100;
  TileOrder order{.recipe = std::move(recipe),
                  .stream = stream,
                  .side = static_cast<int>(queried(request, "size", 192, 16, 2048)),
                  .is_draft = is_on(request, "draft")};
  if (request.query.contains("ops")) order.ops = queried(request, "ops", 0, 0, 100'000);
  return order;
}

/// HASH/SEED/EPOCH/INDEX, and the query.
TileOrder order_of(const WebRequest& request, const RecipeBook& book) {
  const std::vector<std::string>& rest = request.rest;
  if (rest.size() != 4) throw UsageError("a tile is asked for as RECIPE/SEED/EPOCH/INDEX");
  return order_of(book.find(rest[0]),
                  {.seed = number_of("the seed", rest[1]),
                   .epoch = number_of("the epoch", rest[2]),
                   .index = number_of("the index", rest[3])},
                  request);
}

/// HASH/SEED, and of=EPOCH.INDEX,EPOCH.INDEX,….
std::vector<TileOrder> orders_of(const WebRequest& request, const RecipeBook& book) {
  if (request.rest.size() != 2) throw UsageError("tiles are asked for as RECIPE/SEED?of=EPOCH.INDEX,…");
  const BookedPtr recipe = book.find(request.rest[0]);
  const std::uint64_t seed = number_of("the seed", request.rest[1]);
  const auto of = request.query.find("of");
  std::string_view left = of == request.query.end() ? std::string_view() : of->second;
  std::vector<TileOrder> orders;
  while (!left.empty()) {
    if (orders.size() == kMostTiles)
      throw UsageError(fmt::format("at most {} tiles can be asked for at once", kMostTiles));
    const std::string_view one = left.substr(0, left.find(','));
    left.remove_prefix(std::min(left.size(), one.size() + 1));
    const std::size_t dot = std::min(one.find('.'), one.size());
    orders.push_back(order_of(recipe,
                              {.seed = seed,
                               .epoch = number_of("the epoch", one.substr(0, dot)),
                               .index = number_of("the index", one.substr(std::min(dot + 1, one.size())))},
                              request));
  }
  return orders;
}

bool wants_jpeg(const WebRequest& request) {
  const auto format = request.query.find("format");
  if (format == request.query.end() || format->second == "png") return false;
  if (format->second != "jpeg")
    throw UsageError(fmt::format("format is png or jpeg, not '{}'", format->second));
  return true;
}

std::vector<unsigned char> encoded(const cv::Mat& image, bool as_jpeg) {
  return as_jpeg ? encode_jpeg(image, kQuality) : encode_png(image);
}

Json input_json(const dataset::OpenedData& input) {
  Json json{
      {"name", input.name}, {"layout", input.layout}, {"remarks", Json::array()}, {"parts", Json::array()}};
  for (const dataset::Remark& remark : input.remarks) json["remarks"].push_back(remark.text());
  for (const auto& [name, source] : parts_of(input))
    json["parts"].push_back({{"name", name}, {"size", source->size()}, {"classes", source->classes()}});
  return json;
}

/// Those that images lie in, where there aren't too many to look at now and then.
std::set<std::string> folders_of(const Images& images) {
  constexpr std::size_t kMostFolders = 1000, kLooked = 50'000;
  std::set<std::string> folders;
  const std::size_t step = images.size() / kLooked + 1;
  for (std::size_t i = 0; i < images.size() && folders.size() < kMostFolders; i += step)
    folders.insert(std::filesystem::path(images.path(i)).parent_path().string());
  return folders;
}

bool is_preset(const std::string& name) {
  return std::ranges::find(augment::Recipe::presets(), name) != augment::Recipe::presets().end();
}

}  // namespace

RecipeApi::RecipeApi(const Images& images, const std::string& recipe)
    : images_(images),
      book_(images),
      pictures_(images),
      examples_(pictures_),
      classes_(images),
      start_(book_.add(augment::Recipe::load(recipe))),
      file_(is_preset(recipe) ? "" : recipe),
      transforms_(dumped(catalogue_json())),
      folders_(folders_of(images)) {
  changes();  // as it is now
}

std::vector<WebRoute> RecipeApi::routes() {
  using enum WebRoute::Method;
  const auto to = [this](auto member) {
    return [this, member](const WebRequest& request) { return (this->*member)(request); };
  };
  return {{.path = "/api/data", .answer = [this](const WebRequest&) { return data(); }},
          {.path = "/api/transforms",
           .answer = [this](const WebRequest&) { return WebResponse{.body = transforms_}; }},
          {.path = "/api/classes",
           .answer = [this](const WebRequest&) { return response_of({{"inputs", classes_.counts()}}); }},
          {.path = "/api/example/", .answer = to(&RecipeApi::example)},
          {.path = "/api/file", .answer = [this](const WebRequest&) { return read_file(); }},
          {.path = "/api/events", .changes = [this] { return changes(); }},
          {.path = "/api/images", .answer = to(&RecipeApi::list_images)},
          {.path = "/api/tile/", .answer = to(&RecipeApi::tile)},
          {.path = "/api/tiles/", .answer = to(&RecipeApi::tiles)},
          {.path = "/api/plan/", .answer = to(&RecipeApi::plan)},
          {.path = "/api/drawn/", .answer = to(&RecipeApi::drawn)},
          {.method = Post, .path = "/api/recipe", .answer = to(&RecipeApi::read_recipe)},
          {.method = Post, .path = "/api/save", .answer = to(&RecipeApi::save)}};
}

/// What the page begins with, and the version that it is: the recipe's file as it is now, or, where that
/// can't be read, as it was, so that nothing is written over it unasked.
std::pair<BookedPtr, std::string> RecipeApi::first_recipe() {
  if (file_.path().empty()) return {start_, ""};
  try {
    const std::string text = file_.text();
    return {book_.add(text), RecipeFile::version_of(text)};
  } catch (const UsageError&) { return {start_, "unread"}; }
}

WebResponse RecipeApi::data() {
  const auto [first, version] = first_recipe();
  Json inputs = Json::array();
  for (const dataset::OpenedData& input : images_.inputs()) inputs.push_back(input_json(input));
  return response_of({{"inputs", std::move(inputs)},
                      {"images", images_.size()},
                      {"presets", augment::Recipe::presets()},
                      {"file", file_.path().string()},
                      {"version", version},
                      {"rules", rules_json()},
                      {"recipe", booked_json(*first)}});
}

WebResponse RecipeApi::read_recipe(const WebRequest& request) {
  const Json body = body_of(request);
  try {
    const auto text = [&](const char* name) { return body[name].get<std::string>(); };
    if (body.contains("preset") && body["preset"].is_string()) {
      if (!is_preset(text("preset")))
        throw UsageError(fmt::format("there is no preset '{}'{}", text("preset"),
                                     did_you_mean(text("preset"), augment::Recipe::presets(), "")));
      return response_of(booked_json(*book_.add(augment::Recipe::load(text("preset")))));
    }
    if (body.contains("yaml") && body["yaml"].is_string())
      return response_of(booked_json(*book_.add(text("yaml"))));
    if (body.contains("tree")) return response_of(booked_json(*book_.add(dumped(body["tree"]))));
    if (body.contains("plan") && body["plan"].is_string())
      return response_of(plan_booked_json(*book_.add_plan(text("plan"))));
  } catch (const UsageError& error) { return recipe_error(error.what()); }
  throw UsageError(
      "the body needs yaml, a text; tree, which is the same as JSON; preset, the name of one; or plan, a "
      "text");
}

WebResponse RecipeApi::read_file() {
  try {
    return response_of(booked_json(*book_.add(file_.text())));
  } catch (const UsageError& error) { return recipe_error(error.what()); }
}

WebResponse RecipeApi::save(const WebRequest& request) {
  const Json body = body_of(request);
  for (const char* name : {"hash", "version"})
    if (!body.contains(name) || !body[name].is_string())
      throw UsageError("the body needs hash, the recipe's, and version, of the file that it's written over");
  const BookedPtr recipe = book_.find(body["hash"].get<std::string>());
  if (recipe->plan) throw UsageError("that is a plan, and no recipe");
  try {
    const std::string version = file_.save(recipe->yaml, body["version"].get<std::string>());
    return response_of({{"file", file_.path().string()}, {"version", version}});
  } catch (const FileChanged& error) {
    WebResponse refused = response_of({{"error", error.what()}, {"version", file_.version()}});
    refused.status = 422;
    return refused;
  }
}

WebResponse RecipeApi::list_images(const WebRequest& request) const {
  const std::uint64_t from = queried(request, "from", 0, 0, UINT64_MAX),
                      count = queried(request, "count", 12, 0, kMostListed);
  const auto wanted = request.query.find("class");
  const std::vector<std::size_t>* some =
      wanted == request.query.end() ? nullptr : &classes_.of(wanted->second);
  const std::size_t all = some ? some->size() : images_.size();
  Json list = Json::array();
  for (std::size_t k = from; k < all && k - from < count; ++k) {
    const std::size_t index = some ? (*some)[k] : k;
    const int label = images_.label(index);
    const auto& classes = images_.classes_at(index);
    const bool has_class = label >= 0 && std::cmp_less(label, classes.size());
    list.push_back({{"index", index},
                    {"name", images_.name(index)},
                    {"class", has_class ? Json(classes[static_cast<std::size_t>(label)]) : Json()}});
  }
  return response_of({{"all", all}, {"images", std::move(list)}});
}

WebResponse RecipeApi::tile(const WebRequest& request) {
  const TileOrder order = order_of(request, book_);
  const bool is_jpeg = wants_jpeg(request);
  const auto bytes = encoded(tile_of(sketch(order, pictures_), order), is_jpeg);
  return {.type = is_jpeg ? "image/jpeg" : "image/png", .body = {bytes.begin(), bytes.end()}};
}

/// A browser takes longer to ask for a tile than the tile takes.
WebResponse RecipeApi::tiles(const WebRequest& request) {
  const std::vector<TileOrder> orders = orders_of(request, book_);
  const bool is_jpeg = wants_jpeg(request);
  struct Told {
    std::vector<unsigned char> bytes;
    bool is_error = false;
  };
  std::vector<Told> told(orders.size());
  for_all(orders.size(), [&](std::size_t i) {
    try {
      told[i].bytes = encoded(tile_of(sketch(orders[i], pictures_), orders[i]), is_jpeg);
    } catch (const Error& error) {
      const std::string_view what = error.what();
      told[i] = {{what.begin(), what.end()}, true};
    }
  });
  std::string body;
  for (const auto& [bytes, is_error] : told) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    body += is_error ? '\1' : '\0';
    for (int shift = 0; shift < 32; shift += 8) body += static_cast<char>(size >> shift & 0xff);
    body.append(bytes.begin(), bytes.end());
  }
  return {.type = "application/octet-stream", .body = std::move(body)};
}

WebResponse RecipeApi::plan(const WebRequest& request) {
  const TileOrder order = order_of(request, book_);
  const Sketch made = sketch(order, pictures_);
  Json json = plan_json(made, images_, order);
  json["name"] = images_.name(order.stream.index);
  if (is_on(request, "explain")) json["explained"] = explanation_json(made);
  return response_of(json);
}

WebResponse RecipeApi::drawn(const WebRequest& request) {
  return response_of(
      drawn_values(order_of(request, book_), pictures_, queried(request, "count", 200, 1, 1000)));
}

WebResponse RecipeApi::example(const WebRequest& request) {
  if (request.rest.size() != 2) throw UsageError("an example is asked for as TRANSFORM/INDEX");
  const auto bytes = examples_.of(request.rest[0], number_of("the index", request.rest[1]));
  return {.type = "image/jpeg", .body = {bytes.begin(), bytes.end()}};
}

/// What was written since the last call, by a page or anybody else: the recipe's file, images that were
/// shown, or which images there are.
std::string RecipeApi::changes() {
  Json changed;
  if (!file_.path().empty() && stamps_.has_changed(file_.path())) changed["recipe"] = file_.version();
  for (const std::size_t index : pictures_.forget_written(kMostWatched)) {
    examples_.forget(index);
    changed["images"].push_back(index);
  }
  for (const std::string& folder : folders_)
    if (stamps_.has_changed(folder)) changed["data"] = true;
  return changed.is_null() ? "" : dumped(changed);
}

std::vector<WebRoute> page_routes(std::string_view first) {
  std::vector<WebRoute> routes;
  for (const PageFile& file : page_files()) {
    const auto answer = [file](const WebRequest&) {
      return WebResponse{.type = std::string(file.type), .body = std::string(file.bytes)};
    };
    const bool is_first = file.name == first;
    routes.push_back({.path = is_first ? "/" : "/page/" + std::string(file.name),
                      .access = WebRoute::Access::Open,
                      .answer = answer});
  }
  return routes;
}

}  // namespace doppel::apps
