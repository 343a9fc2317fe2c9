// Tokens for Google's store, by the files that gcloud and service accounts have.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>

#include "address.h"
#include "credentials.h"
#include "doppel/base/files.h"
#include "doppel/base/plug_in.h"
#include "http_engine.h"
#include "transfer.h"

namespace doppel::remote {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// RFC 4648, section 5, without padding.
std::string base64url(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += kDigits[bits >> (count - 6) & 63];
  }
  if (count > 0) out += kDigits[bits << (6 - count) & 63];
  return out;
}

fs::path credentials_file() {
  if (const char* told = std::getenv("GOOGLE_APPLICATION_CREDENTIALS"); told && *told) return told;
  const char* config = std::getenv("CLOUDSDK_CONFIG");
  const char* home = std::getenv("HOME");
  const fs::path folder =
      config && *config ? fs::path(config) : fs::path(home ? home : "/nowhere") / ".config/gcloud";
  const fs::path file = folder / "application_default_credentials.json";
  return is_file(file) ? file : fs::path();
}

/// What a service account says to be given a token (RFC 7523).
std::string assertion(const nlohmann::json& account, const fs::path& file) {
  const auto sign = reinterpret_cast<SignRs256>(plug_in_function("libdoppel_http.so", "doppel_sign_rs256"));
  const std::time_t now = std::time(nullptr);
  const nlohmann::json claims{{"iss", account.at("client_email")},
                              {"scope", "https://www.googleapis.com/auth/devstorage.read_write"},
                              {"aud", account.at("token_uri")},
                              {"iat", now},
                              {"exp", now + 3600}};
  const std::string text = base64url(R"({"alg":"RS256","typ":"JWT"})") + "." + base64url(claims.dump());
  std::string signature;
  if (!sign || !sign(account.at("private_key").get<std::string>(), text, signature))
    throw Error(fmt::format("{}: its private key can't be used", file.string()));
  return text + "." + base64url(signature);
}

struct Token {
  std::string text;
  Clock::time_point until;
};

Token exchanged(const fs::path& file) {
  const std::vector<unsigned char> bytes = read_file(file);
  nlohmann::json who, answer;
  std::string form, uri;
  try {
    who = nlohmann::json::parse(bytes);
    const std::string type = who.at("type");
    if (type == "service_account") {
      uri = who.at("token_uri");
      form = "grant_type=" + url_value("urn:ietf:params:oauth:grant-type:jwt-bearer") +
             "&assertion=" + assertion(who, file);
    } else if (type == "authorized_user") {
      uri = who.value("token_uri", "https://oauth2.googleapis.com/token");
      form = fmt::format("grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
                         url_value(who.at("client_id").get<std::string>()),
                         url_value(who.at("client_secret").get<std::string>()),
                         url_value(who.at("refresh_token").get<std::string>()));
    } else {
      throw Error(
          fmt::format("{}: credentials of the kind '{}' aren't known here; a service account's are, and "
                      "those of `gcloud auth application-default login`",
                      file.string(), type));
    }
  } catch (const nlohmann::json::exception&) {
    throw Error(fmt::format("{}: it isn't a file of Google's credentials", file.string()));
  }
  Call call;
  call.what = fmt::format("{} (for a token)", uri);
  call.most = 1 << 20;
  call.request = [uri, form](bool) {
    HttpRequest request;
    request.method = HttpRequest::Method::Post;
    request.url = uri;
    request.headers.emplace_back("Content-Type: application/x-www-form-urlencoded");
    request.body = form;
    return request;
  };
  const Reply reply = fetch(std::move(call));
  try {
    answer = nlohmann::json::parse(reply.body);
    const auto seconds = std::chrono::seconds(std::max(answer.value("expires_in", 3600) - 60, 1));
    return {answer.at("access_token").get<std::string>(), Clock::now() + seconds};
  } catch (const nlohmann::json::exception&) {
    throw Error(fmt::format("{}: the answer holds no token", uri));
  }
}

}  // namespace

std::string google_token(bool may_wait) {
  for (const char* name : {"GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"})
    if (const char* token = std::getenv(name); token && *token) return token;
  static std::mutex* const mutex = new std::mutex;
  static Token* const kept = new Token;
  const std::lock_guard lock(*mutex);
  if (!may_wait || (!kept->text.empty() && Clock::now() < kept->until)) return kept->text;
  const fs::path file = credentials_file();
  if (file.empty()) return {};
  *kept = exchanged(file);
  return kept->text;
}

}  // namespace doppel::remote
