/*
 * The load of the echo workloads: COUNT connections to 127.0.0.1:PORT with one message in flight on
 * each, driven by one epoll loop without blocking calls. A message is SIZE bytes out of a pattern,
 * from a place that depends on the connection and on the number of the message, so that an echo
 * that is late, early, short or another connection's is seen; what comes back is compared bytewise.
 *
 * First it warms the server up, then it measures until the time or the number of messages is
 * reached. The CPU clock of the server is read by the same process at both ends of that window, so
 * neither the start nor the warming up is in the figures. Then no new message is sent, and every
 * connection must still get the rest of what it waits for.
 *
 * Standard output: one line of JSON. On failure: one line on standard error and a status below.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { USAGE = 2, WRONG_ECHO = 3, STALLED = 4, LOST = 5, SYSTEM = 6 };
enum { PATTERN_PLACES = 4096, BATCH = 256, READ_SIZE = 65536 };

struct connection {
    int socket;
    long number;   /* of the message in flight, from 0 */
    size_t sent;   /* bytes of it that the kernel took */
    size_t echoed; /* bytes of it that came back and were right */
    int waits_for_room;
};

static unsigned char *pattern;
static size_t size;
static int poller;

static void fail(int status, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

static void fail(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(status);
}

static double now(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0)
        fail(LOST, "the server is gone: its CPU clock cannot be read");
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* How long a process has been kept from running by others, 0 where the kernel does not say it. */
static double waited(pid_t process)
{
    char name[64];
    unsigned long long ran, waiting = 0;
    snprintf(name, sizeof name, "/proc/%d/schedstat", (int)process);
    FILE *file = fopen(name, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%llu %llu", &ran, &waiting) != 2)
        waiting = 0;
    fclose(file);
    return (double)waiting / 1e9;
}

static double number(const char *text, double least, double most)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= least && value <= most))
        fail(USAGE, "%s is not a number from %g to %g", text, least, most);
    return value;
}

static const unsigned char *message(long index, const struct connection *connection)
{
    return pattern + ((unsigned long)index * 61 + (unsigned long)connection->number * 7) % PATTERN_PLACES;
}

static void watch(struct connection *connection, long index, int operation)
{
    struct epoll_event event = { .events = EPOLLIN | (connection->waits_for_room ? EPOLLOUT : 0) };
    event.data.u64 = (unsigned long)index;
    if (epoll_ctl(poller, operation, connection->socket, &event) != 0)
        fail(SYSTEM, "epoll_ctl: %s", strerror(errno));
}

static void write_message(struct connection *connection, long index)
{
    int room = 1;
    while (connection->sent < size && room) {
        ssize_t done = send(connection->socket, message(index, connection) + connection->sent,
                            size - connection->sent, MSG_NOSIGNAL);
        if (done >= 0)
            connection->sent += (size_t)done;
        else if (errno == EAGAIN)
            room = 0;
        else if (errno != EINTR)
            fail(LOST, "connection %ld: send: %s", index, strerror(errno));
    }
    if (room == connection->waits_for_room) {
        connection->waits_for_room = !room;
        watch(connection, index, EPOLL_CTL_MOD);
    }
}

/* Returns 1 when the echo is complete. */
static int read_echo(struct connection *connection, long index)
{
    static unsigned char buffer[READ_SIZE];
    for (;;) {
        ssize_t got = recv(connection->socket, buffer, sizeof buffer, 0);
        if (got < 0 && errno == EAGAIN)
            return 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail(LOST, "connection %ld: recv: %s", index, strerror(errno));
        if (got == 0)
            fail(LOST, "connection %ld: closed by the server in message %ld", index, connection->number);
        if (connection->echoed + (size_t)got > connection->sent)
            fail(WRONG_ECHO, "connection %ld: message %ld: more came back than was sent", index,
                 connection->number);
        if (memcmp(buffer, message(index, connection) + connection->echoed, (size_t)got) != 0)
            fail(WRONG_ECHO, "connection %ld: message %ld came back changed", index, connection->number);
        connection->echoed += (size_t)got;
        if (connection->echoed == size)
            return 1;
        if ((size_t)got < sizeof buffer)
            return 0; /* the kernel had no more: a second recv would only say EAGAIN */
    }
}

static void open_connection(struct connection *connection, long index, int port, double stall)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
    struct timeval patience = { (time_t)stall, (suseconds_t)((stall - (double)(time_t)stall) * 1e6) };
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->socket < 0)
        fail(SYSTEM, "socket: %s", strerror(errno));
    /* On Linux this bounds connect() as well. */
    setsockopt(connection->socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0)
        fail(LOST, "connection %ld: connect to 127.0.0.1:%d: %s", index, port, strerror(errno));
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(connection->socket, F_SETFL, O_NONBLOCK) != 0)
        fail(SYSTEM, "fcntl: %s", strerror(errno));
    watch(connection, index, EPOLL_CTL_ADD);
}

int main(int count_of_arguments, char **arguments)
{
    if (count_of_arguments != 9)
        fail(USAGE, "wants PORT SERVER_PID CONNECTIONS SIZE WARMUP_S MEASURE_S MOST_MESSAGES STALL_S");
    int port = (int)number(arguments[1], 1, 65535);
    pid_t server = (pid_t)number(arguments[2], 1, 1 << 30);
    long count = (long)number(arguments[3], 1, 60000);
    size = (size_t)number(arguments[4], 1, 1 << 26);
    double warmup = number(arguments[5], 0, 3600);
    double measure = number(arguments[6], 0, 3600);
    double most = number(arguments[7], 1, 1e12);
    double stall = number(arguments[8], 0.001, 3600);

    clockid_t server_clock;
    if (clock_getcpuclockid(server, &server_clock) != 0)
        fail(USAGE, "there is no process %d", (int)server);
    struct connection *connections = calloc((size_t)count, sizeof *connections);
    pattern = malloc(size + PATTERN_PLACES);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (!connections || !pattern || poller < 0)
        fail(SYSTEM, "no memory or no epoll");
    unsigned long noise = 88172645463325252UL;
    for (size_t place = 0; place < size + PATTERN_PLACES; place++) {
        noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17; /* xorshift64 */
        pattern[place] = (unsigned char)noise;
    }

    for (long index = 0; index < count; index++)
        open_connection(&connections[index], index, port, stall);
    for (long index = 0; index < count; index++)
        write_message(&connections[index], index);

    enum { WARMING, MEASURING, DRAINING } phase = WARMING;
    double started = now(CLOCK_MONOTONIC), ended = 0, server_cpu = 0, load_cpu = 0,
           server_waited = 0;
    double messages = 0;
    long in_flight = count;
    while (in_flight > 0) {
        struct epoll_event events[BATCH];
        int ready = epoll_wait(poller, events, BATCH, (int)(stall * 1000) + 1);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            fail(SYSTEM, "epoll_wait: %s", strerror(errno));
        if (ready == 0)
            fail(STALLED, "%ld of %ld connections got no answer for %g seconds", in_flight, count, stall);
        for (int event = 0; event < ready; event++) {
            long index = (long)events[event].data.u64;
            struct connection *connection = &connections[index];
            if (events[event].events & EPOLLOUT)
                write_message(connection, index);
            if (!(events[event].events & ~(unsigned)EPOLLOUT) || !read_echo(connection, index))
                continue;
            messages++;
            if (phase == DRAINING || (phase == MEASURING && messages >= most)) {
                in_flight--;
                continue;
            }
            connection->number++;
            connection->sent = connection->echoed = 0;
            write_message(connection, index);
        }
        double time = now(CLOCK_MONOTONIC);
        if (phase == WARMING && time >= started + warmup) {
            phase = MEASURING;
            messages = 0;
            server_waited = -waited(server);
            server_cpu = -now(server_clock);
            load_cpu = -now(CLOCK_PROCESS_CPUTIME_ID);
            started = now(CLOCK_MONOTONIC);
        } else if (phase == MEASURING && (time >= started + measure || messages >= most)) {
            phase = DRAINING;
            ended = now(CLOCK_MONOTONIC);
            server_cpu += now(server_clock);
            load_cpu += now(CLOCK_PROCESS_CPUTIME_ID);
            server_waited += waited(server);
            /* Messages that end in the drain are outside of the window. */
            printf("{\"operations\": %.0f, \"seconds\": %.9f, \"cpu\": %.9f, \"loadCpu\": %.9f, "
                   "\"waited\": %.9f}\n",
                   messages, ended - started, server_cpu, load_cpu, server_waited);
        }
    }
    return 0;
}
