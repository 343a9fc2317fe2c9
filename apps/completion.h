// What the shells complete.
#pragma once

#include <string>

namespace doppel::apps {

/// A file for bash-completion's folder, which bash can also source alone.
std::string bash_completion();
/// A file for zsh's $fpath.
std::string zsh_completion();

}  // namespace doppel::apps
