#include "object_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <set>
#include <stdexcept>

#include "signature.h"

namespace doppel::test {
namespace {

namespace fs = std::filesystem;

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string small(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
  return out;
}

bool send_all(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(to, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// The next request; nothing where the connection ends.
std::optional<WebRequest> next_request(int from, std::string& buffer) {
  std::array<char, 1 << 16> part;
  const auto more = [&] {
    const ssize_t got = ::recv(from, part.data(), part.size(), 0);
    if (got > 0) buffer.append(part.data(), static_cast<std::size_t>(got));
    return got > 0;
  };
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == buffer.npos)
    if (!more()) return std::nullopt;
  WebRequest request;
  const std::size_t line = buffer.find("\r\n"), first = buffer.find(' '),
                    second = buffer.find(' ', first + 1);
  request.method = buffer.substr(0, first);
  request.target = buffer.substr(first + 1, second - first - 1);
  for (std::size_t at = line + 2; at < end + 2;) {
    const std::size_t colon = buffer.find(':', at), stop = buffer.find("\r\n", at);
    std::size_t value = colon + 1;
    while (value < stop && buffer[value] == ' ') ++value;
    request.headers[small(buffer.substr(at, colon - at))] = buffer.substr(value, stop - value);
    at = stop + 2;
  }
  buffer.erase(0, end + 4);
  const auto length = request.headers.find("content-length");
  const std::size_t size = length == request.headers.end() ? 0 : std::stoull(length->second);
  while (buffer.size() < size)
    if (!more()) return std::nullopt;
  request.body = buffer.substr(0, size);
  buffer.erase(0, size);
  const std::size_t mark = request.target.find('?');
  request.path = decoded(request.target.substr(0, mark));
  std::string rest = mark == request.target.npos ? "" : request.target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string one = rest.substr(0, rest.find('&'));
    rest.erase(0, std::min(rest.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    request.query[decoded(one.substr(0, equals))] = equals == one.npos ? "" : decoded(one.substr(equals + 1));
  }
  return request;
}

bool send_answer(int to, const WebAnswer& answer, bool with_body) {
  std::string head =
      fmt::format("HTTP/1.1 {} told\r\nContent-Length: {}\r\n", answer.status, answer.body.size());
  for (const auto& [name, value] : answer.headers) head += fmt::format("{}: {}\r\n", name, value);
  head += "\r\n";
  if (with_body) head += answer.body;
  return send_all(to, head);
}

WebAnswer refusal(int status, const std::string& code) {
  return {
      status,
      {{"Content-Type", "application/xml"}},
      fmt::format("<?xml version=\"1.0\"?><Error><Code>{}</Code><Message>{}</Message></Error>", code, code)};
}

std::string tag_of(const fs::path& file) {
  struct stat facts{};
  if (::stat(file.c_str(), &facts) != 0) return "";
  return fmt::format("\"{:x}-{:x}-{:x}\"", facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, facts.st_size);
}

}  // namespace

ObjectServer::ObjectServer(fs::path folder, ServerOptions options)
    : folder_(std::move(folder)), options_(std::move(options)), random_(options_.seed) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
  ::inet_pton(AF_INET, options_.host.c_str(), &address.sin_addr);
  socklen_t size = sizeof address;
  constexpr int kWaiting = 256;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, kWaiting) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the server can't listen");
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

ObjectServer::~ObjectServer() {
  ends_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

std::string ObjectServer::address() const { return fmt::format("http://{}:{}", options_.host, port_); }

void ObjectServer::wait() { accepting_.join(); }

double ObjectServer::drawn() {
  const std::lock_guard lock(mutex_);
  return std::uniform_real_distribution<>()(random_);
}

void ObjectServer::accept_all() {
  while (!ends_) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    const int on = 1;
    ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    connections_.push_back(connection);
    threads_.emplace_back([this, connection] { serve(connection); });
  }
}

void ObjectServer::serve(int connection) {
  sigset_t gone;  // sendfile() has no MSG_NOSIGNAL: a client that leaves would end the process
  sigemptyset(&gone);
  sigaddset(&gone, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &gone, nullptr);
  std::string buffer;
  while (const auto request = next_request(connection, buffer)) {
    ++requests_;
    if (options_.delay > 0) std::this_thread::sleep_for(std::chrono::milliseconds(options_.delay));
    if (!answer(connection, *request)) break;
  }
  const std::lock_guard lock(mutex_);
  std::erase(connections_, connection);
  ::close(connection);
}

bool ObjectServer::answer(int connection, const WebRequest& request) {
  const bool with_body = request.method != "HEAD";
  WebAnswer told;
  if (options_.instead && options_.instead(request, told)) return send_answer(connection, told, with_body);
  if (!options_.key.empty() && !is_signed(request))
    return send_answer(connection, refusal(403, "SignatureDoesNotMatch"), with_body);
  const fs::path file = folder_ / fs::path(request.path).relative_path();
  const bool is_object =
      request.query.empty() || request.query.contains("sig");  // who is signed so asks for an object
  if (request.method == "GET" && is_object && fs::is_regular_file(file))
    return send_object(connection, request, file);
  return send_answer(connection, answer_to(request), with_body);
}

WebAnswer ObjectServer::answer_to(const WebRequest& request) {
  const fs::path path = fs::path(request.path).relative_path(), file = folder_ / path;
  if (request.method == "DELETE") {
    const std::lock_guard lock(mutex_);
    return uploads_.erase(request.query.at("uploadId")) > 0 ? WebAnswer{204, {}, ""}
                                                            : refusal(404, "NoSuchUpload");
  }
  if (request.method == "PUT" || request.method == "POST") return put(request, file);
  if (options_.pages && fs::is_directory(file)) {
    if (request.path.ends_with('/')) return page(file);
    return {301, {{"Location", request.path + "/"}}, ""};
  }
  if (request.query.contains("list-type") && !path.empty()) return list(request, path.begin()->string());
  return refusal(404, "NoSuchKey");
}

WebAnswer ObjectServer::page(const fs::path& folder) const {
  std::string body = "<html><body><a href=\"../\">../</a>";
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string() + (entry.is_directory() ? "/" : "");
    body += fmt::format("<a href=\"{0}\">{0}</a>\n", escaped(name));
  }
  return {200, {{"Content-Type", "text/html; charset=utf-8"}}, body + "</body></html>"};
}

WebAnswer ObjectServer::list(const WebRequest& request, const std::string& bucket) const {
  const auto told = [&](const char* name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? "" : found->second;
  };
  if (!fs::is_directory(folder_ / bucket)) return refusal(404, "NoSuchBucket");
  const std::string prefix = told("prefix"), after = told("continuation-token");
  std::set<std::string> names;  // with a slash: what has that in common
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / bucket)) {
    const std::string key = fs::relative(entry.path(), folder_ / bucket).string();
    if (!entry.is_regular_file() || !key.starts_with(prefix)) continue;
    const std::size_t slash = key.find('/', prefix.size());
    names.insert(slash == key.npos ? key : key.substr(0, slash + 1));
  }
  constexpr int kOnPage = 50;  // S3's is 1,000
  std::string body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult>", last;
  int count = 0;
  for (auto name = names.upper_bound(after); name != names.end() && count < kOnPage; ++name, ++count) {
    last = *name;
    if (name->ends_with('/')) {
      body += fmt::format("<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", escaped(*name));
      continue;
    }
    const fs::path file = folder_ / bucket / *name;
    body += fmt::format("<Contents><Key>{}</Key><Size>{}</Size><ETag>{}</ETag></Contents>", escaped(*name),
                        fs::file_size(file), escaped(tag_of(file)));
  }
  const bool more = !last.empty() && names.upper_bound(last) != names.end();
  body += fmt::format("<IsTruncated>{}</IsTruncated>", more);
  if (more) body += fmt::format("<NextContinuationToken>{}</NextContinuationToken>", escaped(last));
  return {200, {{"Content-Type", "application/xml"}}, body + "</ListBucketResult>"};
}

WebAnswer ObjectServer::put(const WebRequest& request, const fs::path& file) {
  if (drawn() < options_.fails) return refusal(503, "SlowDown");
  const auto write = [&](const std::string& bytes) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  };
  const std::lock_guard lock(mutex_);
  const auto upload = request.query.find("uploadId");
  if (request.method == "POST" && request.query.contains("uploads")) {
    const std::string id = fmt::format("u{}", uploads_.size() + 1);
    uploads_[id];
    return {
        200,
        {},
        fmt::format("<InitiateMultipartUploadResult><UploadId>{}</UploadId></InitiateMultipartUploadResult>",
                    id)};
  }
  if (upload != request.query.end() && !uploads_.contains(upload->second))
    return refusal(404, "NoSuchUpload");
  if (request.method == "PUT" && upload != request.query.end()) {
    const int part = std::stoi(request.query.at("partNumber"));
    uploads_[upload->second][part] = request.body;
    return {200, {{"ETag", fmt::format("\"part{}\"", part)}}, ""};
  }
  if (request.method == "POST" && upload != request.query.end()) {
    std::string all;
    for (const auto& [part, bytes] : uploads_[upload->second]) {
      if (request.body.find(fmt::format("<PartNumber>{}</PartNumber>", part)) == std::string::npos)
        return refusal(400, "InvalidPart");
      all += bytes;
    }
    write(all);
    uploads_.erase(upload->second);
    return {200, {}, "<CompleteMultipartUploadResult/>"};
  }
  write(request.body);
  return {200, {{"ETag", tag_of(file)}}, ""};
}

bool ObjectServer::send_object(int connection, const WebRequest& request, const fs::path& file) {
  if (drawn() < options_.fails) return send_answer(connection, refusal(503, "SlowDown"), true);
  const std::uint64_t size = fs::file_size(file);
  std::uint64_t from = 0, to = size;
  const auto range = request.headers.find("range");
  const bool part = options_.ranges && range != request.headers.end();
  if (part) {
    const std::string text = range->second.substr(std::string_view("bytes=").size());
    from = std::stoull(text);
    to = std::min<std::uint64_t>(size, std::stoull(text.substr(text.find('-') + 1)) + 1);
    if (from >= size)
      return send_answer(connection, {416, {{"Content-Range", fmt::format("bytes */{}", size)}}, ""}, true);
  }
  std::string head = fmt::format("HTTP/1.1 {} told\r\nContent-Length: {}\r\n", part ? 206 : 200, to - from);
  if (part) head += fmt::format("Content-Range: bytes {}-{}/{}\r\n", from, to - 1, size);
  if (options_.tags) head += fmt::format("ETag: {}\r\n", tag_of(file));
  if (!send_all(connection, head + "\r\n")) return false;
  const bool stalls = drawn() < options_.stalls, cut = stalls || drawn() < options_.truncates;
  std::uint64_t left = cut ? (to - from) / 2 : to - from;
  bytes_ += left;  // before: who has got them may ask at once
  const int open = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  auto at = static_cast<off_t>(from);
  while (left > 0) {
    const ssize_t sent = ::sendfile(connection, open, &at, std::min<std::uint64_t>(left, 1 << 20));
    if (sent <= 0) break;
    left -= static_cast<std::uint64_t>(sent);
  }
  ::close(open);
  if (stalls) {  // until the other side has enough of it
    pollfd waits{connection, POLLIN | POLLRDHUP, 0};
    ::poll(&waits, 1, 600'000);
  }
  return left == 0 && !cut;
}

bool ObjectServer::is_signed(const WebRequest& request) const {
  return is_signed_by(request, options_.key, options_.secret, options_.token);
}

}  // namespace doppel::test
