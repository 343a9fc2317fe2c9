// Preloaded into the program: a disk that is full from its n-th write on, below one folder.
//   TORTURE_FULL_BELOW  the folder      TORTURE_FULL_AT  n; 0: never
//   TORTURE_FULL_COUNT  a file that gets the number of writes in the end
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long writes;

static int is_full(int file) {
  const char* below = getenv("TORTURE_FULL_BELOW");
  char link[64], path[4096];
  if (!below) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  if (strncmp(path, below, strlen(below)) != 0) return 0;
  const long number = atomic_fetch_add(&writes, 1) + 1, at = atol(getenv("TORTURE_FULL_AT"));
  if (at == 0 || number < at) return 0;
  errno = ENOSPC;
  return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void* bytes, size_t count) {
  return is_full(file) ? -1 : NEXT(write)(file, bytes, count);
}
ssize_t writev(int file, const struct iovec* parts, int count) {
  return is_full(file) ? -1 : NEXT(writev)(file, parts, count);
}
ssize_t pwrite(int file, const void* bytes, size_t count, off_t at) {
  return is_full(file) ? -1 : NEXT(pwrite)(file, bytes, count, at);
}
ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
  return is_full(file) ? -1 : NEXT(pwrite64)(file, bytes, count, at);
}

__attribute__((destructor)) static void tell(void) {
  const char* file = getenv("TORTURE_FULL_COUNT");
  FILE* out = file ? fopen(file, "w") : NULL;
  if (!out) return;
  fprintf(out, "%ld\n", atomic_load(&writes));
  fclose(out);
}
