#include "store.h"

#include <fmt/format.h>

namespace doppel::remote {

Call Store::put(HttpRequest::Method, const std::string& key, const std::string&,
                std::shared_ptr<const std::string>) {
  throw Error(fmt::format("{}: can't be written to; s3:// and gs:// can", path_of(key)));
}

std::shared_ptr<Store> open_store(const Address& address) {
  switch (address.scheme) {
    case Scheme::S3:
    case Scheme::Google:
      return open_bucket(address);
    case Scheme::HuggingFace:
      return open_hub(address);
    case Scheme::Http:
      break;
  }
  return open_server(address);
}

}  // namespace doppel::remote
