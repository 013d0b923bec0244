#include "startup/random.hpp"

#include <arch/cpu.hpp>
#include <base/log.hpp>
#include <sync/spin_lock.hpp>

#include <algorithm>
#include <bit>
#include <cpuid.h>

namespace hermit::glue {
namespace {

bool has_rdrand() {
    static constinit int known = -1;
    if (known < 0) {
        unsigned a = 0;
        unsigned b = 0;
        unsigned c = 0;
        unsigned d = 0;
        known = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_RDRND) != 0 ? 1 : 0;
        if (known == 0) {
            log::warning("no RDRAND: random numbers come from timing jitter and are predictable");
        }
    }
    return known == 1;
}

/// [intel/vol1] §7.3.17: a handful of tries is enough unless the generator is broken.
bool rdrand(std::uint64_t& word) {
    for (int attempt = 0; attempt < 10; ++attempt) {
        unsigned char ok = 0;
        asm volatile("rdrand %0; setc %1" : "=r"(word), "=qm"(ok) : : "cc");
        if (ok != 0) {
            return true;
        }
    }
    return false;
}

/// ChaCha20 as a generator: each block's first half is the next key, the second half is output.
/// [rfc/8439] §2.3.
class Generator {
  public:
    std::uint64_t next() {
        if (unused_ == 0) {
            if (!seeded_) {
                seed();
            }
            refill();
        }
        return output_[--unused_];
    }

  private:
    void seed() {
        for (std::uint32_t& word : key_) {
            for (int i = 0; i < 64; ++i) {
                word = std::rotl(word, 5) ^ static_cast<std::uint32_t>(arch::read_tsc());
                arch::pause();
            }
        }
        seeded_ = true;
    }
    void refill() {
        std::uint32_t start[16] = {0x61707865, 0x3320646E, 0x79622D32, 0x6B206574};
        std::copy(key_, key_ + 8, start + 4);
        start[12] = ++counter_;
        start[13] = static_cast<std::uint32_t>(arch::read_tsc());
        std::uint32_t x[16];
        std::copy(start, start + 16, x);
        for (int round = 0; round < 10; ++round) {
            for (int i = 0; i < 4; ++i) {
                quarter(x[i], x[4 + i], x[8 + i], x[12 + i]);
            }
            for (int i = 0; i < 4; ++i) {
                quarter(x[i], x[4 + (i + 1) % 4], x[8 + (i + 2) % 4], x[12 + (i + 3) % 4]);
            }
        }
        for (int i = 0; i < 16; ++i) {
            x[i] += start[i];
        }
        std::copy(x, x + 8, key_);
        __builtin_memcpy(output_, x + 8, sizeof output_);
        unused_ = 4;
    }
    static void quarter(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d) {
        d = std::rotl(d ^ (a += b), 16);
        b = std::rotl(b ^ (c += d), 12);
        d = std::rotl(d ^ (a += b), 8);
        b = std::rotl(b ^ (c += d), 7);
    }

    bool seeded_ = false;
    std::uint32_t key_[8] = {};
    std::uint32_t counter_ = 0;
    std::uint64_t output_[4] = {};
    int unused_ = 0;
};

constinit Protected<Generator> generator{LockRank::kThreads};

} // namespace

std::uint64_t random_word() {
    std::uint64_t word = 0;
    if (has_rdrand() && rdrand(word)) {
        return word;
    }
    return generator.with([](Generator& source) { return source.next(); });
}

void random_bytes(void* buffer, std::size_t bytes) {
    auto* to = static_cast<char*>(buffer);
    while (bytes > 0) {
        const std::uint64_t word = random_word();
        const std::size_t part = std::min(bytes, sizeof word);
        __builtin_memcpy(to, &word, part);
        to += part;
        bytes -= part;
    }
}

} // namespace hermit::glue
