#include "base/remote/credentials.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "doppel/base/files.h"
#include "doppel/base/random_file.h"
#include "error_of.h"
#include "remote/remote_setup.h"
#ifdef DOPPEL_HAS_CRYPTO
#include <openssl/evp.h>
#include <openssl/pem.h>
#endif

namespace doppel::remote {
namespace {

using test::RemoteSetup;
using test::WebAnswer;
using test::WebRequest;

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

TEST(Credentials, OfAmazonComeFromVariablesAndFiles) {
  const RemoteSetup setup;
  EXPECT_EQ(aws_credentials().key, "");
  EXPECT_EQ(aws_credentials().region, "us-east-1");
  write(setup.home() / ".aws/credentials",
        "# mine\n[default]\naws_access_key_id = D\naws_secret_access_key=DS\n\n[other]\naws_access_key_id=O\n"
        "aws_secret_access_key = OS\naws_session_token = OT\n");
  write(setup.home() / ".aws/config",
        "[default]\nregion = eu-west-1\n[profile other]\nregion=eu-north-1\nendpoint_url = "
        "http://here:9000/\ns3 =\n  x = y\n");
  EXPECT_EQ(aws_credentials().key, "D");
  EXPECT_EQ(aws_credentials().region, "eu-west-1");
  setup.set("AWS_PROFILE", "other");
  EXPECT_EQ(aws_credentials().key, "O");
  EXPECT_EQ(aws_credentials().token, "OT");
  EXPECT_EQ(aws_credentials().region, "eu-north-1");
  EXPECT_EQ(aws_credentials().endpoint, "http://here:9000");
  setup.set("AWS_ACCESS_KEY_ID", "V");
  setup.set("AWS_SECRET_ACCESS_KEY", "VS");
  setup.set("AWS_REGION", "mars");
  EXPECT_EQ(aws_credentials().key, "V");
  EXPECT_EQ(aws_credentials().token, "");  // a file's token isn't of a variable's key
  EXPECT_EQ(aws_credentials().region, "mars");
  setup.set("AWS_PROFILE", "nobody");
  EXPECT_NE(error_of([] { (void)aws_credentials(); }).find("no profile 'nobody'"), std::string::npos);
}

TEST(Credentials, OfTheHubAreAToken) {
  const RemoteSetup setup;
  EXPECT_EQ(hugging_face_token(), "");
  write(setup.home() / ".cache/huggingface/token", "hf_file\n");
  EXPECT_EQ(hugging_face_token(), "hf_file");
  setup.set("HF_TOKEN", "hf_variable");
  EXPECT_EQ(hugging_face_token(), "hf_variable");
}

TEST(Credentials, RenewedInTheirFileAreReadAgain) {
  const RemoteSetup setup;
  setup.put("b/x", "here");
  write(setup.home() / ".aws/credentials",
        "[default]\naws_access_key_id=K\naws_secret_access_key=S\naws_session_token=old\n");
  test::ServerOptions options;
  options.instead = [&](const WebRequest& request, WebAnswer& answer) {
    if (request.headers.at("x-amz-security-token") == "new") return false;
    write(setup.home() / ".aws/credentials",
          "[default]\naws_access_key_id=K\naws_secret_access_key=S\naws_session_token=new\n");
    answer = {400, {}, "<Error><Code>ExpiredToken</Code></Error>"};
    return true;
  };
  const test::ObjectServer server(setup.objects(), options);
  setup.set("AWS_ENDPOINT_URL", server.address());
  EXPECT_EQ(read_file("s3://b/x").size(), 4U);
}

TEST(Credentials, ThatHaveExpiredAreSaid) {
  const RemoteSetup setup;
  setup.set("AWS_ACCESS_KEY_ID", "K");
  setup.set("AWS_SECRET_ACCESS_KEY", "S");
  test::ServerOptions options;
  options.instead = [](const WebRequest&, WebAnswer& answer) {
    answer = {403, {}, "<Error><Code>ExpiredToken</Code><Message>of no use</Message></Error>"};
    return true;
  };
  const test::ObjectServer server(setup.objects(), options);
  setup.set("AWS_ENDPOINT_URL", server.address());
  const std::string error = error_of([] { read_file("s3://b/x"); });
  EXPECT_NE(error.find("the credentials of $AWS_ACCESS_KEY_ID have expired"), std::string::npos) << error;
}

#ifdef DOPPEL_HAS_CRYPTO
std::string decoded(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  std::string bytes(text.size() / 4 * 3, '\0');
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                  reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  for (std::size_t i = text.size(); i > 0 && text[i - 1] == '='; --i) bytes.pop_back();
  return bytes;
}

TEST(Credentials, AServiceAccountIsExchangedForAToken) {
  const RemoteSetup setup;
  setup.put("b/x", "here");
  EVP_PKEY* const key = EVP_RSA_gen(2048);
  BIO* const pem = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(pem, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(pem, &text);
  std::atomic<int> exchanges{0};
  bool good = false;
  test::ServerOptions options;
  options.instead = [&](const WebRequest& request, WebAnswer& answer) {
    if (request.path == "/token") {
      ++exchanges;
      const std::string jwt = request.body.substr(request.body.find("assertion=") + 10);
      const std::size_t dot = jwt.rfind('.');
      const std::string signature = decoded(jwt.substr(dot + 1));
      EVP_MD_CTX* const checking = EVP_MD_CTX_new();
      EVP_DigestVerifyInit(checking, nullptr, EVP_sha256(), nullptr, key);
      good = EVP_DigestVerify(checking, reinterpret_cast<const unsigned char*>(signature.data()),
                              signature.size(), reinterpret_cast<const unsigned char*>(jwt.data()), dot) == 1;
      EVP_MD_CTX_free(checking);
      answer = {200, {}, R"({"access_token": "tok", "expires_in": 3600})"};
      return true;
    }
    if (request.headers.contains("authorization") && request.headers.at("authorization") == "Bearer tok")
      return false;
    answer = {401, {}, ""};
    return true;
  };
  const test::ObjectServer server(setup.objects(), options);
  setup.set("STORAGE_EMULATOR_HOST", server.address());
  EXPECT_NE(error_of([] { read_file("gs://b/x"); }).find("$GOOGLE_APPLICATION_CREDENTIALS"),
            std::string::npos);
  const nlohmann::json account{{"type", "service_account"},
                               {"client_email", "me@there"},
                               {"private_key", std::string(text, static_cast<std::size_t>(size))},
                               {"token_uri", server.address() + "/token"}};
  write(setup.home() / "account.json", account.dump());
  setup.set("GOOGLE_APPLICATION_CREDENTIALS", (setup.home() / "account.json").string());
  EXPECT_EQ(read_file("gs://b/x").size(), 4U);
  EXPECT_EQ(list_folder("gs://b").size(), 1U);
  EXPECT_TRUE(good);
  EXPECT_EQ(exchanges, 1);
  BIO_free(pem);
  EVP_PKEY_free(key);
}
#endif

TEST(Credentials, TheHubsFilesLieElsewhereAndItsTokenStays) {
  const RemoteSetup setup;
  setup.put("cdn/x", "parquet");
  setup.set("HF_TOKEN", "hf_secret");
  std::atomic<bool> leaked{false};
  test::ServerOptions there;
  there.instead = [&](const WebRequest& request, WebAnswer&) {
    leaked = leaked || request.headers.contains("authorization");
    return false;
  };
  const test::ObjectServer cdn(setup.objects(), there);
  std::atomic<int> asked{0};
  std::string hub_address;
  test::ServerOptions options;
  options.instead = [&](const WebRequest& request, WebAnswer& answer) {
    ++asked;
    if (request.headers.at("authorization") != "Bearer hf_secret")
      answer = {401, {}, ""};
    else if (request.target == "/api/datasets/o/n/tree/v2/data")
      answer = {200,
                {{"Link", "<" + hub_address + "/api/more>; rel=\"next\""}},
                R"([{"type":"file","path":"data/x.parquet","size":7}])"};
    else if (request.target == "/api/more")
      answer = {200, {}, R"([{"type":"directory","path":"data/below","size":0}])"};
    else if (request.target == "/datasets/o/n/resolve/v2/data/x.parquet")
      answer = {302,
                {{"Location", "http://127.0.0.1:" + std::to_string(cdn.port()) + "/cdn/x"},
                 {"X-Linked-ETag", "\"linked\""}},
                ""};
    else
      answer = {404, {}, ""};
    return true;
  };
  const test::ObjectServer hub(setup.objects(), options);
  hub_address = hub.address();
  setup.set("HF_ENDPOINT", hub_address);
  EXPECT_EQ(list_folder("hf://datasets/o/n@v2/data").size(), 2U);
  const RandomFile file("hf://datasets/o/n@v2/data/x.parquet");
  EXPECT_EQ(file.size(), 7U);
  std::vector<unsigned char> part(3);
  const int before = asked;
  for (int i = 0; i < 5; ++i) file.read(4, part);
  EXPECT_EQ(std::string(part.begin(), part.end()), "uet");
  EXPECT_EQ(asked, before);  // where the file lies is known by then
  EXPECT_FALSE(leaked);
}

}  // namespace
}  // namespace doppel::remote
