/* warm.c
 * For the tests: a tshark that has started once, and goes on as often as it is asked.
 *
 * To start tshark is most of what the tests do: it registers three thousand dissectors, whatever the
 * capture. This library, preloaded into tshark, stops it where that is done and nothing of the command
 * line has been acted on: before it reads its settings. There it waits at a socket. For each request it
 * forks; the child takes the words and the files that came with the request for its own, and goes on as
 * the tshark that it is: it reads the settings, the options, the capture, and ends.
 *
 * The variable ADPATH_WARM_SOCKET names the number of the socket, one of whole messages. A request is the
 * words of the command line, each ended by a NUL, with three files: standard input, output and error. The
 * answers are the process that runs it and then its status as waitpid() has it, each as an int.
 *
 * The command line that tshark is started with has to hold as many words as any request may, for their
 * number is fixed by then. tshark has looked at some before this place: -C, -G, -O, -V, -x and -X, which
 * have to stand in both command lines; and -r, whose name it has copied. So it is started with -r and a
 * long name, PLACEHOLDER and whatever follows, and each request begins with "-rFILE", whose name is then
 * written over the copy. What is left over of the command line is filled with that word, too, which tshark
 * no longer looks at.
 *
 * Copyright 2026, the adpath authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES       3
#define MAX_REQUEST (1 << 16)
#define MAX_ENDS    32
#define PLACEHOLDER "ADPATH_WARM_CAPTURE"

static struct {
    char **words; /* the command line of main(): its places are ours to fill */
    int count;    /* of them, with the program's name */
    int socket;
    char *name;                  /* tshark's copy of the placeholder */
    size_t room;                 /* bytes of it, with its NUL */
    void (*end[MAX_ENDS])(void); /* what the module wants to have called at the end */
    int ends;
} warm = {.socket = -1};

/* glibc hands the arguments of main() to constructors, too. */
__attribute__((constructor)) static void keep_command_line(int count, char **words)
{
    const char *number = getenv("ADPATH_WARM_SOCKET");

    if (!number) {
        return;
    }
    warm.words = words;
    warm.count = count;
    warm.socket = (int)strtol(number, NULL, 10);
    unsetenv("ADPATH_WARM_SOCKET");
}

static void fail(const char *what)
{
    fprintf(stderr, "adpath: a started tshark failed at %s: %s\n", what, strerror(errno));
    _exit(70);
}

/* Receives a request. Returns its length, 0 when nobody asks any more. */
static size_t receive(char *text, int files[FILES])
{
    union {
        struct cmsghdr header; /* aligns the bytes */
        char bytes[CMSG_SPACE(FILES * sizeof(int))];
    } control;
    struct iovec part = {.iov_base = text, .iov_len = MAX_REQUEST};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t length;
    struct cmsghdr *header;

    do {
        length = recvmsg(warm.socket, &message, 0);
    } while (length < 0 && errno == EINTR);
    if (length <= 0) {
        return 0;
    }
    header = CMSG_FIRSTHDR(&message);
    errno = EINVAL;
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || text[length - 1] != '\0' || !header ||
        header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(FILES * sizeof(int))) {
        fail("a request");
    }
    memcpy(files, CMSG_DATA(header), FILES * sizeof(int));
    return (size_t)length;
}

/* In the child: the request's words and files are this tshark's. `text` stays until it ends. */
static void become(char *text, size_t length, const int files[FILES])
{
    int n = 1;

    close(warm.socket);
    warm.socket = -1;
    errno = ENAMETOOLONG;
    if (!warm.name || strncmp(text, "-r", 2) != 0 || strlen(text + 2) >= warm.room) {
        fail("the name of the capture");
    }
    memcpy(warm.name, text + 2, strlen(text + 2) + 1);
    for (char *word = text; word < text + length && n < warm.count; word += strlen(word) + 1) {
        warm.words[n++] = word;
    }
    while (n < warm.count) {
        warm.words[n++] = text;
    }
    for (int i = 0; i < FILES; i++) {
        if (dup2(files[i], i) < 0) {
            fail("dup2");
        }
        close(files[i]);
    }
}

static void answer(int number)
{
    if (send(warm.socket, &number, sizeof number, MSG_NOSIGNAL) != (ssize_t)sizeof number) {
        fail("an answer");
    }
}

/* Serves until nobody asks any more, which ends the process; returns in each child. */
static void serve(void)
{
    static char text[MAX_REQUEST];
    int files[FILES];
    size_t length;

    while ((length = receive(text, files)) > 0) {
        int status;
        pid_t child = fork();

        if (child < 0) {
            fail("fork");
        }
        if (child == 0) {
            become(text, length, files);
            return;
        }
        for (int i = 0; i < FILES; i++) {
            close(files[i]);
        }
        answer((int)child);
        while (waitpid(child, &status, 0) < 0) {
            if (errno != EINTR) {
                fail("waitpid");
            }
        }
        answer(status);
    }
    _exit(0);
}

/* GLib's own, by which tshark keeps the name of the capture. */
__attribute__((visibility("default"))) char *g_strdup(const char *text);

char *g_strdup(const char *text)
{
    static char *(*own)(const char *);
    char *copy;

    /* As POSIX has it for functions: ISO C knows no such cast. */
    if (!own) {
        *(void **)&own = dlsym(RTLD_NEXT, "g_strdup");
    }
    copy = own(text);
    if (text && warm.socket >= 0 && strncmp(text, PLACEHOLDER, strlen(PLACEHOLDER)) == 0) {
        warm.name = copy;
        warm.room = strlen(copy) + 1;
    }
    return copy;
}

/* Wireshark's own, by which a part of it asks to be called at the end. The module does: a report that could
 * not be made ends the program with another status there. */
__attribute__((visibility("default"))) void register_shutdown_routine(void (*routine)(void));

void register_shutdown_routine(void (*routine)(void))
{
    void (*own)(void (*)(void)) = NULL;
    Dl_info where;

    if (dladdr(*(void **)&routine, &where) && strstr(where.dli_fname, "adpath") &&
        warm.ends < MAX_ENDS) {
        warm.end[warm.ends++] = routine;
    }
    *(void **)&own = dlsym(RTLD_NEXT, "register_shutdown_routine");
    if (!own) {
        fail("dlsym");
    }
    own(routine);
}

/* Wireshark's own, by which tshark takes down at its end all that it has registered. In a child that would
 * touch, and so copy, every page of it, to no use: there, only the module's part of it is done. */
__attribute__((visibility("default"))) void epan_cleanup(void);

void epan_cleanup(void)
{
    /* Last come, first gone, as Wireshark has it. */
    while (warm.ends > 0) {
        warm.end[--warm.ends]();
    }
}

/* Wireshark's own, called by tshark once, after the dissectors and before the options. (e_prefs, which it
 * returns, is of no interest here.) */
__attribute__((visibility("default"))) void *epan_load_settings(void);

void *epan_load_settings(void)
{
    void *(*own)(void) = NULL;

    *(void **)&own = dlsym(RTLD_NEXT, "epan_load_settings");
    if (!own) {
        fail("dlsym");
    }
    if (warm.socket >= 0) {
        serve();
    }
    return own();
}
