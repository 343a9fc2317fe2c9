// Buckets of Amazon's S3, of Google's store, and of servers that speak as S3 does.
#include <fmt/format.h>

#include <cstdlib>
#include <mutex>
#include <pugixml.hpp>

#include "credentials.h"
#include "store.h"

namespace doppel::remote {
namespace {

/// The text of an element in a refusal: "Code" and "Message".
std::string told_in(const std::vector<unsigned char>& body, const char* element) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) return {};
  return document.child("Error").child_value(element);
}

class Bucket final : public Store {
 public:
  explicit Bucket(const Address& address)
      : Store(address.root),
        is_google_(address.scheme == Scheme::Google),
        name_(address.root.substr(address.root.rfind('/') + 1)) {
    if (!is_google_) {
      who_ = aws_credentials();
      return;
    }
    const char* emulator = std::getenv("STORAGE_EMULATOR_HOST");
    who_.endpoint = emulator && *emulator ? emulator : "https://storage.googleapis.com";
    if (who_.endpoint.find("://") == std::string::npos) who_.endpoint.insert(0, "http://");
    while (who_.endpoint.ends_with('/')) who_.endpoint.pop_back();
  }

  Call get(const std::string& key) override { return call(HttpRequest::Method::Get, key, "", nullptr); }

  Call put(HttpRequest::Method method, const std::string& key, const std::string& query,
           std::shared_ptr<const std::string> body) override {
    return call(method, key, query, std::move(body));
  }

  std::optional<std::vector<Listed>> list(const std::string& folder) override {
    const std::string prefix = folder.empty() ? folder : folder + "/";
    std::vector<Listed> found;
    std::string next;
    do {
      // In the order of their names, by which libcurl 7.88 signs what it's given.
      std::string query = next.empty() ? "" : "continuation-token=" + url_value(next) + "&";
      query += "delimiter=%2F&list-type=2&prefix=" + url_value(prefix);
      Call call = this->call(HttpRequest::Method::Get, "", query, nullptr);
      call.what = path_of(folder) + "/";
      next = take_list(fetch(std::move(call)), prefix, found);
    } while (!next.empty());
    return found;
  }

 private:
  /// Adds what a page holds; returns what asks for the next one.
  std::string take_list(const Reply& page, const std::string& prefix, std::vector<Listed>& found) const {
    pugi::xml_document document;
    const pugi::xml_node list = document.load_buffer(page.body.data(), page.body.size())
                                    ? document.child("ListBucketResult")
                                    : pugi::xml_node();
    if (!list) throw Error(fmt::format("{}/{}: the server answers no list of objects", root(), prefix));
    for (const pugi::xml_node& one : list.children("Contents")) {
      const std::string key = one.child_value("Key");
      if (!key.starts_with(prefix) || key.size() == prefix.size() || key.ends_with('/')) continue;
      found.push_back(
          {key.substr(prefix.size()), false, one.child("Size").text().as_ullong(), one.child_value("ETag")});
    }
    for (const pugi::xml_node& one : list.children("CommonPrefixes")) {
      std::string key = one.child_value("Prefix");
      if (!key.starts_with(prefix) || key.size() <= prefix.size() + 1) continue;
      key.pop_back();
      found.push_back({key.substr(prefix.size()), true, 0, ""});
    }
    return list.child("IsTruncated").text().as_bool() ? list.child_value("NextContinuationToken") : "";
  }

  AwsCredentials who() const {
    const std::lock_guard lock(mutex_);
    return who_;
  }

  std::string url_of(const AwsCredentials& who, const std::string& key, const std::string& query) const {
    std::string url;
    if (!who.endpoint.empty())
      url = fmt::format("{}/{}", who.endpoint, url_path(name_));
    else if (name_.find('.') != name_.npos)  // no certificate holds for such a name before Amazon's
      url = fmt::format("https://s3.{}.amazonaws.com/{}", who.region, name_);
    else
      url = fmt::format("https://{}.s3.{}.amazonaws.com", name_, who.region);
    url += "/" + url_path(key);
    return query.empty() ? url : url + "?" + query;
  }

  Call call(HttpRequest::Method method, const std::string& key, const std::string& query,
            std::shared_ptr<const std::string> body) {
    Call call;
    call.what = path_of(key);
    call.request = [this, method, key, query, body](bool first) {
      const AwsCredentials who = this->who();
      HttpRequest request;
      request.method = method;
      request.url = url_of(who, key, query);
      if (body) request.body = *body;
      if (is_google_) {
        if (const std::string token = google_token(first); !token.empty())
          request.headers.push_back("Authorization: Bearer " + token);
      } else if (!who.key.empty()) {
        request.signing = fmt::format("aws:amz:{}:s3", who.region);
        request.signing_key = who.key + ":" + who.secret;
        request.headers.emplace_back("x-amz-content-sha256: UNSIGNED-PAYLOAD");
        if (!who.token.empty()) request.headers.push_back("x-amz-security-token: " + who.token);
      }
      return request;
    };
    call.explain = [this](const Reply& reply) { return explain(reply); };
    if (!is_google_) call.mend = [this](const Reply& reply) { return learn(reply); };
    return call;
  }

  std::string explain(const Reply& reply) const {
    const std::string code = told_in(reply.body, "Code"), from = who().from;
    std::string why;
    if (reply.answer.status == 401 || reply.answer.status == 403 || code == "ExpiredToken") {
      if (code == "ExpiredToken")
        why = fmt::format("the credentials of {} have expired; get new ones", from);
      else if (code == "RequestTimeTooSkewed")
        why = "this machine's clock is wrong";
      else if (is_google_)
        why =
            "with $GOOGLE_APPLICATION_CREDENTIALS or `gcloud auth application-default login` one says who "
            "one is";
      else if (from.empty())
        why =
            "nobody said who is asking: set $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY, or write "
            "~/.aws/credentials";
      else
        why = fmt::format("asked with the credentials of {}", from);
    }
    if (code.empty() || code == "ExpiredToken") return why;
    return why.empty() ? code : fmt::format("{}; {}", code, why);
  }

  /// Of a bucket in another region, and of credentials that have been renewed in their file.
  bool learn(const Reply& reply) {
    const std::lock_guard lock(mutex_);
    if (const std::string& region = reply.answer.header("x-amz-bucket-region");
        !region.empty() && region != who_.region && who_.endpoint.empty()) {
      who_.region = region;
      return true;
    }
    if (told_in(reply.body, "Code") != "ExpiredToken") return false;
    AwsCredentials now;
    try {
      now = aws_credentials();
    } catch (const Error&) { return false; }
    if (now.key == who_.key && now.token == who_.token) return false;
    now.region = who_.region;
    who_ = now;
    return true;
  }

  bool is_google_;
  std::string name_;
  mutable std::mutex mutex_;
  AwsCredentials who_;
};

}  // namespace

std::shared_ptr<Store> open_bucket(const Address& address) { return std::make_shared<Bucket>(address); }

}  // namespace doppel::remote
