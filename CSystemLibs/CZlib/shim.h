// Streaming decompression of .gz data sets.
#include <zlib.h>
