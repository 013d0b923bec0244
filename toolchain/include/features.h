#pragma once
#include <sys/features.h>
