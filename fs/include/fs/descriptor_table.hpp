// The process's descriptor numbers.
#pragma once

#include <fs/descriptor.hpp>
#include <sync/spin_lock.hpp>

namespace hermit::fs {

/// Thread safe. Its spinlock is held for a few instructions; the memory of slots is never moved.
class DescriptorTable {
  public:
    static constexpr int kCapacity = 1024;

    constexpr DescriptorTable() = default;
    ~DescriptorTable();

    /// Gives `descriptor` the lowest free number ≥ `minimum`. Errors: kTooManyDescriptors,
    /// kInvalidArgument (minimum out of range), kOutOfMemory.
    Result<int> add(Ref<Descriptor> descriptor, bool close_on_exec, int minimum = 0);

    /// What `number` stands for; it stays alive as long as the reference. Error: kBadDescriptor.
    Result<Ref<Descriptor>> get(int number);

    /// Frees `number`. The descriptor ends when its last number and user have gone.
    /// Error: kBadDescriptor.
    Result<void> close(int number);

    /// Makes `target` stand for what `number` stands for, closing what it stood for, in one step.
    /// Returns `target`. Errors: kBadDescriptor, kOutOfMemory.
    Result<int> duplicate_to(int number, int target, bool close_on_exec);

    /// The FD_CLOEXEC flag: kept for fcntl, since no other program is ever executed.
    Result<bool> close_on_exec(int number);
    Result<void> set_close_on_exec(int number, bool value);

  private:
    static constexpr int kPerBlock = 64;
    static constexpr int kBlocks = kCapacity / kPerBlock;
    struct Slot {
        Descriptor* descriptor;
        bool close_on_exec;
    };
    struct Block {
        Slot slots[kPerBlock];
    };

    Result<void> add_block(int number);
    Slot* slot(int number) HERMIT_REQUIRES(lock_);
    int lowest_free(int minimum) HERMIT_REQUIRES(lock_);

    SpinLock lock_{LockRank::kDescriptor};
    Block* blocks_[kBlocks] HERMIT_GUARDED_BY(lock_) = {};
    std::uint64_t used_[kBlocks] HERMIT_GUARDED_BY(lock_) = {};
};

} // namespace hermit::fs
