#define _GNU_SOURCE
#include "bk_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

const void *bk_library_base(const void *address, const char **path) {
  Dl_info info;
  if (!address || dladdr(address, &info) == 0) return NULL;
  *path = info.dli_fname;
  return info.dli_fbase;
}

// False when the whole file does not arrive, with errno set.
static bool copy_all(int from, int to) {
  struct stat status;
  if (fstat(from, &status) != 0) return false;
  for (off_t left = status.st_size; left > 0;) {
    const ssize_t sent = sendfile(to, from, NULL, (size_t)left);
    if (sent < 0 && errno == EINTR) continue;
    if (sent == 0) errno = EIO;
    if (sent <= 0) return false;
    left -= sent;
  }
  return true;
}

int bk_copy_into_memory(const char *path) {
  const int from = open(path, O_RDONLY | O_CLOEXEC);
  if (from < 0) return -1;
  // The name shows in /proc/self/maps.
  const char *slash = strrchr(path, '/');
  int to = memfd_create(slash ? slash + 1 : path, MFD_CLOEXEC);
  if (to >= 0 && !copy_all(from, to)) {
    const int reason = errno;
    close(to);
    errno = reason;
    to = -1;
  }
  const int reason = errno;
  close(from);
  errno = reason;
  return to;
}

const char *bk_find_text(const char *bytes, long count, const char *text) {
  return count <= 0 ? NULL : memmem(bytes, (size_t)count, text, strlen(text));
}
