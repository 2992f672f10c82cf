package faulttest

import "golang.org/x/sys/unix"

var legacy = map[int32]call{
	unix.SYS_OPEN:   {name: "create", path: true, flags: 1},
	unix.SYS_UNLINK: {name: "unlink", path: true},
	unix.SYS_RENAME: {name: "rename", path: true},
	unix.SYS_LINK:   {name: "link", file: 1, path: true},
	unix.SYS_MKDIR:  {name: "mkdir", path: true},
	unix.SYS_RMDIR:  {name: "rmdir", path: true},
}
