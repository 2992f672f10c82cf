// Package faulttest makes the file operations of a program fail, one after the
// other, and looks at what is left. It knows nothing of gridatlas.
//
// The method is that of SQLite's own I/O error tests
// (https://www.sqlite.org/testing.html, section 3): run a task once and count
// what it asks of the disk; then run it again and again and have the 1st, 2nd,
// 3rd operation fail, only that one or all from there on, or kill the program in
// its place, until a run comes to its end unharmed. After each run the place is
// opened without faults and must hold what was acknowledged, and nothing by half.
//
// A task is a program of its own, mostly the test binary started again, whose
// TestMain calls Arm first. Arm hands the system calls that write, sync, make,
// rename and remove files to the test by a seccomp filter with user notification
// (seccomp_unotify(2)), so calls of C code and of Go are seen alike and are
// counted over all threads. A tracer like strace counts for each thread apart,
// and a Go program moves between threads.
//
// Operations that read are left alone. A write is refused whole or carried out
// whole; short writes and writes that are lost or torn at a power cut are not
// made.
//
// Where the machine does not allow filters, tests are skipped with a line that says
// so; with CI=true in the environment they fail. Mount makes small and read-only
// disks for root.
//
// A sample of the faults is tried, which seedtest draws; with
// FAULTS=all in the environment every one is.
package faulttest
