// I/O APICs: where interrupts of devices that cannot send messages arrive. [intel/82093aa].
#pragma once

#include <arch/firmware/machine.hpp>

#include <base/result.hpp>

#include <cstdint>

namespace hermit::arch {

namespace io_apic {

/// One entry of the redirection table. Pure.
struct Redirection {
    std::uint8_t vector = 0;
    std::uint8_t apic_id = 0; // physical destination
    bool active_low = false;
    bool level_triggered = false;
    bool masked = true;
    bool is_nmi = false;

    constexpr std::uint64_t encode() const {
        constexpr std::uint64_t kDeliverNmi = 4 << 8;
        return std::uint64_t{vector} | (is_nmi ? kDeliverNmi : 0) |
               std::uint64_t{active_low} << 13 | std::uint64_t{level_triggered} << 15 |
               std::uint64_t{masked} << 16 | std::uint64_t{apic_id} << 56;
    }
};

/// One I/O APIC. `Access` reads and writes its registers by index.
template <class Access>
class Controller {
  public:
    constexpr Controller() = default;
    constexpr Controller(Access access, std::uint32_t first_interrupt)
        : access_{access}, first_{first_interrupt}, count_{((access.read(kVersion) >> 16) & 0xFF) +
                                                           1} {}

    constexpr bool has(std::uint32_t global_interrupt) const {
        return global_interrupt >= first_ && global_interrupt - first_ < count_;
    }
    constexpr std::uint32_t count() const { return count_; }
    constexpr void mask_all() {
        for (std::uint32_t i = 0; i < count_; ++i) {
            set(first_ + i, {});
        }
    }
    /// Masks the entry while its halves do not belong together.
    constexpr void set(std::uint32_t global_interrupt, const Redirection& redirection) {
        const std::uint32_t low = kTable + 2 * (global_interrupt - first_);
        const std::uint64_t entry = redirection.encode();
        access_.write(low, 1 << 16);
        access_.write(low + 1, static_cast<std::uint32_t>(entry >> 32));
        access_.write(low, static_cast<std::uint32_t>(entry));
    }

  private:
    static constexpr std::uint32_t kVersion = 1;
    static constexpr std::uint32_t kTable = 0x10;

    Access access_{};
    std::uint32_t first_ = 0;
    std::uint32_t count_ = 0;
};

} // namespace io_apic

/// Takes an I/O APIC into use: all its inputs are masked. `registers`: mapped, uncached. Boot.
void add_io_apic(const firmware::IoApic& description, void* registers);

/// Lets an ISA interrupt (0 to 15) arrive as `vector` at a core, wired as the machine's tables
/// say. Its handler is set before. Errors: kNotFound if no I/O APIC has the input,
/// kNotSupported if the core's APIC ID does not fit into an entry. Thread context.
Result<void> route_isa_interrupt(unsigned irq, unsigned vector, unsigned core);

/// Masks it again.
void mask_isa_interrupt(unsigned irq);

} // namespace hermit::arch
