// The one file that knows Boost.Beast. A coroutine for each connection, all of them on one thread, which
// parses and refuses; what is let in is answered by a few threads more.
#include "serve/server.h"

#include <utility>  // before awaitable.hpp, which needs it and doesn't say so
// clang-format off
#include <boost/asio/awaitable.hpp>
// clang-format on
#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <list>
#include <nlohmann/json.hpp>

#include "doppel/base/cores.h"
#include "doppel/base/error.h"

namespace doppel::apps {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(10);
constexpr std::size_t kMostConnections = 64, kMostBody = 1 << 20;
constexpr unsigned kMostHeader = 8 << 10;
constexpr std::size_t kMostStreams = 16;
constexpr auto kLookEvery = std::chrono::milliseconds(250);

using Parser = http::request_parser<http::string_body>;
using Reply = http::response<http::string_body>;
using Header = http::request_header<>;

/// Somebody who is connected.
struct Connection {
  explicit Connection(tcp::socket socket) : stream(std::move(socket)) {}
  beast::tcp_stream stream;
  beast::flat_buffer buffer{kMostHeader + (64 << 10)};
  steady_clock::time_point since = steady_clock::now();  ///< its last answer
  bool is_answered = false;                              ///< just now
  bool is_closing = false;
};

/// Who reads a stream.
struct Listener {
  explicit Listener(asio::io_context& context) : wake(context) {}
  asio::steady_timer wake;  ///< ended early where there is something to do
  std::string unsent;       ///< lines
  bool is_gone = false;
};

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

std::string random_token() {
  std::array<unsigned char, 16> bits{};
  if (getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size()))
    throw Error("the system gives no random numbers for a token");
  std::string token;
  for (const unsigned char byte : bits) token += fmt::format("{:02x}", byte);
  return token;
}

/// In a time that doesn't depend on how much of it is right.
bool same_secret(std::string_view given, std::string_view secret) {
  unsigned char difference = given.size() != secret.size();
  for (std::size_t i = 0; i < secret.size(); ++i)
    difference |= static_cast<unsigned char>((i < given.size() ? given[i] : 0) ^ secret[i]);
  return difference == 0;
}

WebResponse refusal(int status, std::string_view why) {
  return {
      .body = nlohmann::json{{"error", why}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
      .status = status};
}

/// What `answer` makes of a request, errors too.
WebResponse answered(const WebRoute& route, const WebRequest& request) {
  if (!route.answer) return {};  // what a stream begins with
  try {
    return route.answer(request);
  } catch (const Error& error) { return refusal(422, error.what()); } catch (const std::bad_alloc&) {
    return refusal(500, "there isn't enough memory for that");
  } catch (const std::exception& error) { return refusal(500, error.what()); }
}

/// What there is to say; nothing where that can't be found out just now.
std::string changed(const WebRoute& route) {
  try {
    return route.changes();
  } catch (const std::exception&) { return {}; }
}

/// What every answer says.
template <class Body>
http::response<Body> begun(int status, std::string_view type) {
  http::response<Body> reply{static_cast<http::status>(status), 11};
  reply.set(http::field::content_type, {type.data(), type.size()});
  reply.set(http::field::cache_control, "no-store");
  reply.set("Content-Security-Policy",
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
  reply.set("X-Content-Type-Options", "nosniff");
  reply.set("Cross-Origin-Resource-Policy", "same-origin");
  reply.set("Cross-Origin-Opener-Policy", "same-origin");
  reply.set("Referrer-Policy", "no-referrer");
  return reply;
}

Reply reply_of(WebResponse response, bool keep_alive) {
  Reply reply = begun<http::string_body>(response.status, response.type);
  if (response.status == 405) reply.set(http::field::allow, "GET, POST");
  if (response.status == 503) reply.set(http::field::retry_after, "5");
  reply.keep_alive(keep_alive);
  reply.body() = std::move(response.body);
  reply.prepare_payload();
  return reply;
}

}  // namespace

struct Server::State {
  State(int wanted, std::vector<WebRoute> all) : routes(std::move(all)), acceptor(context), signals(context) {
    error_code error;
    const tcp::endpoint here(asio::ip::address_v4::loopback(), static_cast<unsigned short>(wanted));
    acceptor.open(here.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(here, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      throw Error(
          error == asio::error::address_in_use
              ? fmt::format("port {} is taken by another program; leave --port out, or name another", wanted)
              : fmt::format("can't listen on 127.0.0.1:{}: {}", wanted, error.message()));
    port = acceptor.local_endpoint().port();
  }

  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(std::list<Connection>::iterator one);
  asio::awaitable<void> talk(Connection& with);
  asio::awaitable<bool> answer(Connection& with, Parser& parser);
  asio::awaitable<bool> send(Connection& with, WebResponse response, bool keep_alive, bool is_head = false);
  asio::awaitable<bool> stream(Connection& with, const WebRoute& route);
  asio::awaitable<void> tell(Connection& with, const std::shared_ptr<Listener>& one);
  asio::awaitable<void> watch(const WebRoute& route);
  void make_room();
  bool is_ours(std::string_view host) const {
    return host == fmt::format("127.0.0.1:{}", port) || host == fmt::format("localhost:{}", port);
  }
  std::optional<WebResponse> refuse(const Header& header) const;
  const WebRoute* find(WebRoute::Method method, std::string_view path) const;

  std::vector<WebRoute> routes;
  std::string token = random_token();
  int port = 0;
  asio::io_context context{1};
  tcp::acceptor acceptor;
  asio::signal_set signals;
  std::list<Connection> connections;
  std::vector<std::shared_ptr<Listener>> listeners;
  bool is_watching = false;
  asio::thread_pool workers{static_cast<std::size_t>(std::max(2, usable_cores()))};
};

/// What must be closed so that one more fits: who has waited longest without a request.
void Server::State::make_room() {
  const auto open = std::ranges::count_if(connections, [](const Connection& c) { return !c.is_closing; });
  if (std::cmp_less(open, kMostConnections)) return;
  Connection* idlest = nullptr;
  for (Connection& one : connections)
    if (!one.is_closing && !one.is_answered && (!idlest || one.since < idlest->since)) idlest = &one;
  if (!idlest) return;
  idlest->is_closing = true;
  idlest->stream.close();
}

asio::awaitable<void> Server::State::accept_all() {
  for (;;) {
    error_code error;
    tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // as where there are no more descriptors: somebody has to go first
      asio::steady_timer wait(context, std::chrono::milliseconds(50));
      co_await wait.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    make_room();
    if (connections.size() >= 2 * kMostConnections) continue;  // all are being answered, or closed
    connections.emplace_front(std::move(socket));
    asio::co_spawn(context, serve(connections.begin()), asio::detached);
  }
}

asio::awaitable<void> Server::State::serve(std::list<Connection>::iterator one) {
  try {
    co_await talk(*one);
  } catch (const std::exception&) {}  // this connection's end, nobody else's
  connections.erase(one);
}

/// One request after the other.
asio::awaitable<void> Server::State::talk(Connection& with) {
  for (bool again = true; again;) {
    Parser parser;
    parser.header_limit(kMostHeader);
    parser.body_limit(kMostBody);
    error_code error;
    with.stream.expires_after(kPatience);
    co_await http::async_read_header(with.stream, with.buffer, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
      co_await send(with, refusal(431, "headers may have 8 KB"), false);
    else if (error == http::error::body_limit)
      co_await send(with, refusal(413, "a body may have 1 MB"), false);
    else if (error == beast::error::timeout)
      co_return;
    else if (error && error.category() == make_error_code(http::error::bad_version).category() &&
             error != http::error::end_of_stream && error != http::error::partial_message)
      co_await send(with, refusal(400, "that is no HTTP request"), false);
    if (error) co_return;
    with.is_answered = true;
    again = co_await answer(with, parser);
    with.is_answered = false;
    with.since = steady_clock::now();
  }
}

/// What is wrong with a request before its body is read.
std::optional<WebResponse> Server::State::refuse(const Header& header) const {
  const std::string_view host = view(header[http::field::host]), origin = view(header[http::field::origin]),
                         site = view(header["Sec-Fetch-Site"]), target = view(header.target());
  if (header.count(http::field::host) != 1 || !is_ours(host))
    return refusal(421, fmt::format("this is 127.0.0.1:{} and nobody else", port));
  if (header.count(http::field::origin) > 0 && origin != fmt::format("http://{}", host))
    return refusal(403, "only this server's own page may ask");
  if (header.count("Sec-Fetch-Site") > 0 && site != "same-origin" && site != "none")
    return refusal(403, "only this server's own page may ask");
  const bool reads = header.method() == http::verb::get || header.method() == http::verb::head;
  if (!reads && header.method() != http::verb::post) return refusal(405, "GET and POST are all there is");
  if (!target.starts_with('/')) return refusal(400, "a path begins with /");
  const std::string_view path = target.substr(0, target.find('?'));
  const WebRoute* route = find(reads ? WebRoute::Method::Get : WebRoute::Method::Post, path);
  // Who has no token isn't told what there is, either.
  if ((!route || route->access == WebRoute::Access::Token) &&
      !(header.count("X-Doppel-Token") == 1 && same_secret(view(header["X-Doppel-Token"]), token)))
    return refusal(401, "this needs the token: open the whole address that `doppel serve` printed");
  if (!route) {
    const bool exists = find(reads ? WebRoute::Method::Post : WebRoute::Method::Get, path) != nullptr;
    return exists ? refusal(405, reads ? "this is asked for by POST" : "this is asked for by GET")
                  : refusal(404, "there is nothing of that name");
  }
  const std::string_view type = view(header[http::field::content_type]);
  if (!reads && type.substr(0, type.find(';')) != "application/json")
    return refusal(415, "a body must be application/json");
  return std::nullopt;
}

const WebRoute* Server::State::find(WebRoute::Method method, std::string_view path) const {
  for (const WebRoute& route : routes) {
    const bool open_end = route.path.size() > 1 && route.path.ends_with('/');
    if (route.method == method && (open_end ? path.starts_with(route.path) : path == route.path))
      return &route;
  }
  return nullptr;
}

/// Whether the connection goes on.
asio::awaitable<bool> Server::State::answer(Connection& with, Parser& parser) {
  const bool is_head = parser.get().method() == http::verb::head;
  if (std::optional<WebResponse> refused = refuse(parser.get())) {
    const bool has_body = !parser.is_done();
    co_return co_await send(with, std::move(*refused), parser.keep_alive() && !has_body, is_head);
  }
  error_code error;
  if (view(parser.get()[http::field::expect]) == "100-continue") {
    http::response<http::empty_body> go_on{http::status::continue_, 11};
    co_await http::async_write(with.stream, go_on, asio::redirect_error(asio::use_awaitable, error));
  }
  if (!error && !parser.is_done())
    co_await http::async_read(with.stream, with.buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
  if (error == http::error::body_limit)
    co_return co_await send(with, refusal(413, "a body may have 1 MB"), false);
  if (error) co_return false;
  http::request<http::string_body> message = parser.release();
  const std::string_view target = view(message.target()), path = target.substr(0, target.find('?'));
  const WebRoute& route =
      *find(message.method() == http::verb::post ? WebRoute::Method::Post : WebRoute::Method::Get, path);
  if (route.changes && !is_head) co_return co_await stream(with, route);
  WebRequest request{.path = std::string(path),
                     .rest = path_segments(path.substr(route.path.size())),
                     .query = query_values(target.substr(std::min(path.size() + 1, target.size()))),
                     .body = std::move(message.body())};
  with.stream.expires_never();  // ours is the time now
  WebResponse response = co_await asio::co_spawn(
      workers, [&]() -> asio::awaitable<WebResponse> { co_return answered(route, request); },
      asio::use_awaitable);
  co_return co_await send(with, std::move(response), message.keep_alive(), is_head);
}

/// A stream, until its reader goes; whether the connection goes on.
asio::awaitable<bool> Server::State::stream(Connection& with, const WebRoute& route) {
  if (listeners.size() >= kMostStreams)
    co_return co_await send(with, refusal(503, "there are 16 streams already: ask now and then instead"),
                            true);
  const auto one = std::make_shared<Listener>(context);
  listeners.push_back(one);
  if (!is_watching) {
    is_watching = true;
    asio::co_spawn(context, watch(route), asio::detached);
  }
  // Whoever reads a stream has nothing more to say: what comes is its end.
  with.stream.socket().async_wait(tcp::socket::wait_read, [one](const error_code&) {
    one->is_gone = true;
    one->wake.cancel();
  });
  co_await tell(with, one);
  std::erase(listeners, one);
  with.stream.close();
  co_return false;
}

/// Sends what a listener hasn't got yet, and an empty line now and then: who doesn't take it has gone.
asio::awaitable<void> Server::State::tell(Connection& with, const std::shared_ptr<Listener>& one) {
  error_code error;
  auto head = begun<http::empty_body>(200, "application/x-ndjson");
  head.chunked(true);
  http::response_serializer<http::empty_body> serializer(head);
  with.stream.expires_after(kPatience);
  co_await http::async_write_header(with.stream, serializer,
                                    asio::redirect_error(asio::use_awaitable, error));
  one->unsent = "\n";
  while (!error && !one->is_gone) {
    if (one->unsent.empty()) {
      one->wake.expires_after(kPatience);
      error_code woken;
      co_await one->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      if (!woken) one->unsent = "\n";
      continue;
    }
    const std::string text = std::exchange(one->unsent, {});
    with.stream.expires_after(kPatience);
    co_await asio::async_write(with.stream, http::make_chunk(asio::buffer(text)),
                               asio::redirect_error(asio::use_awaitable, error));
    with.stream.expires_never();
  }
}

/// Looks for changes as long as anybody listens.
asio::awaitable<void> Server::State::watch(const WebRoute& route) {
  asio::steady_timer wait(context);
  while (!listeners.empty()) {
    const std::string line = co_await asio::co_spawn(
        workers, [&]() -> asio::awaitable<std::string> { co_return changed(route); }, asio::use_awaitable);
    for (const auto& one : listeners) {
      if (line.empty()) break;
      one->unsent += line + "\n";
      one->wake.cancel();
    }
    wait.expires_after(kLookEvery);
    error_code ignored;
    co_await wait.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  is_watching = false;
}

asio::awaitable<bool> Server::State::send(Connection& with, WebResponse response, bool keep_alive,
                                          bool is_head) {
  Reply reply = reply_of(std::move(response), keep_alive);
  http::response_serializer<http::string_body> serializer(reply);
  serializer.split(is_head);
  error_code error;
  with.stream.expires_after(kPatience);
  if (is_head)
    co_await http::async_write_header(with.stream, serializer,
                                      asio::redirect_error(asio::use_awaitable, error));
  else
    co_await http::async_write(with.stream, serializer, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return false;
  if (keep_alive) co_return true;
  // Who is still sending would lose the answer if this were closed at once.
  with.stream.socket().shutdown(tcp::socket::shutdown_send, error);
  with.stream.expires_after(std::chrono::seconds(1));
  std::array<char, 4096> ignored;
  for (std::size_t all = 0; !error && all < 4 * kMostBody;)
    all += co_await with.stream.async_read_some(asio::buffer(ignored),
                                                asio::redirect_error(asio::use_awaitable, error));
  co_return false;
}

Server::Server(int port, std::vector<WebRoute> routes)
    : state_(std::make_unique<State>(port, std::move(routes))) {}
Server::~Server() = default;
int Server::port() const { return state_->port; }
const std::string& Server::token() const { return state_->token; }
std::string Server::address() const {
  return fmt::format("http://127.0.0.1:{}/#{}", state_->port, state_->token);
}

void Server::run() {
  State& state = *state_;
  state.signals.add(SIGINT);
  state.signals.add(SIGTERM);
  state.signals.async_wait([&](const error_code&, int) { state.context.stop(); });
  asio::co_spawn(state.context, state.accept_all(), asio::detached);
  state.context.run();
  state.workers.stop();  // what is being drawn is finished, what waits isn't begun
  state.workers.join();
}

}  // namespace doppel::apps
