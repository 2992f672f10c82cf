package faulttest

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// envArm holds the descriptor of the socket to the test.
const envArm = "FAULTTEST_SOCKET"

// Arm hands this program's file operations to the test that started it; in a
// program that no test of this package started it does nothing. Call it first in
// TestMain.
func Arm() {
	socket, err := strconv.Atoi(os.Getenv(envArm))
	if err != nil {
		return
	}
	os.Unsetenv(envArm)
	listener, err := filter()
	var rights []byte
	word := []byte("armed")
	if err != nil {
		word = []byte(err.Error())
	} else {
		rights = unix.UnixRights(listener)
	}
	if err := unix.Sendmsg(socket, word, rights, nil, 0); err != nil {
		fmt.Fprintln(os.Stderr, "faulttest: tell the test:", err)
		os.Exit(1)
	}
	unix.Close(socket)
	if listener >= 0 {
		unix.Close(listener)
	}
}

// filter has the kernel ask before each of the calls, in all threads, and gives
// the descriptor at which it asks.
func filter() (listener int, err error) {
	const number = 0 // the offset of the call's number in struct seccomp_data
	program := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: number}}
	for n := range calls {
		program = append(program,
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: uint32(n), Jf: 1},
			unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF})
	}
	program = append(program, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW})

	// Both calls must come from one thread; the filter is then set for all.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return -1, fmt.Errorf("prctl: %w", err)
	}
	bpf := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_TSYNC|unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
		uintptr(unsafe.Pointer(&bpf)))
	if errno != 0 {
		return -1, fmt.Errorf("seccomp: %w", errno)
	}
	return int(fd), nil
}
