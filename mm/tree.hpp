// An intrusive balanced search tree (AVL): the links live in the elements, no operation allocates,
// every operation is logarithmic. A subtree can carry a summary of its elements, such as the
// largest size, by which a search finds its way.
#pragma once

#include <base/assert.hpp>

#include <concepts>
#include <cstdint>

namespace hermit::mm {

/// The links that an element carries.
template <class T>
struct TreeLinks {
    T* left = nullptr;
    T* right = nullptr;
    int height = 1;
};

/// How a tree sees its elements: `links(element)`, `key(element)`, and `summarise(element)`, which
/// computes the element's summary from itself and its children's summaries.
template <class Traits, class T>
concept TreeTraits = requires(T& element, const T& constant) {
    { Traits::links(element) } -> std::same_as<TreeLinks<T>&>;
    { Traits::key(constant) } -> std::same_as<std::uint64_t>;
    Traits::summarise(element);
};

/// A tree of `T` ordered by unique keys. Does not own its elements; not thread safe.
template <class T, class Traits>
class Tree {
  public:
    constexpr Tree() = default;

    bool empty() const { return root_ == nullptr; }
    T* root() const { return root_; }

    /// The element with the largest key ≤ `key`, or null.
    T* at_or_below(std::uint64_t key) const {
        T* best = nullptr;
        for (T* node = root_; node != nullptr;) {
            if (Traits::key(*node) <= key) {
                best = node;
                node = right(node);
            } else {
                node = left(node);
            }
        }
        return best;
    }
    /// The element with the smallest key ≥ `key`, or null.
    T* at_or_above(std::uint64_t key) const {
        T* best = nullptr;
        for (T* node = root_; node != nullptr;) {
            if (Traits::key(*node) >= key) {
                best = node;
                node = left(node);
            } else {
                node = right(node);
            }
        }
        return best;
    }

    /// The first element in order that `fits`. `holds` tells from a subtree's summary whether it
    /// has one.
    template <class Holds, class Fits>
    T* find_first(Holds holds, Fits fits) const {
        T* node = root_;
        if (node == nullptr || !holds(*node)) {
            return nullptr;
        }
        for (;;) {
            if (left(node) != nullptr && holds(*left(node))) {
                node = left(node);
            } else if (fits(*node)) {
                return node;
            } else {
                node = right(node);
            }
        }
    }
    /// The same where `may_hold` can only say that a subtree may have one. Linear at worst.
    template <class MayHold, class Fits>
    T* search_first(MayHold may_hold, Fits fits) const {
        return search_below(root_, may_hold, fits);
    }

    void insert(T& element) {
        Path path;
        T** slot = &root_;
        while (*slot != nullptr) {
            ASSERT_SLOW(Traits::key(**slot) != Traits::key(element));
            path.push(slot);
            slot = Traits::key(element) < Traits::key(**slot) ? &left(*slot) : &right(*slot);
        }
        Traits::links(element) = {};
        *slot = &element;
        path.push(slot);
        repair(path);
    }

    void erase(T& element) {
        Path path;
        T** const slot = descend(path, Traits::key(element));
        ASSERT(*slot == &element);
        if (left(&element) == nullptr || right(&element) == nullptr) {
            *slot = left(&element) == nullptr ? right(&element) : left(&element);
            path.pop();
        } else {
            // The next element in order takes the place.
            const unsigned below = path.depth;
            T** next = &right(&element);
            for (; left(*next) != nullptr; next = &left(*next)) {
                path.push(next);
            }
            T* const successor = *next;
            *next = right(successor);
            left(successor) = left(&element);
            right(successor) = right(&element);
            *slot = successor;
            if (path.depth > below) {
                path.slots[below] = &right(successor);
            }
        }
        repair(path);
    }

    /// Brings summaries up to date after `element` changed without changing its place in order.
    void refresh(T& element) {
        Path path;
        descend(path, Traits::key(element));
        while (path.depth > 0) {
            Traits::summarise(**path.pop());
        }
    }

    /// Calls `visit(element)` in order. `visit` must not change the tree.
    template <class Visit>
    void for_each(Visit visit) const {
        for (T* node = at_or_above(0); node != nullptr; node = next(*node)) {
            visit(*node);
        }
    }
    T* next(const T& element) const {
        const std::uint64_t key = Traits::key(element);
        return key == UINT64_MAX ? nullptr : at_or_above(key + 1);
    }
    T* previous(const T& element) const {
        const std::uint64_t key = Traits::key(element);
        return key == 0 ? nullptr : at_or_below(key - 1);
    }

  private:
    static_assert(TreeTraits<Traits, T>);

    /// The slots from the root down to an element. An AVL tree of 2^44 elements is not as high.
    struct Path {
        static constexpr unsigned kMaxHeight = 64;
        T** slots[kMaxHeight];
        unsigned depth = 0;

        void push(T** slot) {
            ASSERT(depth < kMaxHeight);
            slots[depth++] = slot;
        }
        T** pop() { return slots[--depth]; }
    };

    static T*& left(T* node) { return Traits::links(*node).left; }
    static T*& right(T* node) { return Traits::links(*node).right; }
    static int height(T* node) { return node == nullptr ? 0 : Traits::links(*node).height; }
    static int lean(T* node) { return height(left(node)) - height(right(node)); }

    T** descend(Path& path, std::uint64_t key) {
        T** slot = &root_;
        for (;;) {
            ASSERT(*slot != nullptr);
            path.push(slot);
            if (Traits::key(**slot) == key) {
                return slot;
            }
            slot = key < Traits::key(**slot) ? &left(*slot) : &right(*slot);
        }
    }

    template <class MayHold, class Fits>
    static T* search_below(T* node, MayHold may_hold, Fits fits) {
        while (node != nullptr && may_hold(*node)) {
            if (T* const found = search_below(left(node), may_hold, fits)) {
                return found;
            }
            if (fits(*node)) {
                return node;
            }
            node = right(node);
        }
        return nullptr;
    }

    static void update(T* node) {
        const int left_height = height(left(node));
        const int right_height = height(right(node));
        Traits::links(*node).height = 1 + (left_height > right_height ? left_height : right_height);
        Traits::summarise(*node);
    }
    static void rotate_left(T*& slot) {
        T* const up = right(slot);
        right(slot) = left(up);
        left(up) = slot;
        update(slot);
        update(up);
        slot = up;
    }
    static void rotate_right(T*& slot) {
        T* const up = left(slot);
        left(slot) = right(up);
        right(up) = slot;
        update(slot);
        update(up);
        slot = up;
    }
    /// Restores balance and summaries from the end of the path up to the root.
    static void repair(Path& path) {
        while (path.depth > 0) {
            T*& slot = *path.pop();
            if (slot == nullptr) {
                continue;
            }
            if (lean(slot) > 1) {
                if (lean(left(slot)) < 0) {
                    rotate_left(left(slot));
                }
                rotate_right(slot);
            } else if (lean(slot) < -1) {
                if (lean(right(slot)) > 0) {
                    rotate_right(right(slot));
                }
                rotate_left(slot);
            } else {
                update(slot);
            }
        }
    }

    T* root_ = nullptr;
};

} // namespace hermit::mm
