/*
 * first-answer ADDRESS PORT COMMAND...: starts the command, prints the nanoseconds until ADDRESS:PORT first answers HTTP
 * with any status, and kills the command. Ends with 1 if the command ends or 30 s pass before that.
 *
 * It polls from the start, one connection at a time: while nobody holds the address its SYN waits for ARP, and leaves the
 * moment the guest announces itself; a guest that refuses is asked again after 1 ms.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_NS 30000000000LL
#define CONNECT_MS 10
#define ANSWER_MS 1000
#define PAUSE_NS 1000000L

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static pid_t start(char **command) {
  pid_t pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
  }
  return pid;
}

static bool ready(int socket, short events, int milliseconds) {
  struct pollfd p = {.fd = socket, .events = events};
  return poll(&p, 1, milliseconds) == 1;
}

static bool connected(int socket, const struct sockaddr_in *target) {
  if (connect(socket, (const struct sockaddr *)target, sizeof *target) == 0) return true;
  if (errno != EINPROGRESS || !ready(socket, POLLOUT, CONNECT_MS)) return false;
  int error;
  socklen_t size = sizeof error;
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

static bool answers(const struct sockaddr_in *target, const char *request) {
  static const char start_of_status[] = "HTTP/1.";
  char answer[64];
  size_t length = 0;
  int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (s < 0) {
    perror("socket");
    exit(1);
  }
  if (connected(s, target) && send(s, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request)) {
    while (length < sizeof start_of_status - 1 && ready(s, POLLIN, ANSWER_MS)) {
      ssize_t n = recv(s, answer + length, sizeof answer - length, 0);
      if (n <= 0) break;
      length += (size_t)n;
    }
  }
  close(s);
  return length >= sizeof start_of_status - 1 && memcmp(answer, start_of_status, sizeof start_of_status - 1) == 0;
}

int main(int argc, char **argv) {
  struct sockaddr_in target = {.sin_family = AF_INET};
  char request[128];
  if (argc < 4 || inet_pton(AF_INET, argv[1], &target.sin_addr) != 1) {
    fprintf(stderr, "usage: first-answer ADDRESS PORT COMMAND...\n");
    return 2;
  }
  target.sin_port = htons((unsigned short)atoi(argv[2]));
  snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n", argv[1], argv[2]);

  long long started = now();
  pid_t pid = start(argv + 3);
  int ended = 0;
  while (!answers(&target, request)) {
    if ((ended = waitpid(pid, NULL, WNOHANG)) != 0 || now() - started > LIMIT_NS) break;
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
  }
  long long elapsed = now() - started;
  if (ended != 0) {
    fprintf(stderr, "first-answer: the command ended before there was an answer\n");
    return 1;
  }
  kill(-pid, SIGKILL);
  waitpid(pid, NULL, 0);
  if (elapsed > LIMIT_NS) {
    fprintf(stderr, "first-answer: no answer from %s:%s within 30 s\n", argv[1], argv[2]);
    return 1;
  }
  printf("%lld\n", elapsed);
  return 0;
}
