#include <unwind/expression.hpp>

#include <array>
#include <cstddef>

namespace hermit::unwind {

namespace {

/// Operations [dwarf/5] §7.7.1.
enum Operation : uint8_t {
    kAddr = 0x03,
    kDeref = 0x06,
    kConst1u = 0x08,
    kConst1s = 0x09,
    kConst2u = 0x0a,
    kConst2s = 0x0b,
    kConst4u = 0x0c,
    kConst4s = 0x0d,
    kConst8u = 0x0e,
    kConst8s = 0x0f,
    kConstu = 0x10,
    kConsts = 0x11,
    kDup = 0x12,
    kDrop = 0x13,
    kOver = 0x14,
    kPick = 0x15,
    kSwap = 0x16,
    kRot = 0x17,
    kAbs = 0x19,
    kAnd = 0x1a,
    kDiv = 0x1b,
    kMinus = 0x1c,
    kMod = 0x1d,
    kMul = 0x1e,
    kNeg = 0x1f,
    kNot = 0x20,
    kOr = 0x21,
    kPlus = 0x22,
    kPlusUconst = 0x23,
    kShl = 0x24,
    kShr = 0x25,
    kShra = 0x26,
    kXor = 0x27,
    kBra = 0x28,
    kEq = 0x29,
    kGe = 0x2a,
    kGt = 0x2b,
    kLe = 0x2c,
    kLt = 0x2d,
    kNe = 0x2e,
    kSkip = 0x2f,
    kLit0 = 0x30,
    kLit31 = 0x4f,
    kBreg0 = 0x70,
    kBreg31 = 0x8f,
    kBregx = 0x92,
    kDerefSize = 0x94,
    kNop = 0x96,
};

constexpr size_t kStackDepth = 32;

class Machine {
  public:
    Machine(ByteReader code, const Registers& registers, MemoryRef memory)
        : code_(code), registers_(registers), memory_(memory) {}

    void push(uint64_t value) {
        if (depth_ == kStackDepth)
            return fail();
        stack_[depth_++] = value;
    }

    [[nodiscard]] Status run(uint64_t& result) {
        for (unsigned step = 0; status_ == Status::kOk && !code_.at_end(); ++step) {
            if (step == kMaxExpressionSteps)
                return Status::kBadCfi;
            execute(code_.u8());
            if (!code_.ok())
                fail();
        }
        result = pop();
        return status_;
    }

  private:
    uint64_t pop() {
        if (depth_ == 0) {
            fail();
            return 0;
        }
        return stack_[--depth_];
    }

    void execute(uint8_t op) {
        if (op >= kLit0 && op <= kLit31)
            return push(op - kLit0);
        if (op >= kBreg0 && op <= kBreg31)
            return push_register(op - kBreg0);
        switch (op) {
        case kNop: break;
        case kDeref: dereference(sizeof(uint64_t)); break;
        case kDerefSize: dereference(code_.u8()); break;
        case kBregx: push_register(code_.uleb()); break;
        case kPlusUconst: push(pop() + code_.uleb()); break;
        case kSkip: branch(true); break;
        case kBra: branch(pop() != 0); break;

        case kDup: push(peek(0)); break;
        case kDrop: (void)pop(); break;
        case kOver: push(peek(1)); break;
        case kPick: push(peek(code_.u8())); break;
        case kSwap: rotate(2); break;
        case kRot: rotate(3); break;

        case kAbs: push(magnitude(pop())); break;
        case kNeg: push(0 - pop()); break;
        case kNot: push(~pop()); break;

        case kAddr:
        case kConst8u:
        case kConst8s: push(code_.u64()); break;
        case kConst1u: push(code_.u8()); break;
        case kConst2u: push(code_.u16()); break;
        case kConst4u: push(code_.u32()); break;
        case kConst1s: push_signed(static_cast<int8_t>(code_.u8())); break;
        case kConst2s: push_signed(static_cast<int16_t>(code_.u16())); break;
        case kConst4s: push_signed(static_cast<int32_t>(code_.u32())); break;
        case kConstu: push(code_.uleb()); break;
        case kConsts: push_signed(code_.sleb()); break;

        default: binary(op);
        }
    }

    void binary(uint8_t op) {
        const uint64_t right = pop();
        const uint64_t left = pop();
        const auto signed_left = static_cast<int64_t>(left);
        const auto signed_right = static_cast<int64_t>(right);
        switch (op) {
        case kAnd: push(left & right); break;
        case kOr: push(left | right); break;
        case kXor: push(left ^ right); break;
        case kPlus: push(left + right); break;
        case kMinus: push(left - right); break;
        case kMul: push(left * right); break;
        case kDiv: divide(signed_left, signed_right); break;
        case kMod: right == 0 ? fail() : push(left % right); break;
        case kShl: push(right < 64 ? left << right : 0); break;
        case kShr: push(right < 64 ? left >> right : 0); break;
        case kShra: push_signed(signed_left >> (right < 64 ? right : 63)); break;
        case kEq: push(left == right); break;
        case kNe: push(left != right); break;
        case kGe: push(signed_left >= signed_right); break;
        case kGt: push(signed_left > signed_right); break;
        case kLe: push(signed_left <= signed_right); break;
        case kLt: push(signed_left < signed_right); break;
        default: fail();
        }
    }

    void push_signed(int64_t value) { push(static_cast<uint64_t>(value)); }

    void push_register(uint64_t number) {
        if (number >= kRegisterCount)
            return fail();
        const int64_t offset = code_.sleb();
        push(registers_.at(number) + static_cast<uint64_t>(offset));
    }

    void dereference(size_t size) {
        uint64_t word = 0;
        if (size == 0 || size > sizeof word)
            return fail();
        if (!memory_.read(pop(), word))
            return fail(Status::kUnreadable);
        const unsigned unused_bits = 64 - 8 * static_cast<unsigned>(size);
        push(word << unused_bits >> unused_bits);
    }

    void branch(bool taken) {
        const auto distance = static_cast<int16_t>(code_.u16());
        if (taken && code_.ok())
            code_.jump(distance);
    }

    uint64_t peek(size_t below_top) {
        if (below_top < depth_)
            return stack_[depth_ - 1 - below_top];
        fail();
        return 0;
    }

    /// Moves the top entry below the `count - 1` entries under it.
    void rotate(size_t count) {
        if (depth_ < count)
            return fail();
        const uint64_t top = stack_[depth_ - 1];
        for (size_t i = depth_ - 1; i > depth_ - count; --i)
            stack_[i] = stack_[i - 1];
        stack_[depth_ - count] = top;
    }

    static uint64_t magnitude(uint64_t value) {
        return static_cast<int64_t>(value) < 0 ? 0 - value : value;
    }

    /// The most negative number by -1 does not fit; as negation it wraps instead of trapping.
    void divide(int64_t left, int64_t right) {
        if (right == 0)
            return fail();
        if (right == -1)
            return push(0 - static_cast<uint64_t>(left));
        push_signed(left / right);
    }

    void fail(Status status = Status::kBadCfi) {
        if (status_ == Status::kOk)
            status_ = status;
    }

    ByteReader code_;
    const Registers& registers_;
    MemoryRef memory_;
    Status status_ = Status::kOk;
    std::array<uint64_t, kStackDepth> stack_{};
    size_t depth_ = 0;
};

} // namespace

Status evaluate(ByteReader expression, const Registers& registers, MemoryRef memory,
                std::optional<uint64_t> initial, uint64_t& result) {
    Machine machine(expression, registers, memory);
    if (initial)
        machine.push(*initial);
    return machine.run(result);
}

} // namespace hermit::unwind
