#include "credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>

#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::remote {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string first_variable(std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (std::string value = variable(name); !value.empty()) return value;
  return {};
}

std::string trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == text.npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

using Section = std::map<std::string, std::string>;

/// A section of an INI file as Amazon's tools write them; nothing where there is none.
Section section_of(const fs::path& file, std::initializer_list<std::string> names) {
  Section found;
  if (file.empty() || !is_file(file)) return found;
  const std::vector<unsigned char> bytes = read_file(file);
  std::istringstream lines(std::string(bytes.begin(), bytes.end()));
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const std::string text = trimmed(line);
    if (text.empty() || text[0] == '#' || text[0] == ';') continue;
    if (text[0] == '[') {
      const std::string name = trimmed(std::string_view(text).substr(1, text.find(']') - 1));
      inside = std::ranges::find(names, name) != names.end();
      if (inside) found.emplace("", name);  // it is there
    } else if (const std::size_t equals = text.find('='); inside && equals != text.npos && line[0] != ' ') {
      found[trimmed(text.substr(0, equals))] = trimmed(text.substr(equals + 1));
    }
  }
  return found;
}

fs::path file_or(const char* name, const char* in_home) {
  if (const std::string told = variable(name); !told.empty()) return told;
  const std::string home = variable("HOME");
  return home.empty() ? fs::path() : fs::path(home) / in_home;
}

std::string value_in(const Section& section, const std::string& key) {
  const auto found = section.find(key);
  return found == section.end() ? "" : found->second;
}

}  // namespace

AwsCredentials aws_credentials() {
  const std::string told = first_variable({"AWS_PROFILE", "AWS_DEFAULT_PROFILE"});
  const std::string profile = told.empty() ? "default" : told;
  const fs::path file = file_or("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
  const Section secrets = section_of(file, {profile});
  const Section config =
      section_of(file_or("AWS_CONFIG_FILE", ".aws/config"), {profile, "profile " + profile});
  if (!told.empty() && secrets.empty() && config.empty())
    throw Error(fmt::format("there is no profile '{}' in {}, which $AWS_PROFILE names", told, file.string()));
  AwsCredentials who;
  who.key = variable("AWS_ACCESS_KEY_ID");
  who.secret = variable("AWS_SECRET_ACCESS_KEY");
  if (!who.key.empty() && !who.secret.empty()) {
    who.token = variable("AWS_SESSION_TOKEN");
    who.from = "$AWS_ACCESS_KEY_ID";
  } else {
    const Section& from = value_in(secrets, "aws_access_key_id").empty() ? config : secrets;
    who.key = value_in(from, "aws_access_key_id");
    who.secret = value_in(from, "aws_secret_access_key");
    who.token = value_in(from, "aws_session_token");
    who.from = fmt::format("the profile '{}' of {}", profile, file.string());
  }
  if (who.key.empty() || who.secret.empty()) who.key = who.secret = who.token = who.from = "";
  who.region = first_variable({"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (who.region.empty()) who.region = value_in(config, "region");
  if (who.region.empty()) who.region = "us-east-1";
  who.endpoint = first_variable({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  if (who.endpoint.empty()) who.endpoint = value_in(config, "endpoint_url");
  while (who.endpoint.ends_with('/')) who.endpoint.pop_back();
  return who;
}

std::string hugging_face_token() {
  if (const std::string told = first_variable({"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}); !told.empty())
    return told;
  const std::string home = variable("HF_HOME");
  const fs::path file =
      home.empty() ? file_or("HF_TOKEN_PATH", ".cache/huggingface/token") : fs::path(home) / "token";
  if (file.empty() || !is_file(file)) return {};
  const std::vector<unsigned char> bytes = read_file(file);
  return trimmed(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace doppel::remote
