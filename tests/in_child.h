// What a forked process comes to.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace doppel {

/// What `act` answers in a forked child, which is killed after 20 seconds: its exit code, or minus the signal
/// that ended it.
template <class Act>
int in_child(const Act& act) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    ::_exit(act());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace doppel
