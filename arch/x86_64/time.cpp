#include <arch/time.hpp>

#include <arch/cpuid.hpp>
#include <arch/features.hpp>
#include <arch/local_apic.hpp>
#include <arch/pit.hpp>
#include <arch/registers.hpp>
#include <base/panic.hpp>

namespace hermit::arch {

TimeBase time_base;

namespace {

using Wide = unsigned __int128;

// A longer measurement is more exact, a shorter one has better chances on a host that is busy.
constexpr unsigned kLongPitTicks = kPitHertz / 200;   // 5 ms
constexpr unsigned kShortPitTicks = kPitHertz / 1000; // 1 ms
constexpr std::uint32_t kFullCount = 0xFFFF'FFFF;

const char* source = "nowhere";
std::uint64_t apic_ticks_per_ns = 0; // times 2^32

/// Both counters and the reference at one moment.
struct Sample {
    std::uint64_t tsc;
    std::uint32_t apic;
    std::uint16_t pit;
};

/// The best of a few readings: the one that was disturbed least.
Sample take_sample() {
    Sample best{};
    std::uint64_t best_duration = ~std::uint64_t{0};
    for (int i = 0; i < 5; ++i) {
        const std::uint64_t before = read_tsc();
        const std::uint16_t pit = read_pit();
        const std::uint32_t apic = apic_timer_count();
        const std::uint64_t after = read_tsc();
        if (after - before < best_duration) {
            best_duration = after - before;
            best = {before + best_duration / 2, apic, pit};
        }
    }
    return best;
}

struct Measurement {
    std::uint64_t tsc_khz = 0; // 0: there is no working 8254
    std::uint64_t apic_khz = 0;
    bool is_disturbed = false;
};

/// Ticks between two readings of the 8254, which counts down and wraps every 55 ms.
std::uint16_t pit_ticks_between(std::uint16_t earlier, std::uint16_t later) {
    return static_cast<std::uint16_t>(earlier - later);
}

/// One try. It is disturbed if much of the time passed unobserved, because the host ran something
/// else: then the 8254 may have wrapped, and any frequency could come out.
Measurement measure_once(unsigned ticks) {
    constexpr unsigned kPatience = 50'000'000; // polls, far more than 5 ms take anywhere
    start_pit();
    start_apic_timer(kFullCount, false);
    const Sample first = take_sample();
    std::uint16_t pit = first.pit;
    std::uint64_t seen = first.tsc;
    std::uint64_t longest_gap = 0;
    const auto look = [&](std::uint64_t now) {
        longest_gap = now - seen > longest_gap ? now - seen : longest_gap;
        seen = now;
    };
    for (unsigned i = 0; i < kPatience && pit_ticks_between(first.pit, pit) < ticks; ++i) {
        pause();
        pit = read_pit();
        look(read_tsc());
        if (i == 10'000 && pit == first.pit) {
            break; // it does not count
        }
    }
    const Sample last = take_sample();
    look(last.tsc);
    start_apic_timer(0, false);
    const std::uint64_t pit_ticks = pit_ticks_between(first.pit, last.pit);
    const bool is_disturbed = longest_gap > (last.tsc - first.tsc) / 4;
    if (pit_ticks < ticks) {
        return {.is_disturbed = is_disturbed};
    }
    const std::uint64_t apic_ticks = first.apic - last.apic;
    return {(last.tsc - first.tsc) * kPitHertz / pit_ticks / 1000,
            apic_ticks * kPitHertz / pit_ticks / 1000, is_disturbed};
}

/// The first try that was not disturbed; if all are, the last that came to a result.
Measurement measure() {
    constexpr int kLongTries = 4;
    constexpr int kTries = 60;
    Measurement result;
    for (int i = 0; i < kTries; ++i) {
        const Measurement found = measure_once(i < kLongTries ? kLongPitTicks : kShortPitTicks);
        if (found.tsc_khz != 0) {
            result = found;
        }
        if (!found.is_disturbed) {
            break;
        }
    }
    return result;
}

/// Frequency as the hypervisor tells. Leaf 0x40000010 is a convention of VMware that KVM and
/// others follow.
std::uint64_t khz_from_hypervisor() {
    constexpr std::uint32_t kBase = 0x4000'0000;
    if (!features().hypervisor || cpuid(kBase).eax < kBase + 0x10) {
        return 0;
    }
    return cpuid(kBase + 0x10).eax;
}

/// Frequency by the ratio to the core crystal. [intel/vol3] §18.7.3.
std::uint64_t khz_from_crystal() {
    if (cpuid(0).eax < 0x15) {
        return 0;
    }
    const CpuidResult ratio = cpuid(0x15);
    if (ratio.eax == 0 || ratio.ebx == 0 || ratio.ecx == 0) {
        return 0;
    }
    return std::uint64_t{ratio.ecx} * ratio.ebx / ratio.eax / 1000;
}

std::uint64_t ratio(std::uint64_t numerator, std::uint64_t denominator) {
    // One instruction; the compiler would call a function of libgcc, which the kernel does not
    // have.
    std::uint64_t quotient = numerator << 32;
    std::uint64_t high = numerator >> 32;
    asm("divq %2" : "+a"(quotient), "+d"(high) : "r"(denominator) : "cc");
    return quotient;
}

} // namespace

void calibrate_time(std::uint64_t tsc_khz) {
    std::uint64_t khz = tsc_khz;
    source = "command line";
    if (khz == 0) {
        khz = khz_from_hypervisor();
        source = "hypervisor";
    }
    if (khz == 0) {
        khz = khz_from_crystal();
        source = "CPUID leaf 0x15";
    }
    if (khz == 0 || !features().tsc_deadline) {
        const Measurement measured = measure();
        if (khz == 0) {
            khz = measured.tsc_khz;
            source = "measured against the 8254";
        }
        if (khz == 0 || (measured.apic_khz == 0 && !features().tsc_deadline)) {
            panic("No way to find the processor's frequency: give tsc_khz=N on the command line");
        }
        if (measured.apic_khz != 0) {
            apic_ticks_per_ns = ratio(measured.apic_khz, 1'000'000);
        }
    }
    time_base = {.start_tsc = read_tsc(),
                 .nanoseconds_per_tick = ratio(1'000'000, khz),
                 .ticks_per_nanosecond = ratio(khz, 1'000'000),
                 .khz = khz};
}

const char* time_source() { return source; }

void arm_timer(std::uint64_t deadline_ns) {
    if (features().tsc_deadline) {
        // The fence orders the write after earlier memory accesses. [intel/vol3] §10.5.4.1.
        asm volatile("mfence; lfence" : : : "memory");
        write_msr(msr::kTSC_DEADLINE, time_base.counter_at(deadline_ns));
        return;
    }
    const std::uint64_t now = now_ns();
    const std::uint64_t distance = deadline_ns > now ? deadline_ns - now : 0;
    const Wide ticks = ((Wide{distance} * apic_ticks_per_ns) >> 32) + 1;
    if (ticks <= kFullCount) {
        start_apic_timer(static_cast<std::uint32_t>(ticks), false);
    } else {
        const Wide slow = ticks / 128 + 1;
        start_apic_timer(slow <= kFullCount ? static_cast<std::uint32_t>(slow) : kFullCount, true);
    }
}

void disarm_timer() {
    if (features().tsc_deadline) {
        write_msr(msr::kTSC_DEADLINE, 0);
    } else {
        start_apic_timer(0, false);
    }
}

} // namespace hermit::arch
