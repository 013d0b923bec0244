#include <arch/optional_msr.hpp>

namespace hermit::arch {
namespace {

extern "C" {
bool hermit_try_read_msr(std::uint32_t index, std::uint64_t* value);
bool hermit_try_write_msr(std::uint32_t index, std::uint64_t value);
// Instructions in them: the two that may fault, and where both go on then.
extern const char hermit_try_rdmsr[];
extern const char hermit_try_wrmsr[];
extern const char hermit_msr_is_missing[];
}

constexpr Error kMissing{Errc::kNotFound, "model-specific register"};

} // namespace

Result<std::uint64_t> read_optional_msr(std::uint32_t index) {
    std::uint64_t value;
    if (!hermit_try_read_msr(index, &value)) {
        return kMissing;
    }
    return value;
}

Result<void> write_optional_msr(std::uint32_t index, std::uint64_t value) {
    if (!hermit_try_write_msr(index, value)) {
        return kMissing;
    }
    return {};
}

bool skip_missing_msr(InterruptFrame& frame) {
    if (frame.rip != reinterpret_cast<std::uint64_t>(hermit_try_rdmsr) &&
        frame.rip != reinterpret_cast<std::uint64_t>(hermit_try_wrmsr)) {
        return false;
    }
    frame.rip = reinterpret_cast<std::uint64_t>(hermit_msr_is_missing);
    return true;
}

} // namespace hermit::arch
