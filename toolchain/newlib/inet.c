/* Byte order and the text of Internet addresses. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#undef htonl
#undef htons
#undef ntohl
#undef ntohs
uint32_t htonl(uint32_t value) { return __builtin_bswap32(value); }
uint16_t htons(uint16_t value) { return __builtin_bswap16(value); }
uint32_t ntohl(uint32_t value) { return __builtin_bswap32(value); }
uint16_t ntohs(uint16_t value) { return __builtin_bswap16(value); }

/* Accepts one to four parts, each decimal, octal or hexadecimal; the last fills the bytes that are
 * left. */
int inet_aton(const char* text, struct in_addr* address) {
    unsigned long part[4];
    int count = 0;
    for (;;) {
        char* end;
        if (*text < '0' || *text > '9' || count == 4)
            return 0;
        part[count++] = strtoul(text, &end, 0);
        text = end;
        if (*text != '.')
            break;
        ++text;
    }
    if (*text && !strchr(" \t\n", *text))
        return 0;
    uint32_t value = 0;
    for (int i = 0; i < count - 1; ++i) {
        if (part[i] > 255)
            return 0;
        value |= (uint32_t)part[i] << (24 - 8 * i);
    }
    if (part[count - 1] > 0xffffffffUL >> (8 * (count - 1)))
        return 0;
    if (address)
        address->s_addr = htonl(value | (uint32_t)part[count - 1]);
    return 1;
}

in_addr_t inet_addr(const char* text) {
    struct in_addr address;
    return inet_aton(text, &address) ? address.s_addr : INADDR_NONE;
}

char* inet_ntoa(struct in_addr address) {
    static _Thread_local char text[INET_ADDRSTRLEN];
    return (char*)inet_ntop(AF_INET, &address, text, sizeof text);
}

static void print_ipv6(const unsigned char* bytes, char* text, size_t size) {
    int best = -1, best_length = 1;
    for (int i = 0; i < 8; ++i) {
        int length = 0;
        while (i + length < 8 && !bytes[2 * (i + length)] && !bytes[2 * (i + length) + 1])
            ++length;
        if (length > best_length) {
            best = i;
            best_length = length;
        }
    }
    size_t used = 0;
    for (int i = 0; i < 8; ++i) {
        if (i == best) {
            used += (size_t)snprintf(text + used, size - used, i + best_length == 8 ? "::" : ":");
            i += best_length - 1;
        } else {
            unsigned group = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
            used += (size_t)snprintf(text + used, size - used, "%s%x", i ? ":" : "", group);
        }
    }
}

const char* inet_ntop(int family, const void* restrict address, char* restrict text,
                      socklen_t size) {
    char buffer[INET6_ADDRSTRLEN];
    const unsigned char* bytes = address;
    if (family == AF_INET) {
        snprintf(buffer, sizeof buffer, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
    } else if (family == AF_INET6) {
        print_ipv6(bytes, buffer, sizeof buffer);
    } else {
        errno = EAFNOSUPPORT;
        return NULL;
    }
    if (strlen(buffer) >= size) {
        errno = ENOSPC;
        return NULL;
    }
    return strcpy(text, buffer);
}

/* Exactly four decimal parts; returns the character behind them or null. */
static const char* scan_ipv4(const char* text, unsigned char* bytes) {
    for (int i = 0; i < 4; ++i) {
        unsigned value = 0;
        int digits = 0;
        for (; *text >= '0' && *text <= '9' && digits < 4; ++text, ++digits)
            value = 10 * value + (unsigned)(*text - '0');
        if (digits == 0 || value > 255 || (digits > 1 && text[-digits] == '0'))
            return NULL;
        bytes[i] = (unsigned char)value;
        if (i < 3 && *text++ != '.')
            return NULL;
    }
    return text;
}

static int hexadecimal(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static int scan_ipv6(const char* text, unsigned char* bytes) {
    unsigned char parsed[16] = {0};
    int count = 0, gap = -1;
    if (text[0] == ':' && text[1] == ':') {
        gap = 0;
        text += 2;
    }
    while (*text) {
        unsigned value = 0;
        int digits = 0;
        const char* start = text;
        for (; hexadecimal(*text) >= 0 && digits < 5; ++text, ++digits)
            value = 16 * value + (unsigned)hexadecimal(*text);
        if (*text == '.' && count <= 12) {
            text = scan_ipv4(start, parsed + count);
            if (!text || *text)
                return 0;
            count += 4;
            break;
        }
        if (digits == 0 || digits > 4 || count > 14)
            return 0;
        parsed[count++] = (unsigned char)(value >> 8);
        parsed[count++] = (unsigned char)value;
        if (!*text)
            break;
        if (*text++ != ':')
            return 0;
        if (*text == ':') {
            if (gap >= 0)
                return 0;
            gap = count;
            ++text;
        } else if (!*text) {
            return 0;
        }
    }
    if (gap < 0 ? count != 16 : count > 14)
        return 0;
    if (gap < 0)
        gap = count;
    memset(bytes, 0, 16);
    memcpy(bytes, parsed, (size_t)gap);
    memcpy(bytes + 16 - (count - gap), parsed + gap, (size_t)(count - gap));
    return 1;
}

int inet_pton(int family, const char* restrict text, void* restrict address) {
    if (family == AF_INET) {
        unsigned char bytes[4];
        const char* end = scan_ipv4(text, bytes);
        if (!end || *end)
            return 0;
        memcpy(address, bytes, sizeof bytes);
        return 1;
    }
    if (family == AF_INET6)
        return scan_ipv6(text, address);
    errno = EAFNOSUPPORT;
    return -1;
}

const char* gai_strerror(int error) {
    static const char* const text[EAI_MAX] = {
        [0] = "no error",
        [EAI_AGAIN] = "name not resolved at this time",
        [EAI_BADFLAGS] = "bad flags",
        [EAI_FAIL] = "name resolution failed",
        [EAI_FAMILY] = "address family not supported",
        [EAI_MEMORY] = "out of memory",
        [EAI_NONAME] = "unknown name",
        [EAI_SERVICE] = "unknown service",
        [EAI_SOCKTYPE] = "socket type not supported",
        [EAI_SYSTEM] = "system error",
        [EAI_BADHINTS] = "bad hints",
        [EAI_PROTOCOL] = "unknown protocol",
        [EAI_OVERFLOW] = "buffer too small",
    };
    return error >= 0 && error < EAI_MAX ? text[error] : "unknown error";
}
