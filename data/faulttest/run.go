package faulttest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Fault is what happens to one operation of a program.
type Fault struct {
	Nth   int           // operation, from 1; 0: none
	Errno syscall.Errno // what it answers; 0: the program is killed in its place
	Ever  bool          // all operations after it fail too
}

func (f Fault) String() string {
	switch {
	case f.Nth == 0:
		return "no fault"
	case f.Errno == 0:
		return fmt.Sprintf("killed at operation %d", f.Nth)
	case f.Ever:
		return fmt.Sprintf("%s from operation %d on", unix.ErrnoName(f.Errno), f.Nth)
	}
	return fmt.Sprintf("%s at operation %d", unix.ErrnoName(f.Errno), f.Nth)
}

// Result is how a run ended.
type Result struct {
	Fault      Fault
	Operations []string // what the program asked of files under the folder, like "fsync city.gpkg"
	Struck     []string // those of them that failed, or in whose place it was killed
	Killed     bool
	ExitCode   int // -1 when killed
	Stdout     string
	Stderr     string
}

// Tidied reports whether a program could remove what it had begun.
func (r *Result) Tidied() bool {
	return !r.Killed && !slices.ContainsFunc(r.Struck, func(operation string) bool { return strings.HasPrefix(operation, "unlink ") })
}

// endsWithin is how long a program may take; none of them has much to do.
const endsWithin = 2 * time.Minute

// run runs a program and has one of its operations on files under the folder
// fail.
func run(tb testing.TB, cmd *exec.Cmd, folder string, fault Fault) Result {
	tb.Helper()
	r := Result{Fault: fault}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	// A thread that is interrupted asks again; that is right, but slow.
	cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", envArm, 3+len(cmd.ExtraFiles)), "GODEBUG=asyncpreemptoff=1")
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	defer unix.Close(pair[0])
	theirs := os.NewFile(uintptr(pair[1]), "socket")
	cmd.ExtraFiles = append(cmd.ExtraFiles, theirs)
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		tb.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait() //nolint:errcheck // its code is read below
		close(ended)
	}()
	listener := receive(tb, pair[0])
	if listener < 0 {
		<-ended
		tb.Fatalf("the program ended before it called Arm:\n%s%s", &stdout, &stderr)
	}
	defer unix.Close(listener)
	late := time.AfterFunc(endsWithin, func() { _ = cmd.Process.Kill() })
	supervise(listener, folder, &r, func() { _ = cmd.Process.Kill() })
	<-ended
	if !late.Stop() {
		tb.Fatalf("%v: still at work after %v", fault, endsWithin)
	}
	r.Stdout, r.Stderr = stdout.String(), stderr.String()
	r.ExitCode = cmd.ProcessState.ExitCode()
	r.Killed = r.ExitCode < 0
	return r
}

// receive takes the descriptor at which the kernel asks; -1 when the program
// ended.
func receive(tb testing.TB, socket int) (listener int) {
	tb.Helper()
	word, rights := make([]byte, 200), make([]byte, unix.CmsgSpace(4))
	n, m, _, _, err := unix.Recvmsg(socket, word, rights, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		tb.Fatal(err)
	}
	if n == 0 {
		return -1
	}
	if m == 0 {
		missing(tb, "no faults can be made here: "+string(word[:n]))
	}
	messages, err := unix.ParseSocketControlMessage(rights[:m])
	if err != nil {
		tb.Fatal(err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		tb.Fatal(err)
	}
	return fds[0]
}

// missing skips the test, and fails it on CI, where everything must be there.
func missing(tb testing.TB, reason string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatal(reason)
	}
	tb.Skip(reason)
}

// question is struct seccomp_notif, answer is struct seccomp_notif_resp.
type question struct {
	id        uint64
	thread    uint32
	_         uint32
	call      int32
	_         uint32
	_         uint64
	arguments [6]uint64
}

type answer struct {
	id    uint64
	_     int64
	errno int32
	flags uint32
}

// supervise answers the kernel until the program has ended.
func supervise(listener int, folder string, r *Result, kill func()) {
	for {
		poll := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); errors.Is(err, unix.EINTR) {
			continue
		}
		if poll[0].Revents&unix.POLLIN == 0 {
			return // nobody is left under the filter
		}
		var q question
		if !ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&q)) {
			continue // the thread is gone, or asks again
		}
		a := answer{id: q.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
		operation := describe(&q, folder)
		strikes := false
		if operation != "" {
			n := len(r.Operations) + 1
			strikes = n == r.Fault.Nth || n > r.Fault.Nth && r.Fault.Nth > 0 && r.Fault.Ever
		}
		if strikes && r.Fault.Errno == 0 {
			kill()
		} else {
			if strikes {
				a.errno, a.flags = -int32(r.Fault.Errno), 0
			}
			if !ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&a)) {
				continue // interrupted by a signal: it asks again
			}
		}
		if operation != "" {
			r.Operations = append(r.Operations, operation)
		}
		if strikes {
			r.Struck = append(r.Struck, operation)
		}
	}
}

func ioctl(fd int, request uintptr, argument unsafe.Pointer) bool {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(argument))
	return errno == 0
}

// describe tells what a thread is about to do to which file; "" when the file is
// not under the folder or is only to be read.
func describe(q *question, folder string) string {
	c := calls[q.call]
	if c.flags > 0 && q.arguments[c.flags]&unix.O_CREAT == 0 {
		return ""
	}
	var file string
	if c.path {
		file = textAt(q.thread, q.arguments[c.file])
	} else {
		// Pipes and the like have other names; one that is gone has none.
		file, _ = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", q.thread, int32(q.arguments[c.file])))
	}
	if !strings.HasPrefix(file, folder+"/") {
		return ""
	}
	return c.name + " " + filepath.Base(file)
}

// textAt reads a path from a program's memory.
func textAt(thread uint32, address uint64) string {
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", thread))
	if err != nil {
		return ""
	}
	defer memory.Close()
	buffer := make([]byte, unix.PathMax)
	n, _ := memory.ReadAt(buffer, int64(address)) // as far as the page goes
	text, _, _ := bytes.Cut(buffer[:n], []byte{0})
	return string(text)
}
