// Data sets of the Hugging Face hub.
#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "credentials.h"
#include "store.h"

namespace doppel::remote {
namespace {

class Hub final : public Store {
 public:
  explicit Hub(const Address& address) : Store(address.root), token_(hugging_face_token()) {
    const char* told = std::getenv("HF_ENDPOINT");
    endpoint_ = told && *told ? told : "https://huggingface.co";
    while (endpoint_.ends_with('/')) endpoint_.pop_back();
    name_ = address.root.substr(std::string_view("hf://").size());
    if (const std::size_t at = name_.find('@'); at != name_.npos) {
      revision_ = name_.substr(at + 1);
      name_.resize(at);
    }
  }

  Call get(const std::string& key) override {
    return call(
        fmt::format("{}/{}/resolve/{}/{}", endpoint_, url_path(name_), url_value(revision_), url_path(key)),
        path_of(key));
  }

  std::optional<std::vector<Listed>> list(const std::string& folder) override {
    std::vector<Listed> found;
    std::string url = fmt::format("{}/api/{}/tree/{}/{}", endpoint_, url_path(name_), url_value(revision_),
                                  url_path(folder));
    while (url.ends_with('/')) url.pop_back();
    const std::string first = url.substr(0, url.find('/', url.find("://") + 3));
    while (!url.empty()) {
      const Reply page = fetch(call(url, path_of(folder)));
      take_list(page, folder, found);
      url = next_of(page.answer.header("link"));
      if (!url.empty() && !url.starts_with(first + "/"))
        throw Error(fmt::format("{}: the list goes on at another server", path_of(folder)));
    }
    return found;
  }

  bool has_steady_tags() const override { return false; }

 private:
  Call call(const std::string& url, const std::string& what) const {
    Call call;
    call.what = what;
    call.redirects = Redirects::AnyHost;  // files lie at servers of the hub's choice
    call.request = [url, token = token_](bool) {
      HttpRequest request;
      request.url = url;
      if (!token.empty()) request.headers.push_back("Authorization: Bearer " + token);
      return request;
    };
    call.explain = [known = !token_.empty()](const Reply& reply) -> std::string {
      if (reply.answer.status != 401 && reply.answer.status != 403) return {};
      if (known) return "asked with the token of $HF_TOKEN or ~/.cache/huggingface/token";
      return "it isn't there, or is private: then set $HF_TOKEN";
    };
    return call;
  }

  void take_list(const Reply& page, const std::string& folder, std::vector<Listed>& found) const {
    const std::size_t before = folder.empty() ? 0 : folder.size() + 1;
    try {
      for (const auto& one : nlohmann::json::parse(page.body)) {
        const std::string path = one.at("path");
        if (path.size() <= before || !path.starts_with(folder)) continue;
        found.push_back(
            {path.substr(before), one.at("type") == "directory", one.value("size", std::uint64_t{0}), ""});
      }
    } catch (const nlohmann::json::exception&) {
      throw Error(fmt::format("{}: the server answers no list of files", path_of(folder)));
    }
  }

  /// `<https://…>; rel="next"`
  static std::string next_of(const std::string& link) {
    const std::size_t from = link.find('<'), to = link.find('>');
    if (from == link.npos || to == link.npos || link.find("rel=\"next\"", to) == link.npos) return {};
    return link.substr(from + 1, to - from - 1);
  }

  std::string endpoint_, name_, revision_ = "main", token_;
};

}  // namespace

std::shared_ptr<Store> open_hub(const Address& address) { return std::make_shared<Hub>(address); }

}  // namespace doppel::remote
