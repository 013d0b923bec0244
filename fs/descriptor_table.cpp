#include <fs/descriptor_table.hpp>

#include <bit>
#include <new>

namespace hermit::fs {
namespace {

constexpr Error kBadNumber{Errc::kBadDescriptor, "descriptor"};
constexpr Error kTableFull{Errc::kTooManyDescriptors, "descriptor table"};

bool in_range(int number) { return number >= 0 && number < DescriptorTable::kCapacity; }

} // namespace

DescriptorTable::~DescriptorTable() {
    for (int number = 0; number < kCapacity; ++number) {
        static_cast<void>(close(number));
    }
    const SpinGuard guard{lock_};
    for (Block* const block : blocks_) {
        environment().release(block);
    }
}

Result<int> DescriptorTable::add(Ref<Descriptor> descriptor, bool close_on_exec, int minimum) {
    if (!in_range(minimum)) {
        return Error{Errc::kInvalidArgument, "descriptor"};
    }
    while (true) {
        int number;
        {
            const SpinGuard guard{lock_};
            number = lowest_free(minimum);
            if (number == kCapacity) {
                return kTableFull;
            }
            if (Block* const block = blocks_[number / kPerBlock]; block != nullptr) {
                used_[number / kPerBlock] |= std::uint64_t{1} << (number % kPerBlock);
                block->slots[number % kPerBlock] = {descriptor.detach(), close_on_exec};
                return number;
            }
        }
        TRY(add_block(number));
    }
}

Result<Ref<Descriptor>> DescriptorTable::get(int number) {
    const SpinGuard guard{lock_};
    Slot* const found = slot(number);
    if (found == nullptr) {
        return kBadNumber;
    }
    return Ref<Descriptor>{found->descriptor};
}

Result<void> DescriptorTable::close(int number) {
    Ref<Descriptor> closed; // released after the lock
    const SpinGuard guard{lock_};
    Slot* const found = slot(number);
    if (found == nullptr) {
        return kBadNumber;
    }
    closed = Ref<Descriptor>::adopt(found->descriptor);
    *found = {};
    used_[number / kPerBlock] &= ~(std::uint64_t{1} << (number % kPerBlock));
    return {};
}

Result<int> DescriptorTable::duplicate_to(int number, int target, bool close_on_exec) {
    if (!in_range(target)) {
        return kBadNumber;
    }
    TRY(add_block(target));
    Ref<Descriptor> closed; // released after the lock
    const SpinGuard guard{lock_};
    Slot* const source = slot(number);
    if (source == nullptr) {
        return kBadNumber;
    }
    if (number == target) {
        return target;
    }
    Slot& place = blocks_[target / kPerBlock]->slots[target % kPerBlock];
    closed = Ref<Descriptor>::adopt(place.descriptor);
    place = {Ref<Descriptor>{source->descriptor}.detach(), close_on_exec};
    used_[target / kPerBlock] |= std::uint64_t{1} << (target % kPerBlock);
    return target;
}

Result<bool> DescriptorTable::close_on_exec(int number) {
    const SpinGuard guard{lock_};
    Slot* const found = slot(number);
    if (found == nullptr) {
        return kBadNumber;
    }
    return found->close_on_exec;
}

Result<void> DescriptorTable::set_close_on_exec(int number, bool value) {
    const SpinGuard guard{lock_};
    Slot* const found = slot(number);
    if (found == nullptr) {
        return kBadNumber;
    }
    found->close_on_exec = value;
    return {};
}

/// Makes sure that the block of `number` is there. Memory is allocated without the lock.
Result<void> DescriptorTable::add_block(int number) {
    void* const memory = environment().allocate(sizeof(Block));
    if (memory == nullptr) {
        return Error{Errc::kOutOfMemory, "descriptor table"};
    }
    auto* block = ::new (memory) Block{};
    {
        const SpinGuard guard{lock_};
        Block*& place = blocks_[number / kPerBlock];
        if (place == nullptr) {
            place = block;
            block = nullptr;
        }
    }
    environment().release(block);
    return {};
}

DescriptorTable::Slot* DescriptorTable::slot(int number) {
    if (!in_range(number) || ((used_[number / kPerBlock] >> (number % kPerBlock)) & 1) == 0) {
        return nullptr;
    }
    return &blocks_[number / kPerBlock]->slots[number % kPerBlock];
}

int DescriptorTable::lowest_free(int minimum) {
    std::uint64_t free = ~used_[minimum / kPerBlock] & (~std::uint64_t{0} << (minimum % kPerBlock));
    for (int block = minimum / kPerBlock;;) {
        if (free != 0) {
            return block * kPerBlock + std::countr_zero(free);
        }
        if (++block == kBlocks) {
            return kCapacity;
        }
        free = ~used_[block];
    }
}

} // namespace hermit::fs
