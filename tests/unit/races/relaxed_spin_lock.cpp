// A spinlock that excludes others but does not order what is done under it.
#include "relax_orders.hpp"

#include <sync/spin_lock.hpp>

#include "keep_orders.hpp"

#include "../sync/spin_lock_test.cpp"
