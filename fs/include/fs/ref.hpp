// Shared ownership with the count inside the object.
#pragma once

#include <fs/environment.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hermit::fs {

/// Base of reference-counted objects. Their memory comes from the environment: `new` gives null
/// when it is out.
class RefCounted {
  public:
    RefCounted() = default;
    RefCounted(const RefCounted&) = delete;
    RefCounted& operator=(const RefCounted&) = delete;

    void retain() { count_.fetch_add(1, std::memory_order_relaxed); }
    void release() {
        // Release pairs with the acquire of whoever drops the last reference and destroys.
        if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

    static void* operator new(std::size_t bytes) noexcept { return environment().allocate(bytes); }
    static void operator delete(void* block) { environment().release(block); }

  protected:
    virtual ~RefCounted() = default;

  private:
    std::atomic<std::uint32_t> count_{0};
};

/// Holds one reference, or none.
template <class T>
class Ref {
  public:
    Ref() = default;
    explicit Ref(T* object) : object_{object} {
        if (object_ != nullptr) {
            object_->retain();
        }
    }
    Ref(const Ref& other) : Ref{other.object_} {}
    Ref(Ref&& other) noexcept : object_{std::exchange(other.object_, nullptr)} {}
    template <class U>
    Ref(Ref<U> other) : object_{other.detach()} {} // NOLINT: a derived object is its base
    ~Ref() {
        if (object_ != nullptr) {
            object_->release();
        }
    }
    Ref& operator=(Ref other) {
        std::swap(object_, other.object_);
        return *this;
    }

    T* get() const { return object_; }
    T& operator*() const { return *object_; }
    T* operator->() const { return object_; }
    explicit operator bool() const { return object_ != nullptr; }

    /// Gives the reference to the caller, who must release it.
    T* detach() { return std::exchange(object_, nullptr); }
    /// Takes over a reference that `detach` gave away.
    static Ref adopt(T* object) {
        Ref ref;
        ref.object_ = object;
        return ref;
    }

  private:
    T* object_ = nullptr;
};

} // namespace hermit::fs
