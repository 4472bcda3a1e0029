// Libraries that are loaded while the program runs.
#ifndef BK_LIBRARY_H
#define BK_LIBRARY_H

// Where the library that holds `address` is mapped, and its path, which lives as long as the library is loaded. NULL
// for an address that belongs to none; the path is then left alone.
const void *bk_library_base(const void *address, const char **path);

// A file without a name, in memory, with the content of the file at `path`: its descriptor, to be closed by the caller.
// -1 when either file fails; errno says why.
int bk_copy_into_memory(const char *path);

// The address of the first of `count` bytes that equals `text`, without its terminator; NULL where there is none.
const char *bk_find_text(const char *bytes, long count, const char *text);

#endif
