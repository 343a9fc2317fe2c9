// Files of any server over HTTP, and the pages on which many servers list them.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "doppel/base/remote.h"
#include "store.h"

namespace doppel::remote {
namespace {

/// What follows '?' of an address, by the path before it.
struct Queries {
  std::mutex mutex;
  std::map<std::string, std::string> by_path;
};
Queries& queries() {
  static Queries* const all = new Queries;
  return *all;
}

/// What a page links to that lies right below it: files, and folders with a slash.
std::vector<Listed> links_in(std::string_view page) {
  std::vector<Listed> found;
  for (std::size_t at = page.find("href="); at != page.npos; at = page.find("href=", at + 1)) {
    std::string_view rest = page.substr(at + 5);
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) continue;
    const std::size_t end = rest.find(rest[0], 1);
    if (end == rest.npos) break;
    std::string name = url_decoded(rest.substr(1, end - 1));
    const bool is_folder = name.ends_with('/');
    if (is_folder) name.pop_back();
    if (name.starts_with("./")) name.erase(0, 2);
    const bool below =
        !name.empty() && name != "." && name != ".." && name.find_first_of("/?#:\n\r") == name.npos;
    if (below && std::ranges::find(found, name, &Listed::name) == found.end())
      found.push_back({name, is_folder, 0, ""});
  }
  return found;
}

class Server final : public Store {
 public:
  explicit Server(const Address& address) : Store(address.root) {}

  Call get(const std::string& key) override {
    std::string url = root() + "/" + url_path(key, true);
    if (const std::string query = query_of(path_of(key)); !query.empty()) url += "?" + query;
    return call(std::move(url), path_of(key));
  }

  /// Of servers that show what a folder holds. Sizes aren't said.
  std::optional<std::vector<Listed>> list(const std::string& folder) override {
    const std::string path = path_of(folder) + "/";
    Call page = call(root() + "/" + url_path(folder, true) + (folder.empty() ? "" : "/"), path);
    page.most = std::uint64_t{64} << 20;
    Reply reply;
    try {
      reply = fetch(std::move(page));
    } catch (const NotThere&) { return std::nullopt; }  // its files may be there
    if (reply.answer.header("content-type").find("html") == std::string::npos) return std::nullopt;
    return links_in({reinterpret_cast<const char*>(reply.body.data()), reply.body.size()});
  }

 private:
  static Call call(std::string url, std::string what) {
    Call call;
    call.what = std::move(what);
    call.request = [url = std::move(url)](bool) {
      HttpRequest request;
      request.url = url;
      request.netrc = true;
      return request;
    };
    return call;
  }
};

}  // namespace

std::shared_ptr<Store> open_server(const Address& address) { return std::make_shared<Server>(address); }

std::string query_of(const std::string& path) {
  Queries& all = queries();
  const std::lock_guard lock(all.mutex);
  const auto found = all.by_path.find(path);
  return found == all.by_path.end() ? "" : found->second;
}

}  // namespace doppel::remote

namespace doppel {

std::string without_query(const std::string& address) {
  const std::size_t mark = address.find('?');
  const auto known = mark == address.npos ? std::nullopt : remote::address_of(address.substr(0, mark));
  if (!known || known->scheme != remote::Scheme::Http) return address;
  const std::string path = known->key.empty() ? known->root : known->root + "/" + known->key;
  remote::Queries& all = remote::queries();
  const std::lock_guard lock(all.mutex);
  all.by_path[path] = address.substr(mark + 1, address.find('#', mark) - mark - 1);
  return path;
}

}  // namespace doppel
