// Declarations that the Glibc overlay lacks, and CRC32C in hardware. Nothing else lives here.
#ifndef ROOKERY_CSYSTEM_H
#define ROOKERY_CSYSTEM_H

#include <crypt.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

// GNU functions, declared by hand: defining _GNU_SOURCE here would change types that the overlay
// has already imported.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

// Bytes to make a buffer from.
#define CSYSTEM_BLANK_BYTES 2048
static inline const uint8_t *csystem_blank(void) {
    static const uint8_t blank[CSYSTEM_BLANK_BYTES];
    return blank;
}

// CRC32C (Castagnoli) over `count` bytes, continuing from `crc`. 0 and 0 for an empty input.
#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static inline uint32_t csystem_crc32c_hardware(
    uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t state = ~crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state = __builtin_ia32_crc32di(state, word);
        bytes += 8;
        count -= 8;
    }
    while (count > 0) {
        state = __builtin_ia32_crc32qi((uint32_t)state, *bytes);
        bytes += 1;
        count -= 1;
    }
    return ~(uint32_t)state;
}
static inline int csystem_has_crc32c(void) { return __builtin_cpu_supports("sse4.2"); }
#else
static inline uint32_t csystem_crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return crc;
}
static inline int csystem_has_crc32c(void) { return 0; }
#endif

#endif
