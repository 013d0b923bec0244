#include <arch/time.hpp>

#include <arch/cpuid.hpp>
#include <arch/features.hpp>
#include <arch/frequency.hpp>
#include <arch/local_apic.hpp>
#include <arch/reference_clock.hpp>
#include <arch/registers.hpp>
#include <base/format.hpp>
#include <base/log.hpp>
#include <base/panic.hpp>

namespace hermit::arch {

TimeBase time_base;

namespace {

// A longer measurement is more exact, a shorter one has better chances on a host that is busy.
constexpr unsigned kLongPart = 200;   // of a second: 5 ms
constexpr unsigned kShortPart = 1000; // 1 ms
constexpr std::uint32_t kFullCount = 0xFFFF'FFFF;

constinit TextBuffer<48> source;
const char* measured_against = "";
std::uint64_t apic_ticks_per_ns = 0; // times 2^32

/// Both counters and the reference at one moment.
struct Sample {
    std::uint64_t tsc;
    std::uint32_t apic;
    std::uint32_t reference;
};

/// The best of a few readings: the one that was disturbed least.
Sample take_sample(const ReferenceClock& reference) {
    Sample best{};
    std::uint64_t best_duration = ~std::uint64_t{0};
    for (int i = 0; i < 5; ++i) {
        const std::uint64_t before = read_tsc();
        const std::uint32_t count = reference.read();
        const std::uint32_t apic = apic_timer_count();
        const std::uint64_t after = read_tsc();
        if (after - before < best_duration) {
            best_duration = after - before;
            best = {before + best_duration / 2, apic, count};
        }
    }
    return best;
}

struct Measurement {
    std::uint64_t tsc_khz = 0; // 0: the reference does not count
    std::uint64_t apic_khz = 0;
    bool is_disturbed = false;
    ClockSource source = ClockSource::kAutomatic;
};

/// One try of a second's `part`. It is disturbed if much of the time passed unobserved, because the
/// host ran something else: then the reference may have wrapped, and any frequency could come out.
Measurement measure_once(const ReferenceClock& reference, unsigned part) {
    constexpr unsigned kPatience = 50'000'000; // polls, far more than 5 ms take anywhere
    constexpr unsigned kSignOfLife = 10'000;   // polls after which it must have counted
    const std::uint64_t ticks = reference.hertz / part;
    start_apic_timer(kFullCount, false);
    const Sample first = take_sample(reference);
    const auto passed = [&](std::uint32_t count) {
        return std::uint64_t{(count - first.reference) & reference.mask};
    };
    std::uint32_t count = first.reference;
    std::uint64_t seen = first.tsc;
    std::uint64_t longest_gap = 0;
    const auto look = [&](std::uint64_t now) {
        longest_gap = now - seen > longest_gap ? now - seen : longest_gap;
        seen = now;
    };
    for (unsigned i = 0; i < kPatience && passed(count) < ticks; ++i) {
        pause();
        count = reference.read();
        look(read_tsc());
        if (i == kSignOfLife && count == first.reference) {
            break;
        }
    }
    const Sample last = take_sample(reference);
    look(last.tsc);
    start_apic_timer(0, false);
    const std::uint64_t duration = passed(last.reference);
    const bool is_disturbed = longest_gap > (last.tsc - first.tsc) / 4;
    if (duration < ticks) {
        return {.is_disturbed = is_disturbed};
    }
    const std::uint64_t apic_ticks = first.apic - last.apic;
    return {(last.tsc - first.tsc) * reference.hertz / duration / 1000,
            apic_ticks * reference.hertz / duration / 1000, is_disturbed};
}

/// The first try that was not disturbed; if all are, the last that came to a result.
Measurement measure(const ReferenceClock& reference) {
    constexpr int kLongTries = 4;
    constexpr int kTries = 60;
    Measurement result;
    for (int i = 0; i < kTries; ++i) {
        const Measurement found = measure_once(reference, i < kLongTries ? kLongPart : kShortPart);
        if (found.tsc_khz != 0) {
            result = found;
        } else if (!found.is_disturbed) {
            break; // it does not count
        }
        if (!found.is_disturbed) {
            break;
        }
    }
    return result;
}

/// Measures against the best clock that `wanted` allows and that works.
Measurement measure(ClockSource wanted, const ClockHardware& hardware) {
    const auto allows = [&](ClockSource one) {
        return wanted == one || (wanted != ClockSource::kHpet && wanted != ClockSource::kPmTimer &&
                                 wanted != ClockSource::kPit);
    };
    // By resolution and by the cost of reading; all have been seen missing or standing still.
    constexpr ClockSource kOrder[] = {ClockSource::kHpet, ClockSource::kPmTimer, ClockSource::kPit};
    for (const ClockSource one : kOrder) {
        if (!allows(one)) {
            continue;
        }
        const ReferenceClock reference = one == ClockSource::kHpet ? use_hpet(hardware.hpet)
                                         : one == ClockSource::kPmTimer
                                             ? use_pm_timer(*hardware.fixed)
                                             : use_pit();
        if (reference.name == nullptr) {
            continue;
        }
        Measurement found = measure(reference);
        if (found.tsc_khz != 0) {
            found.source = one;
            measured_against = reference.name;
            return found;
        }
    }
    return {};
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

CpuidResult leaf_or_nothing(std::uint32_t leaf) {
    return cpuid(0).eax >= leaf ? cpuid(leaf) : CpuidResult{};
}

struct Answer {
    std::uint64_t khz;
    const char* from; // null: measured
    ClockSource source;
};

/// What can be known without measuring, to the exactness that the caller asks for.
Answer ask(ClockSource wanted, bool nominal) {
    const auto allows = [&](ClockSource one) {
        return wanted == one || wanted == ClockSource::kAutomatic;
    };
    if (!nominal) {
        if (const auto khz = allows(ClockSource::kHypervisor) ? khz_from_hypervisor() : 0) {
            return {khz, "hypervisor", ClockSource::kHypervisor};
        }
        if (const auto khz =
                allows(ClockSource::kCpuid) ? khz_from_crystal(leaf_or_nothing(0x15)) : 0) {
            return {khz, "CPUID leaf 0x15", ClockSource::kCpuid};
        }
        return {};
    }
    if (const auto khz = allows(ClockSource::kCpuid) ? khz_from_base(leaf_or_nothing(0x16)) : 0) {
        return {khz, "CPUID leaf 0x16", ClockSource::kCpuid};
    }
    if (const auto khz = allows(ClockSource::kBrand) ? khz_from_brand(features().model) : 0) {
        return {khz, "CPUID brand string", ClockSource::kBrand};
    }
    return {};
}

} // namespace

void calibrate_time(std::uint64_t tsc_khz, ClockSource wanted, const ClockHardware& hardware) {
    Answer answer = tsc_khz != 0 ? Answer{tsc_khz, "command line", wanted} : ask(wanted, false);
    const bool is_named = wanted == ClockSource::kCpuid || wanted == ClockSource::kBrand;
    if (answer.khz == 0 && is_named) {
        answer = ask(wanted, true);
    }
    if (answer.khz == 0 || !features().tsc_deadline) {
        Measurement measured = measure(wanted, hardware);
        if (measured.tsc_khz == 0 && wanted != ClockSource::kAutomatic) {
            measured = measure(ClockSource::kAutomatic, hardware);
        }
        if (answer.khz == 0 && measured.tsc_khz != 0) {
            answer = {measured.tsc_khz, nullptr, measured.source};
        }
        if (answer.khz == 0) { // nothing to measure against
            answer = ask(ClockSource::kAutomatic, true);
        }
        if (answer.khz == 0 || (measured.apic_khz == 0 && !features().tsc_deadline)) {
            panic("No way to find the frequency of the {}",
                  answer.khz == 0 ? "processor: give tsc_khz=N on the command line"
                                  : "local APIC's timer: no clock to measure it against");
        }
        if (measured.apic_khz != 0) {
            apic_ticks_per_ns = ratio(measured.apic_khz, 1'000'000);
        }
    }
    if (answer.from != nullptr) {
        format_to(source, "from {}", answer.from);
    } else {
        format_to(source, "measured against the {}", measured_against);
    }
    if (wanted != ClockSource::kAutomatic && answer.source != wanted) {
        log::warning("The clock source that was asked for does not work here");
    }
    time_base = {.start_tsc = read_tsc(),
                 .nanoseconds_per_tick = ratio(1'000'000, answer.khz),
                 .khz = answer.khz};
}

const char* time_source() { return source.c_str(); }

void arm_timer(std::uint64_t deadline_ns) {
    if (features().tsc_deadline) {
        // The fence orders the write after earlier memory accesses. [intel/vol3] §10.5.4.1.
        asm volatile("mfence; lfence" : : : "memory");
        write_msr(msr::kTSC_DEADLINE, time_base.counter_at(deadline_ns));
        return;
    }
    const std::uint64_t now = now_ns();
    const std::uint64_t distance = deadline_ns > now ? deadline_ns - now : 0;
    const TimerCount timer = timer_count(distance, apic_ticks_per_ns);
    start_apic_timer(timer.count, timer.divide_by_128);
}

void disarm_timer() {
    if (features().tsc_deadline) {
        write_msr(msr::kTSC_DEADLINE, 0);
    } else {
        start_apic_timer(0, false);
    }
}

} // namespace hermit::arch
