package faulttest

import "golang.org/x/sys/unix"

// call is a system call that changes files.
type call struct {
	name string
	// Argument that holds the file: a descriptor, or the address of a path.
	file int
	path bool
	// Argument that holds the flags of an open, which counts when it may make the
	// file; 0: no open.
	flags int
}

// calls are those of every architecture; legacy are older twins that only some
// have.
var calls = withLegacy(map[int32]call{
	unix.SYS_WRITE:           {name: "write"},
	unix.SYS_PWRITE64:        {name: "pwrite"},
	unix.SYS_WRITEV:          {name: "writev"},
	unix.SYS_PWRITEV:         {name: "pwritev"},
	unix.SYS_FSYNC:           {name: "fsync"},
	unix.SYS_FDATASYNC:       {name: "fdatasync"},
	unix.SYS_FTRUNCATE:       {name: "ftruncate"},
	unix.SYS_FALLOCATE:       {name: "fallocate"},
	unix.SYS_SENDFILE:        {name: "sendfile"},
	unix.SYS_COPY_FILE_RANGE: {name: "copy_file_range", file: 2},
	unix.SYS_OPENAT:          {name: "create", file: 1, path: true, flags: 2},
	unix.SYS_UNLINKAT:        {name: "unlink", file: 1, path: true},
	unix.SYS_RENAMEAT:        {name: "rename", file: 1, path: true},
	unix.SYS_RENAMEAT2:       {name: "rename", file: 1, path: true},
	unix.SYS_LINKAT:          {name: "link", file: 3, path: true},
	unix.SYS_MKDIRAT:         {name: "mkdir", file: 1, path: true},
	unix.SYS_TRUNCATE:        {name: "truncate", path: true},
})

func withLegacy(all map[int32]call) map[int32]call {
	for number, c := range legacy {
		all[number] = c
	}
	return all
}
